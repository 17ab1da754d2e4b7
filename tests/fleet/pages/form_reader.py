"""The forms of a page as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

ALONE = frozenset({"input", "meta", "link", "br", "hr", "img", "path", "circle", "rect", "line", "polyline"})
# Elements without an end.
BUTTONS = ("submit", "button", "reset", "file")
TICKED = ("checkbox", "radio")


@dataclass
class Control:
    """A field: its kind, the ids that describe it, whether it is said to be wrong, and its value if it is sent."""

    name: str
    kind: str
    describedby: list[str]
    invalid: bool
    value: str | None


@dataclass
class PageForm:
    """A form: where it goes, its class, and its controls."""

    action: str
    classes: list[str]
    controls: list[Control] = field(default_factory=list)

    def filled(self) -> dict[str, list[str]]:
        """What a browser would send without anybody's typing."""
        found: dict[str, list[str]] = {}
        for one in self.controls:
            if one.value is not None and one.name:
                found.setdefault(one.name, []).append(one.value)
        return found

    def named(self, name: str) -> list[Control]:
        """The controls of this name."""
        return [one for one in self.controls if one.name == name]

    @property
    def names(self) -> list[str]:
        """What somebody may fill in."""
        return list(dict.fromkeys(one.name for one in self.controls if one.name and one.kind != "hidden"))


class FormReader(HTMLParser):
    """Reads the forms, the texts of everything that has an id, and the links within the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.texts: dict[str, str] = {}
        self.links: list[str] = []
        self.open: list[tuple[str, str | None]] = []
        self.groups: list[dict[str, str | None]] = []
        self.area: Control | None = None
        self.select: Control | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        its = dict(attrs)
        if tag not in ALONE:
            self.open.append((tag, its.get("id")))
        if its.get("id"):
            self.texts.setdefault(str(its["id"]), "")
        if tag == "a" and (its.get("href") or "").startswith("#"):
            self.links.append(str(its["href"])[1:])
        if tag == "form" and its.get("method") == "post":
            self.forms.append(PageForm(its.get("action") or "", (its.get("class") or "").split()))
        if tag == "fieldset":
            self.groups.append(its)
        if not self.forms or not any(one == "form" for one, _ in self.open):
            return
        if tag == "option" and self.select is not None and ("selected" in its or self.select.value is None):
            self.select.value = its.get("value") or ""
        if tag in ("input", "textarea", "select") and its.get("type") not in BUTTONS:
            self.add(tag, its)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALONE:
            raise ValueError(f"expected an element that may end itself, found {tag}")
        self.handle_starttag(tag, attrs)

    def add(self, tag: str, its: dict[str, str | None]) -> None:
        kind = (its.get("type") or "text") if tag == "input" else tag
        ticked = kind not in TICKED or "checked" in its
        value = (its.get("value") or "") if tag == "input" and ticked else None
        described, invalid = its.get("aria-describedby") or "", "aria-invalid" in its
        if kind in TICKED and self.groups:
            described = described or self.groups[-1].get("aria-describedby") or ""
            invalid = invalid or "aria-invalid" in self.groups[-1]
        made = Control(its.get("name") or "", kind, described.split(), invalid, value)
        self.forms[-1].controls.append(made)
        if tag == "textarea":
            made.value, self.area = "", made
        if tag == "select":
            self.select = made

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value = (self.area.value or "") + data
        for _, identity in self.open:
            if identity:
                self.texts[identity] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area is not None:
            self.area.value = (self.area.value or "").removeprefix("\n")
            self.area = None
        if tag == "select":
            self.select = None
        if tag == "fieldset":
            self.groups.pop()
        while self.open and self.open.pop()[0] != tag:
            pass

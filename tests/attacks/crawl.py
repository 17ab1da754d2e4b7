"""Follows what pages offer, as somebody; and looks at what each answer tells a browser."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

OF_A_KIND = 3
# Addresses that differ in numbers, days and codes alone are alike: so many of them are opened.
VARYING = re.compile(r"\d[\w-]*|(?<==)[^&]+")
NOT_FOLLOWED = re.compile(r"^/(static|live|voices|login/sso)\b|\.(pdf|xlsx|csv)$")
ON = re.compile(r"^on[a-z]+$")


@dataclass
class Read(HTMLParser):
    """A page: where it leads, where its forms are sent, and what its policy would not let run."""

    links: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What a tag leads to."""
        its = {name: value or "" for name, value in attrs}
        self.inline += [f"<{tag} {name}>" for name in its if ON.match(name) or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in its and its.get("type") != "application/json"):
            self.inline.append(f"<{tag}>")
        if tag in ("a", "link", "script", "img", "iframe"):
            self.links += [its[name] for name in ("href", "src") if name in its]
        if tag == "form":
            self.forms.append(its.get("action", ""))
            if its.get("method", "get").lower() == "get":
                self.links.append(its.get("action", ""))


@dataclass(frozen=True)
class Answer:
    """What came for an address that a page led to."""

    path: str
    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    text: str
    shown_on: str


def crawl(get: Callable[[str], Any], start: str = "/", most: int = 150) -> Iterator[tuple[Answer, Read]]:
    """Each page that can be reached from here, once."""
    left, known, kinds = [(start, "")], {start}, Counter[str]()
    while left and most:
        path, shown_on = left.pop(0)
        came, most = get(path), most - 1
        page, headers = Read(), came.headers
        is_page = "text/html" in headers.get("content-type", "")
        if is_page:
            page.feed(came.text)
        cookies = tuple(value for name, value in came.headers.multi_items() if name.lower() == "set-cookie")
        yield Answer(path, came.status_code, headers, cookies, came.text if is_page else "", shown_on), page
        onward = [headers["location"]] if 300 <= came.status_code < 400 else page.links
        for link in onward:
            found = within(path, link)
            kind = VARYING.sub("*", found)
            if found and found not in known and kinds[kind] < OF_A_KIND:
                known.add(found)
                kinds[kind] += 1
                left.append((found, path))


def within(page: str, link: str) -> str:
    """The address on this host that a link leads to; empty where it leads elsewhere or is no page."""
    parts = urlsplit(urljoin("http://here" + page, link))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if parts.netloc == "here" and not NOT_FOLLOWED.search(parts.path) else ""


def elsewhere(page: Read) -> set[str]:
    """Hosts from which a page would load something, or to which it leads."""
    hosts = {urlsplit(link).netloc for link in (*page.links, *page.forms)}
    return hosts - {""}


def bad_cookies(answer: Answer, https: bool) -> list[str]:
    """The cookies that scripts or other sites could use."""
    wanted = {"httponly", "samesite=lax", "path=/"} | ({"secure"} if https else set())
    return [one for one in answer.cookies if not wanted <= {part.strip().lower() for part in one.split(";")}]

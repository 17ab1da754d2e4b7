"""Letters can be read: WCAG contrast of every pair of colours that meets on a page, light and dark."""

import re

import pytest

from fleet.pages.static_files import FOLDER

OF_THEIR_OWN = ("motcua.css", "ticket.css")
# The page of a ticket loads no other sheet.
STYLE, TICKET = ((FOLDER / name).read_text() for name in OF_THEIR_OWN)


def schemes(style: str) -> list[dict[str, str]]:
    """The colours of a sheet in the light and in the dark."""
    blocks = re.findall(r":root \{(.*?)\}", style, re.S)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks)
    return [light, {**light, **dark}]


ON_SHEET = [
    (ink, ground) for ink in ("ink", "quiet", "brand", "fine", "soon", "late") for ground in ("sheet", "ground")
]
PAIRS = [
    *ON_SHEET,
    ("ink", "sunk"),
    ("paper-ink", "paper"),
    ("quiet", "sunk"),
    ("ink", "brand-soft"),
    ("ink", "fine-soft"),
    ("quiet", "fine-soft"),
    ("ink", "soon-soft"),
    ("quiet", "soon-soft"),
    ("late", "late-soft"),
    ("quiet", "late-soft"),
    ("ink", "late-soft"),
    ("on-solid", "brand"),
    ("on-solid", "late"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", schemes(STYLE), ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_letters_stand_out(scheme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(scheme, ink, ground) >= 4.5


@pytest.mark.parametrize("scheme", schemes(TICKET), ids=["light", "dark"])
def test_letters_stand_out_on_the_page_of_a_ticket(scheme: dict[str, str]) -> None:
    pairs = [(ink, ground) for ink, ground in PAIRS if {ink, ground} <= scheme.keys()]
    assert len(pairs) >= 8
    assert [pair for pair in pairs if contrast(scheme, *pair) < 4.5] == []
    assert contrast(scheme, "line", "sheet") >= 3, "the edge of a button"


def contrast(scheme: dict[str, str], ink: str, ground: str) -> float:
    brighter, darker = sorted((luminance(scheme[ink]), luminance(scheme[ground])), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_the_style_asks_nobody_else_for_anything() -> None:
    for sheet in FOLDER.glob("*.css"):
        assert re.findall(r"@import|https?:", sheet.read_text()) == [], sheet
    for address in re.findall(r'url\("([^"]+)"\)', STYLE):
        assert (FOLDER / address).is_file(), address


def test_what_a_sheet_opens_it_closes_before_the_next_rule_of_the_page() -> None:
    """An open block swallows all rules behind it, and no browser says so."""
    for sheet in FOLDER.glob("*.css"):
        depth = 0
        for number, line in enumerate(re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S).splitlines(), 1):
            assert depth == 0 or not line or line[0] in " }", f"{sheet.name}:{number}: {line}"
            depth += line.count("{") - line.count("}")
        assert depth == 0, sheet.name


def test_colours_have_names() -> None:
    """So that the pairs above are all that there are, and each has its dark form."""
    others = [sheet for sheet in FOLDER.glob("*.css") if sheet.name not in OF_THEIR_OWN]
    assert others
    for sheet in others:
        assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", sheet.read_text()) == [], sheet

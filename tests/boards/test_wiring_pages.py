"""The tables and pictures of docs/boards.md are those of the firmware."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from docs import wiring


def test_the_tables_of_the_page_are_the_firmwares():
    text = wiring.PAGE.read_text()
    assert wiring.page(text) == text, "docs/boards.md is old: python -m docs.wiring"


@pytest.mark.parametrize("role", wiring.ROLES)
def test_the_picture_of_a_role_shows_each_of_its_pins(role):
    drawn = (wiring.DOCS / "pictures" / f"wiring-{role}.svg").read_text()
    assert drawn == wiring.picture(role), "python -m docs.wiring"
    texts = {
        one.text
        for one in ElementTree.fromstring(drawn).iter(  # noqa: S314 - our own
            "{http://www.w3.org/2000/svg}text"
        )
    }
    for line, place in wiring.pins(wiring.DRAWN)[role].items():
        for pin in [place] if isinstance(place, int) else (place or ())[1:3] if len(place or ()) == 4 else place or ():
            assert f"GP{pin}" in texts, line


def test_every_role_has_its_picture():
    from fleet.laptop.needed import roles

    assert list(wiring.ROLES) == roles()
    assert set(re.findall(r"wiring-(\w+)\.svg", wiring.PAGE.read_text())) == set(roles())


@pytest.mark.parametrize("board, sector", [("Pico W", 0x1012_C000), ("Pico 2 W", 0x1018_0000)])
def test_the_address_of_the_files_is_where_the_storage_begins(board, sector):
    flash, storage = {"Pico W": (2048, 848), "Pico 2 W": (4096, 2560)}[board]
    assert 0x1000_0000 + (flash - storage) * 1024 == sector
    assert f"`{sector:#x}` on a {board}" in re.sub(r"\s+", " ", wiring.PAGE.read_text())

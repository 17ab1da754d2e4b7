"""The tables and pictures of docs/rig-wiring.md are those of the actor, and what it can be asked stands there."""

import xml.etree.ElementTree as ElementTree

import pytest

from docs import rig_wiring
from hil_tests.actor.asked import ASKED
from hil_tests.actor.asked_parts import ASKED_PARTS
from hil_tests.actor.lines import parsed
from hil_tests.actor.pins import EYES, HANDS, LINES, METER, RELAY, SERIAL


@pytest.mark.parametrize("path", rig_wiring.PAGES, ids=lambda path: path.name)
def test_the_table_of_the_page_is_the_actors(path):
    written = path.read_text("utf-8")
    assert rig_wiring.page(written, rig_wiring.PAGES[path]) == written, "python -m docs.rig_wiring"
    assert all(f"pictures/{name}.svg" in written for name in rig_wiring.PICTURES)


@pytest.mark.parametrize("name", rig_wiring.PICTURES)
def test_a_picture_is_drawn_from_the_table(name):
    drawn = rig_wiring.file_of(name).read_text("utf-8")
    assert drawn == rig_wiring.PICTURES[name](), "python -m docs.rig_wiring"
    ElementTree.fromstring(drawn)  # noqa: S314 - our own


def test_every_wire_has_a_pin_of_its_own_and_every_line_a_wire():
    serial = [pin for _, tx, rx in SERIAL.values() for pin in (tx, rx)]
    taken = [*HANDS.values(), *EYES.values(), *serial, RELAY, *METER[1:]]
    assert len(taken) == len(set(taken)) == 26, "a Pico has 26 pins for wires"
    assert set(LINES.values()) == {*HANDS, *EYES, *SERIAL}
    assert all(1 <= int(rig_wiring.place(pin).split("(")[1][:-1]) <= 40 for pin in taken)


def test_what_the_actor_can_be_asked_stands_there():
    written = (rig_wiring.DOCS / "rig-wiring.md").read_text("utf-8")
    rows = written.split("| ask | to |")[1]
    assert [verb for verb in {**ASKED, **ASKED_PARTS} if f"`{verb}" not in rows] == []
    example = written.split("`>17")[1].split("`")[0]
    assert parsed(f">17{example}".encode()) == (">", 17, ["press", "hand3", "80"])

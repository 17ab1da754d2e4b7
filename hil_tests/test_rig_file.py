"""A rig file says what is plugged in where; what it says wrongly is told with place, expectation and finding."""

import re
from pathlib import Path

import pytest

from hil_tests.lines_heard import LinesHeard, NotHeard
from hil_tests.rig_file import BadRigFile, BoardThere, RigFile, read_rig

WHOLE = """
name = "bàn thử"
host = "192.168.1.10"
wifi = { ssid = "thu", password_env = "RIG_WIFI_PASSWORD" }

[board.quay]
at = "/dev/ttyACM0"
roles = ["keypad", "rating"]
power = { on = "hub on", off = "hub off" }
actor = "/dev/ttyACM1"
meter = "actor"
relay = "nc high"
lines = { score_5 = "hand1" }

[board.sanh]
at = "vm"
roles = ["printer"]
image = "whole"
"""


def rig(folder: Path, text: str) -> RigFile:
    file = folder / "rig.toml"
    file.write_text(text)
    return read_rig(file)


def test_a_rig_file_names_boards_and_what_is_joined_to_them(tmp_path: Path) -> None:
    power, lines = ("hub on", "hub off"), (("score_5", "hand1"),)
    quay = BoardThere(
        *("quay", "/dev/ttyACM0", ("keypad", "rating"), "stock", power, "/dev/ttyACM1", "actor"),
        relay="nc high",
        lines=lines,
    )
    sanh = BoardThere("sanh", "vm", ("printer",), "whole")
    wifi = ("thu", "RIG_WIFI_PASSWORD")
    assert rig(tmp_path, WHOLE) == RigFile("bàn thử", (quay, sanh), "192.168.1.10", wifi)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expected at least one [board.<name>], found none"),
        ("[board.a]\nroles = []", "board.a: expected 'at', found only roles"),
        ('[board.a]\nat = "vm"\nroles = ["clerk"]', "board.a.roles: expected one of printer"),
        ('[board.a]\nat = "vm"\nroles = []\nimage = "half"', "board.a.image: expected one of stock, whole"),
        ("[board.a]\nat = 3\nroles = []", "board.a.at: expected str, found 3"),
        ('[board.a]\nat = "vm"\nroles = []\nlamp = 1', "board.a: expected some of at, roles"),
        ('[board.a]\nat = "vm"\nroles = []\nmeter = "actor"', "with an actor beside it"),
        ('[board.a]\nat = "vm"\nroles = []\nrelay = "nc high"', "board.a.relay: expected an actor beside it"),
        ('[board.a]\nat = "vm"\nroles = []\nactor = "x"\nrelay = "on"', "board.a.relay: expected one of nc high"),
        ('[board.a]\nat = "vm"\nroles = []\nactor = "x"\nlines.key_next = "toe1"', "lines.key_next: expected one of"),
        ('[board.a]\nat = "/dev/x"\nroles = []\n[board.b]\nat = "/dev/x"\nroles = []', "is named twice"),
        ("wifi = {}\n[board.a]\nat = 'vm'\nroles = []", "wifi: expected 'ssid', found only nothing"),
        ("board", "expected TOML, found"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadRigFile, match=re.escape(told)):
        rig(tmp_path, text)


def test_a_line_may_come_in_pieces_cut_within_a_letter() -> None:
    log = LinesHeard("quay-1", clock=lambda: 0.0)
    place = log.place
    for byte in "boot 3: nguồn điện\r\n".encode() + b"\xff\x80\n" + "chưa hết".encode():
        log.hear(bytes([byte]))
    log.note("boot 4: told by the host")
    assert [one.text for one in log.lines] == ["boot 3: nguồn điện", "\\xff\\x80", "· boot 4: told by the host"]
    assert log.expect(r"boot \d", place).text == "boot 3: nguồn điện" and log.count("boot") == 1
    with pytest.raises(NotHeard, match=r"quay-1: expected a line with 'boot 4'.*since then came:\n  boot 3"):
        log.expect("boot 4", place, within_s=0)

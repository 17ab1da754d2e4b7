"""motcua users badge, badges, sessions."""

import re
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.day import day_of
from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from protocols import events
from protocols.signing import badge_hash
from tests.fleet.commands.conftest import Motcua, Window, readable
from tests.fleet.office import Speaker, hello

TIMEZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture
def staffed(motcua: Motcua, data: Path) -> Path:
    """The office with a clerk."""
    motcua("users", "add", "lan", "--role", "clerk", "--office", "tan-an", "--data", data)
    return data


def given(motcua: Motcua, data: Path, *options: str) -> list[str]:
    result = motcua("users", "badge", "lan", *options, "--data", data)
    assert result.exit_code == 0
    return result.stdout.split()


def scan(data: Path, *codes: str) -> None:
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    welcome(store, "q-1", hello(), now_ms())
    reader = Speaker("q-1")
    for up, code in enumerate(codes):
        worn = badge_hash(code.removeprefix("MCB:").encode())
        reader.does(events.CodeScanned(what="badge", badge="staff", badge_hash=worn, up=up, at=now_ms()))
    receive(store, [Arrival(reader.topic, reader.batch())], now_ms())
    link_marked(store, now_ms())
    store.close()


def test_a_badge_is_printed_once_and_its_number_stays(motcua: Motcua, staffed: Path) -> None:
    name, number, code = given(motcua, staffed, "--number", "7")
    assert (name, number) == ("lan", "CB-07") and re.fullmatch(r"MCB:[0-9A-HJKMNP-TV-Z]{16}", code)
    again = given(motcua, staffed)
    assert again[1] == "CB-07" and again[2] != code
    heads, old, new = motcua("users", "badges", "--data", staffed).stdout.splitlines()
    assert heads.split() == ["clerk", "name", "office", "since", "until"]
    today = day_of(now_ms(), TIMEZONE)
    assert (old.split(), new.split()) == (["CB-07", "lan", "tan-an", today, today], ["CB-07", "lan", "tan-an", today])
    assert code not in old + new and again[2] not in old + new


def test_who_was_where_and_why_it_ended(motcua: Motcua, window: Window, staffed: Path) -> None:
    assert "nobody signed in on" in motcua("users", "sessions", "--data", staffed).stdout
    code = given(motcua, staffed)[2]
    scan(staffed, code, code, code)
    title, heads, *rows = [line.split() for line in motcua("users", "sessions", "--data", staffed).stdout.splitlines()]
    assert title[-1] == day_of(now_ms(), TIMEZONE)
    assert heads == ["clerk", "counter", "from", "to", "visits", "ended", "because"]
    assert [(row[0], row[4:]) for row in rows] == [
        ("CB-01", [rows[0][4], "0", "the", "badge", "was", "scanned", "again"]),
        ("CB-01", ["…", "0"]),
    ]
    status, shown = window("users", "sessions", "--data", staffed)
    assert (status, readable(shown)) == (0, True)
    assert motcua("users", "badge", "lan", "--take-back", "--data", staffed).stdout == (
        "the badge of lan holds no longer\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("badge", "nobody"), "nobody is called 'nobody'"),
        (("badge", "lan", "--take-back"), "badge: expected somebody who has one, found 'lan', who has none"),
        (("badge", "lan", "--take-back", "--number", "7"), "expected --number or --take-back, found both"),
        (("badge", "lan", "--number", "0"), "number: expected 1 to 999, found 0"),
        (("sessions", "--day", "today"), "day: expected YYYY-MM-DD, found 'today'"),
        (("sessions", "--office", "x"), "office: there is none of id 'x'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    motcua: Motcua, staffed: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = motcua("users", *arguments, "--data", staffed)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in " ".join(result.stderr.split())


def test_nobody_has_a_badge_yet(motcua: Motcua, staffed: Path) -> None:
    assert "no badges yet" in motcua("users", "badges", "--data", staffed).stdout

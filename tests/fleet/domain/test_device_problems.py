"""What is wrong with a device, by what it told; and how long its paper lasts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.device_problems import HARM, DeviceFacts, Fault, Trouble, is_older, newest, problems
from fleet.domain.paper import PaperSeen, PaperUse, use_of

MIN, HOUR = 60_000, 3_600_000
NOW = 100 * HOUR
WELL = DeviceFacts(("printer",), "online", NOW - HOUR, firmware="0.2.0", newest="0.2.0", paper="ok", outbox=0)


def troubles(facts: DeviceFacts, now_ms: int = NOW) -> list[str]:
    return [one.trouble.value for one in problems(facts, now_ms)]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"paper": "low"}, ["paper_low"]),
        ({"paper": "out", "rescue": "PartLost"}, ["paper_out", "rescue"]),
        ({"presence": "lost", "outbox": 900}, ["lost"]),
        ({"presence": "never", "enrolled_ms": NOW - 11 * MIN}, ["never"]),
        ({"presence": "never", "enrolled_ms": NOW - 9 * MIN}, []),
        ({"outbox": 50, "clock_off_ms": -20_000, "heap_free": 2_048}, ["outbox", "heap", "clock"]),
        ({"refused": True, "newest": "0.10.0"}, ["refused", "old_firmware"]),
        ({"boots": ((NOW - 3, "power"),) * 3}, ["restarts_power"]),
        ({"boots": ((NOW - 3, "power"), (NOW - 2, "watchdog"), (NOW - 1, "watchdog"))}, ["restarts_fault"]),
        ({"boots": ((NOW - 3, "config"), (NOW - 2, "command"), (NOW - 1, "power"))}, []),
    ],
)
def test_each_trouble_is_found_and_the_worst_stands_first(changes: dict[str, object], wanted: list[str]) -> None:
    assert troubles(replace(WELL, **changes)) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "reason", "over_by", "trouble"),
    [
        ("printer", "cover open", "printed", "printer"),
        ("printer", "does not answer", "printed", "printer_silent"),
        ("leases", "no numbers left for ho-tich", "ticket", "no_numbers"),
        ("scanner", "does not answer", "scan", "scanner"),
        ("key score_5", "down for 30 s", "key score_5", "key"),
    ],
)
def test_a_fault_lasts_until_the_device_does_what_it_is_there_for(
    part: str, reason: str, over_by: str, trouble: str
) -> None:
    facts = replace(WELL, faults=(Fault(part, reason, NOW - 5 * MIN),))
    assert troubles(facts) == [trouble]
    assert troubles(replace(facts, did=((over_by, NOW - 6 * MIN),))) == [trouble]
    assert troubles(replace(facts, did=((over_by, NOW - 4 * MIN),))) == []
    assert troubles(facts, NOW + 25 * HOUR) == []


def test_a_press_that_means_nothing_is_no_trouble_of_the_printer() -> None:
    odd = tuple(
        Fault("printer", why, NOW) for why in ("no service on key 9", "no ticket to print again since power came")
    )
    assert troubles(replace(WELL, faults=odd)) == []


def test_a_lost_keypad_is_worse_than_lost_buttons() -> None:
    def harm(*roles: str) -> int:
        return problems(DeviceFacts(roles, "lost"), NOW)[0].harm

    assert harm("rating") < harm("reader") < harm("printer") < harm("keypad", "rating")
    assert harm("keypad") < HARM[Trouble.PAPER_OUT]


def test_versions_are_numbers() -> None:
    assert is_older("0.9.3", "0.10.0") and not is_older("0.10.0", "0.9.3") and not is_older("dev", "1.0")
    assert newest(["0.9.3", "0.10.0", "", "dev"]) == "0.10.0"
    assert newest(["dev"]) == ""


def seen(*told: tuple[int, int | None]) -> list[PaperSeen]:
    return [PaperSeen(minutes * MIN, "ok", left) for minutes, left in told]


def test_a_roll_lasts_as_long_as_it_was_used() -> None:
    use = use_of(seen((0, 20), (30, 15), (60, 10)))
    assert use == PaperUse(0, 60 * MIN, 10, 10)
    assert use is not None and (use.until_ms, use.tickets_left(80)) == (120 * MIN, 80)


@pytest.mark.parametrize(
    "told",
    [
        [],
        [(0, 20)],
        [(0, 20), (5, 19)],
        [(0, 20), (60, 20)],
        [(0, None), (60, None)],
        [(0, 3), (60, 40), (61, 39)],
    ],
)
def test_nothing_is_said_where_too_little_was_seen(told: list[tuple[int, int | None]]) -> None:
    assert use_of(seen(*told)) is None


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 60)), max_size=20))
def test_a_forecast_never_lies_before_the_last_word(told: list[tuple[int, int]]) -> None:
    use = use_of(seen(*told))
    assert use is None or (use.until_ms >= use.to_ms == max(told)[0] * MIN and use.tickets_left(10) >= 0)

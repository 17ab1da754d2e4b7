"""An office's day ends: for printers, for those who wait, and for the keys under which cards are hashed."""

from datetime import date

import pytest

from fleet.domain.calendars import Rule, RuleKind
from fleet.domain.closing import BadClosing, ClosingNow
from fleet.domain.ends import End
from fleet.flows import queue_rules
from fleet.flows.check_fairness import check_day
from fleet.flows.closing import closing_now, end_day, end_days_before, say_until, told_days
from fleet.flows.instruct import more_leases, whole_state
from fleet.flows.link import link_marked
from fleet.flows.next_number import give_next
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import calendars, places
from fleet.store.database import Store
from fleet.store.day_parts import day_of
from protocols import events
from protocols.commands import Want
from protocols.state import DayKey, Lease
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

MIN = 60_000
HOUR = 60 * MIN
MIDNIGHT = NINE - 9 * HOUR
CLOSED = MIDNIGHT + 17 * HOUR + 30 * MIN
TUESDAY, WEDNESDAY, THURSDAY = "2026-11-10", "2026-11-11", "2026-11-12"
WEEK_DAY = date.fromisoformat(TUESDAY)
WEEK = [
    Rule(RuleKind.WEEK, weekdays=(1, 2, 3, 4, 5), session="morning", start=450, end=690),
    Rule(RuleKind.WEEK, weekdays=(1, 2, 3, 4, 5), session="afternoon", start=810, end=1020),
]


def opens(store: Store, *more: Rule) -> None:
    """The office has a calendar."""
    with store.writing() as connection:
        calendars.save(connection, OFFICE, [*WEEK, *more])


@pytest.fixture
def server(store: Store) -> VirtualDevice:
    opens(store)
    return VirtualDevice(store, "send", NINE)


def leases(store: Store, now_ms: int = NINE) -> list[Lease]:
    state = more_leases(store, "tp-1", 10, now_ms)
    assert state is not None and state.leases is not None
    return [one for one in state.leases if one.service == "ho-tich"]


def take(store: Store, *numbers: int) -> None:
    printer = Speaker("tp-1", boot=1 + min(numbers))
    for number in numbers:
        printer.does(events.TicketTaken(service="ho-tich", number=number, lease="l", up=number, at=NINE + number))
    receive(store, [Arrival(printer.topic, printer.batch())], NINE + 100)
    link_marked(store, NINE + 100)


def states(store: Store) -> dict[int, str]:
    link_marked(store, NINE + 20 * HOUR)
    with store.reading() as connection:
        return {one.number: one.state for one in day_of(connection, OFFICE, DAY).tickets}


def now_closing(store: Store, now_ms: int) -> ClosingNow:
    with store.reading() as connection:
        office = places.office(connection, OFFICE)
        assert office is not None
        return closing_now(connection, office, now_ms)


def test_leases_end_with_the_grace_after_the_last_session(store: Store, server: VirtualDevice) -> None:
    held = {one.day: one.expires for one in leases(store)}
    assert list(held) == [DAY, TUESDAY, WEDNESDAY] and held[DAY] == CLOSED
    queue_rules.set_numbers(store, OFFICE, NINE, grace_min=0)
    assert leases(store)[0].expires == CLOSED - 30 * MIN
    for seconds in (-1, 1):
        ids = [one.id for one in leases(store, CLOSED + seconds * 1000)]
        assert ids == [one.id for one in leases(store)], "after the close they are the same, and over"


def test_a_day_is_kept_open_or_ended_early_and_its_lease_says_so(store: Store, server: VirtualDevice) -> None:
    before = leases(store)
    for ends_ms in (CLOSED + 2 * HOUR, NINE + 1):
        say_until(store, OFFICE, DAY, ends_ms, "mai", NINE)
        after = leases(store)
        assert [one.id for one in after] == [one.id for one in before], "numbers that were given stay given"
        assert (after[0].expires, now_closing(store, NINE).said) == (ends_ms, True)
    say_until(store, OFFICE, DAY, None, "mai", NINE)
    assert leases(store) == before
    for day, ends_ms, said in (
        ("2026-11-08", NINE - 24 * HOUR, "expected today or a later one, found 2026-11-08"),
        (DAY, NINE + 24 * HOUR, "until: expected a time of 2026-11-09, found 2026-11-10 09:00"),
    ):
        with pytest.raises(BadClosing, match=said):
            say_until(store, OFFICE, day, ends_ms, "mai", NINE)
    with pytest.raises(BadClosing, match="office: expected one of tan-an, found 'x'"):
        say_until(store, "x", DAY, None, "mai", NINE)


def test_a_holiday_at_short_notice_takes_a_lease_back_and_gives_the_same_one_again(
    store: Store, server: VirtualDevice
) -> None:
    before, told = leases(store), told_days(store, [OFFICE], NINE)
    tomorrow = Rule(RuleKind.CLOSED, first=WEEK_DAY, last=WEEK_DAY, note="Nghỉ đột xuất")
    opens(store, tomorrow)
    assert told_days(store, [OFFICE], NINE) != told, "printers are to be told"
    assert [one.day for one in leases(store)] == [DAY, WEDNESDAY, THURSDAY]
    assert leases(store)[:2] == [before[0], before[2]]
    opens(store)
    assert told_days(store, [OFFICE], NINE) == told
    assert leases(store) == before, "not a number of it is given twice"


def test_a_day_without_a_session_has_no_leases_unless_a_person_opens_it(store: Store, server: VirtualDevice) -> None:
    saturday, monday = "2026-11-14", "2026-11-16"
    friday = NINE + 4 * 24 * HOUR
    assert saturday not in [one.day for one in leases(store, friday)]
    state = whole_state(store, "tp-1", 10, friday + 24 * HOUR)
    assert state is not None and {one.day for one in state.leases or []} == {monday, "2026-11-17"}
    say_until(store, OFFICE, saturday, friday + 24 * HOUR + 2 * HOUR, "mai", friday)
    (opened,) = [one for one in leases(store, friday) if one.day == saturday]
    assert opened.expires == friday + 26 * HOUR


def test_numbers_of_a_printer_that_had_not_heard_wait_like_any(store: Store, server: VirtualDevice) -> None:
    say_until(store, OFFICE, DAY, NINE - 1, "mai", NINE - 2)
    take(store, 1)
    assert states(store) == {1: "waiting"}
    show = give_next(store, server, "q-1", Want(id=1, want="next"), CLOSED + HOUR)
    assert show is not None and show.number == 1, "whoever waits is served after the close"


def test_who_still_waits_when_the_day_is_ended_ends_as_closed_and_is_counted(
    store: Store, server: VirtualDevice
) -> None:
    leases(store)
    take(store, 1, 2, 3)
    keypad = Speaker("q-1")
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=MIN, at=NINE + MIN))
    keypad.does(events.Parked(service="ho-tich", number=1, up=2 * MIN, at=NINE + 2 * MIN))
    receive(store, [Arrival(keypad.topic, keypad.batch())], NINE + 2 * MIN)
    assert states(store) == {1: "parked", 2: "waiting", 3: "waiting"}
    assert now_closing(store, NINE + HOUR) == ClosingNow(CLOSED, False, False, waiting=2, parked=1, ended=0)
    assert end_day(store, server, OFFICE, "mai", NINE + HOUR) == 2
    assert states(store) == {1: "parked", 2: "closed", 3: "closed"}
    assert now_closing(store, NINE + HOUR) == ClosingNow(NINE + HOUR, True, True, waiting=0, parked=1, ended=2)
    assert leases(store, NINE + HOUR)[0].expires == NINE + HOUR
    show = give_next(store, server, "q-2", Want(id=1, want="next"), NINE + HOUR + 1)
    assert show is not None and show.number is None
    assert check_day(store, OFFICE, DAY).ends == {End.CLOSED: 2, End.LEFT_PARKED: 1}
    assert end_day(store, server, OFFICE, "mai", NINE + 2 * HOUR) == 0
    assert now_closing(store, NINE + 2 * HOUR).until_ms == NINE + HOUR


def test_a_day_that_is_over_is_ended_once_and_what_is_told_late_is_believed(
    store: Store, server: VirtualDevice
) -> None:
    take(store, 1, 2)
    tomorrow = NINE + 24 * HOUR
    assert end_days_before(store, server, OFFICE, NINE + HOUR) == 0, "the day is not over"
    assert end_days_before(store, server, OFFICE, tomorrow) == 2
    assert states(store) == {1: "closed", 2: "closed"}
    assert end_days_before(store, server, OFFICE, tomorrow) == 0
    keypad = Speaker("q-1")  # it was cut off, and tells on the next day whom it served
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=MIN, at=NINE + MIN))
    keypad.does(events.VisitFinished(service="ho-tich", number=1, up=2 * MIN, at=NINE + 2 * MIN))
    receive(store, [Arrival(keypad.topic, keypad.batch())], tomorrow)
    assert states(store) == {1: "done", 2: "closed"}
    with store.reading() as connection:
        assert day_of(connection, OFFICE, DAY).unlinked == (), "that it was ended before it was told is no fault"


def test_a_key_dies_a_day_after_the_close(store: Store, server: VirtualDevice) -> None:
    def keys(now_ms: int) -> list[DayKey]:
        state = whole_state(store, "q-1", 10, now_ms)
        assert state is not None and state.day_key is not None
        return state.day_key

    today, tomorrow = keys(NINE)
    assert (today.day, today.expires, tomorrow.day) == (DAY, MIDNIGHT + 24 * HOUR, TUESDAY)
    assert [one.key for one in keys(NINE + HOUR)] == [today.key, tomorrow.key]
    store.keys.destroy_expired(CLOSED + 24 * HOUR)
    assert [one.key for one in keys(NINE)] == [today.key, tomorrow.key]
    say_until(store, OFFICE, DAY, CLOSED + 2 * HOUR, "mai", NINE)
    keys(NINE + 2 * HOUR)
    store.keys.destroy_expired(CLOSED + 24 * HOUR + 1)
    assert keys(NINE)[0].key == today.key, "the office closed two hours later"
    store.keys.destroy_expired(CLOSED + 26 * HOUR + 1)
    assert keys(NINE)[0].key != today.key


def test_an_office_without_a_calendar_closes_at_midnight(store: Store) -> None:
    assert leases(store)[0].expires == MIDNIGHT + 24 * HOUR
    assert now_closing(store, NINE) == ClosingNow(None, False, False, 0, 0, 0)

"""Appointments are booked, come, and are called in the one order of the queue."""

from datetime import date

import pytest

from fleet.domain.booking import BadBooking
from fleet.flows import book, queue_rules
from fleet.flows.arrive import arrive
from fleet.flows.link import link_marked
from fleet.flows.next_number import give_next
from fleet.flows.one_number import keep_one
from fleet.flows.receive import receive
from fleet.flows.received import Arrival, Received, Scanned
from fleet.flows.tones import tone_for
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import queue
from fleet.store.bookings import BookingRow
from fleet.store.database import Store
from protocols import events
from protocols.commands import Want
from protocols.ticket_code import parse_ticket_code
from tests.fleet.office import DAY, NINE, SCREENS, Speaker, hang_screens

MIN = 60_000
TODAY = date.fromisoformat(DAY)
TEN = NINE + 60 * MIN
DOSSIER = "H15.50.05.13-261008-0975"
LOBBY = SCREENS[0].id


@pytest.fixture
def server(store: Store) -> VirtualDevice:
    hang_screens(store)
    return VirtualDevice(store, "receive", NINE)


def shows(store: Store, server: VirtualDevice, code: str, now_ms: int, device: str = LOBBY) -> str | None:
    """Somebody holds a code before a reader, and what comes of it is linked."""
    what = "ticket" if "MC1:" in code else "dossier"
    done = arrive(store, server, Scanned(device, "tan-an", what, code, now_ms), now_ms)
    link_marked(store, now_ms)
    return done


def take(store: Store, number: int, ms: int, holder: str | None = None) -> Received:
    printer = Speaker("tp-1", boot=number)
    printer.does(events.TicketTaken(service="ho-tich", number=number, lease="l", holder=holder, up=1, at=ms))
    received = receive(store, [Arrival(printer.topic, printer.batch())], ms)
    link_marked(store, ms)
    return received


def called(store: Store, server: VirtualDevice, now_ms: int, want: int = 1) -> int | None:
    show = give_next(store, server, "q-1", Want(id=want, want="next"), now_ms)
    assert show is not None
    return show.number


def state(store: Store, number: int) -> tuple[str, int] | None:
    with store.reading() as connection:
        return queue.place_of(connection, "tan-an", DAY, "ho-tich", number)


def test_times_are_the_offices_hours_that_lie_ahead(store: Store) -> None:
    queue_rules.set_numbers(store, "tan-an", NINE - 1, slot_min=60)
    found = book.free_times(store, "tan-an", "ho-tich", TODAY, NINE)
    assert [(one.at_ms - NINE) // MIN for one in found] == [30, 90, 270, 330, 390], "from 7:30, from 13:30 to 17:00"
    assert {one.free for one in found} == {1}


def test_a_time_is_booked_by_as_many_as_there_is_room_for(store: Store) -> None:
    queue_rules.set_numbers(store, "tan-an", NINE - 1, per_slot=2)
    rows = [book.book(store, "tan-an", "ho-tich", TEN, None, NINE) for _ in range(2)]
    assert [row.number for row in rows] == [1, 2]
    with pytest.raises(BadBooking, match="All appointments at 2026-11-09 10:00 are taken"):
        book.book(store, "tan-an", "ho-tich", TEN, None, NINE)
    book.cancel(store, book.code_of(store, rows[0]), NINE)
    assert book.book(store, "tan-an", "ho-tich", TEN, None, NINE).number == 3, "a number is never given twice"


@pytest.mark.parametrize(
    ("service", "due_ms", "code", "word", "said"),
    [
        ("thue", TEN, None, "service", "cần một trong ho-tich, dat-dai, nhận được thue"),
        ("ho-tich", NINE - MIN, None, "past", "Giờ hẹn 2026-11-09 08:59 đã qua"),
        ("ho-tich", TEN + MIN, None, "no_time", "Không có giờ hẹn nào lúc 2026-11-09 10:01"),
        ("ho-tich", TEN + 7 * 24 * 60 * MIN, None, "far", "Chỉ nhận hẹn đến ngày 2026-11-15"),
        ("ho-tich", TEN, "H15", "code", "Mã hồ sơ không đúng dạng: H15"),
    ],
)
def test_what_can_not_be_booked(
    store: Store, service: str, due_ms: int, code: str | None, word: str, said: str
) -> None:
    with pytest.raises(BadBooking) as refused:
        book.book(store, "tan-an", service, due_ms, code, NINE)
    assert refused.value.word == word and said in refused.value.said("vi")
    assert book.listed(store, "tan-an", TODAY) == []


def test_a_dossier_has_one_appointment_for_a_service(store: Store) -> None:
    book.book(store, "tan-an", "ho-tich", TEN, DOSSIER, NINE)
    with pytest.raises(BadBooking, match="has an appointment already, at 2026-11-09 10:00"):
        book.book(store, "tan-an", "ho-tich", TEN + 15 * MIN, DOSSIER, NINE)
    assert book.book(store, "tan-an", "dat-dai", TEN, DOSSIER, NINE).number == 1


def test_an_office_that_takes_none(store: Store) -> None:
    queue_rules.set_numbers(store, "tan-an", NINE - 1, per_slot=0)
    assert book.free_times(store, "tan-an", "ho-tich", TODAY, NINE) == []


def booked(store: Store, code: str | None = None) -> tuple[BookingRow, str]:
    row = book.book(store, "tan-an", "ho-tich", TEN, code, NINE)
    return row, book.code_of(store, row)


def test_whoever_booked_and_came_goes_first_when_the_time_has_come(store: Store, server: VirtualDevice) -> None:
    row, code = booked(store)
    first, second = row.number + 100, row.number + 101
    take(store, first, NINE + MIN)
    take(store, second, NINE + 2 * MIN)
    assert shows(store, server, code, NINE + 30 * MIN) == "check_in"
    assert called(store, server, TEN - MIN) == first, "an appointment that is yet to come goes before nobody"
    keypad = Speaker("q-1")
    keypad.does(events.NumberCalled(service="ho-tich", number=first, up=59 * MIN, at=TEN - MIN))
    keypad.does(events.VisitFinished(up=60 * MIN, at=TEN))
    receive(store, [Arrival(keypad.topic, keypad.batch())], TEN)
    link_marked(store, TEN)
    assert called(store, server, TEN + 1, want=2) == row.number


def test_who_comes_too_late_waits_like_anybody(store: Store, server: VirtualDevice) -> None:
    row, code = booked(store)
    take(store, row.number + 100, NINE + MIN)
    assert shows(store, server, code, TEN + 16 * MIN) == "check_in"
    assert called(store, server, TEN + 17 * MIN) == row.number + 100


def test_a_code_is_shown_twice_and_at_a_counter(store: Store, server: VirtualDevice) -> None:
    _, code = booked(store)
    assert shows(store, server, code, NINE, device="q-1") is None, "a clerk's reader says that a dossier is served"
    assert shows(store, server, code, NINE) == "check_in"
    assert shows(store, server, code, NINE + 1) is None


def test_a_dossiers_code_says_that_its_appointment_came(store: Store, server: VirtualDevice) -> None:
    row, _ = booked(store, DOSSIER)
    assert shows(store, server, DOSSIER, NINE) == "check_in"
    assert state(store, row.number) == ("waiting", TEN)


def test_what_was_given_back_or_forged_says_nothing(store: Store, server: VirtualDevice) -> None:
    _, code = booked(store)
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert shows(store, server, forged, NINE) is None
    with pytest.raises(BadBooking, match="There is no such appointment"):
        book.cancel(store, forged, NINE)
    book.cancel(store, code, NINE)
    assert shows(store, server, code, NINE) is None
    told = tone_for(store, Scanned(LOBBY, "tan-an", "ticket", code, NINE), NINE)
    assert told is not None and told.tone is not None and told.tone.tone == "wrong"


def test_who_did_not_answer_shows_the_number_and_waits_behind_the_others(store: Store, server: VirtualDevice) -> None:
    row, code = booked(store)
    shows(store, server, code, NINE)
    take(store, row.number + 100, NINE + MIN)
    keypad = Speaker("q-1")
    keypad.does(events.NumberCalled(service="ho-tich", number=row.number, up=2 * MIN, at=NINE + 2 * MIN))
    keypad.does(events.NoShow(up=3 * MIN, at=NINE + 3 * MIN))
    receive(store, [Arrival(keypad.topic, keypad.batch())], NINE + 3 * MIN)
    link_marked(store, NINE + 3 * MIN)
    assert state(store, row.number) == ("no_show", NINE + 3 * MIN)
    assert shows(store, server, code, NINE + 5 * MIN) == "return"
    assert state(store, row.number) == ("waiting", NINE + 5 * MIN)


def test_a_number_that_nobody_answers_is_called_as_often_as_the_office_wants(
    store: Store, server: VirtualDevice
) -> None:
    queue_rules.set_numbers(store, "tan-an", NINE - 1, calls=2)
    take(store, 1, NINE - 2 * MIN)
    take(store, 2, NINE - MIN)
    keypad, numbers = Speaker("q-1"), []
    for turn in range(3):
        now_ms = NINE + turn * 10 * MIN
        number = called(store, server, now_ms, want=turn)
        numbers.append(number)
        if number is not None:
            keypad.does(events.NumberCalled(service="ho-tich", number=number, up=now_ms - NINE, at=now_ms))
            closing = events.NoShow if number == 1 else events.VisitFinished
            keypad.does(closing(up=now_ms - NINE + 1, at=now_ms + 1))
            receive(store, [Arrival(keypad.topic, keypad.batch())], now_ms + 1)
            link_marked(store, now_ms + 1)
    assert numbers == [1, 2, 1]
    assert called(store, server, NINE + 40 * MIN, want=9) is None


def test_a_second_number_of_the_same_card_takes_the_place_of_the_first(store: Store, server: VirtualDevice) -> None:
    take(store, 1, NINE, holder="a1b2c3d4e5f60718")
    take(store, 2, NINE + MIN)
    (taken,) = take(store, 3, NINE + 2 * MIN, holder="a1b2c3d4e5f60718").taken
    assert keep_one(store, server, taken, NINE + 2 * MIN) == 1
    link_marked(store, NINE + 2 * MIN)
    assert (state(store, 1), state(store, 3)) == (("replaced", NINE), ("waiting", NINE))
    assert called(store, server, NINE + 3 * MIN) == 3, "the earlier place, and the number that is in the hand"
    assert keep_one(store, server, taken, NINE + 2 * MIN) is None


def test_numbers_of_bookings_are_none_of_a_printers(store: Store) -> None:
    row, code = booked(store)
    assert parse_ticket_code(code).lease == row.lease
    with store.reading() as connection:
        assert queue.highest_leased(connection, "tan-an", "ho-tich", DAY) >= row.number

"""A kiosk shows what an office serves, and gives numbers that nobody else gives, no faster than people read."""

import json
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.kiosk_now import AT_MOST, MINUTE_MS, Closed, NoNumber, NumberGiven, Paper, PaperNow, Printer, Way
from fleet.domain.place_rules import BadPlace
from fleet.domain.procedures import Procedure
from fleet.domain.queue_policy import PriorityClass
from fleet.domain.service_icons import ICONS, WORDS, icon_of
from fleet.flows import book, closing, command, queue_rules, set_kiosk, ticket_page
from fleet.flows.equip import EquipError, set_office
from fleet.flows.kiosk import found_in, kiosk_now, searchable
from fleet.flows.leases import leases_for
from fleet.flows.link import link_marked
from fleet.flows.presence import seen
from fleet.flows.restored import restored
from fleet.flows.take_number import Asked, Press, paper_now, take
from fleet.flows.virtual_device import VirtualDevice
from fleet.flows.watch import UnknownOffice
from fleet.pages.static_files import FOLDER
from fleet.store import devices, places, procedures, queue
from fleet.store.database import Store
from fleet.store.rows import every, run, sql
from protocols.commands import Reply
from protocols.presence import Alive
from protocols.ticket_code import parse_ticket_code
from tests.examples import examples
from tests.fleet.office import DAY, NINE, OFFICE, open_office_at_nine
from tests.sqlite_files import SqliteFiles

TAKEN = sql(
    "SELECT number, priority, state FROM tickets WHERE office = 'tan-an' AND service = 'ho-tich' ORDER BY number"
)


@pytest.fixture
def server(store: Store) -> VirtualDevice:
    return VirtualDevice(store, "pages", NINE)


def press(
    key: str, service: str = "ho-tich", kiosk: str = "k-1", way: Way = Way.PHONE, priority: bool = False
) -> Press:
    return Press(kiosk, key, OFFICE, service, way, priority)


def take_by_phone(store: Store, server: VirtualDevice, pressed: Press, now_ms: int) -> NumberGiven:
    given = take(store, server, pressed, now_ms)
    assert isinstance(given, NumberGiven)
    return given


def prints(store: Store, pressed: Press, now_ms: int) -> PaperNow:
    """What a kiosk sees of the paper that it asks for, as the printer has answered so far."""
    asked = take(store, VirtualDevice(store, "pages", now_ms), pressed, now_ms)
    assert isinstance(asked, Asked)
    found = paper_now(store, pressed.kiosk, OFFICE, pressed.service, asked.command, now_ms)
    assert found is not None and paper_now(store, "k-other", OFFICE, pressed.service, asked.command, now_ms) is None
    return found


def is_there(store: Store, paper: str | None = None) -> None:
    """The printer is on line, and has told of its roll."""
    seen(store, "tp-1", Alive(), NINE)
    if paper is not None:
        with store.writing() as connection:
            devices.saw_health(connection, "tp-1", json.dumps({"paper": paper}), NINE)


def tickets(store: Store, now_ms: int = NINE) -> list[tuple[object, ...]]:
    link_marked(store, now_ms)
    with store.reading() as connection:
        return [tuple(row) for row in every(connection, TAKEN)]


def number(given: NumberGiven) -> int:
    return parse_ticket_code(given.code).number


def test_a_number_for_a_telephone_waits_like_one_of_the_printer(store: Store, server: VirtualDevice) -> None:
    given = take_by_phone(store, server, press("first"), NINE)
    assert (given.label, given.way) == ("A001", Way.PHONE)
    assert ticket_page.look(store, given.code, NINE).label == "A001", "even before it is linked"
    assert tickets(store) == [(1, "", "waiting")]
    assert kiosk_now(store, OFFICE, NINE).services[0].waiting == 1
    assert ticket_page.look(store, given.code, NINE).ahead == 0


def test_a_press_that_is_sent_again_is_one_number(store: Store, server: VirtualDevice) -> None:
    first = take_by_phone(store, server, press("once"), NINE)
    assert take_by_phone(store, server, press("once", priority=True), NINE + 5_000) == first
    with pytest.raises(NoNumber, match="again"):
        take_by_phone(store, server, press("once", "dat-dai"), NINE + 5_000)
    assert take_by_phone(store, server, press("once", kiosk="k-2"), NINE) != first
    assert [row[0] for row in tickets(store)] == [1, 2]


def test_a_paper_comes_from_the_printer_that_is_there(store: Store, server: VirtualDevice) -> None:
    with pytest.raises(NoNumber, match="printer_away"):
        take(store, server, press("away", way=Way.PAPER), NINE)
    assert kiosk_now(store, OFFICE, NINE).printer is Printer.AWAY
    is_there(store, "out")
    assert kiosk_now(store, OFFICE, NINE).printer is Printer.NO_PAPER
    is_there(store, "ok")
    assert kiosk_now(store, OFFICE, NINE).printer is Printer.READY
    wanted = press("paper", way=Way.PAPER, priority=True)
    assert prints(store, wanted, NINE).state is Paper.AWAITED
    ((device, order),) = command.untold(store, 9, NINE)
    assert (device, order.verb, order.arguments) == ("tp-1", "take", {"service": "ho-tich", "priority": True})
    command.answered(store, "tp-1", Reply(id=order.id, ok=True, result={"service": "ho-tich", "number": 7}), NINE)
    assert prints(store, wanted, NINE + 9).given == NumberGiven("A007", "ho-tich", Way.PAPER), "asked for once"
    assert take(store, server, press("paper"), NINE) == Asked(order.id), "the same press, whatever it says now"
    assert tickets(store) == [], "the printer itself tells of its ticket"


def test_a_paper_that_does_not_come_is_said_why(store: Store) -> None:
    is_there(store, "ok")
    whys = [("no_paper", "no_paper"), ("no_numbers", "no_numbers"), ("full", "printer"), ("", "printer")]
    for turn, (reason, word) in enumerate(whys):
        wanted, at = press(f"paper-{turn}", way=Way.PAPER), NINE + turn * MINUTE_MS
        assert prints(store, wanted, at).state is Paper.AWAITED
        ((_, order),) = command.untold(store, 9, at)
        command.answered(store, "tp-1", Reply(id=order.id, ok=not reason, reason=reason), at)
        found = prints(store, wanted, at)
        assert (found.state, found.reason) == (Paper.REFUSED, word)


def test_a_printer_that_does_not_answer_is_away(store: Store) -> None:
    is_there(store)
    wanted = press("silent", way=Way.PAPER)
    assert prints(store, wanted, NINE).state is Paper.AWAITED
    found = prints(store, wanted, NINE + MINUTE_MS)
    assert (found.state, found.reason) == (Paper.REFUSED, Printer.AWAY)


def test_who_says_so_has_priority_where_the_office_has_that_class(store: Store, server: VirtualDevice) -> None:
    take_by_phone(store, server, press("with", priority=True), NINE)
    assert kiosk_now(store, OFFICE, NINE).priority == ("Ưu tiên", "Priority")
    queue_rules.set_class(store, OFFICE, PriorityClass("priority", "Ưu tiên", valid_to="2026-11-08"), NINE)
    assert kiosk_now(store, OFFICE, NINE).priority is None
    take_by_phone(store, server, press("without", priority=True), NINE)
    assert tickets(store) == [(1, "priority", "waiting"), (2, "", "waiting")]


def test_a_child_that_plays_empties_no_day(store: Store, server: VirtualDevice) -> None:
    given: list[int] = []
    presses = [*range(NINE, NINE + 10_000, 1000), *range(NINE + MINUTE_MS, NINE + 10 * MINUTE_MS, 10_000)]
    for at in presses:
        try:
            take_by_phone(store, server, press(f"play-{at}"), at)
        except NoNumber as refusal:
            assert refusal.word == "too_often"
        else:
            given.append(at)
    a_minute, a_while = dict(AT_MOST)[1], dict(AT_MOST)[15]
    assert given == [*presses[:a_minute], *presses[10 : 10 + a_while - a_minute]]
    assert take_by_phone(store, server, press("other", kiosk="k-2"), at), "another kiosk goes on"
    assert take_by_phone(store, server, press("later"), at + 15 * MINUTE_MS)


def test_what_is_closed_says_why_and_gives_nothing(store: Store, server: VirtualDevice) -> None:
    def why(now_ms: int = NINE) -> list[Closed | None]:
        return [one.closed for one in kiosk_now(store, OFFICE, now_ms).services]

    assert why() == [None, None]
    queue_rules.set_counter(store, "quay-1", ["ho-tich"], [], NINE)
    assert why() == [None, Closed.NO_COUNTER]
    with pytest.raises(NoNumber, match="no_counter"):
        take_by_phone(store, server, press("none", "dat-dai"), NINE)
    closing.say_until(store, OFFICE, DAY, NINE + 1000, "chief", NINE)
    assert why(NINE + 1000) == [Closed.ENDED, Closed.ENDED]
    closing.say_until(store, OFFICE, DAY, NINE - 9 * 60 * MINUTE_MS, "chief", NINE)
    assert why() == [Closed.DAY_OFF, Closed.DAY_OFF]
    with pytest.raises(NoNumber, match="day_off"):
        take_by_phone(store, server, press("late"), NINE)
    with pytest.raises(NoNumber, match="gone"):
        take_by_phone(store, server, press("what", "thue"), NINE)
    assert tickets(store) == []


def test_staff_decide_of_ways_and_pictures(store: Store, server: VirtualDevice) -> None:
    assert kiosk_now(store, OFFICE, NINE).ways == (Way.PAPER, Way.PHONE)
    set_kiosk.set_icon(store, OFFICE, "ho-tich", "care")
    assert set_kiosk.look(store, OFFICE) == (("paper", "phone"), {"ho-tich": "care", "dat-dai": "land"})
    set_office(store, OFFICE, NINE, texts={"ho-tich.en": "Civil status"})
    one = kiosk_now(store, OFFICE, NINE).services[0]
    assert (one.icon, one.name("en"), one.name("vi"), one.language("km")) == ("care", "Civil status", "Hộ tịch", "vi")
    with pytest.raises(BadPlace, match="icon: expected one of"):
        set_kiosk.set_icon(store, OFFICE, "ho-tich", "dragon")
    with pytest.raises(EquipError, match="service: expected one of ho-tich, dat-dai, found 'thue'"):
        set_kiosk.set_icon(store, OFFICE, "thue", "care")
    with pytest.raises(BadPlace, match="way: expected one of"):
        set_kiosk.set_ways(store, OFFICE, ["smoke"])
    assert set_kiosk.set_ways(store, OFFICE, ["phone"]) == ("phone",)
    with pytest.raises(NoNumber, match="gone"):
        take(store, server, press("paper", way=Way.PAPER), NINE)
    set_kiosk.set_ways(store, OFFICE, [])
    assert kiosk_now(store, OFFICE, NINE).ways == ()
    with pytest.raises(NoNumber, match="gone"):
        take_by_phone(store, server, press("off"), NINE)
    with pytest.raises(UnknownOffice):
        kiosk_now(store, "nowhere", NINE)


def test_procedures_are_found_that_the_office_takes(store: Store) -> None:
    here = Procedure("1.001193", "Đăng ký khai sinh", service="ho-tich")
    with store.writing() as connection:
        procedures.save(connection, [here, Procedure("1.000001", "Khai sinh tàu thuyền", service="thuy-san")])
    assert [(one.procedure, one.service) for one in found_in(searchable(store, OFFICE), "khai si")] == [
        (here, "ho-tich")
    ]


def test_a_restored_fleet_goes_on_with_no_lease_from_before(store: Store, server: VirtualDevice) -> None:
    before = take_by_phone(store, server, press("before"), NINE)
    restored(store, NINE + 1)
    with pytest.raises(NoNumber, match="numbers"):
        take_by_phone(store, server, press("awaited"), NINE + 2)
    with store.writing() as connection:
        run(connection, sql("UPDATE devices SET reported = 2"))
    after = take_by_phone(store, server, press("after"), NINE + 3)
    assert parse_ticket_code(after.code).lease != parse_ticket_code(before.code).lease
    assert number(after) > 20, "the old lease was of twenty"


GIVEN: set[int] = set()
LIVES = count(2)
# Of the printer: each time it has lost its storage, and is given anew.


@pytest.fixture(scope="module")
def opened(sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(sqlite_files.copy("office", open_office_at_nine, tmp_path_factory.mktemp("kiosk")))


@settings(max_examples=examples(6), deadline=None)
@given(st.lists(st.sampled_from(["kiosk", "other kiosk", "booking", "printer"]), min_size=10, max_size=40))
def test_no_number_is_given_twice(opened: Store, order: list[str]) -> None:
    """Whoever asks, in whatever order: what is given stays given over all examples, on one day of one office."""
    server = VirtualDevice(opened, "pages", NINE)
    queue_rules.set_numbers(opened, OFFICE, NINE, per_slot=99)
    times = book.free_times(opened, OFFICE, "ho-tich", date.fromisoformat(DAY), NINE)
    with opened.reading() as connection:
        office = places.office(connection, OFFICE)
    assert office is not None
    numbers: list[int] = []
    for turn, who in enumerate(order):
        if who == "booking":
            free = next(one for one in times if one.free > turn)
            numbers.append(book.book(opened, OFFICE, "ho-tich", free.at_ms, None, NINE).number)
        elif who == "printer":
            with opened.writing() as connection:
                held = leases_for(connection, "tp-1", next(LIVES), office, 3, NINE)
            numbers += [
                n for one in held if (one.service, one.day) == ("ho-tich", DAY) for n in range(one.first, one.last + 1)
            ]
        else:
            kiosk = f"{who[0]}-{server.epoch}-{turn}"
            numbers.append(number(take_by_phone(opened, server, press("one-press", kiosk=kiosk), NINE)))
    assert len(numbers) == len(set(numbers))
    with opened.reading() as connection:
        assert max(numbers) <= queue.highest_leased(connection, OFFICE, "ho-tich", DAY)
    assert not set(numbers) & GIVEN
    GIVEN.update(numbers)


@pytest.mark.parametrize(
    ("name", "icon"),
    [
        ("Hộ tịch – Chứng thực", "family"),
        ("ĐẤT ĐAI", "land"),
        ("Đăng ký kinh doanh", "business"),
        ("Trả kết quả", "result"),
        ("Bảo hiểm xã hội", "insurance"),
        ("Lao động, Người có công", "care"),
        ("Thuế", "money"),
        ("Chuyện khác", "document"),
    ],
)
def test_a_service_has_the_picture_that_its_name_calls_for(name: str, icon: str) -> None:
    assert icon_of("", name) == icon
    assert icon_of("nothing known", name) == icon and icon_of("seal", name) == "seal"


def test_every_picture_is_drawn() -> None:
    drawn = (Path(FOLDER) / "icons.svg").read_text("utf-8")
    assert [one for one in (*ICONS, *Way, "search", "back") if f'<symbol id="{one}"' not in drawn] == []
    assert len(set(ICONS)) == len(WORDS) + 1

"""A counter asks who is next."""

import threading

import pytest

from fleet.domain.ends import End
from fleet.domain.fairness import IN_A_ROW
from fleet.domain.queue_policy import PriorityClass
from fleet.domain.rights import Role
from fleet.flows import badges, equip, queue_rules
from fleet.flows.check_fairness import check_day
from fleet.flows.link import link_marked
from fleet.flows.next_number import TURN_HELD_MS, give_next
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.sign_in import add_person
from fleet.flows.virtual_device import VirtualDevice
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols import events
from protocols.commands import WANT_HOLDS_MS, Want
from protocols.signing import badge_hash
from protocols.state import Show, TicketNumber
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

MIN = 60_000


@pytest.fixture
def server(store: Store) -> VirtualDevice:
    return VirtualDevice(store, "send", NINE)


def take(store: Store, printer: Speaker, number: int, ms: int, service: str = "ho-tich", priority: str = "") -> None:
    printer.does(events.TicketTaken(service=service, number=number, lease="l", priority=priority, up=ms - NINE, at=ms))
    tell(store, printer, ms)


def tell(store: Store, speaker: Speaker, ms: int) -> None:
    receive(store, [Arrival(speaker.topic, speaker.batch())], ms)
    link_marked(store, ms)


def test_numbers_are_given_in_order_and_each_once(store: Store, server: VirtualDevice) -> None:
    printer = Speaker("tp-1")
    for number in (1, 2, 3):
        take(store, printer, number, NINE + number)
    first = give_next(store, server, "q-1", Want(id=1, want="next"), NINE + MIN)
    second = give_next(store, server, "q-2", Want(id=1, want="next"), NINE + MIN)
    assert first is not None and second is not None
    assert (first.label, first.want, second.label) == ("A001", 1, "A002")


def test_a_lost_answer_is_given_again_until_the_number_is_called(store: Store, server: VirtualDevice) -> None:
    printer, keypad = Speaker("tp-1"), Speaker("q-1")
    for number in (1, 2):
        take(store, printer, number, NINE + number)
    for want in (1, 2):
        show = give_next(store, server, "q-1", Want(id=want, want="next"), NINE + MIN)
        assert show is not None
        assert (show.number, show.want) == (1, want)
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=MIN, at=NINE + MIN))
    keypad.does(events.VisitFinished(up=2 * MIN, at=NINE + 2 * MIN))
    tell(store, keypad, NINE + 2 * MIN)
    show = give_next(store, server, "q-1", Want(id=3, want="next"), NINE + 3 * MIN)
    assert show is not None and show.number == 2


def test_a_wish_that_overtakes_the_call_before_it_gets_the_next_number(store: Store, server: VirtualDevice) -> None:
    printer = Speaker("tp-1")
    for number in (1, 2):
        take(store, printer, number, NINE + number)
    give_next(store, server, "q-1", Want(id=1, want="next"), NINE + MIN)
    called = TicketNumber(service="ho-tich", number=1)  # the event of this call has not arrived yet
    show = give_next(store, server, "q-1", Want(id=2, want="next", called=called), NINE + 2 * MIN)
    assert show is not None and show.number == 2


def test_nobody_waits_for_this_counter(store: Store, server: VirtualDevice) -> None:
    take(store, Speaker("tp-1"), 1, NINE, service="dat-dai")
    show = give_next(store, server, "q-2", Want(id=1, want="next"), NINE + MIN)  # counter 2 does not call dat-dai
    assert show is not None
    assert (show.number, show.service, show.label) == (None, None, "")


def test_an_old_wish_has_no_answer(store: Store, server: VirtualDevice) -> None:
    take(store, Speaker("tp-1"), 1, NINE)
    assert give_next(store, server, "q-1", Want(id=1, want="next", not_after=NINE), NINE + 1) is None


def test_a_device_in_the_lobby_has_no_next(store: Store, server: VirtualDevice) -> None:
    assert give_next(store, server, "tp-1", Want(id=1, want="next"), NINE) is None


def test_a_number_whose_counter_never_called_it_is_given_to_another(store: Store, server: VirtualDevice) -> None:
    take(store, Speaker("tp-1"), 1, NINE)
    give_next(store, server, "q-1", Want(id=1, want="next"), NINE + MIN)
    soon = give_next(store, server, "q-2", Want(id=1, want="next"), NINE + 2 * MIN)
    late = give_next(store, server, "q-2", Want(id=2, want="next"), NINE + MIN + TURN_HELD_MS + 1)
    assert soon is not None and soon.number is None
    assert late is not None and late.number == 1


def test_a_transferred_number_is_given_once_more(store: Store, server: VirtualDevice) -> None:
    keypad = Speaker("q-2")
    take(store, Speaker("tp-1"), 1, NINE)
    give_next(store, server, "q-2", Want(id=1, want="next"), NINE + MIN)
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=MIN, at=NINE + MIN))
    keypad.does(events.Transferred(to_service="dat-dai", up=2 * MIN, at=NINE + 2 * MIN))
    tell(store, keypad, NINE + 2 * MIN)
    show = give_next(store, server, "q-1", Want(id=1, want="next"), NINE + 3 * MIN)
    assert show is not None
    assert (show.service, show.number, show.label) == ("ho-tich", 1, "A001"), "the number stays what is on the paper"


def test_priority_is_bounded(store: Store, server: VirtualDevice) -> None:
    printer = Speaker("tp-1")
    for number in range(1, 7):
        take(store, printer, number, NINE + number, priority="priority" if number > 2 else "")
    called = []
    keypad = Speaker("q-1")
    for turn in range(6):
        now = NINE + MIN * (turn + 1)
        show = give_next(store, server, "q-1", Want(id=turn, want="next"), now)
        assert show is not None and show.number is not None
        called.append(show.number)
        keypad.does(events.NumberCalled(service="ho-tich", number=show.number, up=now - NINE, at=now))
        keypad.does(events.VisitFinished(up=now + 1 - NINE, at=now + 1))
        tell(store, keypad, now + 1)
    assert called == [3, 4, 1, 5, 6, 2]


def test_the_decision_is_an_event_of_the_server(store: Store, server: VirtualDevice) -> None:
    take(store, Speaker("tp-1"), 1, NINE)
    give_next(store, server, "q-1", Want(id=7, want="next"), NINE + MIN)
    with store.reading() as connection:
        found = every(connection, sql("SELECT device, kind, body FROM events WHERE device = 'srv-send'"))
    assert [(row.device, row.kind) for row in found] == [("srv-send", "assigned")]
    assert '"counter":"quay-1"' in found[0].body


def test_two_counters_in_the_same_millisecond_never_get_the_same_number(store: Store) -> None:
    """Real concurrency: two threads with stores of their own ask for forty numbers."""
    printer = Speaker("tp-1")
    for number in range(1, 41):
        printer.does(events.TicketTaken(service="ho-tich", number=number, lease="l", up=number, at=NINE + number))
    tell(store, printer, NINE + MIN)
    given: list[tuple[str, int]] = []
    together = threading.Barrier(2)

    def ask(device: str, counter: int) -> None:
        own = Store(store.url)
        server = VirtualDevice(own, f"send-{counter}", NINE)
        keypad = Speaker(device)
        called = None
        together.wait(60)
        for want in range(20):
            show = give_next(own, server, device, Want(id=want, want="next", called=called), NINE + MIN + want)
            assert show is not None and show.number is not None
            given.append((device, show.number))
            called = TicketNumber(service="ho-tich", number=show.number)
            keypad.does(events.NumberCalled(service="ho-tich", number=show.number, up=MIN + want, at=NINE + MIN + want))
            tell(own, keypad, NINE + MIN)
        own.close()

    threads = [threading.Thread(target=ask, args=(device, n)) for n, device in enumerate(("q-1", "q-2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    numbers = [number for _, number in given]
    assert len(numbers) == 40
    assert len(set(numbers)) == 40


def test_another_counters_calls_do_not_lift_the_bound_on_priority(store: Store, server: VirtualDevice) -> None:
    """Counter 1 calls priority; counter 2 calls somebody normal in between each time. A001 must not starve."""
    printer, desks = Speaker("tp-1"), {"q-1": Speaker("q-1"), "q-2": Speaker("q-2")}
    take(store, printer, 1, NINE, service="dat-dai")  # only counter 1 calls this service
    for number in range(1, 13):
        take(store, printer, number, NINE + number, service="ho-tich", priority="priority" if number > 6 else "")
    called = []
    for turn in range(6):
        for desk, device in enumerate(("q-2", "q-1")):
            now = NINE + MIN * (2 * turn + desk + 1)
            show = give_next(store, server, device, Want(id=turn, want="next"), now)
            assert show is not None and show.number is not None and show.service is not None
            if device == "q-1":
                called.append((show.service, show.number))
            keypad = desks[device]
            keypad.does(events.NumberCalled(service=show.service, number=show.number, up=now - NINE, at=now))
            keypad.does(events.VisitFinished(up=now + 1 - NINE, at=now + 1))
            tell(store, keypad, now + 1)
    assert ("dat-dai", 1) in called[:3]


def sent_on_from_q_1(store: Store, of_q_2: events.Event) -> None:
    """Number 1 was called at q-1 and sent on, after the other counter had said this of itself."""
    printer, keypad, other = Speaker("tp-1"), Speaker("q-1"), Speaker("q-2")
    take(store, printer, 1, NINE + 1)
    other.does(of_q_2)
    tell(store, other, NINE + 2)
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=MIN, at=NINE + MIN))
    keypad.does(events.Transferred(service="ho-tich", number=1, up=2 * MIN, at=NINE + 2 * MIN))
    tell(store, keypad, NINE + 2 * MIN)


def test_who_was_sent_on_is_called_by_another_counter_that_works(store: Store, server: VirtualDevice) -> None:
    sent_on_from_q_1(store, events.Resumed(up=1, at=NINE + 1))
    mine = give_next(store, server, "q-1", Want(id=1, want="next"), NINE + 3 * MIN)
    assert mine is not None and mine.number is None
    its = give_next(store, server, "q-2", Want(id=2, want="next"), NINE + 3 * MIN)
    assert its is not None and its.number == 1


def test_who_was_sent_on_comes_back_while_no_other_counter_works(store: Store, server: VirtualDevice) -> None:
    sent_on_from_q_1(store, events.Paused(up=1, at=NINE + 1))
    show = give_next(store, server, "q-1", Want(id=1, want="next"), NINE + 3 * MIN)
    assert show is not None and show.number == 1


def test_who_is_parked_is_given_to_nobody(store: Store, server: VirtualDevice) -> None:
    printer, keypad = Speaker("tp-1"), Speaker("q-1")
    take(store, printer, 1, NINE + 1)
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=MIN, at=NINE + MIN))
    keypad.does(events.Parked(service="ho-tich", number=1, up=2 * MIN, at=NINE + 2 * MIN))
    tell(store, keypad, NINE + 2 * MIN)
    for counter in ("q-1", "q-2"):
        show = give_next(store, server, counter, Want(id=2, want="next"), NINE + 3 * MIN)
        assert show is not None and show.number is None


def test_who_was_passed_by_for_long_is_passed_by_no_more(store: Store, server: VirtualDevice) -> None:
    queue_rules.set_numbers(store, "tan-an", NINE - 1, most_in_a_row=9, most_added_s=600)
    printer, keypad, called = Speaker("tp-1"), Speaker("q-1"), []
    for number in range(1, 6):
        take(store, printer, number, NINE + number, priority="priority" if number > 1 else "")
    for turn in range(4):
        now = NINE + MIN + turn * 5 * MIN
        show = give_next(store, server, "q-1", Want(id=turn, want="next"), now)
        assert show is not None and show.number is not None
        called.append(show.number)
        keypad.does(events.NumberCalled(service="ho-tich", number=show.number, up=now - NINE, at=now))
        keypad.does(events.VisitFinished(up=now + 1 - NINE, at=now + 1))
        tell(store, keypad, now + 1)
    assert called == [2, 3, 1, 4], "the first call that passed number 1 by was ten minutes before the third"


def test_a_counter_that_helps_calls_for_its_own_first(store: Store, server: VirtualDevice) -> None:
    queue_rules.set_counter(store, "quay-1", calls=["dat-dai"], helps=["ho-tich"], now_ms=NINE - 1)
    printer, called = Speaker("tp-1"), []
    take(store, printer, 1, NINE + 1)
    take(store, printer, 2, NINE + 2, service="dat-dai")
    for turn in range(3):
        want = Want(id=turn, want="next", called=None if not called else called[-1])
        show = give_next(store, server, "q-1", want, NINE + MIN + turn)
        assert show is not None
        if show.service is not None and show.number is not None:
            called.append(TicketNumber(service=show.service, number=show.number))
    assert [one.service for one in called] == ["dat-dai", "ho-tich"]


def test_a_class_that_holds_no_more_goes_before_nobody(store: Store, server: VirtualDevice) -> None:
    queue_rules.set_class(store, "tan-an", PriorityClass("priority", "Ưu tiên", valid_to="2026-11-08"), NINE - 1)
    printer = Speaker("tp-1")
    take(store, printer, 1, NINE + 1)
    take(store, printer, 2, NINE + 2, priority="priority")
    show = give_next(store, server, "q-1", Want(id=1, want="next"), NINE + MIN)
    assert show is not None and show.number == 1


def test_an_office_that_demands_a_badge_gives_no_number_before_one_is_scanned(
    store: Store, server: VirtualDevice
) -> None:
    add_person(store, "lan", "a long password", Role.CLERK, NINE, OFFICE)
    code = badges.give_badge(store, "lan", NINE - 1).code.removeprefix("MCB:").encode()
    equip.require_sign_in(store, OFFICE, True)
    take(store, Speaker("tp-1"), 1, NINE)
    refused = give_next(store, server, "q-1", Want(id=1, want="next"), NINE + MIN)
    assert refused == Show(label="THE", want=1, expires=NINE + MIN + WANT_HOLDS_MS)
    with store.reading() as connection:
        assert every(connection, sql("SELECT * FROM turns")) == [], "nobody was taken out of the queue"
    reader = Speaker("q-1")
    scan = events.CodeScanned(what="badge", badge="staff", badge_hash=badge_hash(code), up=MIN, at=NINE + MIN)
    reader.does(scan)
    tell(store, reader, NINE + MIN)
    given = give_next(store, server, "q-1", Want(id=2, want="next"), NINE + 2 * MIN)
    assert given is not None and (given.label, given.want) == ("A001", 2)
    elsewhere = give_next(store, server, "q-2", Want(id=1, want="next"), NINE + 2 * MIN)
    assert elsewhere is not None and elsewhere.label == "THE"


def test_the_log_of_a_day_proves_the_bounds_and_shows_where_they_were_broken(
    store: Store, server: VirtualDevice
) -> None:
    queue_rules.set_numbers(store, "tan-an", NINE - 1, most_in_a_row=3)
    printer, keypad = Speaker("tp-1"), Speaker("q-1")
    for number in range(1, 7):
        take(store, printer, number, NINE + number, priority="priority" if number > 1 else "")
    for turn in range(5):
        now = NINE + MIN * (turn + 1)
        show = give_next(store, server, "q-1", Want(id=turn, want="next"), now)
        assert show is not None and show.number is not None
        keypad.does(events.NumberCalled(service="ho-tich", number=show.number, up=now - NINE, at=now))
        keypad.does(events.VisitFinished(up=now + 1 - NINE, at=now + 1))
        tell(store, keypad, now + 1)
    looked = check_day(store, "tan-an", DAY)
    assert (looked.turns, looked.breaches, looked.ends) == (5, [], {End.SERVED: 5, End.LEFT_WAITING: 1})
    queue_rules.set_numbers(store, "tan-an", NINE + 1, most_in_a_row=2)  # as if it had been so that day
    looked = check_day(store, "tan-an", DAY)
    assert (looked.turns, [(one.rule, one.number) for one in looked.breaches]) == (5, [(IN_A_ROW, 1)])


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("ticket", [3, 1, 2, 4, 5]),  # the number is the place, and priority goes before it
        ("front", [1, 2, 3, 4, 5]),  # before priority; then somebody else must be called
        ("end", [3, 2, 4, 5, 1]),
    ],
)
def test_whoever_is_sent_on_stands_where_the_office_says(
    store: Store, server: VirtualDevice, rule: str, given: list[int]
) -> None:
    """Number 1 is sent on to the queue of quay-2, where numbers 2 to 5 wait, of which 3 has priority."""
    queue_rules.set_numbers(store, OFFICE, NINE - 1, sent_on=rule, most_in_a_row=1)
    printer, first, second, found = Speaker("tp-1"), Speaker("q-1"), Speaker("q-2"), []
    for number in range(1, 6):
        service = "dat-dai" if number == 1 else "ho-tich"
        take(store, printer, number, NINE + number, service=service, priority="priority" if number == 3 else "")
    first.does(events.NumberCalled(service="dat-dai", number=1, up=10, at=NINE + 10))
    sent = {"to_counter": "quay-2", "to_service": "ho-tich"}
    first.does(events.Transferred(service="dat-dai", number=1, up=11, at=NINE + 11, **sent))
    tell(store, first, NINE + 11)
    for turn in range(5):
        now = NINE + MIN * (turn + 1)
        show = give_next(store, server, "q-2", Want(id=turn, want="next"), now)
        assert show is not None and show.number is not None and show.service is not None
        found.append(show.number)
        second.does(events.NumberCalled(service=show.service, number=show.number, up=now - NINE, at=now))
        second.does(events.VisitFinished(up=now + 1 - NINE, at=now + 1))
        tell(store, second, now + 1)
    assert found == given
    assert check_day(store, OFFICE, DAY).breaches == []

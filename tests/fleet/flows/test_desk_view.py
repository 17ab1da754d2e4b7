"""What a clerk sees of a counter: by the rules by which the fleet decides, linked or not, and never a score."""

from typing import Any

import pytest

from fleet.domain.desk_now import DeskNow, NumberAt, Step
from fleet.domain.dossier import Dossier
from fleet.domain.dossier_course import Warned
from fleet.domain.org_tree import EVER, Kind, Node
from fleet.domain.wait_level import WaitLevel
from fleet.flows import desk_view
from fleet.flows.desk import AtCounter, DeskRefused, Wish, act
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.link import link_marked
from fleet.flows.queue_rules import set_counter
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import dossiers, places, units
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from tests.fleet.office import NINE, OFFICE, Speaker

MIN = 60_000
NOW = NINE + 30 * MIN
CODE = "H15.50.05.13-261008-0975"


class Morning:
    """The office at half past nine. What is said by boards is stored and linked at once, what is done here is not."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now_ms = NOW
        self.server = VirtualDevice(store, "pages", NINE)
        self.boards = {name: Speaker(name) for name in ("tp-1", "q-1", "q-2", "nut-1")}

    def says(self, board: str, event: type[Event], minute: float, **fields: Any) -> str:
        """A board did this so many minutes after nine; the event."""
        at = NINE + round(minute * MIN)
        speaker = self.boards[board]
        seq = speaker.does(event(up=at - NINE, at=at, **fields))
        receive(self.store, [Arrival(speaker.topic, speaker.batch(seq, oldest=0))], self.now_ms)
        self.link()
        return f"{board}/1/1/{seq}"

    def takes(self, number: int, minute: float, service: str = "ho-tich", **more: Any) -> None:
        """Somebody takes a number."""
        self.says("tp-1", events.TicketTaken, minute, service=service, number=number, lease="l", **more)

    def does(self, verb: str, counter: str = "quay-1", **more: Any) -> AtCounter:
        """Somebody does this on a page."""
        with self.store.reading() as connection:
            office = places.office(connection, OFFICE)
        assert office is not None
        with self.store.writing() as connection:
            return act(connection, self.server, office, counter, Wish(verb, **more), self.now_ms)

    def link(self) -> None:
        """The linker comes."""
        link_marked(self.store, self.now_ms)

    def desk(self, counter: str = "quay-1", sees_ratings_come: bool = False) -> DeskNow:
        """What the page shows."""
        found = desk_view.office_of(self.store, counter)
        assert found is not None
        return desk_view.desk_now(self.store, *found, self.now_ms, sees_ratings_come)


@pytest.fixture
def morning(store: Store) -> Morning:
    return Morning(store)


def test_a_counter_of_which_nothing_is_known(morning: Morning) -> None:
    desk = morning.desk()
    assert (desk.state, desk.serving, desk.next_up, desk.step, desk.waiting, desk.level) == (
        *("closed", None, None, None, 0),
        WaitLevel.NONE,
    )
    assert desk_view.office_of(morning.store, "nowhere") is None


def test_whom_it_serves_and_who_is_next_is_known_before_it_is_linked(morning: Morning) -> None:
    for number in (1, 2, 3):
        morning.takes(number, number, priority="priority" if number == 2 else "")
    morning.takes(1, 4, "dat-dai")
    assert morning.does("next").number == 2
    desk = morning.desk()
    assert desk.serving is not None and desk.serving.label == "A002"
    assert desk.serving.preferred is not None and desk.serving.preferred.name_en == "Priority"
    assert desk.next_up is not None and desk.next_up.number == NumberAt("ho-tich", 1, "A001", "Hộ tịch")
    assert desk.step is not None and (desk.step.what, desk.step.label) == ("called", "A002")
    before = desk.mark
    morning.link()
    desk = morning.desk()
    assert desk.mark == before, "to be linked changes nothing that a form was made for"
    assert desk.serving is not None and desk.serving.waited_s == 28 * 60
    assert (desk.waiting, desk.waiting_office, desk.oldest_ms) == (3, 3, NINE + MIN)
    assert [(one.service.prefix, one.waiting) for one in desk.services] == [("A", 2), ("B", 1)]
    assert desk.level is WaitLevel.LATE
    morning.does("recall")
    morning.link()
    desk = morning.desk()
    assert desk.serving is not None
    assert (desk.serving.recalls, desk.serving.since_ms, desk.mark) == (1, NOW, before)


def test_what_is_shown_as_next_is_who_is_called(morning: Morning) -> None:
    """Looking gives nobody anything, and takes nothing."""
    for number in range(1, 7):
        morning.takes(number, number, priority="priority" if number % 2 == 0 else "")
    for _ in range(6):
        shown = morning.desk("quay-2").next_up
        assert shown is not None
        assert morning.desk("quay-1").next_up is not None
        assert morning.does("next", "quay-2").number == shown.number.number
        morning.does("finish", "quay-2")
        morning.now_ms += MIN
        morning.link()
    assert morning.desk("quay-2").next_up is None


def test_who_helps_is_told_so_and_sees_own_work_first(morning: Morning) -> None:
    set_counter(morning.store, "quay-1", ["dat-dai"], ["ho-tich"], NOW)
    morning.takes(1, 1)
    morning.takes(1, 2, "dat-dai")
    desk = morning.desk()
    assert desk.next_up is not None and desk.next_up.number.label == "B001"
    assert [(one.service.id, one.helping) for one in desk.services] == [("ho-tich", True), ("dat-dai", False)]


def test_set_aside_did_not_come_and_come_back(morning: Morning) -> None:
    for number in (1, 2, 3):
        morning.takes(number, number)
    morning.does("next")
    morning.does("park")
    morning.does("next")
    morning.does("no-show")
    morning.link()
    desk = morning.desk()
    assert [one.number.label for one in desk.parked] == ["A001"]
    assert [one.number.label for one in desk.no_shows] == ["A002"]
    assert morning.desk("quay-2").parked == (), "who was set aside comes back to their counter"
    assert [one.number.label for one in morning.desk("quay-2").no_shows] == ["A002"]
    morning.does("come-back", service="ho-tich", number=2)
    morning.link()
    desk = morning.desk()
    assert desk.no_shows == ()
    assert desk.waiting == 2
    with pytest.raises(DeskRefused, match="not-a-no-show"):
        morning.does("come-back", service="ho-tich", number=2)
    morning.does("resume", service="ho-tich", number=1)
    morning.link()
    desk = morning.desk()
    assert desk.parked == ()
    assert desk.serving is not None and desk.serving.resumed and desk.serving.waited_s is None
    assert desk.step is not None and (desk.step.what, desk.step.label) == ("resumed", "A001")
    assert desk.next_up is not None and desk.next_up.number.label == "A003", "who came back waits from then on"


def test_an_act_for_another_state_is_refused_and_changes_nothing(morning: Morning) -> None:
    for number in (1, 2):
        morning.takes(number, number)
    free = morning.desk().mark
    morning.does("next", seen=free)
    serving = morning.desk().mark
    morning.link()
    event = morning.says("q-1", events.VisitFinished, 31, service="ho-tich", number=1)
    assert morning.desk().step == Step(event, "done", "A001")
    morning.now_ms += 2 * MIN
    for verb in ("finish", "recall", "no-show", "park", "transfer"):
        with pytest.raises(DeskRefused, match="outdated"):
            morning.does(verb, seen=serving)
    morning.does("next", seen=free)
    with pytest.raises(DeskRefused, match="outdated"):
        morning.does("next", seen=free)
    with pytest.raises(DeskRefused, match="outdated"):
        morning.does("undo", step=event)
    morning.link()
    assert [(one.label, one.outcome) for one in morning.desk().past] == [("A001", "done")]
    step = morning.desk().step
    assert step is not None
    assert morning.does("undo", step=step.event).state == "free"


def test_every_step_has_its_name(morning: Morning) -> None:
    morning.takes(1, 1)
    for verb, what in (("next", "called"), ("park", "parked"), ("pause", "paused"), ("resume", "works")):
        morning.does(verb, reason="lunch")
        for _ in range(2):
            step = morning.desk().step
            assert step is not None and step.what == what, verb
            morning.link()
    morning.does("pause", reason="lunch")
    morning.link()
    assert morning.desk().reason == "lunch"
    morning.now_ms += 11 * MIN
    assert morning.desk().step is None, "after ten minutes nothing is taken back"


def test_a_long_day_is_not_read_again(morning: Morning) -> None:
    """From the linker's last state on there is the same last step as from the beginning."""
    for number in range(1, 30):
        morning.takes(number, number / 10)
        morning.does("next")
        morning.does("finish" if number % 3 else "park")
        morning.now_ms += MIN // 2
        step = morning.desk().step
        morning.link()
        assert step is not None and morning.desk().step == step


def test_that_a_visit_was_rated_is_told_a_clerk_when_the_counter_went_on(morning: Morning) -> None:
    for number in (1, 2):
        morning.takes(number, number)
    morning.says("q-1", events.NumberCalled, 10, service="ho-tich", number=1)
    finish = morning.says("q-1", events.VisitFinished, 12, service="ho-tich", number=1)
    morning.says("nut-1", events.RatingGiven, 12.1, score=2, scale=5, armed=finish, held_ms=90)
    assert [one.rated for one in morning.desk().past] == [None]
    assert [one.rated for one in morning.desk(sees_ratings_come=True).past] == [True]
    morning.does("next")
    assert [one.rated for one in morning.desk().past] == [True]


def test_with_which_service_somebody_may_go_on_here(morning: Morning) -> None:
    morning.takes(1, 1)
    assert morning.desk().onward == ()
    morning.does("next")
    assert [one.id for one in morning.desk().onward] == ["dat-dai"]
    morning.does("go-on", to_service="dat-dai")
    morning.link()
    desk = morning.desk()
    assert desk.serving is not None and (desk.serving.label, desk.serving.service_name) == ("A001", "Đất đai")
    assert [one.id for one in desk.onward] == ["ho-tich"]
    assert desk.step is not None and (desk.step.what, desk.step.label) == ("went_on", "A001")
    assert morning.desk("quay-2").onward == ()


def test_where_somebody_may_be_sent_is_where_they_will_be_called(morning: Morning) -> None:
    morning.takes(1, 1)
    morning.takes(2, 2, "dat-dai")
    morning.does("next")
    assert [(one.service, one.counter, one.working) for one in morning.desk().elsewhere] == [
        (None, "quay-2", False),
        ("dat-dai", None, False),
    ]
    morning.does("pause", "quay-2")
    morning.does("resume", "quay-2")
    morning.link()
    assert [one.working for one in morning.desk().elsewhere] == [True, False]
    morning.does("finish")
    morning.does("next")
    morning.link()
    assert [(one.service, one.counter) for one in morning.desk().elsewhere] == [("ho-tich", None)], "nobody else calls"


def known(code: str, **more: Any) -> Dossier:
    today = day_in_viet_nam(NOW)
    return Dossier(code, "H15.50.05.13", today.replace(day=1), procedure_name="Khai sinh")._replace(**more)


def test_the_dossiers_of_the_visit_say_what_is_to_be_heeded(morning: Morning) -> None:
    today = day_in_viet_nam(NOW)
    codes = [f"H15.50.05.13-261008-000{n}" for n in range(6)]
    kept = [
        known(codes[0], due_on=today.replace(day=8), state="Đang xử lý"),
        known(codes[1], due_on=today, supplements=1, state="Đang chờ bổ sung"),
        known(codes[2], supplements=2),
        known(codes[3], due_on=today.replace(day=3), finished_on=today.replace(day=2)),
        known(codes[4], returned_on=today, due_on=today.replace(day=2)),
    ]
    with morning.store.writing() as connection:
        dossiers.save_dossiers(connection, kept, NOW)
    morning.takes(1, 1)
    morning.takes(2, 2)
    morning.says("q-1", events.NumberCalled, 10, service="ho-tich", number=1)
    for n, code in enumerate(codes):
        morning.says("q-1", events.CodeScanned, 11 + n / 10, what="dossier", code=code)
    found = morning.desk().dossiers
    assert [one.code for one in found] == codes
    assert [one.warned for one in found] == [
        (Warned.OVERDUE,),
        (Warned.DUE_SOON, Warned.SUPPLEMENTED),
        (Warned.LATE_BY_SUPPLEMENTS,),
        *((), (), ()),
    ]
    assert [one.ready for one in found] == [False, False, False, True, False, False]
    assert [one.known for one in found] == [True] * 5 + [False]
    assert {one.foreign for one in found} == {None}, "nobody has brought a tree"
    assert morning.desk("quay-2").dossiers == ()
    morning.does("transfer", to_counter="quay-2")
    morning.link()
    assert morning.desk().dossiers == ()
    shown = morning.desk("quay-2").next_up
    assert shown is not None and (shown.number.label, shown.dossiers, shown.seen_before) == ("A001", tuple(codes), True)


def test_whose_a_dossier_is_if_not_ours(morning: Morning) -> None:
    body = {"kind": Kind.ORGANISATION, "valid_from": EVER}
    nodes = [
        Node(id="tp", name="Thành phố", codes=("H15",), **body),
        Node(id="ub", name="UBND phường Tân An", parent="tp", codes=("H15.50.05",), **body),
        Node(id="so", name="Sở Xây dựng", parent="tp", codes=("H15.11",), **body),
        Node(id=OFFICE, name="Phường Tân An", kind=Kind.OFFICE, parent="ub", organisation="ub", valid_from=EVER),
    ]
    with morning.store.writing() as connection:
        units.save(connection, nodes)
    morning.says("q-1", events.NumberCalled, 10, service="ho-tich", number=1)
    for n, code in enumerate((CODE, "H15.11-261008-0001")):
        morning.says("q-1", events.CodeScanned, 11 + n, what="dossier", code=code)
    assert [one.foreign for one in morning.desk().dossiers] == [None, "Sở Xây dựng"]


def test_the_choice_of_counters(morning: Morning) -> None:
    morning.takes(1, 1)
    morning.does("next", "quay-2")
    (office,) = desk_view.tiles(morning.store, [OFFICE], morning.now_ms)
    assert [(one.id, one.state, one.label) for one in office.counters] == [
        ("quay-1", "closed", None),
        ("quay-2", "serving", "A001"),
    ]
    assert office.counters[0].services == ("Hộ tịch", "Đất đai")
    assert desk_view.tiles(morning.store, [], morning.now_ms) == []

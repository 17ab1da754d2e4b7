"""Call from anywhere: what programs do at a counter is an event, and its keypad agrees."""

from typing import Any

import pytest

from fleet.domain.api_rights import Scope
from fleet.domain.counter_line import OTHER_NUMBER
from fleet.domain.queueing import Waiting
from fleet.domain.rating_ties import NO_FINISH
from fleet.domain.reserve import HOLDS_MS, MARGIN_MS
from fleet.flows import tell_desks
from fleet.flows.call_in import call_in
from fleet.flows.next_number import give_next
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.reserves import confirmed, newly_said
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import devices, places, reserves
from fleet.store.rows import every, sql
from protocols import events
from protocols.commands import Want
from protocols.counter_state import TicketNumber
from tests.fleet.api.conftest import MIN, NOW, Program, Town
from tests.fleet.office import DAY, NINE, Speaker, hang_screens

EVENTS = sql("""
    SELECT kind, counter FROM events WHERE device = 'srv-api' ORDER BY epoch, seq""")


@pytest.fixture
def clerk(town: Town) -> Program:
    return town.program(Scope.READ, Scope.CALL)


def do(clerk: Program, verb: str, counter: str = "quay-2", **body: Any) -> Any:
    """Do something, which must succeed; what the counter does then."""
    answer = clerk.post(f"/counters/{counter}/{verb}", body or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(clerk: Program, verb: str, counter: str = "quay-2", **body: Any) -> str:
    """Why something is refused."""
    answer = clerk.post(f"/counters/{counter}/{verb}", body or None)
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("urn:motcua:problem:")


def visits(clerk: Program, counter: str = "quay-2") -> list[tuple[str, str, str]]:
    """(label, outcome, began by) of the visits of a counter."""
    items = clerk.get("/offices/tan-an/visits").json()["items"]
    return [(one["label"], one["outcome"], one["id"].split("/")[0]) for one in items if one["counter"] == counter]


def says(town: Town, speaker: Speaker, event: events.Event) -> None:
    """A device did this; it is stored and linked."""
    speaker.does(event)
    receive(town.store, [Arrival(speaker.topic, speaker.batch(oldest=0))], town.now_ms)
    town.link()


def rated(clerk: Program, label: str = "A007") -> list[bool]:
    """Whether the visits of a number are rated."""
    items = clerk.get("/offices/tan-an/visits").json()["items"]
    return [one["rated"] for one in items if one["label"] == label and one["counter"] == "quay-1"]


def every_row(town: Town, statement: str) -> list[Any]:
    """Rows of the database."""
    with town.store.reading() as connection:
        return list(every(connection, sql(statement)))


def shown(town: Town, device: str = "q-2") -> list[tuple[str | None, int | None]]:
    """What the sender tells a keypad: (what it does, number), and all is told then."""
    found = []
    for news in tell_desks.unheard(town.store, 50):
        for told, state in tell_desks.tell(town.store, news, town.now_ms):
            if told == device and state.show is not None:
                found.append((state.show.doing, state.show.number))
        tell_desks.was_told(town.store, news)
    return found


def test_a_visit_from_call_to_finish_is_made_of_events(town: Town, clerk: Program) -> None:
    called = do(clerk, "next")
    assert (called["state"], called["label"], called["service"]) == ("serving", "A010", "ho-tich"), "A010 has priority"
    assert do(clerk, "recall")["label"] == "A010"
    assert clerk.get("/counters/quay-2").json()["label"] == "A010", "known before it is linked"
    done = do(clerk, "finish", outcome="paid")
    assert (done["state"], done["label"], done["visit"]) == ("free", None, None)
    town.link()
    (visit,) = [one for one in clerk.get("/offices/tan-an/visits").json()["items"] if one["counter"] == "quay-2"]
    assert (visit["id"], visit["label"], visit["outcome"]) == (called["visit"], "A010", "paid")
    with town.store.reading() as connection:
        found = [(row.kind, row.counter) for row in every(connection, EVENTS)]
    assert found == [("assigned", None), ("call", "quay-2"), ("recall", "quay-2"), ("finish", "quay-2")]
    assert shown(town) == [("serving", 10), ("serving", 10), ("free", 10)]


def test_calling_goes_on_however_fast(town: Town, clerk: Program) -> None:
    """Nothing is linked in between, and the clock stands still."""
    labels = []
    while (called := do(clerk, "next"))["state"] == "serving":
        labels.append(called["label"])
        do(clerk, "finish")
    assert labels == ["A010", "A008", "A011"], "priority first, then as they came; quay-2 does not call dat-dai"
    town.link()
    assert [label for label, _, _ in visits(clerk)] == labels
    assert {outcome for _, outcome, _ in visits(clerk)} == {"done"}


def test_all_that_a_keypad_can_do(town: Town, clerk: Program) -> None:
    do(clerk, "next")
    parked = do(clerk, "park", reason="papers")
    assert parked["state"] == "free"
    do(clerk, "next")
    do(clerk, "no-show")
    town.link()
    back = do(clerk, "resume", service="ho-tich", number=10)
    assert (back["state"], back["label"]) == ("serving", "A010")
    do(clerk, "transfer", to_service="dat-dai", to_counter="quay-1", reason="wrong")
    assert do(clerk, "pause", reason="lunch")["state"] == "paused"
    assert do(clerk, "resume")["state"] == "free"
    town.link()
    assert visits(clerk) == [
        ("A010", "parked", "srv-api"),
        ("A008", "no_show", "srv-api"),
        ("A010", "transfer", "srv-api"),
    ]
    tickets = {one["label"]: one for one in clerk.get("/offices/tan-an/tickets").json()["items"]}
    assert (tickets["A010"]["waiting_for"], tickets["A010"]["waiting_at"]) == ("dat-dai", "quay-1")
    assert shown(town) == [
        ("serving", 10),
        ("parked", 10),
        ("serving", 8),
        ("free", 8),
        ("serving", 10),
        ("free", 10),
        ("paused", None),
        ("free", None),
    ]


def test_what_the_counter_cannot_do_now_is_refused_and_changes_nothing(town: Town, clerk: Program) -> None:
    for verb in ("recall", "finish", "no-show", "park", "transfer"):
        assert refused(clerk, verb) == "counter-not-serving"
    assert refused(clerk, "resume") == "counter-not-paused"
    assert refused(clerk, "resume", service="ho-tich", number=8) == "not-parked"
    assert refused(clerk, "resume", number=8) == "unfit"
    assert refused(clerk, "finish", outcome="Nguyễn Văn A") == "unfit"
    do(clerk, "pause")
    assert refused(clerk, "next") == refused(clerk, "pause") == "counter-paused"
    do(clerk, "resume")
    do(clerk, "next")
    assert refused(clerk, "next") == refused(clerk, "pause") == "counter-serving"
    assert refused(clerk, "transfer", to_service="x") == "no-such-service"
    assert refused(clerk, "transfer", to_counter="x") == "no-such-counter-there"
    assert refused(clerk, "next", counter="quay-1") == "counter-serving", "its keypad called A007"
    assert refused(clerk, "next", counter="nowhere") == "no-such-counter"


def test_a_program_finishes_what_a_keypad_called(town: Town, clerk: Program) -> None:
    assert clerk.get("/counters/quay-1").json()["visit"] == "q-1/1/1/17"
    assert do(clerk, "finish", counter="quay-1")["state"] == "free"
    town.link()
    assert visits(clerk, "quay-1")[-1] == ("A007", "done", "q-1")
    assert shown(town, "q-1") == [("free", 7)]


def test_the_rating_buttons_are_armed_and_the_displays_told(town: Town, clerk: Program) -> None:
    hang_screens(town.store)
    do(clerk, "finish", counter="quay-1")
    do(clerk, "next", counter="quay-1")
    told = [
        (device, state)
        for news in tell_desks.unheard(town.store, 50)
        for device, state in tell_desks.tell(town.store, news, town.now_ms)
    ]
    (armed,) = [(device, state.armed.finish) for device, state in told if state.armed is not None]
    assert armed == ("nut-1", "srv-api/1/1/1")
    displays = {device: state.calls[0]["label"] for device, state in told if state.calls}
    assert displays == {"bang-sanh": "A010", "bang-1": "A010"}
    town.link()
    says(town, Speaker("nut-1", boot=2), events.RatingGiven(score=5, scale=5, armed=armed[1], held_ms=9, up=1, at=NOW))
    assert [one["rated"] for one in clerk.get("/offices/tan-an/visits").json()["items"] if one["label"] == "A007"] == [
        True
    ]


def test_a_keypad_that_has_not_heard_takes_over_whom_a_program_called(town: Town, clerk: Program) -> None:
    do(clerk, "next")
    town.now_ms += MIN
    server = VirtualDevice(town.store, "send", town.now_ms)
    show = give_next(town.store, server, "q-2", Want(id=7, want="next"), town.now_ms)
    assert show is not None and (show.label, show.want, show.doing) == ("A010", 7, None)
    keypad = Speaker("q-2")
    called = events.NumberCalled(service="ho-tich", number=10, up=town.now_ms - NINE, at=town.now_ms)
    says(town, keypad, called)
    town.now_ms += 1
    finish = events.VisitFinished(service="ho-tich", number=10, up=town.now_ms - NINE, at=town.now_ms)
    says(town, keypad, finish)
    assert visits(clerk) == [("A010", "done", "srv-api")], "one visit, not two"
    assert shown(town) == [], "it was long ago"
    last = TicketNumber(service="ho-tich", number=10)
    show = give_next(town.store, server, "q-2", Want(id=8, want="next", called=last), town.now_ms + 2)
    assert show is not None and show.label == "A008"


def test_a_keypad_that_followed_goes_on_with_the_next(town: Town, clerk: Program) -> None:
    do(clerk, "next")
    server = VirtualDevice(town.store, "send", town.now_ms)
    last = TicketNumber(service="ho-tich", number=10)  # it finished A010; the event is on its way
    show = give_next(town.store, server, "q-2", Want(id=8, want="next", called=last), town.now_ms + 9)
    assert show is not None and show.label == "A008"


def test_a_key_that_comes_late_closes_nobody_elses_visit(town: Town, clerk: Program) -> None:
    do(clerk, "finish", counter="quay-1")
    called = do(clerk, "next", counter="quay-1")
    town.now_ms += 500
    finish = events.VisitFinished(service="ho-tich", number=7, up=town.now_ms - NINE, at=town.now_ms)
    says(town, Speaker("q-1", boot=2), finish)
    with town.store.reading() as connection:
        reasons = [row.reason for row in every(connection, sql("SELECT reason FROM unlinked"))]
    assert reasons == [OTHER_NUMBER]
    assert clerk.get("/counters/quay-1").json()["visit"] == called["visit"]
    assert visits(clerk, "quay-1")[-1] == (called["label"], None, "srv-api")


def test_what_is_sent_again_is_done_once(town: Town, clerk: Program) -> None:
    key = {"Idempotency-Key": "5b0c8e0e"}
    first = clerk.post("/counters/quay-2/next", headers=key)
    again = clerk.post("/counters/quay-2/next", headers=key)
    assert (first.status_code, again.json()) == (200, first.json())
    assert "idempotency-replayed" not in first.headers and again.headers["idempotency-replayed"] == "true"
    other = clerk.post("/counters/quay-2/finish", headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:motcua:problem:key-reused")
    assert clerk.post("/counters/quay-2/finish", {"outcome": "x"}, headers={"Idempotency-Key": "f"}).status_code == 200
    same = clerk.post("/counters/quay-2/finish", {"outcome": "y"}, headers={"Idempotency-Key": "f"})
    assert same.status_code == 422
    stranger = town.program(Scope.CALL)
    assert stranger.post("/counters/quay-2/next", headers=key).json()["visit"] != first.json()["visit"]
    town.now_ms += 86_400_001
    renewed = town.program(Scope.CALL).post("/counters/quay-2/pause", headers=key)
    assert renewed.status_code == 200
    with town.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM api_answers").scalar_one() == 1


def test_a_refusal_may_be_tried_again_under_its_key(town: Town, clerk: Program) -> None:
    key = {"Idempotency-Key": "k"}
    assert clerk.post("/counters/quay-2/recall", headers=key).status_code == 409
    do(clerk, "next")
    assert clerk.post("/counters/quay-2/recall", headers=key).status_code == 200
    for bad in ("", "a b", "x" * 256, "é"):
        answer = clerk.post("/counters/quay-2/recall", headers={"Idempotency-Key": bad.encode()})  # type: ignore[dict-item]
        assert answer.status_code == 422, bad


def test_a_clock_behind_the_day_before_begins_anew(town: Town, clerk: Program) -> None:
    do(clerk, "next")
    town.now_ms = NINE + 24 * 60 * MIN
    later = town.program(Scope.READ, Scope.CALL)
    assert later.get("/counters/quay-2").json()["state"] == "closed"
    assert later.post("/counters/quay-2/next").json()["state"] == "closed", "nobody waits on the new day"


def test_the_last_step_is_taken_back_linked_or_not(town: Town, clerk: Program) -> None:
    called = do(clerk, "next")
    do(clerk, "recall")
    do(clerk, "finish")
    again = do(clerk, "undo")
    assert (again["state"], again["label"], again["visit"]) == ("serving", "A010", called["visit"])
    shown(town)
    do(clerk, "no-show")
    town.link()
    assert do(clerk, "undo")["label"] == "A010"
    assert shown(town) == [("free", 10), ("serving", 10)]
    assert refused(clerk, "undo") == "nothing-to-undo", "only one step is taken back"
    do(clerk, "finish")
    town.link()
    assert visits(clerk) == [("A010", "done", "srv-api")]


def test_a_finish_that_is_taken_back_disarms_the_buttons_and_a_press_in_between_answers_nothing(
    town: Town, clerk: Program
) -> None:
    buttons = Speaker("nut-1", boot=2)

    def armed() -> list[tuple[str, str, bool]]:
        """(device, finish, whether it is armed for it) of what buttons are told, and all is told then."""
        found = []
        for news in tell_desks.unheard(town.store, 50):
            for device, state in tell_desks.tell(town.store, news, town.now_ms):
                if state.armed is not None:
                    found.append((device, state.armed.finish, state.armed.expires > town.now_ms))
            tell_desks.was_told(town.store, news)
        return found

    keypad = Speaker("q-1", boot=2)
    keypad.does(events.VisitFinished(service="ho-tich", number=7, up=5, at=town.now_ms))
    finish = "q-1/1/2/0"
    receive(town.store, [Arrival(keypad.topic, keypad.batch(oldest=0))], town.now_ms)
    town.link()
    town.now_ms += 1_000
    says(town, buttons, events.RatingGiven(score=1, scale=5, armed=finish, held_ms=9, up=1, at=town.now_ms))
    assert rated(clerk) == [True]
    town.now_ms += 1_000
    assert do(clerk, "undo", counter="quay-1")["label"] == "A007"
    assert armed() == [("nut-1", finish, False)]
    town.link()
    assert rated(clerk) == [False]
    (press,) = every_row(town, "SELECT visit, counted, reason FROM ratings WHERE id LIKE 'nut-1/1/2/%'")
    assert (press.visit, bool(press.counted), press.reason) == (None, False, NO_FINISH)
    do(clerk, "finish", counter="quay-1")
    ((_, again, lit),) = armed()
    assert lit and again != finish
    town.now_ms += 1_000
    says(town, buttons, events.RatingGiven(score=5, scale=5, armed=again, held_ms=9, up=2, at=town.now_ms))
    assert rated(clerk) == [True]
    do(clerk, "next", counter="quay-1")
    town.link()
    shown(town)
    do(clerk, "undo", counter="quay-1")
    assert armed() == [], "a call that is taken back arms and disarms nobody"


def test_one_resident_has_two_services_done_under_one_number(town: Town, clerk: Program) -> None:
    called = do(clerk, "next")
    first = town.now_ms
    town.now_ms += 5 * MIN
    went_on = do(clerk, "go-on", to_service="dat-dai")
    assert (went_on["state"], went_on["label"]) == ("serving", "A010") and went_on["visit"] != called["visit"]
    town.link()
    assert clerk.get("/counters/quay-2").json()["visit"] == went_on["visit"]
    assert do(clerk, "undo")["visit"] == called["visit"], "the first service goes on"
    town.link()
    assert [one[1] for one in visits(clerk)] == [None]
    town.now_ms += MIN
    do(clerk, "go-on", to_service="dat-dai")
    town.now_ms += 9 * MIN
    do(clerk, "finish")
    town.link()
    rows = every_row(
        town,
        "SELECT service, about, called_ms, finished_ms, outcome, wait_ms, finish FROM visits WHERE counter = 'quay-2'"
        " ORDER BY called_ms",
    )
    assert [(one.service, one.about, one.outcome, one.finish is None) for one in rows] == [
        ("ho-tich", "ho-tich", "went_on", True),
        ("ho-tich", "dat-dai", "done", False),
    ], "one finish, so at most one rating that counts"
    assert [one.finished_ms - one.called_ms for one in rows] == [6 * MIN, 9 * MIN]
    assert rows[0].called_ms == first and rows[0].wait_ms is not None and rows[1].wait_ms is None
    (ticket,) = every_row(town, "SELECT state, calls FROM tickets WHERE service = 'ho-tich' AND number = 10")
    assert (ticket.state, ticket.calls) == ("done", 2)
    counted = every_row(
        town, "SELECT service, SUM(visits) AS n FROM wait_hours WHERE counter = 'quay-2' GROUP BY service"
    )
    assert {one.service: int(one.n) for one in counted} == {"ho-tich": 1, "dat-dai": 1}
    assert refused(clerk, "go-on", to_service="dat-dai") == "counter-not-serving"
    do(clerk, "next")
    assert refused(clerk, "go-on", to_service="thue") == "no-such-service"


def test_what_a_keypad_did_is_taken_back(town: Town, clerk: Program) -> None:
    keypad = Speaker("q-2")
    at = town.now_ms
    says(town, keypad, events.NumberCalled(service="ho-tich", number=10, up=at - NINE, at=at))
    assert do(clerk, "undo")["state"] == "free"
    town.link()
    assert visits(clerk) == []
    assert do(clerk, "next")["label"] == "A010", "whoever was called waits again"


def test_a_step_of_long_ago_stays(town: Town, clerk: Program) -> None:
    do(clerk, "pause")
    town.now_ms += 11 * MIN
    assert refused(clerk, "undo") == "nothing-to-undo"


def lent(town: Town, *numbers: int, presence: str = "online") -> None:
    """The keypad of counter 1 has confirmed that it may call these by itself."""
    with town.store.writing() as connection:
        devices.saw_presence(connection, "q-1", presence, town.now_ms)
        expires_ms = town.now_ms + HOLDS_MS
        said = reserves.say(connection, "q-1", "tan-an", "quay-1", town.now_ms, expires_ms)
        row = reserves.reserve(connection, "q-1")
        assert row is not None
        for place, number in enumerate(numbers):
            ticket = Waiting("ho-tich", number, NINE)
            assert reserves.lend(connection, row, "quay-1", DAY, ticket, 0, place, town.now_ms, expires_ms + MARGIN_MS)
        reserves.told(connection, "q-1")
        reserves.confirm(connection, "q-1", said)


def test_who_is_lent_to_a_keypad_that_is_cut_off_is_called_by_no_program_but_by_hand(
    town: Town, clerk: Program
) -> None:
    lent(town, 10, presence="lost")
    assert do(clerk, "next")["label"] == "A008", "A010 goes before it, but may be called at counter 1"
    do(clerk, "finish")
    assert refused(clerk, "call", service="ho-tich", number=99) == "number-not-waiting"
    assert refused(clerk, "call") == refused(clerk, "call", service="ho-tich") == "unfit"
    assert do(clerk, "call", service="ho-tich", number=10)["label"] == "A010"
    assert refused(clerk, "call", service="ho-tich", number=7) == "counter-serving"
    do(clerk, "finish")
    assert refused(clerk, "call", service="ho-tich", number=10) == "number-not-waiting"


def test_a_program_waits_until_the_keypad_that_is_there_has_let_go(town: Town, clerk: Program) -> None:
    lent(town, 10)
    told: list[int] = []

    def keypad(_: float) -> None:
        for device, state in newly_said(town.store, 9, town.now_ms):
            assert device == "q-1" and state.reserve is not None and state.reserve.numbers == []
            told.append(state.reserve.id)
            confirmed(town.store, device, state.reserve.id)

    with town.store.reading() as connection:
        office = places.office(connection, "tan-an")
    assert office is not None
    call_in(town.store, office, "quay-2", lambda: town.now_ms, sleep=keypad)
    assert told == [2]
    assert do(clerk, "next")["label"] == "A010"

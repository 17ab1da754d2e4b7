"""Alerts of a day that was made by hand: they open, are told, acknowledged and closed, whoever looks and stops."""

import json
from datetime import date

import pytest

from fleet.domain.alerts_now import AlertNow
from fleet.domain.dossier import Dossier
from fleet.flows import webhooks
from fleet.flows.alert_rules import set_limits
from fleet.flows.alerts import AlertClosed, NoSuchAlert, acknowledge, alerts_of
from fleet.flows.estimate import Estimator
from fleet.flows.link import link_marked
from fleet.flows.look_out import Lookout
from fleet.flows.presence import healthy, seen
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.watch import office_now, versions
from fleet.settings import Settings
from fleet.store import alerts, dossiers, places
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.rows import every, sql
from fleet.store.webhooks import DeliveryRow
from fleet.workers.mailer import Mailer
from protocols import events
from protocols.events import Event
from protocols.presence import Alive, Health
from tests.fleet.office import NINE, OFFICE, Speaker
from tests.smtp_server import MailServer

MIN = 60_000
HEARD = frozenset(webhooks.OF_ALERTS)
ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


class Morning:
    """What devices say of a morning, linked as it comes; `look` is one round of a worker that began just then."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.speakers: dict[str, Speaker] = {}
        self.endpoint, _ = webhooks.add(store, "http://example.vn/", HEARD, OFFICE, NINE)

    def at(self, minute: float, device: str, event: type[Event], **fields: object) -> None:
        ms = NINE + int(minute * MIN)
        speaker = self.speakers.setdefault(device, Speaker(device))
        seq = speaker.does(event(up=ms - NINE, at=ms, **fields))
        receive(self.store, [Arrival(speaker.topic, speaker.batch(seq))], ms)
        link_marked(self.store, ms)

    def ticket(self, minute: float, number: int) -> None:
        self.at(minute, "tp-1", events.TicketTaken, service="ho-tich", number=number, lease="l")

    def look(self, minute: float) -> list[str]:
        return Lookout(self.store).look_due(NINE + int(minute * MIN))

    def now(self) -> list[AlertNow]:
        return alerts_of(self.store, OFFICE, is_open=True)

    def causes(self) -> list[str]:
        return [one.cause.value for one in self.now()]

    def told(self) -> list[DeliveryRow]:
        return list(reversed(webhooks.last(self.store, self.endpoint, 50)))

    def kinds(self) -> list[str]:
        return [one.kind.removeprefix("alert.") for one in self.told()]

    def letters(self) -> list[tuple[str, str, str]]:
        with self.store.reading() as connection:
            return [
                tuple(row) for row in every(connection, sql("SELECT address, subject, body FROM mails ORDER BY id"))
            ]


@pytest.fixture
def morning(store: Store) -> Morning:
    return Morning(store)


def test_a_wait_alert_opens_is_told_is_acknowledged_and_closes(morning: Morning) -> None:
    set_limits(morning.store, OFFICE, {"mail": ["truong@example.vn", "pho@example.vn"]})
    before = versions(morning.store, NINE)[OFFICE]
    morning.ticket(0, 1)
    assert morning.look(1) == [] and morning.causes() == []
    assert morning.look(15.1) == [OFFICE]
    (alert,) = morning.now()
    assert alert.said("vi") == "Hộ tịch: có người chờ quá 15 phút, 1 người đang chờ."
    assert office_now(morning.store, OFFICE, NINE + 16 * MIN).alerts == (alert,)
    assert versions(morning.store, NINE)[OFFICE] > before
    assert morning.look(15.2) == [] and morning.kinds() == ["opened"], "it goes on, and is told once"
    assert [(to, subject) for to, subject, _ in morning.letters()] == [
        ("truong@example.vn", "motcua · Phường Tân An: Chờ quá lâu – Hộ tịch"),
        ("pho@example.vn", "motcua · Phường Tân An: Chờ quá lâu – Hộ tịch"),
    ]
    body = json.loads(morning.told()[0].body)
    assert body["type"] == "alert.opened" and body["data"]["opened"] == "2026-11-09T02:15:06.000Z"
    assert (body["data"]["cause"], body["data"]["subject"]) == ("wait", "ho-tich")

    acknowledge(morning.store, OFFICE, alert.id, "Lan", NINE + 16 * MIN)
    again = acknowledge(morning.store, OFFICE, alert.id, "Minh", NINE + 17 * MIN)
    assert (again.acknowledged_by, again.acknowledged_ms) == ("Lan", NINE + 16 * MIN), "who was first stays"
    morning.look(17)
    morning.look(60)
    assert morning.kinds() == ["opened", "acknowledged"], "what somebody sees to is not told again"
    morning.at(61, "q-1", events.NumberCalled, service="ho-tich", number=1)
    assert morning.look(61.1) == [OFFICE]
    assert morning.now()[0].calming
    assert morning.look(63.2) == [OFFICE]
    assert morning.now() == [] and morning.kinds() == ["opened", "acknowledged", "closed"]
    (closed,) = alerts_of(morning.store, OFFICE)
    assert (closed.closed_ms, closed.acknowledged_by) == (NINE + int(63.2 * MIN), "Lan")
    with pytest.raises(NoSuchAlert):
        acknowledge(morning.store, "nowhere", alert.id, "Lan", NINE)
    morning.ticket(64, 2)
    morning.look(80)
    (anew,) = morning.now()
    assert anew.id != alert.id and anew.acknowledged_ms is None
    morning.at(81, "q-1", events.NumberCalled, service="ho-tich", number=2)
    for minute in (81.1, 84):
        morning.look(minute)
    with pytest.raises(AlertClosed):
        acknowledge(morning.store, OFFICE, anew.id, "Lan", NINE + 85 * MIN)


def test_of_two_who_look_at_once_one_writes_and_a_persons_word_is_never_overtaken(morning: Morning) -> None:
    """On both databases: it rests on what a statement sees of another's transaction."""
    morning.ticket(0, 1)
    store, at = morning.store, NINE + 16 * MIN
    with store.reading() as connection:
        office = places.office(connection, OFFICE)
        assert office is not None
    first, second = Lookout(store), Lookout(store)
    keep = second.keep

    def late(*args: object) -> bool:
        assert first.look(office, 1, at)
        return keep(*args)  # type: ignore[arg-type]

    second.keep = late  # type: ignore[method-assign]
    assert not second.look(office, 1, at)
    assert morning.kinds() == ["opened"] and len(morning.now()) == 1

    third = Lookout(store)
    keep = third.keep

    def overtaken(*args: object) -> bool:
        acknowledge(store, OFFICE, morning.now()[0].id, "Lan", at + 40 * MIN)
        return keep(*args)  # type: ignore[arg-type]

    third.keep = overtaken  # type: ignore[method-assign]
    assert not third.look(office, 1, at + 40 * MIN), "it would have told it again"
    assert morning.look(57) == [] and morning.kinds() == ["opened", "acknowledged"]


@ON_SQLITE
def test_what_happens_in_quiet_hours_is_told_after_them_in_one_summary(morning: Morning) -> None:
    set_limits(morning.store, OFFICE, {"quiet": ["09:10-10:00"], "mail": ["truong@example.vn"], "language": "en"})
    morning.ticket(0, 1)
    for minute in (16, 40, 59.9):
        morning.look(minute)
    assert morning.causes() == ["wait"] and morning.told() == [] and morning.letters() == []
    morning.look(60)
    morning.look(61)
    assert morning.kinds() == ["summary"]
    told = json.loads(morning.told()[0].body)["data"]
    assert [(one["cause"], one["open"]) for one in told["alerts"]] == [("wait", True)]
    ((_, subject, text),) = morning.letters()
    assert subject == "motcua · Phường Tân An: alerts in quiet hours: 1" and "since 2026-11-09 09:16" in text
    morning.look(95)
    assert morning.kinds() == ["summary", "again"], "nobody has seen to it"
    assert "Again: Hộ tịch: somebody waits longer" in morning.letters()[-1][2]


@ON_SQLITE
def test_an_alert_arrives_by_e_mail_once_from_a_real_server(morning: Morning) -> None:
    server = MailServer()
    settings = Settings(
        mail_host="127.0.0.1", mail_port=server.port, mail_security="none", mail_from="Một cửa <mot-cua@example.vn>"
    )
    set_limits(morning.store, OFFICE, {"mail": ["truong@example.vn"]})
    morning.ticket(0, 1)
    for minute in (15.1, 15.2):
        morning.look(minute)
    mailer = Mailer(morning.store, settings, lambda: NINE + 16 * MIN, look_s=0)
    try:
        for _ in range(2):
            mailer.round()
    finally:
        server.close()
    ((to, letter),) = server.taken
    assert (to, letter["Subject"]) == ("truong@example.vn", "motcua · Phường Tân An: Chờ quá lâu – Hộ tịch")
    assert "– Hộ tịch: có người chờ quá 15 phút, 1 người đang chờ." in letter.get_content()


@ON_SQLITE
def test_newcomers_who_would_wait_too_long_are_told_of_before_anybody_does(morning: Morning) -> None:
    estimator = Estimator(morning.store)
    morning.ticket(0, 1)
    morning.at(0.5, "q-1", events.NumberCalled, service="ho-tich", number=1)
    for number in range(2, 9):
        morning.ticket(1, number)
    estimator.estimate_due(NINE + 2 * MIN)
    morning.look(2.1)
    assert morning.causes() == ["wait_told"]
    assert morning.now()[0].said("en").startswith("Hộ tịch: whoever takes a number now waits about ")
    set_limits(morning.store, OFFICE, {"off": ["wait_told"], "calm_s": 0})
    morning.look(2.2)
    assert morning.causes() == []


@ON_SQLITE
def test_a_counter_that_is_open_and_silent_while_people_wait(morning: Morning) -> None:
    set_limits(morning.store, OFFICE, {"off": ["wait", "wait_told"]})
    morning.at(0, "q-2", events.NumberCalled, service="ho-tich", number=1)
    morning.at(1, "q-2", events.VisitFinished)
    morning.look(30)
    assert morning.causes() == [], "nobody waits"
    morning.ticket(31, 2)
    morning.look(40)
    assert morning.causes() == []
    morning.look(41.1)
    assert [(one.cause.value, one.subject, one.where) for one in morning.now()] == [("silent", "quay-2", "Quầy 2")]
    morning.at(42, "q-2", events.CodeScanned, what="dossier", code="H15-261008-0975")
    morning.look(42.1)
    assert morning.now()[0].calming, "somebody is there"
    morning.at(43, "q-2", events.Paused, reason="meeting")
    morning.look(60)
    assert morning.causes() == []


@ON_SQLITE
def test_a_printer_without_paper_or_away_while_people_are_there(morning: Morning) -> None:
    set_limits(morning.store, OFFICE, {"off": ["wait", "silent"], "calm_s": 0})
    out = Health(up=9, heap_free=9, outbox=0, paper="out")
    healthy(morning.store, {"tp-1": (out, NINE)}, NINE)
    morning.look(1)
    assert morning.causes() == [], "nobody is there"
    morning.ticket(1, 1)
    morning.look(1.1)
    assert [one.said("vi") for one in morning.now()] == ["Máy lấy số tp-1 hết giấy."]
    healthy(morning.store, {"tp-1": (Health(up=9, heap_free=9, outbox=0, paper="ok"), NINE)}, NINE + 2 * MIN)
    seen(morning.store, "tp-1", Alive(state="", gone=True), NINE + 2 * MIN)
    morning.look(3)
    assert morning.now()[0].said("vi") == "Máy lấy số tp-1 mất kết nối.", "the same printer: the same alert"
    seen(morning.store, "tp-1", Alive(state="online"), NINE + 5 * MIN)
    morning.look(6)
    assert morning.causes() == []


@ON_SQLITE
def test_dossiers_that_are_due_are_told_at_their_hour_of_a_working_day(morning: Morning) -> None:
    set_limits(morning.store, OFFICE, {"dossiers_at": "09:30", "dossiers": 2})
    days = {"1": "2026-11-09", "2": "2026-11-02", "3": "2026-11-10", "4": "2026-11-05"}
    mirror = [
        Dossier(f"H29-{n}", "H29", date(2026, 10, 1), date.fromisoformat(day), state="Đã trả" if n == "4" else "")
        for n, day in days.items()
    ]
    with morning.store.writing() as connection:
        dossiers.save_dossiers(connection, mirror, NINE)
    with morning.store.writing() as connection:
        for number in range(1, 5):
            connection.exec_driver_sql(
                f"INSERT INTO visit_dossiers VALUES ('{OFFICE}', '2026-11-09', 'v', 'H29-{number}', {NINE})"  # noqa: S608
            )
    morning.look(29)
    assert morning.causes() == []
    morning.look(30)
    assert [one.said("vi") for one in morning.now()] == ["Hồ sơ đến hạn hôm nay: 1; đã quá hạn: 1."]
    told = morning.told()[0].body
    assert "H29" not in told, "counts, no dossiers"
    for minute in (15 * 60, 15 * 60 + 3):  # after midnight
        morning.look(minute)
    assert morning.causes() == []


@ON_SQLITE
def test_more_bad_ratings_than_usual_are_told_in_whole_groups_and_without_a_moment(morning: Morning) -> None:
    with morning.store.writing() as connection:
        row = "INSERT INTO ratings (office, day, id, inferred, score, scale, scale_version, pressed_ms, place, counted)"
        for n in range(200):
            score = 1 if n % 20 == 0 else 5
            connection.exec_driver_sql(
                f"{row} VALUES ('{OFFICE}', '2026-11-05', 'u{n}', 0, {score}, 5, 1, {NINE}, {n}, 1)"
            )

    def press(n: int) -> None:
        with morning.store.writing() as connection:
            connection.exec_driver_sql(
                f"{row} VALUES ('{OFFICE}', '2026-11-09', 'p{n}', 0, {1 if n % 2 else 4}, 5, 1, {NINE}, {n}, 1)"
            )

    heard = {}
    for n in range(15):
        press(n)
        morning.look(n + 1)
        heard[n + 1] = [dict(one.figures) for one in morning.now()]
    assert [heard[n] for n in (1, 9)] == [[], []]
    opened = min(n for n, found in heard.items() if found)
    assert opened in (10, 15), "only when a group is whole"
    (alert,) = morning.now()
    assert alert.opened_ms is None and alert.said("vi").endswith("thường lệ 5%.")
    body = morning.told()[0].body
    assert '"opened":null' in body and "timestamp" not in body and "2026-11-09T" not in body


@ON_SQLITE
def test_an_office_is_looked_at_when_something_was_linked_or_time_has_passed(morning: Morning) -> None:
    def due(minute: float) -> list[tuple[str, int]]:
        with morning.store.reading() as connection:
            return alerts.due(connection, "2026-11-09", "Asia/Ho_Chi_Minh", NINE + int(minute * MIN), 2000)

    assert due(0) == [(OFFICE, 0)]
    morning.look(0)
    assert due(0.9) == [], "nothing was linked, and nobody waits"
    morning.ticket(0.95, 1)
    assert due(0.95) == [(OFFICE, 1)]
    morning.look(0.96)
    morning.ticket(0.97, 2)
    assert due(0.97) == [] and due(1) == [(OFFICE, 2)], "not at each event"
    morning.look(1)
    assert due(1.4) != []
    morning.look(15.9)
    assert due(15.94) == [] and due(15.96) != [], "then the first has waited for a quarter of an hour"


@ON_SQLITE
def test_an_office_that_can_not_be_looked_at_hinders_no_other(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    with morning.store.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO offices (id, name, hotline, timezone, generation, scan_opens_visit, valid_from_ms)"
            " VALUES ('aaa', 'A', '', 'Asia/Ho_Chi_Minh', 1, 0, 0), ('zzz', 'Z', '', 'Asia/Ho_Chi_Minh', 1, 0, 0)"
        )
    lookout, looked = Lookout(morning.store), []

    def look(office: OfficeRow, linked: int, now_ms: int) -> bool:
        looked.append(office.id)
        if office.id == "aaa":
            raise RuntimeError("its row is spoilt")
        return True

    monkeypatch.setattr(lookout, "look", look)
    assert set(lookout.look_due(NINE)) == {OFFICE, "zzz"} and "aaa" in looked
    looked.clear()
    lookout.look_due(NINE + 1000)
    assert "aaa" not in looked
    lookout.look_due(NINE + MIN)
    assert "aaa" in looked

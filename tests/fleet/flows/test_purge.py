"""What is to be forgotten is in no byte of any file afterwards, and nothing else is lost."""

import json
import logging
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from fleet.domain.day import bounds
from fleet.domain.dossier import Dossier
from fleet.domain.retention import Kept
from fleet.flows import purge as flow
from fleet.flows.closing import ends_now
from fleet.flows.instruct import keys_for
from fleet.flows.link import link_marked
from fleet.flows.purge import HOLDERS, KEYS, purge
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store import dossiers, places, tables
from fleet.store.database import Store
from fleet.store.retention import OF_DAYS
from fleet.store.rows import every, one, sql
from protocols import events
from protocols.events import Event
from protocols.signing import holder_hash
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

DAY_MS = 86_400_000
MIN = 60_000
KEEP = dict.fromkeys(Kept, 30)
CARD = "092045001234"
NAME = "NGUYEN VAN MO PHONG"
CODE = "H29.27.05-261002-0001"
CLOSE = bounds(DAY, "Asia/Ho_Chi_Minh")[1]
COUNTS = {table: sql(f"SELECT COUNT(*) AS n FROM {table}") for table in ("events", "visits", "ratings", "tickets")}  # noqa: S608


def say(store: Store, speaker: Speaker, *what: Event, at_ms: int = NINE) -> None:
    seqs = [speaker.does(event) for event in what]
    receive(store, [Arrival(speaker.topic, speaker.batch(*seqs))], at_ms)


def a_day(store: Store, holder: str, start: int = NINE, boot: int = 1) -> dict[str, Speaker]:
    """Thirty residents with cards, one of whom is served with a dossier and rates."""
    speakers = {name: Speaker(name, boot=boot) for name in ("tp-1", "q-1", "nut-1")}
    say(
        store,
        speakers["tp-1"],
        *(
            events.TicketTaken(service="ho-tich", number=n, lease="l", holder=holder, up=n, at=start + n)
            for n in range(1, 31)
        ),
        at_ms=start,
    )
    say(
        store,
        speakers["q-1"],
        events.NumberCalled(service="ho-tich", number=1, up=MIN, at=start + MIN),
        events.CodeScanned(what="citizen", holder=holder, up=MIN + 1, at=start + MIN + 1),
        events.CodeScanned(what="dossier", code=CODE, up=MIN + 2, at=start + MIN + 2),
        events.VisitFinished(up=5 * MIN, at=start + 5 * MIN),
        at_ms=start,
    )
    say(store, speakers["nut-1"], press(start, boot), at_ms=start)
    return speakers


def press(start: int, boot: int) -> Event:
    armed = f"q-1/1/{boot}/3"
    return events.RatingGiven(score=5, scale=5, armed=armed, up=5 * MIN + 9, at=start + 5 * MIN + 9)


def counts(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {table: one(connection, statement).n for table, statement in COUNTS.items()}


def where(folder: Path, secret: str) -> list[str]:
    """The files in which these letters stand somewhere."""
    return [path.name for path in sorted(folder.iterdir()) if path.is_file() and secret.encode() in path.read_bytes()]


def key_of(store: Store, now_ms: int) -> str:
    with store.reading() as connection:
        office = places.office(connection, OFFICE)
        assert office is not None
        return keys_for(store, office, ends_now(connection, office, now_ms), now_ms)[0].key


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # PostgreSQL overwrites when it has time
def test_a_day_after_the_close_no_holder_is_in_any_byte(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = key_of(store, NINE)
    holder = holder_hash(key, CARD)
    speakers = a_day(store, holder)
    printer = speakers["tp-1"]
    taken = {"service": "ho-tich", "lease": "l", "holder": holder, "up": 9}
    # The hash also comes in a broken event, in a broken message, and in an event under another's identity.
    broken = json.dumps({"kind": "ticket", "number": "one", "seq": 77, **taken})
    header = '{"v":1,"epoch":1,"boot":1,"oldest":0,"events":['
    collision = json.dumps({"kind": "ticket", "number": 900, "seq": 3, **taken})
    for payload in (header + broken + "]}", header + broken, header + collision + "]}"):
        receive(store, [Arrival(printer.topic, payload.encode())], NINE)
    link_marked(store, NINE)
    before = counts(store)
    assert where(tmp_path, holder), "it was there"

    assert purge(store, KEEP, CLOSE + DAY_MS)[HOLDERS] == 0, "a day after the close, not before"
    done = purge(store, KEEP, CLOSE + DAY_MS + 1)
    assert (done[KEYS], done[HOLDERS]) == (1, 30 + 1 + 1 + 1 + 1)
    assert where(tmp_path, holder) == []
    assert where(tmp_path, key) == []
    assert counts(store) == before, "nothing else goes with them"
    again = purge(store, KEEP, CLOSE + DAY_MS + 1)
    assert not any(again.values())

    late = receive(store, [Arrival(printer.topic, printer.batch())], CLOSE + DAY_MS + 2)
    assert (late.repeated, late.collisions) == (30, 0), "a device that tells it again tells nothing new"
    assert where(tmp_path, holder) == []
    assert not any(secret in caplog.text for secret in (holder, key, CARD))


def test_a_holder_that_comes_when_its_key_is_gone_goes_with_the_next_round(store: Store, tmp_path: Path) -> None:
    holder = holder_hash(key_of(store, NINE), CARD)
    purge(store, KEEP, CLOSE + DAY_MS + 1)
    say(
        store,
        Speaker("tp-1"),
        events.TicketTaken(service="ho-tich", number=1, lease="l", holder=holder, up=1, at=NINE),
        at_ms=CLOSE + 2 * DAY_MS,
    )
    assert purge(store, KEEP, CLOSE + 2 * DAY_MS)[HOLDERS] == 1
    assert where(tmp_path, holder) == []


def test_a_name_on_a_card_never_comes_so_far(store: Store, tmp_path: Path) -> None:
    """A strange device sends the whole card: as the content of a scan it is not even kept to be looked at."""
    card = f"{CARD}||{NAME}|01011945|Nam|so 1 duong Hoa Binh|01012021"
    reader = Speaker("q-1")
    header = '{"v":1,"epoch":1,"boot":1,"oldest":0,"events":['
    for seq, what in enumerate(("unknown", "citizen", "dossier", "name")):
        scan = json.dumps({"kind": "scan", "seq": seq, "what": what, "code": card, "senior": True, "up": 1, "at": NINE})
        receive(store, [Arrival(reader.topic, (header + scan + "]}").encode())], NINE)
    assert counts(store)["events"] == 4
    assert [where(tmp_path, secret) for secret in (CARD, NAME, "Hoa Binh")] == [[], [], []]


def test_what_is_older_than_its_days_goes_and_what_is_younger_stays(store: Store) -> None:
    with store.writing() as connection:
        mirror = [
            Dossier(code, "H29.27.05", date.fromisoformat(day)) for code, day in ((CODE, DAY), ("H29-1", "2027-06-01"))
        ]
        dossiers.save_dossiers(connection, mirror, NINE)
        dossiers.record_import(connection, "ho-so.csv", "lan", 2, 2, 0, NINE)
    a_day(store, "aa")
    later = NINE + 200 * DAY_MS
    a_day(store, "bb", later, boot=2)
    link_marked(store, later)
    whole = counts(store)
    done = purge(store, KEEP, later + DAY_MS)
    assert {kept: done.get(kept, 0) for kept in Kept} == {
        Kept.EVENTS: 31 + 3 + 1,
        Kept.SCANS: 1,
        Kept.UNREADABLE: 0,
        Kept.HEALTH: 0,
        Kept.VISITS: 1 + 30 + 1,
        Kept.RATINGS: 1,
        Kept.DOSSIERS: 1,
        Kept.IMPORTS: 1,
        Kept.ARCHIVES: 0,
    }
    assert counts(store) == {name: n // 2 for name, n in whole.items()}
    assert not any(purge(store, KEEP, later + DAY_MS).values())


def test_a_day_whose_events_are_gone_is_not_linked_anew(store: Store) -> None:
    """Otherwise its visits, which are kept for longer, would be taken away as soon as an event of it came late."""
    speakers = a_day(store, "aa")
    link_marked(store, NINE)
    later = NINE + 200 * DAY_MS
    purge(store, {**KEEP, Kept.VISITS: 1000, Kept.RATINGS: 1000}, later)
    assert counts(store) == {"events": 0, "visits": 1, "ratings": 1, "tickets": 30}
    say(store, speakers["nut-1"], events.RatingGiven(score=1, scale=5, up=6 * MIN, at=NINE + 6 * MIN), at_ms=later)
    assert link_marked(store, later) == []
    assert counts(store) == {"events": 1, "visits": 1, "ratings": 1, "tickets": 30}
    with store.reading() as connection:
        assert [row.linked == row.marked for row in every(connection, sql("SELECT linked, marked FROM windows"))] == [
            True
        ]


def test_a_round_that_is_stopped_goes_on_the_next_time(store: Store) -> None:
    a_day(store, "aa")
    link_marked(store, NINE)
    later = NINE + 200 * DAY_MS
    rounds = 0
    while any(counts(store).values()):
        steps = iter([False] * 7)
        purge(store, KEEP, later, lambda steps=steps: next(steps, True))  # type: ignore[misc]
        rounds += 1
        assert rounds < 40
        if rounds > 1:
            steps = iter([False] * (rounds * 5))
            purge(store, KEEP, later, lambda steps=steps: next(steps, True))  # type: ignore[misc]
    assert rounds > 1


def test_a_receiver_is_let_in_between_two_steps(store: Store) -> None:
    a_day(store, "aa")
    link_marked(store, NINE)
    later = NINE + 200 * DAY_MS
    seqs = iter(range(10_000))
    nut = Speaker("nut-2")

    def somebody_presses() -> bool:
        next(seqs)
        say(store, nut, events.RatingGiven(score=3, scale=5, up=later - NINE, at=later), at_ms=later)
        return False

    purge(store, KEEP, later, somebody_presses)
    assert counts(store)["events"] == next(seqs) > 10


# What is kept for good, and why. Whoever adds a table puts it here or gives it its days.
FOR_GOOD = {
    "offices", "units", "unit_heirs", "unit_codes", "calendar_rules", "counters", "services",
    "counter_services", "devices", "assignments", "boots", "anchors", "users", "sessions", "badges", "api_tokens",
    "second_steps", "paper_codes", "second_step_rules", "identities", "service_accounts", "privacy_notices",
    "windows", "horizons", "procedures", "service_groups", "desks", "webhook_endpoints", "wait_sums", "past_rules",
    "reserves", "report_schedules", "wait_members", "alert_watches", "certificates",
    "claims", "device_keys", "device_history", "device_moves", "incidents", "network_changes", "device_folds",
    "selftests", "selftest_keys", "rollouts", "rollout_devices", "rollout_steps", "templates", "template_versions",
    "release_roots", "releases", "release_returns", "audit", "audit_head", "schema_reach",
}  # fmt: skip
BY_MOMENT = {
    "events", "collisions", "unreadable", "dossiers", "imports", "api_answers", "commands", "presence_changes",
    "device_days", "fleet_losses", "order_batches", "ordered_devices",
}  # fmt: skip
# News go when they were told, states with their dossier, deliveries and letters after a week, estimates when there are
# newer ones, open days when they are folded, images of releases when neither the last five nor a rollout need them;
# half sign-ins after five minutes and guesses after an hour, once the next one comes; so do old
# backups; sessions of a provider are known until the next one after their end.
BY_ITSELF = {
    "desk_news", "wait_open", "dossier_states", "webhook_deliveries", "mails", "mail_attachments", "estimates",
    "release_images", "halfway", "guessing_places", "backups", "provider_sessions",
}  # fmt: skip


def test_every_table_has_its_days_or_is_kept_for_good() -> None:
    tables.load()
    of_days = {table for names in OF_DAYS.values() for table in names}
    assert set(SQLModel.metadata.tables) == of_days | BY_MOMENT | FOR_GOOD | BY_ITSELF


def test_only_events_can_hold_a_holder() -> None:
    """A column for the hash of a holder elsewhere would outlive its key: `Purge.keys` must know it."""
    tables.load()
    named = {f"{table.name}.{column.name}" for table in SQLModel.metadata.tables.values() for column in table.columns}
    assert [name for name in sorted(named) if "holder" in name] == ["events.with_holder"]


def test_horizons_tell_when_what_was_deleted(store: Store) -> None:
    assert flow.horizons(store) == {}
    later = NINE + 200 * DAY_MS
    purge(store, KEEP, later)
    start = bounds("2027-04-28", "Asia/Ho_Chi_Minh")[0]
    assert flow.horizons(store) == dict.fromkeys(Kept, (start, later))
    purge(store, dict.fromkeys(Kept, 100), later + 1)
    assert flow.horizons(store) == dict.fromkeys(Kept, (start, later + 1)), "what is gone is gone"

"""What a reader is told of a code that was just scanned."""

from datetime import date

import pytest

from fleet.domain.dossier import Dossier
from fleet.domain.rights import Role
from fleet.flows import badges
from fleet.flows.instruct import whole_state
from fleet.flows.receive import receive
from fleet.flows.received import Arrival, Scanned
from fleet.flows.sign_in import add_person
from fleet.flows.tones import TOLD_WITHIN_MS, tone_for
from fleet.store.database import Store
from fleet.store.dossiers import save_dossiers
from protocols import events
from protocols.signing import badge_hash, ticket_token
from protocols.state import Lease
from tests.fleet.office import NINE, OFFICE, Speaker

KNOWN, OTHER = "H15.50.05.13-261008-0975", "H15.50.05.13-261008-0976"
DAY_MS = 86_400_000


def import_one(store: Store, due_on: date | None = None) -> None:
    newest = Dossier("H15.50.05.13-261108-0001", "H15.50.05.13", date(2026, 11, 8))
    with store.writing() as connection:
        save_dossiers(connection, [Dossier(KNOWN, "H15.50.05.13", date(2026, 10, 8), due_on), newest], NINE)


def tone(store: Store, what: str, code: str, late_ms: int = 0, office: str = OFFICE) -> str | None:
    state = tone_for(store, Scanned("q-1", office, what, code, NINE), NINE + late_ms)
    if state is None:
        return None
    assert state.tone is not None and NINE + late_ms < state.tone.expires <= NINE + TOLD_WITHIN_MS
    return state.tone.tone


def lease(store: Store) -> Lease:
    state = whole_state(store, "tp-1", 10, NINE)
    assert state is not None and state.leases
    return next(one for one in state.leases if one.since <= NINE < one.expires)


def ticket(one: Lease, number: int, secret: str | None = None) -> str:
    return f"MC1:{one.id}:{number}:{ticket_token(secret or one.secret, one.id, number)}"


@pytest.mark.parametrize(
    ("code", "due_on", "heard"),
    [
        (KNOWN, None, "accepted"),
        (KNOWN, date(2026, 11, 10), "due_soon"),
        (OTHER, None, "unknown"),
        ("H15.50.05.13-261109-0001", None, None),
    ],
)
def test_a_dossier(store: Store, code: str, due_on: date | None, heard: str | None) -> None:
    assert tone(store, "dossier", KNOWN) is None, "nobody imported anything yet"
    import_one(store, due_on)
    assert tone(store, "dossier", code) == heard


def test_a_ticket(store: Store) -> None:
    one = lease(store)
    assert tone(store, "ticket", ticket(one, 3)) == "accepted"
    assert tone(store, "ticket", ticket(one, 3, "00" * 16)) == "wrong"
    assert tone(store, "ticket", "MC1:of-nobody:3:0123456789abcdef") == "unknown"


def test_a_ticket_of_tomorrow_is_wrong(store: Store) -> None:
    state = whole_state(store, "tp-1", 10, NINE)
    assert state is not None and state.leases
    later = next(one for one in state.leases if one.since > NINE)
    assert tone(store, "ticket", ticket(later, 3)) == "wrong"


def test_who_has_gone_is_told_nothing(store: Store) -> None:
    import_one(store)
    assert tone(store, "dossier", KNOWN, late_ms=TOLD_WITHIN_MS - 1) == "accepted"
    assert tone(store, "dossier", KNOWN, late_ms=TOLD_WITHIN_MS) is None
    assert tone(store, "dossier", KNOWN, office="elsewhere") is None


def test_a_dossier_that_is_late_sounds_otherwise_than_one_that_is_due(store: Store) -> None:
    for due_on, because in ((date(2026, 11, 10), None), (date(2026, 11, 6), "overdue")):
        import_one(store, due_on)
        state = tone_for(store, Scanned("q-1", OFFICE, "dossier", KNOWN, NINE), NINE)
        assert state is not None and state.tone is not None
        assert (state.tone.tone, state.tone.because) == ("due_soon", because)


def test_only_codes_that_are_new_are_sounded(store: Store) -> None:
    reader = Speaker("q-1")
    reader.does(events.CodeScanned(what="dossier", code=KNOWN, up=10, at=NINE))
    reader.does(events.CodeScanned(what="unknown", length=7, up=20, at=NINE))
    reader.does(events.CodeScanned(what="badge", badge="helper", up=30, at=NINE))
    arrival = Arrival(reader.topic, reader.batch())
    (scanned,) = receive(store, [arrival], NINE).scanned
    assert scanned == Scanned("q-1", OFFICE, "dossier", KNOWN, scanned.happened_ms, "quay-1")
    assert receive(store, [arrival], NINE).scanned == []


def test_a_badge_of_the_staff_signs_in_or_is_wrong(store: Store) -> None:
    add_person(store, "lan", "a long password", Role.CLERK, NINE, OFFICE)
    code = badges.give_badge(store, "lan", NINE - 1).code.removeprefix("MCB:")
    reader, lobby = Speaker("q-1"), Speaker("tp-1")
    worn = events.CodeScanned(what="badge", badge="staff", badge_hash=badge_hash(code.encode()), up=10, at=NINE)
    strange = events.CodeScanned(what="badge", badge="staff", badge_hash=badge_hash(b"17"), up=11, at=NINE)
    reader.does(worn)
    reader.does(strange)
    lobby.does(worn)
    found = receive(store, [Arrival(one.topic, one.batch()) for one in (reader, lobby)], NINE).scanned
    heard = {(one.device, one.code == worn.badge_hash): tone_for(store, one, NINE) for one in found}
    tones = {key: state.tone.tone if state and state.tone else None for key, state in heard.items()}
    assert tones == {("q-1", True): "accepted", ("q-1", False): "wrong", ("tp-1", True): "wrong"}
    badges.take_back(store, "lan", NINE - 1)
    assert tone(store, "badge", worn.badge_hash or "") == "wrong"

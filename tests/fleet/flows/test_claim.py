"""A claim lets one board in, once, as one device; and whatever happens to claims, no device is there twice."""

import pytest

from fleet.domain.claims import HOUR_MS, KNOCKS_MS, ClaimState, Wanted
from fleet.domain.file_errors import BadFile, RowError
from fleet.flows import claim as flow
from fleet.flows.claim import ClaimRefused, claims_now, make_claims, use_within, withdraw
from fleet.flows.purge import CLAIMS, purge
from fleet.flows.watch import devices_now
from fleet.store import device_history, device_keys, devices
from fleet.store.database import Store
from tests.fleet.office import NINE, OFFICE

AT_COUNTER = Wanted(None, ("keypad", "reader"), OFFICE, "quay-1")
HW = "e6614103e7452d2f"


def use(store: Store, claim: str, hw: str = HW, now_ms: int = NINE) -> None:
    with store.writing() as connection:
        use_within(connection, claim, hw, now_ms)


def lapse(store: Store, now_ms: int) -> int:
    """How many claims the purger ends at this moment."""
    return purge(store, {}, now_ms).get(CLAIMS, 0)


def may_connect(store: Store) -> set[str]:
    with store.reading() as connection:
        return {device for device, _ in devices.passwords(connection)}


def test_a_claim_makes_a_device_that_waits_unseen(store: Store) -> None:
    before = [one.id for one in devices_now(store, NINE)]
    first, second = make_claims(store, [AT_COUNTER, AT_COUNTER], "lan", 24, NINE)
    assert (first.device, second.device) == ("quay-1-keypad", "quay-1-keypad-2")
    assert (first.office, first.counter, first.until) == ("Phường Tân An", "Quầy 1", NINE + 24 * HOUR_MS)
    assert len(bytes.fromhex(first.key)) == 32
    assert first.key != second.key
    assert [one.id for one in devices_now(store, NINE)] == before, "nobody misses it"
    assert {first.device, second.device} <= may_connect(store)
    found = claims_now(store, [OFFICE], NINE)
    assert found.counts[ClaimState.WAITING] == 2
    assert {one.id for one in found.items} == {first.claim, second.claim}
    assert {one.state(NINE + 24 * HOUR_MS) for one in found.items} == {ClaimState.EXPIRED}


def test_a_board_that_comes_with_it_stands_at_its_place(store: Store) -> None:
    [file] = make_claims(store, [AT_COUNTER], "lan", 24, NINE)
    use(store, file.claim, now_ms=NINE + 5)
    with store.reading() as connection:
        place = devices.place_now(connection, file.device, NINE + 5)
        row = devices.device(connection, file.device)
        told = device_history.of_device(connection, file.device, 9)
    assert place is not None and (place.office, place.counter, place.from_ms) == (OFFICE, "quay-1", NINE + 5)
    assert row is not None and (row.kind, row.roles, row.enrolled_ms) == ("board", ("keypad", "reader"), NINE + 5)
    assert [(one.what, one.by, one.found) for one in told] == [
        ("enrolled", "", file.claim),
        ("claimed", "lan", file.claim),
    ]
    with pytest.raises(ClaimRefused) as again:
        use(store, file.claim)
    assert again.value.reason == "used"
    with pytest.raises(ClaimRefused):
        withdraw(store, file.claim, "lan", NINE + 6)


@pytest.mark.parametrize(
    ("reason", "hw", "later"),
    [("expired", HW, 24 * HOUR_MS), ("other_board", "00", 0), ("withdrawn", HW, 0), ("unknown", HW, 0)],
)
def test_it_is_refused_by_name(store: Store, reason: str, hw: str, later: int) -> None:
    [file] = make_claims(store, [Wanted("q-9", ("keypad",), OFFICE, hw=HW)], "lan", 24, NINE)
    if reason == "withdrawn":
        withdraw(store, file.claim, "lan", NINE)
        assert withdraw(store, file.claim, "lan", NINE + 1).withdrawn_ms == NINE, "again changes nothing"
        assert "q-9" not in may_connect(store)
    with pytest.raises(ClaimRefused) as refused:
        use(store, "000000000" if reason == "unknown" else file.claim, hw, NINE + later)
    assert refused.value.reason == reason
    with store.reading() as connection:
        assert devices.place_now(connection, "q-9", NINE + later) is None


def test_what_is_wrong_is_told_at_once_and_nothing_is_made(store: Store) -> None:
    [waiting] = make_claims(store, [Wanted("q-8", ("keypad",), OFFICE, hw="aa11")], "lan", 24, NINE)
    [used] = make_claims(store, [Wanted("q-7", ("keypad",), OFFICE)], "lan", 24, NINE)
    use(store, used.claim, "bb22")
    before = may_connect(store)
    bad = [
        AT_COUNTER,
        Wanted("Q 9", ("keypad",), OFFICE),
        Wanted("q-1", (), OFFICE),
        Wanted("q-8", ("keypad", "printer", "keypad"), OFFICE, hw="aa11"),
        Wanted("q-9", ("toaster",), "nowhere"),
        Wanted("q-9", ("keypad",), OFFICE, "quay-9", "xyz"),
        Wanted("fleet", ("keypad",), OFFICE, hw="bb22"),
        Wanted("srv-1", ("keypad",), OFFICE, hw="bb22"),
    ]
    with pytest.raises(BadFile) as refused:
        make_claims(store, bad, "lan", 0, NINE)
    told = [(one.row, one.column, one.expected) for one in refused.value.errors if isinstance(one, RowError)]
    assert told == [
        (0, "hours", "claim_hours"),
        (2, "device", "unit_id"),
        (3, "roles", "device_roles"),
        (3, "device", "device_free"),
        (4, "roles", "roles_once"),
        (4, "device", "device_waits"),
        (4, "hw", "board_waits"),
        (5, "roles", "device_roles"),
        (5, "office", "known_office"),
        (6, "counter", "open_counter"),
        (6, "device", "device_once"),
        (6, "hw", "board_id"),
        (7, "device", "device_free"),
        (7, "hw", "board_free"),
        (8, "device", "device_free"),
        (8, "hw", "board_once"),
    ]
    assert waiting.claim in refused.value.said("vi")[5]
    assert may_connect(store) == before
    with pytest.raises(BadFile):
        make_claims(store, [AT_COUNTER], "lan", 24, NINE, offices=["another"])


def test_what_expired_or_was_withdrawn_makes_room_for_another(store: Store) -> None:
    wanted = Wanted("q-9", ("keypad",), OFFICE)
    [first] = make_claims(store, [wanted], "lan", 1, NINE)
    later = NINE + HOUR_MS
    assert lapse(store, later + KNOCKS_MS - 1) == 0, "an expired claim may knock for a week"
    assert lapse(store, later + KNOCKS_MS) == 1
    assert "q-9" not in may_connect(store)
    [second] = make_claims(store, [wanted], "lan", 1, later + KNOCKS_MS)
    assert second.key != first.key
    assert "q-9" in may_connect(store)
    assert lapse(store, later + KNOCKS_MS) == 0
    withdraw(store, first.claim, "lan", later + KNOCKS_MS)
    assert "q-9" in may_connect(store), "the one that waits is another's"
    withdraw(store, second.claim, "lan", later + KNOCKS_MS)
    assert "q-9" not in may_connect(store)
    [third] = make_claims(store, [wanted], "lan", 1, later + KNOCKS_MS)
    use(store, third.claim, now_ms=later + KNOCKS_MS)
    with pytest.raises(BadFile, match="an id that no device has"):
        make_claims(store, [wanted], "lan", 1, later + KNOCKS_MS + HOUR_MS)
    assert flow.claim_of(store, third.claim) is not None


def test_a_claim_that_expired_is_withdrawn_without_harm_to_the_device_that_came_by_another(store: Store) -> None:
    wanted = Wanted("q-9", ("keypad",), OFFICE)
    [expired] = make_claims(store, [wanted], "lan", 1, NINE)
    [other] = make_claims(store, [wanted], "lan", 1, NINE + HOUR_MS)
    use(store, other.claim, now_ms=NINE + HOUR_MS)
    assert withdraw(store, expired.claim, "lan", NINE + 2 * HOUR_MS).withdrawn_ms is not None
    assert "q-9" in may_connect(store)
    with store.reading() as connection:
        assert device_keys.keys_of(connection, "q-9") is not None

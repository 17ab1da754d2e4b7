"""What technicians do with devices is done once, and leaves no device in two places and no place with two boards."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from fleet.domain.claims import HOUR_MS, Wanted
from fleet.domain.file_errors import BadFile
from fleet.domain.registry import HistoryWord, RegistryRefused
from fleet.flows import registry
from fleet.flows.claim import ClaimRefused, claim_of, make_claims, use_within, withdraw
from fleet.flows.command import untold
from fleet.flows.instruct import config_for, whole_state
from fleet.flows.place import add_office
from fleet.flows.presence import seen, welcome
from fleet.store import devices
from fleet.store.database import Store
from fleet.store.devices import Place
from protocols.presence import Alive
from tests.examples import examples
from tests.fleet.office import NINE, OFFICE, hello, open_office

OTHER = "hoa-binh"
MIN = 60_000


@pytest.fixture
def two(store: Store) -> Store:
    add_office(store, OTHER, "Phường Hòa Bình", "1022", NINE)
    return store


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    with store.writing() as connection:
        yield connection


def places_of(store: Store, device: str) -> list[Place]:
    with store.reading() as connection:
        return sorted(devices.places(connection, [device])[device], key=lambda one: one.from_ms)


def words(store: Store, device: str) -> list[tuple[str, str, str]]:
    return [(one.what, one.by, one.found) for one in registry.history(store, device)]


def test_a_printer_stays_where_it_is_until_it_starts_again(two: Store) -> None:
    welcome(two, "tp-1", hello(boot=4, epoch=1, nonce="n4"), NINE)
    assert whole_state(two, "tp-1", 100, NINE)
    seen(two, "tp-1", Alive(), NINE)
    with writing(two) as connection:
        asked = registry.move(connection, "tp-1", OTHER, None, "lan", NINE + 1)
        again = registry.move(connection, "tp-1", OTHER, None, "lan", NINE + 2)
    assert (asked.word, asked.changed, again.changed) == (HistoryWord.MOVE_ASKED, True, False)
    assert [(device, order.verb) for device, order in untold(two, 9, NINE + 2)] == [("tp-1", "restart")]
    assert places_of(two, "tp-1")[-1].office == OFFICE
    welcome(two, "tp-1", hello(boot=4, epoch=1, nonce="n5"), NINE + 3)
    state = whole_state(two, "tp-1", 100, NINE + 3)
    assert state is not None and state.leases, "the net was away for a moment; it serves on where it is"

    welcome(two, "tp-1", hello(boot=5, epoch=1, nonce="n6"), NINE + MIN)
    assert [(one.office, one.from_ms, one.to_ms) for one in places_of(two, "tp-1")[-2:]] == [
        (OFFICE, NINE - 60 * MIN, NINE + MIN),
        (OTHER, NINE + MIN, None),
    ]
    state = whole_state(two, "tp-1", 100, NINE + MIN)
    assert state is not None and state.leases == [], "that office has no service yet"
    config = config_for(two, "tp-1", NINE + MIN)
    assert config is not None and config.office == "Phường Hòa Bình"
    assert words(two, "tp-1")[:2] == [("moved", "lan", OTHER), ("move_asked", "lan", OTHER)]
    welcome(two, "tp-1", hello(boot=6, epoch=1, nonce="n7"), NINE + 2 * MIN)
    assert len(words(two, "tp-1")) == 3

    with writing(two) as connection:
        registry.move(connection, "tp-1", OFFICE, None, "lan", NINE + 3 * MIN)
    before = {lease.id for lease in state.leases}
    welcome(two, "tp-1", hello(boot=7, epoch=1, nonce="n8"), NINE + 3 * MIN)
    state = whole_state(two, "tp-1", 100, NINE + 3 * MIN)
    assert state is not None and state.leases
    assert min(lease.first for lease in state.leases) > 100, "what it held here before is over"
    assert not before & {lease.id for lease in state.leases}


def test_a_move_within_the_office_holds_at_once_and_one_that_is_given_up_never(two: Store) -> None:
    with writing(two) as connection:
        done = registry.move(connection, "nut-1", OFFICE, "quay-2", "lan", NINE)
        assert (done.word, done.changed) == (HistoryWord.MOVED, True)
        assert not registry.move(connection, "nut-1", OFFICE, "quay-2", "lan", NINE + 1).changed
        registry.move(connection, "nut-1", OTHER, None, "lan", NINE + 2)
        assert registry.move(connection, "nut-1", OFFICE, "quay-2", "lan", NINE + 3).changed
    welcome(two, "nut-1", hello(boot=9, epoch=1, nonce="n9"), NINE + MIN)
    assert places_of(two, "nut-1")[-1].counter == "quay-2"
    assert [one[0] for one in words(two, "nut-1")] == ["move_given_up", "move_asked", "moved", "by_hand"]


def test_a_board_takes_the_place_of_another(store: Store) -> None:
    [file] = make_claims(store, [Wanted("tp-9", ("printer",), OFFICE)], "lan", 24, NINE)
    with writing(store) as connection:
        use_within(connection, file.claim, "aa", NINE)
        devices.set_part(connection, "tp-1", "printer", json.dumps({"letters": 3}))
        done = registry.replace(connection, "tp-1", "tp-9", "lan", NINE + MIN)
        again = registry.replace(connection, "tp-1", "tp-9", "lan", NINE + MIN + 1)
    assert (done.changed, again.changed) == (True, False)
    with store.reading() as connection:
        row, old = devices.device(connection, "tp-9"), devices.device(connection, "tp-1")
        assert row is not None and json.loads(row.printer) == {"letters": 3}
        assert old is not None and old.revoked_ms == NINE + MIN
        assert devices.place_now(connection, "tp-1", NINE + MIN) is None
        assert [one.device for one in devices.at_office(connection, OFFICE, NINE + MIN) if one.counter is None] == [
            "tp-9"
        ]
    assert words(store, "tp-1")[0] == ("replaced", "lan", "tp-9")
    assert words(store, "tp-9")[0] == ("took_place", "lan", "tp-1")


@pytest.mark.parametrize(
    ("reason", "old", "new"),
    [
        ("unknown_device", "tp-7", "tp-1"),
        ("unknown_device", "tp-1", "srv-test"),
        ("waits", "tp-1", "tp-9"),
        ("other_roles", "tp-1", "q-1"),
        ("itself", "q-1", "q-1"),
        ("revoked", "q-1", "q-2"),
    ],
)
def test_what_can_take_no_place_is_named(store: Store, reason: str, old: str, new: str) -> None:
    make_claims(store, [Wanted("tp-9", ("printer",), OFFICE)], "lan", 24, NINE)
    with writing(store) as connection:
        registry.revoke(connection, "q-2", "lan", NINE)
        before = devices.places_now(connection, NINE)
        with pytest.raises(RegistryRefused) as refused:
            registry.replace(connection, old, new, "lan", NINE)
        assert refused.value.reason == reason
        assert devices.places_now(connection, NINE) == before


def test_what_is_retired_stands_nowhere_and_is_retired_once(store: Store) -> None:
    with writing(store) as connection:
        assert registry.revoke(connection, "q-1", "lan", NINE).changed
        assert not registry.revoke(connection, "q-1", "lan", NINE + 1).changed
        assert registry.retire(connection, "q-1", "lan", NINE + 2).changed
        assert not registry.retire(connection, "q-1", "lan", NINE + 3).changed
        with pytest.raises(RegistryRefused):
            registry.move(connection, "q-1", OFFICE, None, "lan", NINE + 4)
    assert [one[0] for one in words(store, "q-1")] == ["retired", "revoked", "by_hand"]
    assert places_of(store, "q-1")[-1].to_ms == NINE + 2


NAMES = st.sampled_from(["a-1", "a-2", "a-3"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), NAMES, st.sampled_from([None, "quay-1"])),
        st.tuples(st.just("use"), st.integers(0, 7), st.sampled_from(["aa", "bb", "cc"])),
        st.tuples(st.just("withdraw"), st.integers(0, 7), st.none()),
        st.tuples(st.just("replace"), NAMES, NAMES),
        st.tuples(st.just("move"), NAMES, st.sampled_from(["quay-1", "quay-2"])),
        st.tuples(st.just("retire"), NAMES, st.none()),
        st.tuples(st.just("wait"), st.none(), st.none()),
    ),
    max_size=14,
)


@settings(max_examples=examples(12), phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(STEPS)
def test_in_any_order_a_device_is_enrolled_once_and_its_places_follow_one_another(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object, object]]
) -> None:
    store, _ = open_office(tmp_path_factory.mktemp("any"))
    made: list[str] = []
    now_ms = NINE
    for step in steps:
        now_ms += MIN
        take(store, step, made, now_ms)
        if step[0] == "wait":
            now_ms += 2 * HOUR_MS
    look_at_all(store, made, now_ms)
    store.close()


def take(store: Store, step: tuple[str, object, object], made: list[str], now_ms: int) -> None:
    """One step; what cannot be done is refused and changes nothing."""
    what, one, other = step
    try:
        if what == "claim":
            wanted = Wanted(str(one), ("rating",), OFFICE, None if other is None else str(other))
            made.append(make_claims(store, [wanted], "lan", 1, now_ms)[0].claim)
        elif what == "withdraw" and made:
            withdraw(store, made[int(str(one)) % len(made)], "lan", now_ms)
        else:
            with store.writing() as connection:
                if what == "use" and made:
                    use_within(connection, made[int(str(one)) % len(made)], str(other), now_ms)
                elif what == "replace":
                    registry.replace(connection, str(one), str(other), "lan", now_ms)
                elif what == "move":
                    registry.move(connection, str(one), OFFICE, str(other), "lan", now_ms)
                elif what == "retire":
                    registry.retire(connection, str(one), "lan", now_ms)
    except (BadFile, ClaimRefused, RegistryRefused):
        pass


def look_at_all(store: Store, made: list[str], now_ms: int) -> None:
    """What must be so at the end, whatever came before."""
    found = [claim for claim in (claim_of(store, one) for one in made) if claim is not None]
    for device in ("a-1", "a-2", "a-3"):
        its = [claim for claim in found if claim.device == device]
        assert sum(claim.used_ms is not None for claim in its) <= 1, "enrolled at most once"
        assert sum(claim.state(now_ms).value == "waiting" for claim in its) <= 1
        stood = places_of(store, device)
        assert all(one.to_ms is not None and one.to_ms <= other.from_ms for one, other in pairwise(stood))
        assert bool(stood) == any(claim.used_ms is not None for claim in its)
        told = [word for word, _, _ in words(store, device)]
        with store.reading() as connection:
            row = devices.device(connection, device)
        if "replaced" in told or "retired" in told:
            assert row is not None and row.revoked_ms is not None
            assert stood[-1].to_ms is not None, "who was replaced stands nowhere"
        if row is not None and row.kind == "claimed":
            assert stood == []
            may = row.revoked_ms is None
            assert may == any(claim.used_ms is None and claim.withdrawn_ms is None for claim in its[-1:])

"""A board that lies at a cable has one claim, however often it is asked for, and whatever was chosen in between."""

from dataclasses import replace

import pytest

from fleet.domain.claims import HOUR_MS, ClaimState, Wanted
from fleet.domain.file_errors import BadFile
from fleet.flows.claim import claims_now, make_claims, use_within, withdraw
from fleet.flows.claim_board import IfOther, WaitsElsewhere, board_now, board_of, claim_for_board
from fleet.store.database import Store
from tests.fleet.office import NINE, OFFICE

HW = "e6614103e7452d2f"
WANTED = Wanted(None, ("keypad", "reader"), OFFICE, "quay-1", HW)


def asked(store: Store, wanted: Wanted = WANTED, now_ms: int = NINE, **more: object):  # type: ignore[no-untyped-def]
    return claim_for_board(store, wanted, "lan", 24, now_ms, **more)  # type: ignore[arg-type]


def waiting(store: Store, now_ms: int = NINE) -> int:
    return claims_now(store, None, now_ms).counts[ClaimState.WAITING]


def test_asked_again_it_is_the_same_claim_with_its_key(store: Store) -> None:
    first = asked(store)
    assert (first.hw, first.device) == (HW, "quay-1-keypad")
    assert asked(store, replace(WANTED, roles=("reader", "keypad"))) == first
    assert waiting(store) == 1
    assert asked(store, replace(WANTED, hw="00ff")).claim != first.claim


def test_one_for_another_place_is_taken_or_withdrawn_by_whoever_stands_there(store: Store) -> None:
    first = asked(store)
    elsewhere = replace(WANTED, roles=("rating",), counter="quay-2")
    with pytest.raises(WaitsElsewhere) as other:
        asked(store, elsewhere)
    assert other.value.claim.id == first.claim
    assert asked(store, elsewhere, if_other=IfOther.TAKE) == first
    second = asked(store, elsewhere, if_other=IfOther.WITHDRAW)
    assert (second.roles, second.counter_id) == (("rating",), "quay-2")
    assert waiting(store) == 1
    assert asked(store, elsewhere, if_other=IfOther.WITHDRAW) == second, "sent twice it is done once"


def test_a_claim_at_an_office_of_others_is_left_to_them(store: Store) -> None:
    asked(store)
    with pytest.raises(BadFile) as problem:
        asked(store, offices=["cai-khe"], if_other=IfOther.WITHDRAW)
    assert "board_waits" in [error.expected for error in problem.value.errors]  # type: ignore[union-attr]
    assert waiting(store) == 1
    assert board_of(store, HW, None, NINE, ["cai-khe"]) is None


def test_what_nobody_used_in_time_gives_its_name_to_the_next(store: Store) -> None:
    first, later = asked(store), NINE + 25 * HOUR_MS
    second = asked(store, now_ms=later)
    assert second.claim != first.claim
    assert second.device == first.device
    withdraw(store, second.claim, "lan", later)
    assert asked(store, now_ms=later).claim not in (first.claim, second.claim)


def test_a_name_that_another_board_has_by_now_is_not_given_again(store: Store) -> None:
    first, later = asked(store), NINE + 25 * HOUR_MS
    [other] = make_claims(store, [replace(WANTED, hw=None, device=first.device)], "lan", 24, later)
    assert asked(store, now_ms=later).device not in (first.device, other.device)


def test_a_board_that_is_a_device_gets_no_claim_and_is_known_by_its_number(store: Store) -> None:
    first = asked(store)
    now = board_now(store, first.claim, NINE)
    assert now is not None and (now.state, now.office, now.counter) == (ClaimState.WAITING, "Phường Tân An", "Quầy 1")
    with store.writing() as connection:
        use_within(connection, first.claim, HW, NINE)
    with pytest.raises(BadFile) as problem:
        asked(store)
    assert "board_free" in [error.expected for error in problem.value.errors]  # type: ignore[union-attr]
    known = board_of(store, HW, first.device, NINE)
    assert known is not None and known.claim.id == first.claim
    assert known.state is ClaimState.USED and not known.welcomed, "it has not proved a key of its own yet"
    assert board_of(store, HW, "another", NINE) is None

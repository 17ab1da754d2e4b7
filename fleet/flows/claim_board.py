"""A board that lies at a cable gets its claim: the one that waits for it, or else a new one; never a second."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection

from fleet.domain.claims import Claim, ClaimFile, ClaimState, Wanted
from fleet.flows.claim import files_within, make_within, withdraw_within
from fleet.store import claims, device_keys, devices, places
from fleet.store.database import Store


class IfOther(StrEnum):
    """What is done with a claim that waits for this board, but for another place or other roles."""

    ASK = "ask"
    TAKE = "take"
    WITHDRAW = "withdraw"


class WaitsElsewhere(Exception):
    """The board has a claim for another place or other roles; `claim` is that one."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"board {claim.hw}: expected no other claim, found {claim.id} for {claim.device}")
        self.claim = claim


@dataclass(frozen=True)
class BoardNow:
    """How far a board is with its claim. `welcomed`: the fleet has, with a key that no file ever held."""

    claim: Claim
    office: str
    counter: str | None
    state: ClaimState
    welcomed: bool
    revoked: bool


def claim_for_board(
    store: Store,
    wanted: Wanted,
    by: str,
    hours: float,
    now_ms: int,
    offices: Iterable[str] | None = None,
    if_other: IfOther = IfOther.ASK,
) -> ClaimFile:
    """The claim of the board `wanted.hw`, however often it is asked for. Raises BadFile, WaitsElsewhere.

    `offices` are those at which `by` may act; None: all.
    """
    some = None if offices is None else set(offices)
    with store.writing() as connection:
        known = claims.of_board(connection, wanted.hw or "")
        waits = next((one for one in known if one.state(now_ms) is ClaimState.WAITING), None)
        if waits is not None and (some is None or waits.office in some):
            if is_for(waits, wanted) or if_other is IfOther.TAKE:
                return files_within(connection, [waits.id])[0]
            if if_other is IfOther.ASK:
                raise WaitsElsewhere(waits)
            withdraw_within(connection, waits.id, by, now_ms, some)
        elif waits is None:
            wanted = replace(wanted, device=name_before(connection, known, wanted, now_ms))
        return make_within(connection, [(1, wanted)], by, hours, now_ms, some)[0]


def board_now(store: Store, claim: str, now_ms: int, offices: Iterable[str] | None = None) -> BoardNow | None:
    """How far the board of this claim is; None where there is no such claim at these offices."""
    with store.reading() as connection:
        found = claims.claim(connection, claim)
        if found is None or (offices is not None and found.office not in set(offices)):
            return None
        return as_now(connection, found, now_ms)


def board_of(
    store: Store, hw: str, device: str | None, now_ms: int, offices: Iterable[str] | None = None
) -> BoardNow | None:
    """The same for the board of this number, which says that it is this device; None: it does not say which."""
    with store.reading() as connection:
        known = claims.of_board(connection, hw)
        found = next((one for one in known if device in (None, one.device)), None)
        if found is None or (offices is not None and found.office not in set(offices)):
            return None
        return as_now(connection, found, now_ms)


def as_now(connection: Connection, claim: Claim, now_ms: int) -> BoardNow:
    office = places.office(connection, claim.office)
    counters = {one.id: one.name for one in places.all_counters(connection)}
    row, keys = devices.device(connection, claim.device), device_keys.keys_of(connection, claim.device)
    own_key = keys is not None and keys.claim is None
    return BoardNow(
        claim,
        claim.office if office is None else office.name,
        None if claim.counter is None else counters.get(claim.counter, claim.counter),
        claim.state(now_ms),
        claim.used_ms is not None and own_key and row is not None and row.epoch > 0,
        row is None or row.revoked_ms is not None,
    )


def is_for(claim: Claim, wanted: Wanted) -> bool:
    """Whether a claim is for this place and these roles."""
    place = (claim.office, claim.counter) == (wanted.office, wanted.counter)
    return place and set(claim.roles) == set(wanted.roles) and wanted.device in (None, claim.device)


def name_before(connection: Connection, known: Iterable[Claim], wanted: Wanted, now_ms: int) -> str | None:
    """The name that the board had in a claim of the same kind that nobody used in time, if it is still free."""
    for one in known:
        if one.state(now_ms) is ClaimState.EXPIRED and is_for(one, wanted):
            last = claims.of_device(connection, one.device)[0]
            return wanted.device or (one.device if last.id == one.id else None)
    return wanted.device

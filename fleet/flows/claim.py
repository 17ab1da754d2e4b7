"""Claims: whoever may enrol devices makes them, a board uses each once, and what is not used lapses.

A claim is a device in waiting: its row is there (`claimed`), with a first key that only the claim file tells. It stands
nowhere before a board came with it, so nobody misses it. At its first birth the claim is burnt, the device is a board
at its place, and its key is replaced by one that was never in any file (`prove`).
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.audit import Doer, What
from fleet.domain.claim_ids import CHANCE_BYTES, claim_id
from fleet.domain.claim_rules import CLAIMS_AT_MOST, Known, named, wrong_with
from fleet.domain.claims import (
    CLAIMED,
    HOUR_MS,
    LONGEST_HOURS,
    SHORTEST_HOURS,
    Claim,
    ClaimFile,
    ClaimState,
    Wanted,
    refusal,
)
from fleet.domain.file_errors import BadFile, RowError
from fleet.domain.incidents import FRESH_MS, Incident
from fleet.flows import keep_selftest
from fleet.flows.enrol import FLEET_USER, hashed, stand
from fleet.store import claims, device_history, device_keys, devices, incidents, ledger, places
from fleet.store.database import Store
from fleet.store.device_history import Done
from fleet.store.device_keys import NewKey
from fleet.store.failures import again_after_conflict
from protocols.sealing import password_of

KEY_BYTES = 32
BATCH_BYTES = 8
SHOWN = 100


class ClaimRefused(Exception):
    """A claim is not to be had; `reason` is unknown, used, withdrawn, expired or other_board."""

    def __init__(self, claim: str, reason: str) -> None:
        expected = "a claim that waits" if reason != "other_board" else "the board that it was made for"
        super().__init__(f"claim {claim}: expected {expected}, found {reason.replace('_', ' ')}")
        self.claim = claim
        self.reason = reason


@dataclass(frozen=True)
class ClaimsNow:
    """The claims of an office (or all): how many in each state, and the newest ones."""

    counts: dict[ClaimState, int]
    items: list[Claim]


def make_claims(
    store: Store,
    wanted: Sequence[Wanted],
    by: str,
    hours: float,
    now_ms: int,
    offices: Iterable[str] | None = None,
) -> list[ClaimFile]:
    """Make a claim for each of these, or for none: BadFile tells all that is wrong, row by row from 1.

    `offices` are those at which `by` may act; None: all.
    """
    with store.writing() as connection:
        return make_within(connection, list(enumerate(wanted, 1)), by, hours, now_ms, offices)


def make_within(
    connection: Connection,
    lines: Sequence[tuple[int, Wanted]],
    by: str,
    hours: float,
    now_ms: int,
    offices: Iterable[str] | None = None,
) -> list[ClaimFile]:
    """The same in somebody's transaction, in which nobody else writes; each with the row that names it."""
    errors: list[RowError] = []
    if not SHORTEST_HOURS <= hours <= LONGEST_HOURS:
        errors.append(RowError(0, "hours", f"{hours:g}", "claim_hours", f"{SHORTEST_HOURS}–{LONGEST_HOURS}"))
    if len(lines) > CLAIMS_AT_MOST:
        errors.append(RowError(0, "", f"{len(lines)}", "claims_at_most", f"{CLAIMS_AT_MOST:,}"))
    errors += wrong_with(lines, known_now(connection, now_ms, offices))
    if errors:
        raise BadFile(tuple(errors))
    files = files_for(connection, [one for _, one in lines], now_ms + round(hours * HOUR_MS))
    batch = secrets.token_hex(BATCH_BYTES)
    devices.claim_devices(connection, ((f.device, f.roles, first_hash(bytes.fromhex(f.key))) for f in files), now_ms)
    first = (NewKey(f.device, bytes.fromhex(f.key), f.claim, f.hw) for f in files)
    device_keys.give(connection, first, now_ms)
    claims.add(connection, (claim_in(file, by, now_ms, batch) for file in files))
    keep_selftest.give_keys(connection, ((f.claim, bytes.fromhex(f.key)) for f in files))
    device_history.add_all(connection, (Done(f.device, now_ms, by, "claimed", f.claim) for f in files))
    for file in files:
        said = {"device": file.device, "roles": list(file.roles), "counter": file.counter_id, "hours": hours}
        ledger.note(connection, What.CLAIM_MAKE, file.claim, file.office_id, became=said)
    return files


def withdraw(store: Store, claim: str, by: str, now_ms: int, offices: Iterable[str] | None = None) -> Claim:
    """Nobody may use this claim any more; again changes nothing. Raises ClaimRefused where a board has used it."""
    with store.writing() as connection:
        return withdraw_within(connection, claim, by, now_ms, offices)


def withdraw_within(
    connection: Connection, claim: str, by: str, now_ms: int, offices: Iterable[str] | None = None
) -> Claim:
    """The same in somebody's transaction."""
    found = claims.hold_claim(connection, claim)
    if found is None or (offices is not None and found.office not in set(offices)):
        raise ClaimRefused(claim, "unknown")
    if found.used_ms is not None:
        raise ClaimRefused(claim, "used")
    if claims.withdraw(connection, claim, now_ms):
        others = {one.state(now_ms) for one in claims.of_device(connection, found.device)}
        if not others & {ClaimState.WAITING, ClaimState.USED}:  # it may have expired, and its device come by another
            devices.revoke(connection, found.device, now_ms)
            device_keys.forget(connection, found.device)
        device_history.add(connection, Done(found.device, now_ms, by, "withdrawn", claim))
        ledger.note(connection, What.CLAIM_WITHDRAW, claim, found.office, became={"device": found.device})
    return claims.claim(connection, claim) or found


def use_within(connection: Connection, claim: str, hw: str, now_ms: int) -> Claim:
    """A board came with this claim: it is that device from now on, at its place. Raises ClaimRefused."""
    found = claims.hold_claim(connection, claim)
    if found is None:
        raise ClaimRefused(claim, "unknown")
    reason = refusal(found, hw, now_ms)
    if reason is not None or not claims.use(connection, claim, hw, now_ms):
        raise ClaimRefused(claim, reason or ClaimState.USED)
    devices.is_enrolled(connection, found.device, now_ms)
    stand(connection, found.device, found.office, found.counter, now_ms)
    device_history.add(connection, Done(found.device, now_ms, "", "enrolled", claim))
    board = Doer(f"board:{hw}"[:80], found.device, "worker")
    ledger.note(connection, What.DEVICE_ENROL, found.device, found.office, became={"claim": claim}, by=board)
    return found


@again_after_conflict
def claims_now(
    store: Store,
    offices: Iterable[str] | None,
    now_ms: int,
    most: int = SHOWN,
    past: int = 0,
    state: ClaimState | None = None,
    named: str = "",
) -> ClaimsNow:
    """The claims at these offices (None: at all), the newest first; `state`, `named` (by their device): only those."""
    some = None if offices is None else set(offices)
    with store.reading() as connection:
        found = claims.counts(connection, some, now_ms)
        items = claims.last(connection, some, state, now_ms, most, past, named)
    return ClaimsNow({one: found.get(one, 0) for one in ClaimState}, items)


def places_for(store: Store, offices: Iterable[str] | None) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(office, its name, its open counters with their names) where devices may stand; None: at all offices."""
    some = None if offices is None else set(offices)
    with store.reading() as connection:
        return [
            (one.id, one.name, [(its.id, its.name) for its in places.open_counters(connection, one.id)])
            for one in places.offices(connection)
            if some is None or one.id in some
        ]


def happened(store: Store, now_ms: int) -> dict[str, list[Incident]]:
    """What happened lately at devices that should not have, by device; those in waiting have no page of their own."""
    found: dict[str, list[Incident]] = {}
    with store.reading() as connection:
        for one in incidents.since(connection, now_ms - FRESH_MS):
            found.setdefault(one.device, []).append(one)
    return found


def claim_of(store: Store, claim: str) -> Claim | None:
    """One claim, by its id as `read_claim_id` gives it."""
    with store.reading() as connection:
        return claims.claim(connection, claim)


def files_of(store: Store, ids: Iterable[str]) -> list[ClaimFile]:
    """These claims once more as files; the key is empty where a board has come, or none may come any more."""
    with store.reading() as connection:
        return files_within(connection, ids)


def files_within(connection: Connection, ids: Iterable[str]) -> list[ClaimFile]:
    """The same in somebody's transaction."""
    office_names = {one.id: one.name for one in places.offices(connection)}
    counter_names = {one.id: one.name for one in places.all_counters(connection)}
    found = [one for one in (claims.claim(connection, claim) for claim in ids) if one is not None]
    keys = {one.id: device_keys.keys_of(connection, one.device) for one in found}
    files = []
    for one in found:
        its = keys[one.id]
        files.append(
            ClaimFile(
                claim=one.id,
                device=one.device,
                key=its.key.hex() if its is not None and its.claim == one.id and one.used_ms is None else "",
                roles=one.roles,
                office=office_names[one.office],
                counter=None if one.counter is None else counter_names[one.counter],
                until=one.expires_ms,
                hw=one.hw,
                office_id=one.office,
                counter_id=one.counter,
            )
        )
    return files


def known_now(connection: Connection, now_ms: int, offices: Iterable[str] | None = None) -> Known:
    """What a new claim must fit."""
    allowed = None if offices is None else set(offices)
    counters: dict[str, list[str]] = {
        one.id: [] for one in places.offices(connection) if allowed is None or one.id in allowed
    }
    for counter in places.all_counters(connection):
        if counter.office in counters and counter.closed_ms is None:
            counters[counter.office].append(counter.id)
    waiting = claims.waiting(connection, now_ms)
    taken = {device for device, (kind, _) in devices.kinds(connection).items() if kind != CLAIMED}
    return Known(
        counters,
        frozenset({*taken, FLEET_USER}),
        {one.device: one.id for one in waiting},
        {one.hw: one.id for one in waiting if one.hw is not None},
        claims.boards(connection),
    )


def files_for(connection: Connection, wanted: Sequence[Wanted], until_ms: int) -> list[ClaimFile]:
    """A name, an id and a key for each of these."""
    office_names = {one.id: one.name for one in places.offices(connection)}
    counter_names = {one.id: one.name for one in places.all_counters(connection)}
    used = claims.ids(connection)
    return [
        ClaimFile(
            claim=new_id(used),
            device=one.device or "",
            key=secrets.token_hex(KEY_BYTES),
            roles=one.roles,
            office=office_names[one.office],
            counter=None if one.counter is None else counter_names[one.counter],
            until=until_ms,
            hw=one.hw,
            office_id=one.office,
            counter_id=one.counter,
        )
        for one in named(wanted, devices.kinds(connection))
    ]


def claim_in(file: ClaimFile, by: str, now_ms: int, batch: str) -> Claim:
    """The claim as it is kept, without its key."""
    place = (file.office_id, file.counter_id)
    return Claim(file.claim, file.device, file.roles, *place, by, now_ms, file.until, batch, file.hw)


def new_id(used: set[str]) -> str:
    """The id of a new claim; two of 40 bits are hardly ever the same, and then another is taken."""
    while (claim := claim_id(secrets.token_bytes(CHANCE_BYTES))) in used:
        pass
    used.add(claim)
    return claim


def first_hash(key: bytes) -> str:
    """The broker's hash of the password that comes of this key."""
    return hashed(password_of(key))

"""Somebody asks many devices at once: each has its turn, a few a second, and none after the order has expired.

Each gets an order of its own, with the short life that every order has: nothing happens late at a device.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.commands import CommandRefused, Verb, state_of
from fleet.domain.order_batches import (
    A_SECOND,
    FOR_MANY,
    HOLDS_MINUTES,
    HOLDS_MINUTES_AT_MOST,
    Batch,
    BatchRefused,
    Candidate,
    Ordered,
    Selection,
    chosen,
    ordered_state,
    spread,
)
from fleet.domain.org_tree import Tree
from fleet.flows.command import ask_within
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import devices, ledger, order_batches, units
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.order_batches import BatchRow, OrderedRow

ID_BYTES = 8
ID_LETTERS = 64
MINUTE_MS, SECOND_MS = 60_000, 1_000


def candidates(store: Store, now_ms: int, offices: frozenset[str] | None = None) -> list[Candidate]:
    """The boards that may be asked at all. `offices`: only those that stand at one of these; None: wherever."""
    with store.reading() as connection:
        return candidates_within(connection, now_ms, offices)


def candidates_within(connection: Connection, now_ms: int, offices: frozenset[str] | None) -> list[Candidate]:
    """The same within somebody's transaction."""
    places = devices.places_now(connection, now_ms)
    above = Above(Tree(units.nodes(connection)), day_in_viet_nam(now_ms))
    found = []
    for row in devices.devices(connection):
        office = places[row.id].office if row.id in places else None
        if row.kind == "board" and row.revoked_ms is None and (offices is None or office in offices):
            found.append(Candidate(row.id, row.roles, office, above.of(office), row.presence, row.firmware))
    return found


class Above:
    """What stands above each office today, each looked up once."""

    def __init__(self, tree: Tree, today: date) -> None:
        self.tree = tree
        self.today = today
        self.known: dict[str, frozenset[str]] = {}

    def of(self, office: str | None) -> frozenset[str]:
        """The office and what is above it."""
        if office is None:
            return frozenset()
        if office not in self.known:
            self.known[office] = frozenset({office, *(node.id for node in self.tree.path(office, self.today))})
        return self.known[office]


@again_after_conflict
def ask_many(
    store: Store,
    selection: Selection,
    verb: Verb,
    by: str,
    now_ms: int,
    arguments: Mapping[str, object] | None = None,
    minutes: int = HOLDS_MINUTES,
    offices: frozenset[str] | None = None,
    batch: str | None = None,
) -> Batch:
    """Ask all of these; the same id with the same words is the same order. Raises BatchRefused."""
    with store.writing() as connection:
        return ask_many_within(connection, selection, verb, by, now_ms, arguments, minutes, offices, batch)


def ask_many_within(
    connection: Connection,
    selection: Selection,
    verb: Verb,
    by: str,
    now_ms: int,
    arguments: Mapping[str, object] | None = None,
    minutes: int = HOLDS_MINUTES,
    offices: frozenset[str] | None = None,
    batch: str | None = None,
) -> Batch:
    """The same within somebody's transaction."""
    if verb not in FOR_MANY:
        raise BatchRefused("bad_verb", f"verb: expected one of {', '.join(FOR_MANY)}, found {verb}")
    if not 1 <= minutes <= HOLDS_MINUTES_AT_MOST:
        raise BatchRefused("bad_minutes", f"minutes: expected 1 to {HOLDS_MINUTES_AT_MOST}, found {minutes}")
    if batch is not None and not (1 <= len(batch) <= ID_LETTERS and batch.isascii() and batch.isprintable()):
        raise BatchRefused("bad_id", f"id: expected 1 to {ID_LETTERS} printable ASCII characters, found {batch!r}")
    wanted = json.dumps({"verb": verb, "selection": asdict(selection), "arguments": dict(arguments or {}), "by": by})
    known = None if batch is None else order_batches.batch(connection, batch)
    if known is not None:
        if known.wanted != wanted:
            raise BatchRefused("id_reused", f"id: expected a new one, {batch!r} is another order's")
        return as_told(connection, known, now_ms)
    found = chosen(selection, candidates_within(connection, now_ms, offices))
    row = BatchRow(
        id=batch or secrets.token_hex(ID_BYTES),
        verb=verb.value,
        arguments=json.dumps(dict(arguments or {})),
        wanted=wanted,
        asked_by=by,
        asked_ms=now_ms,
        expires_ms=now_ms + minutes * MINUTE_MS,
    )
    order_batches.add(connection, row, spread(found))
    said = {"verb": verb, "devices": len(found), **{name: one for name, one in asdict(selection).items() if one}}
    ledger.note(connection, What.ORDER_GIVE, row.id, selection.office, became=said)
    return as_told(connection, row, now_ms)


def give_turns(store: Store, now_ms: int) -> int:
    """Give those their order whose turn it is, so many a second at most, whichever orders they belong to."""
    with store.reading() as connection:
        if not order_batches.is_any_open(connection, now_ms) or not order_batches.turns(connection, 1, now_ms):
            return 0
    return give_turns_now(store, now_ms)


@again_after_conflict
def give_turns_now(store: Store, now_ms: int) -> int:
    """The same where there is somebody."""
    with store.writing() as connection:
        room = A_SECOND - order_batches.lately(connection, now_ms - SECOND_MS)
        found = order_batches.turns(connection, max(0, room), now_ms)
        for turn in found:
            command, reason = None, ""
            try:
                arguments = json.loads(turn.arguments)
                command = ask_within(connection, turn.device, Verb(turn.verb), turn.asked_by, now_ms, arguments).id
            except CommandRefused as refused:
                reason = refused.reason
            order_batches.had_turn(connection, turn, command, reason, now_ms)
    return len(found)


def batch_of(store: Store, batch: str, now_ms: int, offices: frozenset[str] | None = None) -> Batch | None:
    """What became of an order to many by now. `offices`: at devices that stand at these, and None if none does."""
    with store.reading() as connection:
        return seen(connection, order_batches.batch(connection, batch), now_ms, offices)


def last_batches(store: Store, most: int, now_ms: int, offices: frozenset[str] | None = None) -> list[Batch]:
    """The last orders to many, the newest first, with the devices that stand at these offices."""
    with store.reading() as connection:
        found = [seen(connection, row, now_ms, offices) for row in order_batches.last(connection, most)]
    return [one for one in found if one is not None]


def seen(connection: Connection, row: BatchRow | None, now_ms: int, offices: frozenset[str] | None) -> Batch | None:
    """An order as those see it who look after these offices; None: it does not concern them."""
    found = None if row is None else as_told(connection, row, now_ms)
    if found is None or offices is None:
        return found
    places = devices.places_now(connection, now_ms)
    mine = tuple(one for one in found.ordered if one.device in places and places[one.device].office in offices)
    return replace(found, ordered=mine) if mine else None


def stop(store: Store, batch: str, now_ms: int, offices: frozenset[str] | None = None) -> Batch | None:
    """Nobody else gets this order. None where it is none, or concerns others too."""
    with store.writing() as connection:
        return stop_within(connection, batch, now_ms, offices)


def stop_within(connection: Connection, batch: str, now_ms: int, offices: frozenset[str] | None) -> Batch | None:
    """The same within somebody's transaction."""
    row = order_batches.batch(connection, batch)
    mine = seen(connection, row, now_ms, offices)
    if row is None or mine is None or len(mine.ordered) < len(order_batches.ordered(connection, batch)):
        return None
    order_batches.end(connection, batch, now_ms)
    ledger.note(connection, What.ORDER_STOP, batch)
    return seen(connection, order_batches.batch(connection, batch), now_ms, offices)


def as_told(connection: Connection, row: BatchRow, now_ms: int) -> Batch:
    """An order to many as people and programs see it."""
    is_expired = now_ms >= row.expires_ms
    found = tuple(told(one, Verb(row.verb), is_expired, now_ms) for one in order_batches.ordered(connection, row.id))
    return Batch(row.id, Verb(row.verb), row.asked_by, row.asked_ms, row.expires_ms, found)


def told(one: OrderedRow, verb: Verb, is_expired: bool, now_ms: int) -> Ordered:
    """One device of it."""
    state = None
    if one.not_after_ms is not None:
        state = state_of(verb, one.not_after_ms, one.answered_ms, None if one.ok is None else bool(one.ok), now_ms)
    found = json.loads(one.result or "{}").get("found")
    return Ordered(
        device=one.device,
        state=ordered_state(state, one.reason, is_expired or one.ordered_ms is not None),
        command=one.command,
        reason=one.reason or one.said or "",
        found=found if isinstance(found, str) else "",
    )

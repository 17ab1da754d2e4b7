"""Somebody far away asks a device to do something: the order is kept, told, and answered once.

It is told again every few seconds while it holds and nothing is heard: a device does it once all the same.
"""

import json
import secrets
from collections.abc import Mapping

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.command_results import known, report_of
from fleet.domain.commands import HOLDS_MS, CommandRefused, DeviceCommand, Verb, check, state_of
from fleet.store import commands, devices, ledger
from fleet.store.commands import CommandRow
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from protocols.commands import Command, Reply

AGAIN_MS = 3_000
ID_BYTES = 8
LATE, RESTARTED = "late", "command"


@again_after_conflict
def ask(
    store: Store, device: str, verb: Verb, by: str, now_ms: int, arguments: Mapping[str, object] | None = None
) -> DeviceCommand:
    """Ask this of a device; `by` says who asks. Raises CommandRefused where it can not be done, or not now."""
    with store.writing() as connection:
        return ask_within(connection, device, verb, by, now_ms, arguments)


def ask_within(
    connection: Connection,
    device: str,
    verb: Verb,
    by: str,
    now_ms: int,
    arguments: Mapping[str, object] | None = None,
) -> DeviceCommand:
    """The same within somebody's transaction."""
    wanted = dict(arguments or {})
    row = devices.device(connection, device)
    if row is None or row.kind != "board":
        raise CommandRefused("unknown_device", f"there is no device {device!r}")
    waiting = commands.waiting(connection, device, now_ms)
    check(verb, wanted, row.roles, row.presence, row.revoked_ms is not None, waiting)
    if verb is Verb.RESTART and row.boot is not None:
        wanted["boot"] = row.boot  # told twice, it ends one boot
    new = CommandRow(
        id=secrets.token_hex(ID_BYTES),
        device=device,
        verb=verb.value,
        arguments=json.dumps(wanted),
        asked_by=by,
        asked_ms=now_ms,
        not_after_ms=now_ms + HOLDS_MS[verb],
    )
    commands.add(connection, new)
    ledger.note(connection, What.DEVICE_ORDER, device, became={"verb": verb, "order": new.id})
    return as_told(new, now_ms)


def untold(store: Store, most: int, now_ms: int) -> list[tuple[str, Command]]:
    """(device, order) that are to be told now, so many at most."""
    with store.reading() as connection:
        due = commands.due(connection, most, now_ms - AGAIN_MS, now_ms)
    return [
        (row.device, Command(id=row.id, verb=row.verb, arguments=arguments(row, now_ms), not_after=row.not_after_ms))
        for row in due
    ]


def arguments(row: CommandRow, now_ms: int) -> dict[str, object]:
    """What is told beside the verb; the time is that at which it is told."""
    said: dict[str, object] = json.loads(row.arguments)
    return {**said, "now": now_ms} if row.verb == Verb.CLOCK else said


def was_told(store: Store, command: str, now_ms: int) -> None:
    """The broker has it."""
    with store.writing() as connection:
        commands.told(connection, command, now_ms)


@again_after_conflict
def answered(store: Store, device: str, reply: Reply, now_ms: int) -> bool:
    """The device answered an order; False where it has none of this id, or answered it before."""
    with store.reading() as connection:
        order = commands.command(connection, reply.id)
    if order is None or order.device != device or order.answered_ms is not None:
        return False  # whoever says this again and again keeps nobody from writing
    with store.writing() as connection:
        is_ok = reply.ok or is_restarted(connection, device, reply)
        asked = commands.command(connection, reply.id)
        result = json.dumps(known("" if asked is None else asked.verb, reply.result))
        reason = "" if is_ok else reply.reason
        return commands.answer(connection, device, reply.id, is_ok, reason, result, now_ms)


def is_restarted(connection: Connection, device: str, reply: Reply) -> bool:
    """Whether a device that calls a restart late has just made it: its first answer was lost with the boot."""
    row, asked = devices.device(connection, device), commands.command(connection, reply.id)
    if row is None or asked is None or asked.verb != Verb.RESTART or reply.reason != LATE:
        return False
    return row.reset_reason == RESTARTED and row.boot == json.loads(asked.arguments).get("boot", 0) + 1


def answer_of(store: Store, command: str, now_ms: int) -> DeviceCommand | None:
    """What became of an order by now."""
    with store.reading() as connection:
        row = commands.command(connection, command)
    return None if row is None else as_told(row, now_ms)


def last_commands(store: Store, device: str, most: int, now_ms: int) -> tuple[DeviceCommand, ...]:
    """The last orders to a device, the newest first."""
    with store.reading() as connection:
        rows = commands.of_device(connection, device, most)
    return tuple(as_told(row, now_ms) for row in rows)


def as_told(row: CommandRow, now_ms: int) -> DeviceCommand:
    """An order as people and programs see it."""
    verb = Verb(row.verb)
    result = json.loads(row.result)
    service, number, found = (result.get(name) for name in ("service", "number", "found"))
    return DeviceCommand(
        id=row.id,
        device=row.device,
        verb=verb,
        asked_by=row.asked_by,
        asked_ms=row.asked_ms,
        state=state_of(verb, row.not_after_ms, row.answered_ms, None if row.ok is None else bool(row.ok), now_ms),
        answered_ms=row.answered_ms,
        reason=row.reason,
        found=found if isinstance(found, str) else "",
        service=service if isinstance(service, str) else None,
        number=number if isinstance(number, int) else None,
        report=report_of(row.verb, result) if row.ok else None,
    )

"""What can be rolled out, and what that means for a device: to be meant, to be told, and to say that it has it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.devices_now import reverted_of
from fleet.domain.rollout_targets import Answer, Failure
from fleet.flows import instruct
from fleet.flows.watch import refused_of
from fleet.store.devices import DeviceRow

DETAIL = 200


@dataclass(frozen=True)
class Kind:
    """Something that comes in versions of a subject, and goes from the fleet to devices.

    `check` raises RolloutRefused for a version that can not be rolled out; `meant` are the devices for which it is new;
    `tell` makes what the device shall be anew, and gives the number by which the device will report it; `answer` reads
    what the device said; `complete` makes the version everybody's. `office`: of which alone it is; None: of several.
    """

    check: Callable[[Connection, str, int], None]
    meant: Callable[[Connection, str, int, int], frozenset[str]]
    tell: Callable[[Connection, str, int], int | None]
    answer: Callable[[DeviceRow, int], Answer]
    complete: Callable[[Connection, str, int, int], None]
    office: Callable[[str], str | None]


def tell_config(connection: Connection, device: str, now_ms: int) -> int | None:
    """The version of the configuration that this device is told next; None: it stands nowhere."""
    config = instruct.config_within(connection, device, now_ms)
    return None if config is None else config.version


def config_answer(row: DeviceRow, carried: int) -> Answer:
    """What a device says of a configuration of this version, or a later one, which carries it too.

    It says hello with a configuration before it was welcomed with it; but that hello is what it is welcomed for.
    """
    reverted = reverted_of(json.loads(row.reverted)) if row.reverted else None
    if reverted is not None and reverted.version >= carried:
        return Answer(failure=Failure.REVERTED, detail=reverted.reason)
    refused = refused_of((json.loads(row.health) if row.health else {}).get("refused"))
    if refused is not None and refused.version is not None and refused.version >= carried:
        return Answer(failure=Failure.REFUSED, detail=refused.sentence()[:DETAIL])
    has_it = row.config_reported is not None and row.config_reported >= carried
    if has_it and row.rescue is not None:
        return Answer(failure=Failure.RESCUE, detail=row.rescue[:DETAIL])
    return Answer(ok=has_it)

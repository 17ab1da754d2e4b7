"""What can be rolled out, and what that means for a device: to be meant, to be given it, and to say that it has it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.rollout_plan import Plan
from fleet.domain.rollout_targets import Answer
from fleet.store.devices import DeviceRow
from fleet.store.rollout_devices import AtDevice
from fleet.store.rollouts import RolloutRow

Given = list[tuple[AtDevice, DeviceRow]]
# Devices that were given it, each with what is known of it.
DETAIL = 200


def nobody(_connection: Connection, _version: int) -> frozenset[str]:
    """No device."""
    return frozenset()


@dataclass(frozen=True)
class Kind:
    """Something that comes in versions of a subject, and goes from the fleet to devices.

    `check` raises RolloutRefused for a version that can not be rolled out; `meant` are the devices for which it is new;
    `give` lets the sender tell devices what they shall have by now, and says by which number each will report it
    (None: it can not be told); `answers` reads what devices said; `take_back` is done for those that shall not have it
    any more, `failed` for those that could not live with it; `complete` is done when all have it. `office`: of which
    alone it is; None: of several. `fell`: who could not live with this version before, and gets it only from a person
    who names the device, or lets it try again. `stays`: who has it keeps it when it is aborted. `heals`: a device in
    rescue may have it, for it may be what it is waiting for. `recalls`: while it does not run, those that have not
    answered are called back, and their silence is no failure; when it goes on they are told anew.
    """

    check: Callable[[Connection, str, int], None]
    meant: Callable[[Connection, str, int, int], frozenset[str]]
    give: Callable[[Connection, Collection[str], int, int], Mapping[str, int | None]]
    answers: Callable[[Connection, Given], Mapping[str, Answer]]
    failed: Callable[[Connection, Collection[str], int], None]
    take_back: Callable[[Connection, Collection[str]], None]
    complete: Callable[[Connection, RolloutRow, Plan, int], None]
    office: Callable[[str], str | None]
    fell: Callable[[Connection, int], frozenset[str]] = nobody
    stays: bool = False
    heals: bool = False
    recalls: bool = False

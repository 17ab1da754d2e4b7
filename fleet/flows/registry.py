"""What technicians do with enrolled devices: move, replace, revoke, retire. Each is done once, and kept as history.

A move within an office holds at once. To another office it is a wish until the device starts again, there or here: only
a board that has just come and holds nothing to give is sure to serve nobody of the old place any more. Then it stands
at the new one, its leases of the old one are over, and it is told keys, numbers and names of the new one.

Who takes another's place gets numbers of its own: the old board may be alive in a drawer, and two printers never give
the same number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.commands import CommandRefused, Verb
from fleet.domain.registry import WHY_AT_MOST, HistoryWord, RegistryRefused, refuse_other_roles, refuse_unfit
from fleet.flows.command import ask_within
from fleet.flows.enrol import stand
from fleet.flows.prove import KeyRefused, rotate_within
from fleet.store import device_history, device_moves, devices, ledger, places, reserves
from fleet.store.database import Store
from fleet.store.device_history import Done
from fleet.store.device_moves import Move
from fleet.store.devices import DeviceRow
from protocols.presence import Hello

NOTED = {
    HistoryWord.MOVE_ASKED: What.DEVICE_MOVE,
    HistoryWord.MOVE_GIVEN_UP: What.DEVICE_MOVE,
    HistoryWord.MOVED: What.DEVICE_MOVE,
    HistoryWord.REPLACED: What.DEVICE_REPLACE,
    HistoryWord.TOOK_PLACE: What.DEVICE_REPLACE,
    HistoryWord.ROTATED: What.DEVICE_ROTATE,
    HistoryWord.REVOKED: What.DEVICE_REVOKE,
    HistoryWord.RETIRED: What.DEVICE_RETIRE,
    HistoryWord.NETWORK_ASKED: What.NETWORK_CHANGE,
    HistoryWord.NETWORK_GIVEN_UP: What.NETWORK_WITHDRAW,
}
# What of a device's history somebody decided; the rest is how far the device is with it.

SHOWN = 50


@dataclass(frozen=True)
class Outcome:
    """What became of it: the device, the last word of its history, and whether anything changed just now."""

    device: str
    word: HistoryWord
    changed: bool


class Act(Protocol):
    """One of the things below that are done with a device, in somebody's transaction. Raises RegistryRefused."""

    def __call__(self, connection: Connection, *, by: str, now_ms: int) -> Outcome: ...


def carry_out(store: Store, act: Act, by: str, now_ms: int) -> Outcome:
    """Do this in a transaction of its own. Raises RegistryRefused."""
    with store.writing() as connection:
        return act(connection, by=by, now_ms=now_ms)


def move(
    connection: Connection, device: str, office: str, counter: str | None, by: str, now_ms: int, why: str = ""
) -> Outcome:
    """A device shall stand there. Raises RegistryRefused."""
    row = working(connection, device)
    refuse_no_place(connection, office, counter)
    here = devices.place_now(connection, device, now_ms)
    if here is not None and (here.office, here.counter) == (office, counter):
        gave_up = device_moves.forget(connection, device)
        if gave_up:
            keep(connection, device, now_ms, by, HistoryWord.MOVE_GIVEN_UP, why=why)
        return Outcome(device, HistoryWord.MOVED, gave_up)
    if here is None or here.office == office:
        device_moves.forget(connection, device)
        settle(connection, row, office, counter, by, now_ms, why)
        start_anew(connection, device, by, now_ms)
        return Outcome(device, HistoryWord.MOVED, True)
    asked = device_moves.move_of(connection, device)
    if asked is not None and (asked.office, asked.counter) == (office, counter):
        return Outcome(device, HistoryWord.MOVE_ASKED, False)
    device_moves.ask(connection, Move(device, office, counter, by, now_ms, row.boot))
    keep(connection, device, now_ms, by, HistoryWord.MOVE_ASKED, place_text(office, counter), why)
    start_anew(connection, device, by, now_ms)
    return Outcome(device, HistoryWord.MOVE_ASKED, True)


def confirmed(connection: Connection, row: DeviceRow, hello: Hello, now_ms: int) -> bool:
    """A device was born. If it shall stand elsewhere and has started since, it does now."""
    wanted = device_moves.move_of(connection, row.id)
    if wanted is None or (hello.epoch is not None and wanted.boot is not None and hello.boot <= wanted.boot):
        return False
    device_moves.forget(connection, row.id)
    settle(connection, row, wanted.office, wanted.counter, wanted.by, now_ms)
    return True


def replace(connection: Connection, old: str, device: str, by: str, now_ms: int, why: str = "") -> Outcome:
    """A board takes the place of another: where it stands, and what is known of its parts; the other is revoked.

    Raises RegistryRefused.
    """
    if old == device:
        raise RegistryRefused("itself", f"device: expected another device than {old}, found itself")
    before = device_history.last(connection, old, HistoryWord.REPLACED)
    if before is not None and before.found == device:
        return Outcome(device, HistoryWord.TOOK_PLACE, False)
    its, row = working(connection, old), working(connection, device)
    refuse_other_roles(old, its.roles, device, row.roles)
    place = devices.place_now(connection, old, now_ms)
    if place is None:
        raise RegistryRefused("nowhere", f"device: expected one that stands somewhere, found {old}, which is in store")
    device_moves.hand_on(connection, old, device)
    take_away(connection, old, now_ms)
    keep(connection, old, now_ms, by, HistoryWord.REPLACED, device, why)
    keep(connection, device, now_ms, by, HistoryWord.TOOK_PLACE, old, why)
    move(connection, device, place.office, place.counter, by, now_ms)
    devices.config_is_due(connection, [device])
    return Outcome(device, HistoryWord.TOOK_PLACE, True)


def rotate(connection: Connection, device: str, by: str, now_ms: int, why: str = "") -> Outcome:
    """A device is given another key; nothing changes while it is being given one. Raises RegistryRefused."""
    working(connection, device)
    try:
        begun = rotate_within(connection, device, now_ms)
    except KeyRefused as problem:
        raise RegistryRefused("no_key", str(problem)) from None
    if begun:
        keep(connection, device, now_ms, by, HistoryWord.ROTATED, why=why)
    return Outcome(device, HistoryWord.ROTATED, begun)


def revoke(connection: Connection, device: str, by: str, now_ms: int, why: str = "") -> Outcome:
    """A device may no longer connect, and nothing that it sends is stored. Raises RegistryRefused."""
    row = known(connection, device)
    if not devices.revoke(connection, device, now_ms):
        return Outcome(device, HistoryWord.REVOKED, False)
    device_moves.forget(connection, row.id)
    keep(connection, device, now_ms, by, HistoryWord.REVOKED, why=why)
    return Outcome(device, HistoryWord.REVOKED, True)


def retire(connection: Connection, device: str, by: str, now_ms: int, why: str = "") -> Outcome:
    """A device is taken out of service for good: it is revoked and stands nowhere. Raises RegistryRefused."""
    known(connection, device)
    if device_history.last(connection, device, HistoryWord.RETIRED) is not None:
        return Outcome(device, HistoryWord.RETIRED, False)
    take_away(connection, device, now_ms)
    keep(connection, device, now_ms, by, HistoryWord.RETIRED, why=why)
    return Outcome(device, HistoryWord.RETIRED, True)


def history(store: Store, device: str, most: int = SHOWN) -> list[Done]:
    """What was done with a device, the newest first."""
    with store.reading() as connection:
        return device_history.of_device(connection, device, most)


def replaced_by(store: Store, device: str) -> str | None:
    """The device that took this one's place last."""
    with store.reading() as connection:
        done = device_history.last(connection, device, HistoryWord.REPLACED)
    return None if done is None else done.found


def move_wanted(store: Store, device: str) -> Move | None:
    """Where a device shall stand that has not confirmed it yet."""
    with store.reading() as connection:
        return device_moves.move_of(connection, device)


def settle(
    connection: Connection, row: DeviceRow, office: str, counter: str | None, by: str, now_ms: int, why: str = ""
) -> None:
    """From now on the device stands here; it is told so."""
    places.hold(connection, office)
    if "keypad" in row.roles:
        take_numbers_back(connection, row.id, office, counter, now_ms)
    device_moves.withdraw_leases(connection, row.id, office, now_ms)
    stand(connection, row.id, office, counter, now_ms)
    devices.config_is_due(connection, [row.id])
    keep(connection, row.id, now_ms, by, HistoryWord.MOVED, place_text(office, counter), why)


def take_numbers_back(connection: Connection, device: str, office: str, counter: str | None, now_ms: int) -> None:
    """A keypad may call nobody by itself any more; the sender tells it."""
    held = reserves.reserve(connection, device)
    if held is not None:
        where = (held.office, held.counter) if counter is None else (office, counter)
        said = reserves.say(connection, device, *where, now_ms, now_ms)
        reserves.take_back_all(connection, device, said)


def take_away(connection: Connection, device: str, now_ms: int) -> None:
    """The device may no longer connect, and stands nowhere."""
    devices.revoke(connection, device, now_ms)
    device_moves.forget(connection, device)
    device_moves.leave(connection, device, now_ms)


def start_anew(connection: Connection, device: str, by: str, now_ms: int) -> None:
    """A device that is there is asked to restart; another one starts when somebody plugs it in."""
    try:
        ask_within(connection, device, Verb.RESTART, by, now_ms)
    except CommandRefused:
        return


def working(connection: Connection, device: str) -> DeviceRow:
    """A device that may connect. Raises RegistryRefused."""
    row = devices.device(connection, device)
    refuse_unfit(device, None if row is None else row.kind, row is not None and row.revoked_ms is not None)
    assert row is not None  # noqa: S101 (it was refused)
    return row


def known(connection: Connection, device: str) -> DeviceRow:
    """A device that is or was enrolled. Raises RegistryRefused."""
    row = devices.device(connection, device)
    refuse_unfit(device, None if row is None else row.kind, False)
    assert row is not None  # noqa: S101 (it was refused)
    return row


def refuse_no_place(connection: Connection, office: str, counter: str | None) -> None:
    """Raises RegistryRefused where there is no such office, or no such counter at which somebody may work."""
    if places.office(connection, office) is None:
        raise RegistryRefused("no_office", f"office: expected the id of an office, found {office!r}")
    there = [one.id for one in places.open_counters(connection, office)]
    if counter is not None and counter not in there:
        expected = ", ".join(there) or "none"
        raise RegistryRefused("no_counter", f"counter: expected one of {expected}, found {counter!r}")


def keep(
    connection: Connection, device: str, now_ms: int, by: str, word: HistoryWord, found: str = "", why: str = ""
) -> None:
    """It stands in the history of the device."""
    said = " ".join(why.split())[:WHY_AT_MOST]
    device_history.add(connection, Done(device, now_ms, by, word.value, found, said))
    what = NOTED.get(word)
    if what is not None:
        place = devices.place_now(connection, device, now_ms)
        became = {"step": word.value, "found": found, "why": said}
        office = None if place is None else place.office
        ledger.note(connection, what, device, office, became={name: one for name, one in became.items() if one})


def place_text(office: str, counter: str | None) -> str:
    """A place as the history keeps it."""
    return office if counter is None else f"{office}/{counter}"


def devices_of(store: Store, offices: Iterable[str] | None, now_ms: int) -> list[tuple[str, tuple[str, ...], str]]:
    """(id, roles, office) of the devices that may connect and stand at these offices (None: at any)."""
    some = None if offices is None else set(offices)
    with store.reading() as connection:
        at = devices.places_now(connection, now_ms)
        return [
            (row.id, row.roles, at[row.id].office)
            for row in devices.devices(connection)
            if row.kind == "board"
            and row.revoked_ms is None
            and row.id in at
            and (some is None or at[row.id].office in some)
        ]

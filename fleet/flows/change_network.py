"""Devices are given another Wi-Fi, or another way to the broker, without a visit.

The fleet tells it, sealed under the device's key, until the device says that it has it on flash beside the old one. It
begins anew with it, and its hello says with which network it came: with the new one, which the welcome confirms, or
with the old one, and why. What is secret of it is forgotten at the fleet as soon as that is known.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from fleet.domain.devices_now import Reverted, reverted_of
from fleet.domain.network_changes import (
    NetworkChange,
    NetworkRefused,
    NetworkWanted,
    Step,
    is_stopped,
    may_be_told,
    outcome,
)
from fleet.domain.registry import HistoryWord, RegistryRefused
from fleet.flows.registry import keep, working
from fleet.store import device_keys, devices, network_changes
from fleet.store.database import Store
from fleet.store.device_keys import KeyRow
from fleet.store.failures import again_after_conflict
from protocols.commands import SEALED_LETTERS, Reply, Secret
from protocols.presence import Hello
from protocols.sealing import NONCE_BYTES, derived, sealed

NETWORK = "network"
ANSWERED = "net-"
# So the ids of replies begin by which devices say that they have it on flash, or can not use it.
WITHIN_S = 300
HOLDS_MS = 600_000
AGAIN_MS = 60_000
# A message that was lost on its way to a device that stays connected.
BATCH_BYTES = 8
REASON_LETTERS = 100
FIRST_FAILED = "first_failed"
# In place of the reason of those that were not told since another one could not live with it.


def begin(
    connection: Connection, wanted: NetworkWanted, chosen: Iterable[str], by: str, now_ms: int
) -> list[NetworkChange]:
    """Give these devices another network, at each office one first. Raises NetworkRefused, RegistryRefused."""
    parts = wanted.parts()
    batches: dict[str, str] = defaultdict(lambda: secrets.token_hex(BATCH_BYTES))
    made = []
    for device in sorted(set(chosen)):
        refuse_untold(connection, device)
        place, before = devices.place_now(connection, device, now_ms), network_changes.change_of(connection, device)
        office = "" if place is None else place.office
        version = now_ms if before is None else max(now_ms, before.version + 1)
        what = wanted.shown()
        change = NetworkChange(device, version, batches[office], office, Step.WAITING, what, by, now_ms, now_ms)
        network_changes.put(connection, change, parts)
        keep(connection, device, now_ms, by, HistoryWord.NETWORK_ASKED, what)
        made.append(change)
    return made


def begin_at(connection: Connection, wanted: NetworkWanted, office: str, by: str, now_ms: int) -> list[NetworkChange]:
    """The same for all devices of an office that can be told. Raises NetworkRefused."""
    return begin(connection, wanted, keyed_at(connection, office, now_ms), by, now_ms)


def meant(connection: Connection, some: Sequence[str], office: str | None, now_ms: int) -> list[str]:
    """These devices, or where none is named all of this office that can be told. Raises NetworkRefused."""
    there = [] if office is None else keyed_at(connection, office, now_ms)
    if some and office is not None and set(some) - set(there):
        raise NetworkRefused("nobody", f"device: expected some of {', '.join(there)}, found {' '.join(some)}")
    return list(some or there)


def refuse_untold(connection: Connection, device: str) -> None:
    """Raises RegistryRefused, NetworkRefused for a device that can be told no secret."""
    working(connection, device)
    if device_keys.keys_of(connection, device) is None:
        raise NetworkRefused("no_key", f"{device}: expected a device with a key, found one with a password of its own")


def keyed_at(connection: Connection, office: str, now_ms: int) -> list[str]:
    """The devices of this office that can be told. Raises NetworkRefused where there are none."""
    there = {row.device for row in devices.at_office(connection, office, now_ms)}
    found = [one for one in there if can_be_told(connection, one)]
    if not found:
        raise NetworkRefused("nobody", f"office: expected one with devices that have a key, found none at {office!r}")
    return sorted(found)


def can_be_told(connection: Connection, device: str) -> bool:
    """Whether it works and has a key."""
    try:
        refuse_untold(connection, device)
    except (NetworkRefused, RegistryRefused):
        return False
    return True


@again_after_conflict
def heard(store: Store, device: str, hello: Hello, now_ms: int) -> Secret | None:
    """With which network a device came; what it must be told, if it is its turn."""
    back = reverted_of(hello.network_back)
    with store.reading() as connection:
        change = network_changes.change_of(connection, device)
    if change is None or (not change.is_open and outcome(change, hello.network, version_of(back)) is None):
        return None
    with store.writing(alone=False) as connection:
        network_changes.hold_batch(connection, change.batch)
        came(connection, device, hello.network, back, now_ms)
        return told_within(connection, device, now_ms)


def came(connection: Connection, device: str, network: int | None, back: Reverted | None, now_ms: int) -> None:
    """Keep with which network it came."""
    change = network_changes.change_of(connection, device)
    step = None if change is None else outcome(change, network, version_of(back))
    if change is None or step is None:
        return
    if step is Step.CONFIRMED:
        over(connection, change, step, HistoryWord.NETWORK_CONFIRMED, change.what, now_ms)
    else:
        found = "" if back is None else printable(back.reason)
        over(connection, change, step, HistoryWord.NETWORK_BACK, found, now_ms)


def over(connection: Connection, change: NetworkChange, step: Step, word: HistoryWord, found: str, now_ms: int) -> None:
    """It is over at this device; where that was the first one and it failed, at those that wait for it, too."""
    network_changes.set_step(connection, [change.device], step, now_ms, "" if step is Step.CONFIRMED else found)
    keep(connection, change.device, now_ms, "", word, found)
    batch = network_changes.hold_batch(connection, change.batch)
    if is_stopped(batch):
        for one in batch:
            if one.step is Step.WAITING:
                network_changes.set_step(connection, [one.device], Step.GIVEN_UP, now_ms, FIRST_FAILED)
                keep(connection, one.device, now_ms, "", HistoryWord.NETWORK_GIVEN_UP, change.device)


@again_after_conflict
def replied(store: Store, device: str, reply: Reply, now_ms: int) -> bool:
    """A device has it on flash, or can not use it; False: that is no news."""
    with store.writing(alone=False) as connection:
        found = network_changes.change_of(connection, device)
        if found is None or reply.id != f"{ANSWERED}{found.version}":
            return False
        batch = {one.device: one for one in network_changes.hold_batch(connection, found.batch)}
        change = batch.get(device)
        if change is None or change.step not in (Step.WAITING, Step.TOLD):
            return False
        if reply.ok:
            network_changes.set_step(connection, [device], Step.TRYING, now_ms)
        else:
            over(connection, change, Step.REFUSED, HistoryWord.NETWORK_BACK, printable(reply.reason), now_ms)
        return True


def untold(store: Store, most: int, now_ms: int) -> list[tuple[str, Secret]]:
    """What devices that are there must be told. Raises FleetKeyWrong."""
    with store.reading() as connection:
        waiting = network_changes.to_tell(connection, most, now_ms - AGAIN_MS, now_ms)
    found = []
    for one in waiting:
        with store.writing(alone=False) as connection:
            network_changes.hold_batch(connection, one.batch)
            secret = told_within(connection, one.device, now_ms)
        if secret is not None:
            found.append((one.device, secret))
    return found


def told_within(connection: Connection, device: str, now_ms: int) -> Secret | None:
    """What this device is told, if it is its turn. While it is being given another key it waits for that."""
    change, keys = network_changes.change_of(connection, device), device_keys.keys_of(connection, device)
    if change is None or keys is None or keys.next_key is not None:
        return None
    if not may_be_told(device, network_changes.hold_batch(connection, change.batch)):
        return None
    parts = network_changes.parts_of(connection, device)
    if parts is None:
        return None
    network_changes.was_told(connection, device, now_ms)
    return secret_of(change, keys, parts, now_ms)


def secret_of(change: NetworkChange, keys: KeyRow, parts: dict[str, object], now_ms: int) -> Secret:
    """The change, sealed for this device and this purpose."""
    said = {"version": change.version, "expires": now_ms + HOLDS_MS, "within_s": WITHIN_S, "network": parts}
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    text = sealed(derived(keys.key, NETWORK), secrets.token_bytes(NONCE_BYTES), body)
    assert len(text) <= SEALED_LETTERS  # noqa: S101 (`parts` has bounds)
    return Secret(slot=keys.slot, purpose=NETWORK, sealed=text)


def withdraw(connection: Connection, device: str, by: str, now_ms: int) -> bool:
    """This device is not told any more; one that has it already goes on. False: nothing was open."""
    found = network_changes.change_of(connection, device)
    if found is None:
        return False
    change = {one.device: one for one in network_changes.hold_batch(connection, found.batch)}.get(device)
    if change is None or not change.is_open:
        return False
    network_changes.set_step(connection, [device], Step.GIVEN_UP, now_ms)
    keep(connection, device, now_ms, by, HistoryWord.NETWORK_GIVEN_UP)
    return True


def changes_at(store: Store, office: str) -> list[NetworkChange]:
    """The last change of each device that was asked at this office, the newest first."""
    with store.reading() as connection:
        return network_changes.at_office(connection, office)


def change_of(store: Store, device: str) -> NetworkChange | None:
    """The last change of a device."""
    with store.reading() as connection:
        return network_changes.change_of(connection, device)


def version_of(back: Reverted | None) -> int | None:
    """Of the network that it gave up."""
    return None if back is None else back.version


def printable(found: str) -> str:
    """A device's words, as they may be kept."""
    return "".join(c if c.isprintable() else "?" for c in found)[:REASON_LETTERS]

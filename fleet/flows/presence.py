"""A device says that it is there, or is said to be gone; the fleet welcomes it and remembers how it is."""

import json

from sqlalchemy import Connection

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import day_of
from fleet.domain.devices_now import reverted_of
from fleet.domain.release_fits import Application, Back, application_of, kept
from fleet.domain.release_loading import Loading, loading_of
from fleet.domain.rollout_targets import ONLINE
from fleet.domain.timing import LONGEST_UP_MS
from fleet.flows.leases import must_report
from fleet.flows.registry import confirmed
from fleet.flows.times import anchor, anchor_each
from fleet.flows.touches import Touches
from fleet.store import device_days, devices, places, releases
from fleet.store.database import Store
from fleet.store.devices import DeviceRow, Senders
from fleet.store.failures import again_after_conflict
from fleet.store.inbox import Life
from protocols.message import ProtocolError
from protocols.presence import Alive, Health, Hello, Welcome

EPOCHS_AHEAD = 100
# A fleet that was restored from a backup does not know the epochs it issued since. A device that names one of them is
# believed, since it has proved who it is; so far beyond is no epoch that was ever issued.


@again_after_conflict
def welcome(
    store: Store, device: str, hello: Hello, now_ms: int, retained: bool = False, waited_ms: int = 0
) -> Welcome:
    """Answer a birth. A device without an epoch (new, or its storage was lost) is issued the next one.

    `retained`: the broker kept it and says it again; that the device was heard now does not follow. `waited_ms`: so
    long it lay here before it was read.
    Raises ProtocolError for a device that is not enrolled, or that claims an epoch that was never issued.
    """
    with store.writing(alone=False) as connection:
        row = devices.device(connection, device)
        if row is None or row.revoked_ms is not None:
            raise ProtocolError("device", "an enrolled device that is not revoked", device)
        if hello.up > LONGEST_UP_MS:
            raise ProtocolError("hello.up", f"at most {LONGEST_UP_MS} ms", hello.up)
        if not retained and hello.nonce != row.nonce:
            confirmed(connection, row, hello, now_ms)
        place = devices.place_now(connection, device, now_ms)
        office = None if place is None else places.office(connection, place.office)
        if office is not None and must_report(row, office) and hello.epoch is None and hello.nonce != row.nonce:
            devices.has_lost(connection, device, office.generation)
        epoch = epoch_of(connection, row, hello)
        if not retained or hello.nonce != row.nonce or has_confirmed(hello, row):
            given_up = reverted_of(hello.reverted)
            told = None if given_up is None else json.dumps(vars(given_up))
            runs_now = application_told(hello, row, now_ms)
            devices.saw_hello(connection, device, hello, told, runs_now, now_ms)
            note_return(connection, row, runs_now)
        if not retained:
            touches = Touches(connection)
            anchored(touches, Life(device, epoch, hello.boot), hello.up, now_ms - waited_ms)
            touches.save()
    generation = 1 if office is None else office.generation
    report = office is not None and must_report(row, office) and hello.epoch is not None
    return Welcome(now=now_ms, epoch=epoch, generation=generation, report=report, nonce=hello.nonce)


def application_told(hello: Hello, row: DeviceRow, now_ms: int) -> str | None:
    """What a device says that it runs, as it is kept."""
    its = kept(hello.application, runs(row), now_ms)
    return None if its is None else json.dumps(its, sort_keys=True)


def note_return(connection: Connection, row: DeviceRow, told: str | None) -> None:
    """Remember with which release a device could not live: its hello says the last one, until it tries another."""
    before = runs(row)
    back = back_in(told)
    if back is not None and back.ms is not None and back.sequence and (before is None or before.back != back):
        releases.has_returned(connection, row.id, back.sequence, back.ms)


def back_in(told: str | None) -> Back | None:
    """The release that a device says it gave back, as it is kept."""
    its = None if told is None else application_of(json.loads(told))
    return None if its is None else its.back


def has_confirmed(hello: Hello, row: DeviceRow) -> bool:
    """Whether it says under the same nonce that it runs something else by now: nobody may have heard it before."""
    told, before = application_of(hello.application), runs(row)
    return told is not None and (before is None or (told.sequence, told.trial) != (before.sequence, before.trial))


def runs(row: DeviceRow) -> Application | None:
    """What a device said that it runs and could run."""
    return application_of(json.loads(row.application)) if row.application else None


def loading_now(row: DeviceRow) -> Loading | None:
    """How much of a release it has fetched, by its last health, while it is there."""
    return loading_of(json.loads(row.health)) if row.health and row.presence == ONLINE else None


def epoch_of(connection: Connection, row: DeviceRow, hello: Hello) -> int:
    """The epoch under which this device speaks from now on. Raises ProtocolError."""
    if hello.epoch is None:
        # The broker keeps the last hello and gives it again to a sender that comes back: that is the same birth.
        heard_before = hello.nonce == row.nonce and row.epoch > 0
        return row.epoch if heard_before else devices.next_epoch(connection, row.id)
    if not 1 <= hello.epoch <= row.epoch + EPOCHS_AHEAD:
        raise ProtocolError("hello.epoch", f"an epoch that was issued (1 to {row.epoch})", hello.epoch)
    if hello.epoch > row.epoch:
        devices.set_epoch(connection, row.id, hello.epoch)
    return hello.epoch


def anchored(touches: Touches, life: Life, up_ms: int, heard_ms: int) -> None:
    """A device told its uptime: anchor its boot. The days of the events that moved in time are to be linked."""
    for one in anchor(touches.connection, life, up_ms, heard_ms):
        touches.add(one.life, one.seq, one.ms)


@again_after_conflict
def seen(store: Store, device: str, alive: Alive, now_ms: int, retained: bool = False) -> str | None:
    """Remember that a device is online, sleeping, leaving or lost; its office, if it stands at one.

    `retained`: the broker kept it and says it again; where it is nothing new, nothing is remembered.
    """
    presence = "lost" if alive.gone else alive.state
    with store.writing(alone=False) as connection:
        row = devices.device(connection, device)
        if row is None or (retained and row.presence == presence):
            return None
        devices.saw_presence(connection, device, presence, now_ms)
        if row.presence != presence:
            device_days.became(connection, device, presence, day_of(now_ms, VIET_NAM), now_ms)
        place = devices.place_now(connection, device, now_ms)
    return None if place is None else place.office


@again_after_conflict
def healthy(store: Store, reports: dict[str, tuple[Health, int]], now_ms: int) -> None:
    """Remember the last health of each of these devices, with when it came; each anchors its boot once more.

    All of them at once: of a hundred thousand devices two thousand say each second how they are.
    """
    with store.writing(alone=False) as connection:
        senders = devices.hold_senders(connection, reports)
        told = {device: json.dumps(reports[device][0].to_dict()) for device in senders.epochs}
        devices.saw_healths(connection, told, now_ms)
        touches = Touches(connection, senders.stood, senders.timezones)
        for one in anchor_each(connection, uptimes(reports, senders), now_ms):
            touches.add(one.life, one.seq, one.ms)
        touches.save()  # last, like everybody: devices are held before windows


def uptimes(reports: dict[str, tuple[Health, int]], senders: Senders) -> dict[Life, tuple[int, int]]:
    """By boot its uptime, and when that came; of devices that never said hello, or invent their uptime, none."""
    found = {}
    for device, epoch in senders.epochs.items():
        boot = senders.boots[device]
        health, heard_ms = reports[device]
        if boot is not None and epoch > 0 and health.up <= LONGEST_UP_MS:
            found[Life(device, epoch, boot)] = health.up, heard_ms
    return found

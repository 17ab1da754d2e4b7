"""The registry: devices, where they stand, and what they were last told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam

from fleet.domain.claims import CLAIMED
from fleet.store.given import EachOf, Given
from fleet.store.rows import every, one, portions, run, run_each, sql
from protocols.presence import Hello
from protocols.state import Config

SCALE = Config.scale
# What a device has before anybody says otherwise, here as there.

COLUMNS = """id, kind, roles, enrolled_ms, revoked_ms, epoch, boot, nonce, board, firmware, reset_reason,
    config_reported, presence, presence_ms, last_seen_ms, health, config_version, config, rescue, reported, lost,
    printer, own, reader, rating, display, scale, scale_version, reverted, application,
    release_told_ms"""
ADD = sql("""
    INSERT INTO devices (id, kind, roles, password, enrolled_ms, epoch, nonce, board, firmware, reset_reason, presence,
        state_version, config_version, config, reported, lost,
        printer, config_due, reader, rating, display, own, scale, scale_version)
    VALUES (:id, :kind, :roles, :password, :now_ms, 0, '', '', '', '', 'never', 0, 0, '', 0, 0, '{}', 0, '{}', '{}',
        '{}', '{}', :scale, 1)
    ON CONFLICT DO NOTHING""")
GET = sql(f"SELECT {COLUMNS} FROM devices WHERE id = :id")  # noqa: S608 (our own constant)
HOLD = Given("SELECT d.id FROM {given} {join} devices d ON d.id = given.device ORDER BY d.id", "d", device="text")
HOLD_SENDERS = Given(
    """
    SELECT d.id, d.epoch, d.boot, a.office, a.counter, a.from_ms, a.to_ms, o.timezone
    FROM {given} {join} devices d ON d.id = given.device AND d.revoked_ms IS NULL
        LEFT JOIN assignments a ON a.device = d.id LEFT JOIN offices o ON o.id = a.office
    ORDER BY d.id""",
    "d",
    device="text",
)
ALL = sql(f"SELECT {COLUMNS} FROM devices ORDER BY id")  # noqa: S608
OF_IDS = sql(f"SELECT {COLUMNS} FROM devices WHERE id IN :devices").bindparams(  # noqa: S608
    bindparam("devices", expanding=True)
)
CLAIM = sql("""
    INSERT INTO devices (id, kind, roles, password, enrolled_ms, epoch, nonce, board, firmware, reset_reason, presence,
        state_version, config_version, config, reported, lost,
        printer, config_due, reader, rating, display, own, scale, scale_version)
    VALUES (:id, :kind, :roles, :password, :now_ms, 0, '', '', '', '', 'never', 0, 0, '', 0, 0, '{}', 0, '{}', '{}',
        '{}', '{}', :scale, 1)
    ON CONFLICT (id) DO UPDATE SET roles = excluded.roles, password = excluded.password,
        enrolled_ms = excluded.enrolled_ms, revoked_ms = NULL WHERE devices.kind = excluded.kind""")
ENROLLED = sql("UPDATE devices SET kind = 'board', enrolled_ms = :now_ms WHERE id = :id")
IDS = sql("SELECT id, kind, revoked_ms FROM devices")
PASSWORDS = sql("""
    SELECT id, password FROM devices WHERE kind IN ('board', 'claimed') AND revoked_ms IS NULL ORDER BY id""")
REVOKED_BUT_THERE = sql("""
    SELECT id FROM devices WHERE kind <> 'server' AND revoked_ms IS NOT NULL AND presence IN ('online', 'sleeping')""")
SET_PASSWORD = sql("UPDATE devices SET password = :password WHERE id = :id")
REVOKE = sql("UPDATE devices SET revoked_ms = :now_ms WHERE id = :id AND revoked_ms IS NULL")
NEXT_EPOCH = sql("UPDATE devices SET epoch = epoch + 1 WHERE id = :id RETURNING epoch")
SET_EPOCH = sql("UPDATE devices SET epoch = :epoch WHERE id = :id AND epoch < :epoch")
NEXT_STATE = sql("UPDATE devices SET state_version = state_version + 1 WHERE id = :id RETURNING state_version")
NEXT_CONFIG = sql("""
    UPDATE devices SET config_version = config_version + 1, config = :config WHERE id = :id RETURNING config_version""")
SET_PART = {
    "printer": sql("UPDATE devices SET printer = :part WHERE id = :id"),
    "reader": sql("UPDATE devices SET reader = :part WHERE id = :id"),
    "rating": sql("UPDATE devices SET rating = :part WHERE id = :id"),
    "display": sql("UPDATE devices SET display = :part WHERE id = :id"),
}
SET_SCALE = sql("""
    UPDATE devices SET scale = :scale, scale_version = scale_version + 1 WHERE id = :id AND scale <> :scale""")
SCALE_VERSION = sql("SELECT scale_version FROM devices WHERE id = :id")
SET_OWN = sql("UPDATE devices SET own = :own WHERE id = :id")
CONFIG_DUE = sql("UPDATE devices SET config_due = config_due + 1 WHERE id = :id")
CONFIG_TOLD = sql("UPDATE devices SET config_due = 0 WHERE id = :id AND config_due = :changes")
DUE = sql("SELECT id, config_due FROM devices WHERE config_due > 0 ORDER BY id LIMIT :most")
SAW_HELLO = sql("""
    UPDATE devices SET boot = :boot, nonce = :nonce, board = :board, firmware = :firmware, reset_reason = :reset,
        config_reported = :config, rescue = :rescue, reverted = :reverted, application = :application,
        last_seen_ms = :now_ms,
        held = CASE WHEN config_version = :config THEN config ELSE held END,
        held_version = CASE WHEN config_version = :config THEN config_version ELSE held_version END
    WHERE id = :id""")
HELD = sql("SELECT held FROM devices WHERE id = :id AND held_version = config_reported")
RELEASE_DUE = sql("UPDATE devices SET release_due = release_due + 1 WHERE id = :id")
RELEASES_DUE = sql("SELECT id, release_due FROM devices WHERE release_due > 0 ORDER BY id LIMIT :most")
RELEASE_LOOKED_AT = sql("UPDATE devices SET release_due = 0 WHERE id = :id AND release_due = :changes")
RELEASE_TOLD = sql("UPDATE devices SET release_told_ms = :now_ms WHERE id = :id")
REPORTED = sql("UPDATE devices SET reported = :generation WHERE id = :id")
LOST = sql("UPDATE devices SET lost = :generation WHERE id = :id")
SAW_PRESENCE = sql("""
    UPDATE devices SET presence = :presence, presence_ms = :now_ms,
        last_seen_ms = COALESCE(:seen_ms, last_seen_ms) WHERE id = :id""")
SAW_HEALTH = EachOf(
    "UPDATE devices SET health = :health, last_seen_ms = :seen_ms WHERE id = :id",
    """UPDATE devices d SET health = given.health, last_seen_ms = given.seen_ms FROM {given} WHERE d.id = given.id""",
    id="text",
    health="text",
    seen_ms="bigint",
)
ASSIGN = sql("""
    INSERT INTO assignments (device, office, counter, from_ms) VALUES (:device, :office, :counter, :from_ms)""")
END_ASSIGNMENT = sql("UPDATE assignments SET to_ms = :now_ms WHERE device = :device AND to_ms IS NULL")
ASSIGNMENTS = Given(
    """
    SELECT a.device, a.office, a.counter, a.from_ms, a.to_ms FROM {given} {join} assignments a
    ON a.device = given.device""",
    device="text",
)
AT_OFFICE = sql("""
    SELECT a.device, a.office, a.counter, a.from_ms, a.to_ms FROM assignments a JOIN devices d ON d.id = a.device
    WHERE a.office = :office AND a.from_ms <= :now_ms AND (a.to_ms IS NULL OR a.to_ms > :now_ms)
        AND d.revoked_ms IS NULL""")

PRESENCE_AT = sql("""
    SELECT a.counter, d.presence, COUNT(*) AS n FROM assignments a JOIN devices d ON d.id = a.device
    WHERE a.office = :office AND a.from_ms <= :now_ms AND (a.to_ms IS NULL OR a.to_ms > :now_ms)
        AND d.revoked_ms IS NULL GROUP BY a.counter, d.presence""")
CONNECTED = """
    SELECT presence, COUNT(*) AS n, COALESCE(SUM({outbox}), 0) AS outbox FROM devices
    WHERE kind = 'board' AND revoked_ms IS NULL GROUP BY presence"""
CONNECTED_ON_SQLITE = sql(CONNECTED.format(outbox="json_extract(health, '$.outbox')"))
CONNECTED_ON_POSTGRESQL = sql(CONNECTED.format(outbox="CAST(CAST(health AS json) ->> 'outbox' AS BIGINT)"))
PLACES_NOW = sql("""
    SELECT device, office, counter, from_ms, to_ms FROM assignments
    WHERE from_ms <= :now_ms AND (to_ms IS NULL OR to_ms > :now_ms) ORDER BY from_ms DESC""")


OUTLINES = sql("SELECT id, roles, board, presence, rescue, revoked_ms FROM devices")


class Outline(NamedTuple):
    """The little of a device that is needed of all of them."""

    id: str
    roles: tuple[str, ...]
    board: str
    presence: str
    rescue: str | None
    revoked_ms: int | None


@dataclass(frozen=True)
class DeviceRow:
    """A device as the registry knows it. What it says about itself (board, firmware, reset reason) is untrusted."""

    id: str
    kind: str
    roles: tuple[str, ...]
    enrolled_ms: int
    revoked_ms: int | None
    epoch: int
    boot: int | None
    nonce: str
    board: str
    firmware: str
    reset_reason: str
    config_reported: int | None
    presence: str
    presence_ms: int | None
    last_seen_ms: int | None
    health: str | None
    config_version: int
    config: str
    rescue: str | None = None
    reported: int = 0
    lost: int = 0
    printer: str = "{}"
    own: str = "{}"
    reader: str = "{}"
    rating: str = "{}"
    display: str = "{}"
    scale: int = SCALE
    scale_version: int = 1
    reverted: str | None = None
    application: str | None = None
    release_told_ms: int | None = None


@dataclass(frozen=True)
class Place:
    """A device stood at this office, and counter if at one, from `from_ms` until `to_ms`."""

    device: str
    office: str
    counter: str | None
    from_ms: int
    to_ms: int | None

    def holds(self, ms: int) -> bool:
        """Whether the device stood there at this moment."""
        return self.from_ms <= ms and (self.to_ms is None or ms < self.to_ms)


class Senders(NamedTuple):
    """Devices that are enrolled and not revoked: the epoch that was issued last to each, and where each stood, ever.

    `boots`: of which each spoke last. `timezones` are those of the offices where they stood.
    """

    epochs: dict[str, int]
    boots: dict[str, int | None]
    stood: dict[str, list[Place]]
    timezones: dict[str, str]


def add_device(
    connection: Connection, device: str, roles: Sequence[str], password: str, now_ms: int, kind: str = "board"
) -> bool:
    """Add a device with the hash of its password; False if the id is taken."""
    values = {"id": device, "kind": kind, "roles": " ".join(roles), "password": password, "now_ms": now_ms}
    added = run(connection, ADD, **values, scale=SCALE)
    return added == 1


def claim_devices(connection: Connection, wanted: Iterable[tuple[str, Sequence[str], str]], now_ms: int) -> None:
    """Add devices in waiting: (id, roles, hash of the password). One that was in waiting before begins anew."""
    values = [
        {
            "id": device,
            "kind": CLAIMED,
            "roles": " ".join(roles),
            "password": password,
            "now_ms": now_ms,
            "scale": SCALE,
        }
        for device, roles, password in wanted
    ]
    run_each(connection, CLAIM, values)


def is_enrolled(connection: Connection, device_id: str, now_ms: int) -> None:
    """A device that was in waiting is a board like all others from now on."""
    run(connection, ENROLLED, id=device_id, now_ms=now_ms)


def kinds(connection: Connection) -> dict[str, tuple[str, bool]]:
    """Every id that is taken: of what kind it is, and whether it is revoked."""
    return {row.id: (row.kind, row.revoked_ms is not None) for row in every(connection, IDS)}


def device(connection: Connection, device_id: str) -> DeviceRow | None:
    """One device."""
    row = one(connection, GET, id=device_id)
    return None if row is None else as_device(row)


def hold(connection: Connection, device_ids: Iterable[str]) -> None:
    """Nobody else decides about the boots of these devices and their times until the transaction ends."""
    if connection.dialect.name != "sqlite":  # there nobody else writes anyway
        HOLD.every(connection, [(one,) for one in sorted(device_ids)])


def hold_senders(connection: Connection, device_ids: Iterable[str]) -> Senders:
    """Hold those of these devices that may send, as `hold` does."""
    found = Senders({}, {}, {}, {})
    for row in HOLD_SENDERS.every(connection, [(sender,) for sender in sorted(device_ids)]):
        found.epochs[row.id], found.boots[row.id] = row.epoch, row.boot
        stood = found.stood.setdefault(row.id, [])
        if row.office is not None:
            stood.append(Place(row.id, row.office, row.counter, row.from_ms, row.to_ms))
            found.timezones[row.office] = row.timezone
    return found


def devices(connection: Connection) -> list[DeviceRow]:
    """All devices, by id."""
    return [as_device(row) for row in every(connection, ALL)]


def outlines(connection: Connection) -> dict[str, Outline]:
    """Of all devices what is known of them without much reading, by id."""
    return {row[0]: Outline(row[0], tuple(row[1].split()), *row[2:]) for row in every(connection, OUTLINES)}


def of_ids(connection: Connection, device_ids: Iterable[str]) -> dict[str, DeviceRow]:
    """These devices, by id."""
    return {row.id: as_device(row) for some in portions(device_ids) for row in every(connection, OF_IDS, devices=some)}


def passwords(connection: Connection) -> list[tuple[str, str]]:
    """(id, hash) of all boards that may connect, those among them that wait to be enrolled."""
    return [(row.id, row.password) for row in every(connection, PASSWORDS)]


def revoked_but_there(connection: Connection) -> list[str]:
    """Boards that may no longer connect and were last heard to be there."""
    return [row.id for row in every(connection, REVOKED_BUT_THERE)]


def set_password(connection: Connection, device_id: str, password: str) -> None:
    """Give a device the hash of a new password."""
    run(connection, SET_PASSWORD, id=device_id, password=password)


def revoke(connection: Connection, device_id: str, now_ms: int) -> bool:
    """A device may no longer connect; False if there is none or it was revoked before."""
    return run(connection, REVOKE, id=device_id, now_ms=now_ms) == 1


def release_is_due(connection: Connection, device_ids: Iterable[str]) -> None:
    """Of these devices it is to be looked at, which release they shall have."""
    run_each(connection, RELEASE_DUE, [{"id": device_id} for device_id in device_ids])


def releases_due(connection: Connection, most: int) -> list[tuple[str, int]]:
    """Devices that may come to have another release, so many at most, with how often that was decided."""
    return [(row.id, int(row.release_due)) for row in every(connection, RELEASES_DUE, most=most)]


def release_was_looked_at(connection: Connection, device_id: str, changes: int) -> None:
    """The device was told, if it is to have another; what was decided meanwhile stays due."""
    run(connection, RELEASE_LOOKED_AT, id=device_id, changes=changes)


def release_was_told(connection: Connection, device_id: str, now_ms: int) -> None:
    """The device was told to have another release."""
    run(connection, RELEASE_TOLD, id=device_id, now_ms=now_ms)


def next_epoch(connection: Connection, device_id: str) -> int:
    """Issue the next epoch of a device."""
    row = one(connection, NEXT_EPOCH, id=device_id)
    assert row is not None  # noqa: S101 (callers looked the device up in this transaction)
    return int(row.epoch)


def set_epoch(connection: Connection, device_id: str, epoch: int) -> None:
    """This epoch was issued before a restore; the next one must lie beyond it."""
    run(connection, SET_EPOCH, id=device_id, epoch=epoch)


def next_state_version(connection: Connection, device_id: str) -> int:
    """The version of the next state for this device."""
    row = one(connection, NEXT_STATE, id=device_id)
    assert row is not None  # noqa: S101
    return int(row.state_version)


def save_config(connection: Connection, device_id: str, config: str) -> int:
    """Keep a new desired configuration (JSON without its version); its version."""
    row = one(connection, NEXT_CONFIG, id=device_id, config=config)
    assert row is not None  # noqa: S101
    return int(row.config_version)


def set_part(connection: Connection, device_id: str, role: str, part: str) -> None:
    """What was said of this device's own part behind this role (printer, reader, display), as JSON."""
    run(connection, SET_PART[role], id=device_id, part=part)


def set_own(connection: Connection, device_id: str, own: str) -> None:
    """What was said of this device itself beside its parts, as JSON."""
    run(connection, SET_OWN, id=device_id, own=own)


def set_scale(connection: Connection, device_id: str, scale: int) -> int:
    """How many rating buttons a device has, whoever said so; the version of its scale, another for another number."""
    run(connection, SET_SCALE, id=device_id, scale=scale)
    row = one(connection, SCALE_VERSION, id=device_id)
    assert row is not None  # noqa: S101
    return int(row.scale_version)


def config_is_due(connection: Connection, device_ids: Iterable[str]) -> None:
    """These devices must be told what they shall be."""
    run_each(connection, CONFIG_DUE, [{"id": device_id} for device_id in device_ids])


def config_was_told(connection: Connection, device_id: str, changes: int) -> None:
    """The broker has this device's configuration with so many changes; one that came meanwhile stays due."""
    run(connection, CONFIG_TOLD, id=device_id, changes=changes)


def due(connection: Connection, most: int) -> list[tuple[str, int]]:
    """Devices that must be told what they shall be, so many at most, each with the number of changes."""
    return [(row.id, row.config_due) for row in every(connection, DUE, most=most)]


def saw_hello(
    connection: Connection, device_id: str, hello: Hello, reverted: str | None, application: str | None, now_ms: int
) -> None:
    """What a device said of itself at its birth; `reverted` and `application` are JSON."""
    run(
        connection,
        SAW_HELLO,
        id=device_id,
        boot=hello.boot,
        nonce=hello.nonce,
        board=hello.board,
        firmware=hello.firmware,
        reset=hello.reset,
        config=hello.config,
        rescue=hello.rescue,
        reverted=reverted,
        application=application,
        now_ms=now_ms,
    )


def held(connection: Connection, device_id: str) -> str | None:
    """The configuration that the device said it has, as JSON; None if the fleet does not know what was in that one."""
    row = one(connection, HELD, id=device_id)
    return None if row is None else str(row.held)


def has_reported(connection: Connection, device_id: str, generation: int) -> None:
    """The device has told all leases that it holds, under this generation of its office."""
    run(connection, REPORTED, id=device_id, generation=generation)


def has_lost(connection: Connection, device_id: str, generation: int) -> None:
    """The device came without memory, so nobody will learn what it held before this generation."""
    run(connection, LOST, id=device_id, generation=generation)


def saw_presence(connection: Connection, device_id: str, presence: str, now_ms: int) -> None:
    """A device is online, sleeping, leaving or lost; that it is lost is the broker's word, not its own."""
    seen_ms = None if presence == "lost" else now_ms
    run(connection, SAW_PRESENCE, id=device_id, presence=presence, now_ms=now_ms, seen_ms=seen_ms)


def saw_health(connection: Connection, device_id: str, health: str, now_ms: int) -> None:
    """The last health message of a device, as JSON."""
    saw_healths(connection, {device_id: health}, now_ms)


def saw_healths(connection: Connection, told: Mapping[str, str], now_ms: int) -> None:
    """The last health messages of many devices."""
    SAW_HEALTH.run(connection, [(device_id, health, now_ms) for device_id, health in sorted(told.items())])


def assign(connection: Connection, device_id: str, office: str, counter: str | None, now_ms: int) -> None:
    """From now on the device stands here."""
    run(connection, END_ASSIGNMENT, device=device_id, now_ms=now_ms)
    run(connection, ASSIGN, device=device_id, office=office, counter=counter, from_ms=now_ms)


def places(connection: Connection, device_ids: Iterable[str]) -> dict[str, list[Place]]:
    """Where these devices stood, ever."""
    found: dict[str, list[Place]] = {device_id: [] for device_id in device_ids}
    for row in ASSIGNMENTS.every(connection, [(device_id,) for device_id in found]):
        found[row.device].append(Place(*row))
    return found


def places_of(connection: Connection, device_ids: Iterable[str], now_ms: int) -> dict[str, Place]:
    """Where these devices stand, as far as they stand anywhere."""
    found = places(connection, device_ids).values()
    return {one.device: one for its in found for one in reversed(its) if one.holds(now_ms)}


def place_now(connection: Connection, device_id: str, now_ms: int) -> Place | None:
    """Where the device stands."""
    return next((p for p in places(connection, [device_id])[device_id] if p.holds(now_ms)), None)


def places_now(connection: Connection, now_ms: int) -> dict[str, Place]:
    """Where each device stands."""
    return {row.device: Place(*row) for row in every(connection, PLACES_NOW, now_ms=now_ms)}


def connected(connection: Connection) -> dict[str, tuple[int, int]]:
    """By presence: how many boards that may connect, and how many events they said that they still hold."""
    on_sqlite = connection.dialect.name == "sqlite"
    found = every(connection, CONNECTED_ON_SQLITE if on_sqlite else CONNECTED_ON_POSTGRESQL)
    return {row.presence: (row.n, int(row.outbox)) for row in found}


def presence_at(connection: Connection, office: str, now_ms: int) -> list[tuple[str | None, str, int]]:
    """Of the devices that stand at this office now: at which counter, in which state, and how many they are."""
    return [tuple(row) for row in every(connection, PRESENCE_AT, office=office, now_ms=now_ms)]


def at_office(connection: Connection, office: str, now_ms: int) -> list[Place]:
    """The devices that stand at this office now and may connect, by id."""
    found = [Place(*row) for row in every(connection, AT_OFFICE, office=office, now_ms=now_ms)]
    return sorted(found, key=lambda place: place.device)  # databases sort letters each in its own way


def as_device(row: object) -> DeviceRow:
    """A row of COLUMNS as a value."""
    values = list(row)  # type: ignore[call-overload]
    values[2] = tuple(values[2].split())
    return DeviceRow(*values)

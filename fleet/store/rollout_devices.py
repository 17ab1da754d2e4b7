"""How far each device of a rollout is, and which versions devices were given."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from fleet.store.rows import every, one, portions, run, run_each, sql

COLUMNS = "device, at, wave, attempt, given_ms, settled_ms, carried, failure, detail, holds"
ADD = sql("""
    INSERT INTO rollout_devices (rollout, device, at, wave, attempt, failure, detail, holds)
    VALUES (:rollout, :device, 'pending', 0, 0, '', '', 0) ON CONFLICT DO NOTHING""")
LEAVE = sql("DELETE FROM rollout_devices WHERE rollout = :rollout AND device = :device AND at = 'pending'")
OF = sql(f"SELECT {COLUMNS} FROM rollout_devices WHERE rollout = :rollout ORDER BY device")  # noqa: S608
SAVE = sql("""
    UPDATE rollout_devices SET at = :at, wave = :wave, attempt = :attempt, given_ms = :given_ms,
        settled_ms = :settled_ms, carried = :carried, failure = :failure, detail = :detail, holds = :holds
    WHERE rollout = :rollout AND device = :device""")
COUNTS = sql("SELECT rollout, at, COUNT(*) AS n FROM rollout_devices GROUP BY rollout, at")
RELEASE = sql("UPDATE rollout_devices SET holds = 0 WHERE rollout = :rollout AND holds = 1")
RELEASE_ALL = sql("""
    UPDATE rollout_devices SET holds = 0 WHERE holds = 1
        AND rollout IN (SELECT id FROM rollouts WHERE kind = :kind AND subject = :subject)""")
GIVEN = sql("""
    SELECT d.device, r.subject, r.version FROM rollout_devices d JOIN rollouts r ON r.id = d.rollout
    WHERE d.device IN :devices AND d.holds = 1 AND r.kind = :kind ORDER BY r.made_ms""").bindparams(
    bindparam("devices", expanding=True)
)

AT_ONE = sql("""
    SELECT r.version, d.at, d.given_ms, d.failure, d.holds FROM rollout_devices d JOIN rollouts r ON r.id = d.rollout
    WHERE d.device = :device AND r.kind = :kind
        AND ((d.holds = 1 AND r.state NOT IN ('paused', 'stopped')) OR d.at = 'failed')""")
TOLD_BEFORE = sql("""
    SELECT d.device, r.version, b.release_told_ms FROM rollouts r JOIN rollout_devices d ON d.rollout = r.id
        JOIN devices b ON b.id = d.device
    WHERE r.kind = :kind AND r.state = 'running' AND d.at = 'given'
        AND b.release_told_ms >= d.given_ms AND b.release_told_ms < :before_ms AND b.presence = 'online'""")
GIVEN_IN_VAIN = sql("""
    SELECT MAX(d.given_ms) AS given_ms FROM rollout_devices d JOIN rollouts r ON r.id = d.rollout
    WHERE d.device = :device AND r.kind = :kind AND (d.at = 'returned'
        OR (d.at = 'given' AND r.state IN ('paused', 'stopped')) OR (d.at = 'failed' AND d.failure = 'silent'))""")
VERSIONS_HELD = sql("""
    SELECT DISTINCT r.version FROM rollouts r WHERE r.kind = :kind
        AND (r.state IN ('awaiting', 'running', 'paused', 'stopped')
            OR EXISTS (SELECT 1 FROM rollout_devices d WHERE d.rollout = r.id AND d.holds = 1))""")


@dataclass(frozen=True)
class AtOne:
    """What a rollout made of one device: it is to have the version (`holds`), or it failed with it."""

    version: int
    at: str
    given_ms: int | None
    failure: str
    holds: int


@dataclass(frozen=True)
class AtDevice:
    """A rollout at one device. `holds`: whether it is to have the version."""

    device: str
    at: str = "pending"
    wave: int = 0
    attempt: int = 0
    given_ms: int | None = None
    settled_ms: int | None = None
    carried: int | None = None
    failure: str = ""
    detail: str = ""
    holds: int = 0


def join(connection: Connection, rollout: str, device_ids: Iterable[str]) -> None:
    """These devices are meant, too."""
    run_each(connection, ADD, [{"rollout": rollout, "device": device} for device in sorted(device_ids)])


def leave(connection: Connection, rollout: str, device_ids: Iterable[str]) -> None:
    """These are not meant any more; who was given it stays."""
    run_each(connection, LEAVE, [{"rollout": rollout, "device": device} for device in sorted(device_ids)])


def of(connection: Connection, rollout: str) -> list[AtDevice]:
    """The devices of a rollout, by id."""
    return [AtDevice(*row) for row in every(connection, OF, rollout=rollout)]


def save(connection: Connection, rollout: str, changed: Iterable[AtDevice]) -> None:
    """How far these are by now."""
    run_each(connection, SAVE, [{"rollout": rollout, **vars(one)} for one in changed])


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """By rollout, how many of its devices are how far."""
    found: dict[str, dict[str, int]] = {}
    for row in every(connection, COUNTS):
        found.setdefault(row.rollout, {})[row.at] = int(row.n)
    return found


def at_one(connection: Connection, kind: str, device: str) -> list[AtOne]:
    """The versions that rollouts of this kind gave a device, and those with which it failed.

    What does not run now is no device's to have until a person lets it go on.
    """
    return [AtOne(*row) for row in every(connection, AT_ONE, kind=kind, device=device)]


def given_in_vain_ms(connection: Connection, kind: str, device: str) -> int | None:
    """When a device was last given what it shall not have any more, or not now, and never answered."""
    found: int | None = one(connection, GIVEN_IN_VAIN, device=device, kind=kind).given_ms
    return found


def told_before(connection: Connection, kind: str, before_ms: int) -> dict[str, tuple[int, int]]:
    """Devices that are there, were given a version and told so before then: by device the version, and when."""
    found = every(connection, TOLD_BEFORE, kind=kind, before_ms=before_ms)
    return {row.device: (row.version, row.release_told_ms) for row in found}


def versions_held(connection: Connection, kind: str) -> set[int]:
    """The versions of which rollouts are open, or that devices are to have by one."""
    return {row.version for row in every(connection, VERSIONS_HELD, kind=kind)}


def release(connection: Connection, rollout: str) -> None:
    """None of its devices has the version from this rollout any more."""
    run(connection, RELEASE, rollout=rollout)


def release_all(connection: Connection, kind: str, subject: str) -> None:
    """No device has a version of this subject from a rollout any more."""
    run(connection, RELEASE_ALL, kind=kind, subject=subject)


def given_versions(connection: Connection, kind: str, device_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Which versions these devices were given by rollouts of this kind: by device, then by subject."""
    found: dict[str, dict[str, int]] = {}
    for some in portions(device_ids):
        for row in every(connection, GIVEN, devices=some, kind=kind):
            found.setdefault(row.device, {})[row.subject] = row.version
    return found

"""What people and programs see of releases: who runs which, how well each does, and whom devices trust."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from fleet.domain import rollout_plan
from fleet.domain.firmware_health import FirmwareHealth
from fleet.domain.release_fits import Application, Misfit, misfit
from fleet.domain.release_roles import FLEET, RELEASE, ROOT, Trusted
from fleet.domain.releases_now import KEY_LETTERS, DeviceRelease, ReleaseNow, ReleasesNow, RoleNow, TrustNow, UpdateThen
from fleet.domain.rollouts_now import RolloutNow
from fleet.flows.assign_release import Signing, chain_kept
from fleet.flows.assign_release import trouble as trouble_of
from fleet.flows.device_months import firmware_now
from fleet.flows.presence import loading_now, runs
from fleet.flows.released import Released, released
from fleet.flows.rollouts import Actor
from fleet.flows.see_rollouts import now_of
from fleet.store import device_events, devices, releases, rollout_devices, rollouts
from fleet.store.database import Store
from fleet.store.device_events import ToldEvent
from fleet.store.devices import DeviceRow

SHOWN = 20
UPDATES_SHOWN = 60
KIND = rollout_plan.RELEASE
Running = Sequence[tuple[DeviceRow, Application | None]]


@dataclass(frozen=True)
class Fleet:
    """What devices say that they run. `alike`: those of a board that say the same, for each is looked at once."""

    running: Running
    alike: Mapping[tuple[str, Application | None], list[str]]
    health: Collection[FirmwareHealth]


def releases_now(store: Store, by: Actor, signing: Signing | None, now_ms: int) -> ReleasesNow:
    """The last releases with what devices say of them, as far as they are his. `signing`: the fleet's."""
    health = firmware_now(store, now_ms)
    with store.reading() as connection:
        sequences = sorted(releases.sequences(connection), reverse=True)[:SHOWN]
        fleet = fleet_of(boards(connection, by, now_ms), health)
        latest = rollouts_of(connection, by)
        return ReleasesNow(
            releases=tuple(release_now(one, fleet, latest.get(one.sequence)) for one in these(connection, sequences)),
            trust=trust_now(connection, signing, fleet.running),
            devices=len(fleet.running),
            factory=sum(its is None or not its.sequence for _, its in fleet.running),
        )


def these(connection: Connection, sequences: Iterable[int]) -> list[Released]:
    """The releases of these sequences, in their order."""
    return [one for one in (released(connection, sequence) for sequence in sequences) if one is not None]


def fleet_of(rows: Sequence[DeviceRow], health: Collection[FirmwareHealth]) -> Fleet:
    """The devices by what they say."""
    running = [(row, runs(row)) for row in rows]
    alike: dict[tuple[str, Application | None], list[str]] = {}
    for row, its in running:
        alike.setdefault((row.board, its and replace(its, back=None, slot=None)), []).append(row.id)
    return Fleet(running, alike, health)


def boards(connection: Connection, by: Actor, now_ms: int) -> list[DeviceRow]:
    """The boards that may connect, as far as they are his."""
    stand = {} if by.offices is None else devices.places_now(connection, now_ms)
    its = [row for row in devices.devices(connection) if row.kind == "board" and row.revoked_ms is None]
    return [row for row in its if by.offices is None or (row.id in stand and stand[row.id].office in by.offices)]


def release_now(one: Released, fleet: Fleet, rollout: RolloutNow | None) -> ReleaseNow:
    """A release with all that devices say of it."""
    reasons: dict[Misfit | None, list[str]] = {}
    for (board, its), device_ids in fleet.alike.items():
        reasons.setdefault(misfit(one.sequence, one.images, board, its), []).extend(device_ids)
    run_it = [its for _, its in fleet.running if its is not None and its.sequence == one.sequence]
    kinds = {(image.firmware, image.board) for image in one.images}
    return ReleaseNow(
        sequence=one.sequence,
        version=one.row.version_text,
        made_ms=one.row.made_ms,
        by=one.row.by,
        note=one.row.note,
        holds_ms=one.row.holds_ms,
        images=one.images,
        keep=sum(not its.trial for its in run_it),
        try_it=sum(its.trial for its in run_it),
        went_back=tuple(row.id for row, its in fleet.running if its and its.back and its.back.sequence == one.sequence),
        fits=len(reasons.get(None, ())),
        misfits=most_first(reasons),
        health=tuple(its for its in fleet.health if (its.firmware, its.board) in kinds),
        rollout=rollout,
    )


def most_first(reasons: Mapping[Misfit | None, list[str]]) -> dict[Misfit, tuple[str, ...]]:
    """The devices that can not have it, the reason of most first."""
    found = {reason: tuple(ids) for reason, ids in reasons.items() if reason is not None}
    found.pop(Misfit.HAS_IT, None)
    return dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0])))


def rollouts_of(connection: Connection, by: Actor) -> dict[int, RolloutNow]:
    """The last rollout of each release, with how far its devices are."""
    counts = rollout_devices.counts(connection)
    rows = [row for row in rollouts.of_kind(connection, KIND) if by.concerns(row)]
    return {row.version: now_of(row, counts.get(row.id, {})) for row in rows}


def trust_now(connection: Connection, signing: Signing | None, running: Running) -> TrustNow | None:
    """Whom devices shall trust; None: no root was ever published."""
    chain = chain_kept(tuple(releases.roots(connection)))
    if not chain:
        return None
    root = chain[-1].root
    known = Counter(None if its is None else its.root for _, its in running)
    return TrustNow(
        version=root.version,
        roles=tuple(role_now(chain[-1], role) for role in (ROOT, RELEASE, FLEET)),
        expires=root.expires,
        devices=dict(sorted(known.items(), key=lambda one: one[0] or 0, reverse=True)),
        trouble=None if signing is None else trouble_of(connection, signing),
    )


def role_now(trusted: Trusted, name: str) -> RoleNow:
    """Who signs for this role."""
    role = trusted.root.roles[name]
    return RoleNow(name, tuple(sorted(key[:KEY_LETTERS] for key in role.keyids)), role.threshold)


def device_release(store: Store, device: str) -> DeviceRelease | None:
    """What one device runs of releases; None where there is nothing to say: no release, and never an update."""
    with store.reading() as connection:
        row = devices.device(connection, device)
        its = None if row is None else runs(row)
        newest = released(connection, releases.last_sequence(connection))
        own = None if its is None else released(connection, its.sequence)
        updates = updates_of(connection, device)
    if row is None or not (newest or updates or (its is not None and its.sequence)):
        return None
    confirmed = [one for one in updates if one.result == "confirmed" and its and one.release == str(its.sequence)]
    return DeviceRelease(
        runs=its,
        version="" if own is None else own.row.version_text,
        since_ms=confirmed[0].at_ms if confirmed else None,
        newest=0 if newest is None else newest.sequence,
        misfit=None if newest is None else misfit(newest.sequence, newest.images, row.board, its),
        updates=updates,
        loading=loading_now(row),
    )


def updates_of(connection: Connection, device: str) -> tuple[UpdateThen, ...]:
    """How its updates ended, the last first."""
    return tuple(as_update(one) for one in device_events.updates_of(connection, device, UPDATES_SHOWN))


def as_update(event: ToldEvent) -> UpdateThen:
    """One update of the past."""
    body = event.body
    return UpdateThen(event.at_ms, str(body["release"]), str(body["result"]), str(body.get("reason", "")))

"""Releases of the firmware are rolled out: whom they fit, and what a device has made of one.

A device has it when it says so after the trial: it runs it, was welcomed with it, and its parts are sound. Until then
it is told of it after each hello. What it says in passing (`refused: busy`) is no answer, what it says for good is.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from fleet.domain.release_fits import misfit
from fleet.domain.rollout_plan import FIRMWARE, RELEASE, Plan, RolloutRefused
from fleet.domain.rollout_targets import Answer, At
from fleet.domain.update_answers import Told, answer
from fleet.flows.presence import runs
from fleet.flows.released import Released, released
from fleet.flows.rollout_kind import Given, Kind
from fleet.store import devices, releases, rollout_devices, update_events
from fleet.store.rollout_devices import AtDevice
from fleet.store.rollouts import RolloutRow


def check(connection: Connection, subject: str, version: int) -> None:
    """Raises RolloutRefused unless this release was published, and devices can still load what it needs."""
    if subject != FIRMWARE:
        raise RolloutRefused("bad_version", f"subject: expected {FIRMWARE}, found {subject[:80]!r}")
    found = released(connection, version)
    if found is None:
        last = releases.last_sequence(connection)
        raise RolloutRefused(
            "bad_version", f"version: expected the sequence of a release, {last} at most, found {version}"
        )
    gone = missing(connection, found)
    if gone:
        raise RolloutRefused("bad_version", f"version: expected the images of release {version}, found none of {gone}")


def missing(connection: Connection, one: Released) -> str:
    """The boards of which the images are not here any more."""
    here = {image.sha256 for image in releases.images(connection)}
    return ", ".join(image.board for image in one.images if image.sha256 not in here)


def meant(connection: Connection, _subject: str, version: int, _now_ms: int) -> frozenset[str]:
    """The devices that can take it, and do not have it."""
    one = released(connection, version)
    if one is None:
        return frozenset()
    rows = devices.devices(connection)
    return frozenset(row.id for row in rows if misfit(version, one.images, row.board, runs(row)) is None)


def give(connection: Connection, device_ids: Collection[str], version: int, _now_ms: int) -> dict[str, int | None]:
    """Devices are assigned it from now on."""
    devices.release_is_due(connection, device_ids)
    return dict.fromkeys(device_ids, version)


def answers(connection: Connection, given: Given) -> Mapping[str, Answer]:
    """What devices say of the release that they were given."""
    told = told_by(connection, [one for one, _ in given if one.at == At.GIVEN])
    return {
        one.device: answer(one.carried, runs(row), row.rescue, told.get(one.device, ()), one.given_ms)
        for one, row in given
        if one.carried is not None and one.given_ms is not None
    }


def told_by(connection: Connection, given: Collection[AtDevice]) -> dict[str, list[Told]]:
    """What these told of the release since they were given it."""
    since_ms = {one.device: one.given_ms for one in given if one.given_ms is not None}
    carried = {one.device: str(one.carried) for one in given}
    events = update_events.since(connection, since_ms, min(since_ms.values(), default=0))
    return {
        device: [
            Told(one.result, one.reason)
            for one in its
            if one.release == carried[device] and one.is_since(since_ms[device])
        ]
        for device, its in events.items()
    }


def failed(connection: Connection, device_ids: Collection[str], _now_ms: int) -> None:
    """A device goes back by itself; who was silent too long is called back. Nobody is ever sent an older one."""
    devices.release_is_due(connection, device_ids)


def complete(connection: Connection, row: RolloutRow, plan: Plan, now_ms: int) -> None:
    """Who comes later gets it, too, if it was for every device; else it stays with those that it was for."""
    if plan.selection.says_nothing():
        releases.holds(connection, row.version, now_ms)
        rollout_devices.release_all(connection, RELEASE, FIRMWARE)


def of_all(_subject: str) -> str | None:
    """The firmware is of all offices."""
    return None


KIND = Kind(
    check,
    meant,
    give,
    answers,
    failed,
    devices.release_is_due,
    complete,
    of_all,
    releases.fell_with,
    stays=True,
    heals=True,
    recalls=True,
)

"""Versions of templates of configurations are rolled out: to whom they are new, how they are told, who has them."""

import json
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from fleet.domain.devices_now import reverted_of
from fleet.domain.rollout_plan import Plan, RolloutRefused
from fleet.domain.rollout_targets import Answer, Failure
from fleet.domain.templates import Origin, template_of
from fleet.domain.unfit import Unfit
from fleet.flows import instruct, templates
from fleet.flows.rollout_kind import DETAIL, Given, Kind
from fleet.flows.watch import refused_of
from fleet.store import devices, rollout_devices
from fleet.store.devices import DeviceRow
from fleet.store.rollouts import RolloutRow


def check_template(connection: Connection, subject: str, version: int) -> None:
    """Raises RolloutRefused unless the template has this version, and it is later than the current one."""
    try:
        template = template_of(subject)
        templates.fields_of(connection, template, version)
    except Unfit as problem:
        raise RolloutRefused("bad_version", str(problem)) from None
    current = templates.current_of(connection, template)
    if version <= current:
        raise RolloutRefused("bad_version", f"version: expected one after {current}, which holds, found {version}")


def keep_version(
    connection: Connection, subject: str, said: Mapping[str, object], by: str, now_ms: int, note: str = ""
) -> int:
    """A version that says this beside what the template says now, and holds for nobody yet. Raises RolloutRefused."""
    try:
        template = template_of(subject)
        fields = {**templates.fields_of(connection, template), **said}
        version = templates.add_version(connection, template, fields, by, now_ms, note)
    except Unfit as problem:
        raise RolloutRefused("bad_version", str(problem)) from None
    if version is None:
        raise RolloutRefused("nobody", "expected a field that the template says otherwise by now, found none")
    return version


def has_news(connection: Connection, subject: str, version: int, now_ms: int) -> frozenset[str]:
    """The devices that have other fields with this version; nobody where that can not be said any more."""
    try:
        template = template_of(subject)
        fields = templates.fields_of(connection, template, version)
        return frozenset(one.device for one in templates.preview(connection, template, fields, now_ms).changes)
    except Unfit:
        return frozenset()


def give(connection: Connection, device_ids: Collection[str], _version: int, now_ms: int) -> dict[str, int | None]:
    """Devices have other configurations from now on; the version of each that carries it, None: it stands nowhere."""
    told = {device: carried_by(connection, device, now_ms) for device in device_ids}
    devices.config_is_due(connection, device_ids)
    return told


def carried_by(connection: Connection, device: str, now_ms: int) -> int | None:
    """The version of the configuration that this device is told next."""
    config = instruct.config_within(connection, device, now_ms)
    return None if config is None else config.version


def failed(connection: Connection, device_ids: Collection[str], now_ms: int) -> None:
    """These are what they were, under a new version at once: else it would not be new to them to try again."""
    give(connection, device_ids, 0, now_ms)


def answers(_connection: Connection, given: Given) -> Mapping[str, Answer]:
    """What devices say of the configuration that carries it."""
    return {one.device: answer(row, one.carried) for one, row in given if one.carried is not None}


def answer(row: DeviceRow, carried: int) -> Answer:
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


def complete(connection: Connection, row: RolloutRow, _plan: Plan, now_ms: int) -> None:
    """The version holds for everybody from now on, so nobody need be given it."""
    templates.make_current(connection, template_of(row.subject), row.version, now_ms)
    rollout_devices.release(connection, row.id)


def office_of(subject: str) -> str | None:
    """The office of which alone the template is."""
    scope = template_of(subject).scope
    return scope.id if scope.origin is Origin.OFFICE else None


KIND = Kind(check_template, has_news, give, answers, failed, devices.config_is_due, complete, office_of)

"""All that can be rolled out: versions of templates of configurations."""

from collections.abc import Mapping

from sqlalchemy import Connection

from fleet.domain.rollout_plan import RolloutRefused
from fleet.domain.templates import Origin, template_of
from fleet.domain.unfit import Unfit
from fleet.flows import templates
from fleet.flows.effective import TEMPLATE
from fleet.flows.rollout_kind import Kind, config_answer, tell_config


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


def make_current(connection: Connection, subject: str, version: int, now_ms: int) -> None:
    """The version holds for everybody from now on."""
    templates.make_current(connection, template_of(subject), version, now_ms)


def office_of(subject: str) -> str | None:
    """The office of which alone the template is."""
    scope = template_of(subject).scope
    return scope.id if scope.origin is Origin.OFFICE else None


KINDS = {TEMPLATE: Kind(check_template, has_news, tell_config, config_answer, make_current, office_of)}

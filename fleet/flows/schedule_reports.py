"""Reports go to people by e-mail after each period, once, when what is known of it has settled."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.indicator_texts import LANGUAGES
from fleet.domain.letters import Attachment, Letter, LetterUnfit, refuse_unfit_address
from fleet.domain.named_periods import Length, Period, holding
from fleet.domain.org_tree import Tree
from fleet.domain.report_letters import subject_of, text_of
from fleet.domain.report_schedules import AWAITED_FOR_MS, TO_AT_MOST, Schedule, awaits_device, next_due, ready_ms
from fleet.flows import mails
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.official import offices_of
from fleet.flows.report import report
from fleet.flows.report_files import Form, file_of
from fleet.flows.watch import UnknownOffice
from fleet.store import ledger, report_schedules, tree_parts
from fleet.store.database import Store

USEFUL_FOR_MS = 30 * 86_400_000


class ScheduleUnfit(ValueError):
    """A report cannot be sent as asked; the text says why, `where` which part of what was asked."""

    def __init__(self, where: str, said: str) -> None:
        super().__init__(said)
        self.where = where


class UnknownSchedule(LookupError):
    """There is no schedule of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"schedule: expected the number of one, found {number}")


def schedule(
    connection: Connection,
    unit: str,
    length: Length,
    form: Form,
    language: str,
    to: Sequence[str],
    now_ms: int,
    only: frozenset[str] | None = None,
) -> Schedule:
    """Send this report from now on, first of the period that goes on; of these offices `only`. Raises ScheduleUnfit."""
    addresses = tuple(dict.fromkeys(to))
    if not 1 <= len(addresses) <= TO_AT_MOST:
        raise ScheduleUnfit("to", f"to: expected 1 to {TO_AT_MOST} addresses, found {len(addresses)}")
    for address in addresses:
        try:
            refuse_unfit_address(address)
        except LetterUnfit as problem:
            raise ScheduleUnfit("to", str(problem)) from None
    if language not in LANGUAGES:
        raise ScheduleUnfit("language", f"language: expected {' or '.join(LANGUAGES)}, found {language!r}")
    if not is_seen(connection, unit, now_ms, only) or not offices_at(connection, unit, day_in_viet_nam(now_ms)):
        raise ScheduleUnfit("unit", f"unit: there is no office of id {unit!r}, and none below it")
    last = holding(length, day_in_viet_nam(now_ms)).before()
    made = report_schedules.add(connection, unit, length, form.value, language, addresses, last, now_ms)
    said = {"unit": unit, "every": length, "form": form, "to": len(addresses)}
    ledger.note(connection, What.REPORT_SCHEDULE, made.id, became=said)
    return made


def offices_at(connection: Connection, unit: str, day: date) -> list[str]:
    """The offices of a unit on a day; none where there is no such unit."""
    tree = Tree(tree_parts.belonging(connection, unit))
    return offices_of(tree, unit, day) if unit in tree.units else []


def is_seen(connection: Connection, unit: str, now_ms: int, only: frozenset[str] | None) -> bool:
    """Whether all offices of a unit are among these `only`; a unit without any is seen by who may see all."""
    if only is None:
        return True
    offices = offices_at(connection, unit, day_in_viet_nam(now_ms))
    return bool(offices) and set(offices) <= only


def schedules(store: Store, now_ms: int = 0, only: frozenset[str] | None = None) -> list[Schedule]:
    """All, or those of units all of whose offices are among these `only`; the oldest first."""
    with store.reading() as connection:
        found = report_schedules.schedules(connection)
        return [one for one in found if is_seen(connection, one.unit, now_ms, only)]


def unschedule(connection: Connection, number: int, now_ms: int = 0, only: frozenset[str] | None = None) -> Schedule:
    """It is sent no more; letters that wait already still are. Raises UnknownSchedule."""
    removed = report_schedules.remove(connection, number)
    if removed is None or not is_seen(connection, removed.unit, now_ms, only):
        raise UnknownSchedule(number)
    ledger.note(connection, What.REPORT_UNSCHEDULE, number, None, {"unit": removed.unit, "every": removed.length})
    return removed


def due(store: Store, one: Schedule, now_ms: int) -> Period | None:
    """The period that is to be sent now; None if there is none, or it has not settled."""
    period = next_due(one.last, day_in_viet_nam(now_ms))
    if period is None or now_ms < ready_ms(period):
        return None
    if now_ms >= ready_ms(period) + AWAITED_FOR_MS:
        return period
    with store.reading() as connection:
        offices = offices_at(connection, one.unit, period.last)
        linked = all(report_schedules.is_linked(connection, office, period) for office in offices)
        awaited = any(awaits(connection, office, period) for office in offices)
    return period if linked and not awaited else None


def awaits(connection: Connection, office: str, period: Period) -> bool:
    """Whether a device of this office may still tell of a period."""
    worked_until_ms = report_schedules.worked_until_ms(connection, office, period)
    return awaits_device(period, report_schedules.heard(connection, office), worked_until_ms)


def send(store: Store, one: Schedule, period: Period, now_ms: int) -> bool:
    """Write the letters of a period; False if somebody else did it meanwhile."""
    try:
        found = report(store, one.unit, period, now_ms)
    except UnknownOffice:
        with store.writing() as connection:
            return report_schedules.step(
                connection, one, period, f"{period}: no office of id {one.unit}, and none below"
            )
    made = file_of(found, Form(one.form), one.language, with_dossiers=False)
    letters = [
        Letter(
            about="report",
            key=f"report/{one.id}/{one.created_ms}/{period}",
            to=address,
            subject=subject_of(found, one.language),
            text=text_of(found, one.language, made.name, one.id),
            attachments=(Attachment(made.name, made.media_type, made.content),),
            until_ms=now_ms + USEFUL_FOR_MS,
        )
        for address in one.to
    ]
    with store.writing() as connection:
        if not report_schedules.step(connection, one, period, ""):
            return False
        for letter in letters:
            mails.write(connection, letter, now_ms)
    return True

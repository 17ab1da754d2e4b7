"""An office shows itself to everybody, if it was decided so: now, and in the periods that are over."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.day import day_of
from fleet.domain.named_periods import Length, Period, holding
from fleet.domain.public_now import LEAST_PROMISES, PublicNow, PublicPeriod, achieved
from fleet.domain.published import Held, held
from fleet.domain.report import Report
from fleet.domain.withholding import LEAST
from fleet.flows import teach
from fleet.flows.calendars import calendar_of
from fleet.flows.equip import office_of
from fleet.flows.lobby import queues_shown
from fleet.flows.report import report
from fleet.flows.report_files import ReportFile, open_file
from fleet.flows.waits import waits
from fleet.flows.watch import UnknownOffice, counters_now
from fleet.store import ledger, places
from fleet.store.database import Store
from fleet.store.places import OfficeRow

WORKING = frozenset({"free", "serving"})
PROMISED_DAYS = 30
WEEK_DAYS = 7


def publish(store: Store, office_id: str, is_public: bool) -> OfficeRow:
    """Whether everybody may see this office's page. Raises EquipError."""
    with store.writing() as connection:
        found = office_of(connection, office_id)
        places.publish(connection, office_id, is_public)
        was, became = what_changed({"public": found.is_public}, {"public": is_public})
        ledger.note(connection, What.OFFICE_PUBLISH, office_id, office_id, was, became)
        return replace(found, is_public=is_public)


def public_offices(store: Store) -> frozenset[str]:
    """The ids of the offices that everybody may see."""
    with store.reading() as connection:
        return frozenset(one.id for one in places.offices(connection) if one.is_public)


def public_now(store: Store, office_id: str, now_ms: int) -> PublicNow:
    """An office as everybody sees it now. Raises UnknownOffice, also where it is not for everybody."""
    with store.reading() as connection:
        office = public_office(connection, office_id)
        today = date.fromisoformat(day_of(now_ms, office.timezone))
        calendar = calendar_of(connection, office_id, office.timezone)
        services = places.services(connection, office_id)
        counters = places.open_counters(connection, office_id)
        states = counters_now(connection, office, today.isoformat(), counters, services, {})
        working = sum(one.state in WORKING for one in states)
        found = PublicNow(
            id=office.id,
            name=office.name,
            hotline=office.hotline,
            timezone=office.timezone,
            now_ms=now_ms,
            pace=office.simulated_pace,
            is_open=working > 0 or calendar.is_open(now_ms),
            counters_open=working,
            counters=len(counters),
            queues=queues_shown(connection, office, today.isoformat(), services, now_ms),
            plans=tuple(calendar.plan(today + timedelta(days=n)) for n in range(WEEK_DAYS)),
            hours_known=calendar.is_known,
        )
    return replace(found, right=right_times(store, office_id, today))


def right_times(store: Store, office: str, today: date) -> tuple[int, int] | None:
    """(so many times of ten, of how many) waits of the last days lay within what was told; None: too few."""
    first, last = today - timedelta(days=PROMISED_DAYS), today - timedelta(days=1)
    score = teach.scores_of(store, office, first.isoformat(), last.isoformat()).together
    if score.ours is None or score.right_of_ten is None or score.ours.n < LEAST_PROMISES:
        return None
    return score.right_of_ten, score.ours.n


def public_period(store: Store, office_id: str, period: Period, now_ms: int, least: int = LEAST) -> PublicPeriod:
    """What an office achieved in a period that is over. Raises UnknownOffice."""
    found, withheld = told_report(store, office_id, period, now_ms, least)
    return achieved(found, withheld, least)


def open_data(store: Store, office_id: str, period: Period, now_ms: int, least: int = LEAST) -> ReportFile:
    """The figures of a period that is over, as a file for programs. Raises UnknownOffice."""
    found, withheld = told_report(store, office_id, period, now_ms, least)
    return open_file(found, withheld)


def told_report(store: Store, office_id: str, period: Period, now_ms: int, least: int) -> tuple[Report, Held]:
    """The report of a month, or of a longer period by its months; and what of it may not be told everybody."""
    with store.reading() as connection:
        public_office(connection, office_id)
    found = report(store, office_id, period, now_ms)
    if period.length == Length.MONTH:
        return found, held(found, (), least)
    steps = waits(store, office_id, period, Length.MONTH, now_ms).rows
    inside = [held(report(store, office_id, month, now_ms), (), least) for month in months_of(period)]
    found = replace(found, by=Length.MONTH.value, steps=steps)
    return found, held(found, inside, least)


def months_of(period: Period) -> list[Period]:
    """The months of a longer period."""
    found = [holding(Length.MONTH, period.last)]
    while found[0].first > period.first:
        found.insert(0, found[0].before())
    return found


def public_office(connection: Connection, office_id: str) -> OfficeRow:
    """The office. Raises UnknownOffice where there is none that everybody may see."""
    office = places.office(connection, office_id)
    if office is None or not office.is_public:
        raise UnknownOffice(office_id)
    return office

"""The visits of a day, page by page, for a supervisor who looks back; and a dossier with its visits."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from fleet.domain.dossier_course import Purpose
from fleet.domain.office_now import VisitNow
from fleet.flows import push_dossiers
from fleet.flows.push_dossiers import Course, NoSuchDossier
from fleet.flows.responsible import is_its
from fleet.flows.watch import UnknownOffice, visits_shown
from fleet.store import places, visits
from fleet.store.database import Store
from fleet.store.dossiers import VisitOfDossier
from fleet.store.places import CounterRow, OfficeRow, ServiceRow

LABEL = re.compile(r"\s*(\D*?)\s*(\d{1,6})\s*")
PAGE = 50
FROM_THE_LAST = (2**62, "")


class BadNumber(ValueError):
    """No service of the office gives such a number."""


@dataclass(frozen=True)
class Wanted:
    """Which visits: of a counter, a service (by their ids), a number as people say it; empty: of all."""

    counter: str = ""
    service: str = ""
    label: str = ""


@dataclass(frozen=True)
class PastDay:
    """A page of a day's visits, the newest first. `older`: where the next page begins; None: this is the last."""

    office: OfficeRow
    counters: tuple[CounterRow, ...]
    services: tuple[ServiceRow, ...]
    visits: tuple[VisitNow, ...]
    older: tuple[int, str] | None


def past_day(
    store: Store, office_id: str, day: str, wanted: Wanted, before: tuple[int, str] = FROM_THE_LAST, most: int = PAGE
) -> PastDay:
    """The visits of a day before that one (called, identity). Raises UnknownOffice, BadNumber."""
    with store.reading() as connection:
        office = places.office(connection, office_id)
        if office is None:
            raise UnknownOffice(office_id)
        services = tuple(places.services(connection, office_id))
        of_number, number = number_in(wanted.label, services)
        service = of_number or wanted.service
        rows = []
        if not (of_number and wanted.service and of_number != wanted.service):  # no visit is of two services
            rows = visits.visits_before(connection, office_id, day, before, most + 1, wanted.counter, service, number)
        shown = rows[:most]
        return PastDay(
            office=office,
            counters=tuple(places.counters(connection, office_id)),
            services=services,
            visits=visits_shown(connection, office_id, shown),
            older=(shown[-1].called_ms, shown[-1].id) if len(rows) > most else None,
        )


def number_in(label: str, services: tuple[ServiceRow, ...]) -> tuple[str, int]:
    """The service and number that a label means (`A007`, `a 7`): ("", 0) for an empty one. Raises BadNumber."""
    if not label.strip():
        return "", 0
    found = LABEL.fullmatch(label)
    said = found[1].upper() if found else ""
    service = next((one.id for one in services if one.prefix.upper() == said), None)
    if found is None or service is None or int(found[2]) == 0:
        raise BadNumber(label)
    return service, int(found[2])


def dossier_with_visits(
    store: Store, code: str, concerns: Callable[[str], bool], office: str | None, now_ms: int
) -> tuple[Course | None, list[tuple[VisitOfDossier, Purpose]]]:
    """What is known of a dossier, and its visits at the offices that concern whoever asks. Raises NoSuchDossier.

    Who works at one `office` sees only dossiers that came to it, or for which its organisation is responsible.
    """
    found = push_dossiers.visits_of(store, concerns, code)
    if not found and office is not None and not is_its(store, code, office, now_ms):
        raise NoSuchDossier
    try:
        return push_dossiers.course_of(store, code, now_ms), found
    except NoSuchDossier:
        return None, found

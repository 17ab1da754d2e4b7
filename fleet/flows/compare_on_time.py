"""Dossiers on time, by place: those that each place's organisation is responsible for."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from fleet.domain.compared_places import Compared
from fleet.domain.comparing import Counted
from fleet.domain.named_periods import Period
from fleet.domain.org_tree import Tree
from fleet.domain.processing_time import IN_TIME, OVERDUE
from fleet.domain.standardising import Counts
from fleet.flows.official import judged_by
from fleet.flows.responsible import heir_of, organisations_named, whose
from fleet.store import dossiers


def on_time_of(
    connection: Connection,
    tree: Tree,
    unit: str,
    places: Sequence[Compared],
    period: Period,
    until: date,
    today: date,
) -> tuple[list[Counted], tuple[str, ...]]:
    """How many of each place's dossiers are on time, by field; and the places whose dossiers were only scanned there.

    Where an organisation has several places, or a place none, nobody knows whose a dossier is; so those count that were
    scanned at its counters. The calendar is the unit's, the same for all.
    """
    own = {place.id: tree.organisation(place.id, until) for place in places}
    shared = Counter(own.values())
    alone = {organisation: place for place, organisation in own.items() if organisation and shared[organisation] == 1}
    by_scan = [place for place in places if own[place.id] not in alone]
    found = {one.code: one for one in dossiers.active(connection, period.first, until)} if alone else {}
    of_place: dict[str, list[str]] = defaultdict(list)
    named = dossiers.organisations_active(connection, period.first, until) if alone else []
    organisations, known = organisations_named(connection, named, unit), dict[tuple[str, date], str | None]()
    for one in found.values():
        key = (one.organisation, one.received_on)
        if key not in known:
            heir = heir_of(whose(organisations, one.code, today))
            above = [] if heir is None else [heir, *(node.id for node in organisations.tree.path(heir, today))]
            known[key] = next((alone[each] for each in above if each in alone), None)
        owner = known[key]
        if owner is not None:
            of_place[owner].append(one.code)
    for place in by_scan:
        codes = {code for office in place.offices for code in dossiers.scanned(connection, office, date.min, until)}
        scanned = dossiers.dossiers_by_code(connection, sorted(codes))
        found |= scanned
        of_place[place.id] = [code for code, one in scanned.items() if one.received_on <= until]
    wanted = {code for codes in of_place.values() for code in codes}
    judged = {
        one.dossier.code: one
        for one in judged_by(connection, unit, [found[code] for code in sorted(wanted)], period.first, until)
    }
    counted = []
    for place in places:
        strata: dict[str, Counts] = {}
        for its in (judged[code] for code in of_place[place.id] if code in judged):
            if its.outcome in IN_TIME | OVERDUE:
                k, n = strata.get(its.dossier.field, (0, 0))
                strata[its.dossier.field] = (k + (its.outcome in IN_TIME), n + 1)
        counted.append(Counted(place.id, strata))
    return counted, tuple(place.id for place in by_scan if of_place[place.id])

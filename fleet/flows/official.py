"""The official indicators of an office, or of all below a unit, in a period; each cell with its dossiers.

A dossier counts for who is responsible for it: for the organisation that the office belongs to, wherever in the
province it was handed in. Where the tree names no organisation, what was scanned at the counters stands in, and that is
said.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import Connection

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import day_of
from fleet.domain.dossier import Dossier
from fleet.domain.dossier_course import State, supplements
from fleet.domain.indicators import Part, indicators, on_time, part, risk_if
from fleet.domain.named_periods import Length, Period
from fleet.domain.nine_criteria import Answer, fill, shown_answers
from fleet.domain.official_now import Official
from fleet.domain.org_tree import Kind, Tree
from fleet.domain.procedures import procedure_code
from fleet.domain.processing_time import Judged, Outcome, Since, WorkingDays, end_of, judge
from fleet.domain.rating_cells import shown_of
from fleet.domain.satisfaction import Score, publish
from fleet.flows.calendars import calendar_of
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.responsible import heir_of, organisations_named, whose
from fleet.flows.shown_ratings import shown_ratings
from fleet.flows.watch import UnknownOffice
from fleet.store import dossiers, procedures, rating_history, tree_parts
from fleet.store.database import Store

DUE_SOON_DAYS = 3
# Working days in which a clerk can still do something.
DISSATISFIED_LEVELS = {3: 1, 4: 2, 5: 2}
# The lower levels of each scale; the middle one of five says neither.


def official(store: Store, unit: str, period: Period, now_ms: int) -> Official:
    """The indicators of a unit in a period. Raises UnknownOffice."""
    today = day_in_viet_nam(now_ms)
    until = min(period.last, today)
    with store.reading() as connection:
        tree = Tree(tree_parts.belonging(connection, unit))
        node = tree.at(unit, until) or (tree.units[unit][-1] if unit in tree.units else None)
        if node is None:
            raise UnknownOffice(unit)
        own = unit if node.kind == Kind.ORGANISATION else tree.organisation(unit, until)
        organisation = None if own is None else name_of(connection, own, until)
        offices = offices_of(tree, unit, until)
        found = active_dossiers(connection, own, offices, period, until, today)
        judged = judged_by(connection, unit, found, period.first, until)
        score = score_of(connection, offices, period, until, today)
        answers = answers_of(connection, offices, period, until, today)
    received = [one for one in judged if period.first <= one.dossier.received_on <= until]
    items = indicators(judged, received)
    dissatisfied = share_dissatisfied(score)
    return Official(
        unit,
        node.name,
        period,
        until,
        organisation,
        items,
        tuple((name, on_time(group)) for name, group in by_field(judged)),
        fill(judged, answers),
        warned(judged, until, today),
        score.n,
        dissatisfied,
        risk_if(items[-1].value, dissatisfied),
        score,
    )


def name_of(connection: Connection, unit: str, day: date) -> str:
    """What a unit is called on a day; as it was last, or by its id, if it is not."""
    tree = Tree(tree_parts.whole(connection, [unit]))
    return (tree.at(unit, day) or tree.units[unit][-1]).name if unit in tree.units else unit


def offices_of(tree: Tree, unit: str, day: date) -> list[str]:
    """The offices at or below a unit; an office itself also when it is asked about a day before it was written down."""
    if tree.units[unit][-1].kind == Kind.OFFICE:
        return [unit]
    below = tree.below(day)
    found, asked = [], [unit]
    while asked:
        one = asked.pop()
        node = tree.at(one, day)
        if node is not None and node.kind == Kind.OFFICE:
            found.append(one)
        asked += [child.id for child in below.get(one, ()) if child.kind != Kind.COUNTER]
    return sorted(found)


def active_dossiers(
    connection: Connection,
    own: str | None,
    offices: Sequence[str],
    period: Period,
    until: date,
    today: date,
) -> list[Dossier]:
    """The dossiers of an organisation, or scanned at these offices, that came by `until` and had not ended before."""
    if own is None:
        codes = {code for office in offices for code in dossiers.scanned(connection, office, date.min, until)}
        known = dossiers.dossiers_by_code(connection, sorted(codes)).values()
        return [one for one in known if one.received_on <= until]
    named = dossiers.organisations_active(connection, period.first, until)
    organisations = organisations_named(connection, named, own)
    tree = organisations.tree
    owned: dict[tuple[str, date], bool] = {}
    result = []
    for one in dossiers.active(connection, period.first, until):
        key = (one.organisation, one.received_on)
        if key not in owned:
            heir = heir_of(whose(organisations, one.code, today))
            owned[key] = heir is not None and own in {node.id for node in tree.path(heir, today)} | {heir}
        if owned[key]:
            result.append(one)
    return result


def judged_by(connection: Connection, unit: str, found: Sequence[Dossier], first: date, until: date) -> list[Judged]:
    """What became of each by `until`; those that ended before the first day are left out."""
    if not found:
        return []
    days = WorkingDays(calendar_of(connection, unit), min(one.received_on for one in found), until)
    legal = {one.code: one.days for one in procedures.procedures(connection)}
    states = dossiers.states_of(connection, [one.code for one in found])
    judged = []
    for one in found:
        its: Sequence[State] = states.get(one.code, [])
        dated = [Since(state.state, date.fromisoformat(day_of(state.since_ms, VIET_NAM))) for state in its]
        ended, _ = end_of(one, dated)
        if ended is None or ended >= first:
            time = legal.get(procedure_code(one.procedure_code) or "")
            judged.append(judge(one, dated, supplements(one, its), time, until, days))
    return judged


def by_field(judged: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """The dossiers of each field (lĩnh vực), by its name; those of none last."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(one.dossier.field, []).append(one)
    yield from sorted(groups.items(), key=lambda group: (not group[0], group[0]))


def warned(judged: Sequence[Judged], until: date, today: date) -> tuple[Part, ...]:
    """While the period goes on: open dossiers that will be late soon, or by one more request. Nothing of the past."""
    if until < today:
        return ()
    open_now = [one for one in judged if one.outcome == Outcome.OPEN_IN_TIME]
    soon = [one for one in open_now if one.due is not None and one.due <= until + timedelta(days=DUE_SOON_DAYS)]
    return part("due_soon", soon), part("supplemented_once", [one for one in open_now if one.supplements == 1])


def score_of(connection: Connection, offices: Sequence[str], period: Period, until: date, today: date) -> Score:
    """What may be published of the ratings of a period's days that are over: the same groups as everywhere else."""
    last = min(until, today - timedelta(days=1))
    if period.length in (Length.DAY, Length.WEEK):
        came = rating_history.scores(connection, offices, period.first.isoformat(), last.isoformat()).values()
        return publish([(one.score, one.scale) for its in came for one in shown_of(its, period.length)])
    shown, _ = shown_ratings(connection, offices, period.first, last, period.length)
    scores: list[tuple[int, int]] = []
    for scales in shown.values():
        for (_, levels), its in scales.items():
            scores += [(score, levels) for score, n in its.by_score.items() for _ in range(n)]
    return publish(scores)


def answers_of(
    connection: Connection, offices: Sequence[str], period: Period, until: date, today: date
) -> list[Answer]:
    """What residents answered on a period's days that are over, as far as it may be published."""
    first, last = period.first.isoformat(), min(until, today - timedelta(days=1)).isoformat()
    came = [rating_history.answers(connection, office, first, last) for office in offices]
    return [one for answers in came for one in shown_answers(answers, period.length)]


def share_dissatisfied(score: Score) -> Fraction | None:
    """The share of published ratings on the lower levels of their scale."""
    low = None if score.scale is None else DISSATISFIED_LEVELS.get(score.scale)
    if score.by_score is None or low is None:
        return None
    return Fraction(sum(score.by_score[:low]), sum(score.by_score))

"""The official indicators that dossiers and presses can tell, and the dossiers behind each of their cells."""

from datetime import date
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field

from fleet.api.answers import Body, Cursor, Limit, answer, read_cursor, turned
from fleet.api.door import Door
from fleet.api.period_names import PeriodName, period_of
from fleet.api.place_routes import OfficeId, office_seen
from fleet.api.problems import Problem
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Caller, Scope
from fleet.domain.indicators import FED, POINTS, Item, rounded
from fleet.domain.official_now import Official, parts_of
from fleet.flows.official import official

router = APIRouter(route_class=RuledRoute, tags=["indicators"])

LONGEST_CELL = 40


class Cell(Body):
    """Some dossiers of an item."""

    name: str = Field(description="What they are counted as.", examples=["late"])
    n: int = Field(description="How many they are.", examples=[3])


class IndicatorBody(Body):
    """An item of the set."""

    item: str = Field(description="Its number in the set.", examples=["2.1"])
    value: float | None = Field(
        description="A share from 0 to 1 (2.2: working days), as the rule rounds it; null (NA): nothing to divide by."
    )
    at_most: bool = Field(description="Only an upper bound: the national portal knows the rest.", examples=[False])
    of_full: float | None = Field(description="The share of the item's points that this gives, where that is known.")
    points: float | None = Field(description="Its points, where their number is known.")
    cells: list[Cell] = Field(description="The counts behind it; each leads to its dossiers.")


class GroupBody(Body):
    """A group of the set."""

    group: str = Field(examples=["progress"])
    points: int = Field(description="What it is worth, of 100.", examples=[20])
    items: list[str] = Field(description="The items that are known here; all others only the national portal knows.")


class FieldBody(Body):
    """Item 2.1 of one field (lĩnh vực)."""

    field: str = Field(description="Its name; empty: not told.", examples=["Hộ tịch"])
    value: float | None = Field(description="The share on time; null (NA): nothing to divide by.")
    cells: list[Cell]


class CriterionBody(Body):
    """A criterion of the form of nine."""

    criterion: int = Field(description="Its number on the form.", examples=[1])
    n: int = Field(description="How many dossiers or answers; answers in whole fives.", examples=[40])
    points: float | None = Field(description="Its mean, 0 to 2; null below five.")
    low: float | None = Field(description="Of answers: the lower end of its interval of 95 %; null: of none.")
    high: float | None = Field(description="The upper end.")


class NineBody(Body):
    """The form of nine criteria, as far as it is known."""

    criteria: list[CriterionBody]
    known: float = Field(description="The sum of what is known.", examples=[5.4])
    possible: int = Field(description="How many points the known criteria could give.", examples=[6])
    grade: str | None = Field(description="Its class: `excellent`, `good`, `fair`, `average`, `weak`; null: not whole.")


class Indicators(Body):
    """The official indicators of an office in a period. Neither the portal's own result nor SIPAS."""

    office: str = Field(examples=["tan-an"])
    period: str = Field(examples=["2026-10"])
    as_of: date = Field(description="The last day of the period, or today.")
    organisation: str | None = Field(description="Whose dossiers these are; null: those that were scanned there.")
    groups: list[GroupBody]
    items: list[IndicatorBody]
    fields: list[FieldBody]
    due_soon: int = Field(description="Open dossiers that are due within three days; 0 for a period that is over.")
    supplemented_once: int = Field(description="Open dossiers that one more request would make late.")
    nine: NineBody


class CellDossiers(Body):
    """A page of the dossiers behind a cell, by code."""

    items: list[str] = Field(examples=[["H15.50.05.13-261008-0975"]])
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


@router.get(
    "/offices/{office}/indicators",
    response_model=Indicators,
    operation_id="getIndicators",
    summary="Official indicators of a period",
)
@rule(Scope.READ)
def get_indicators(
    request: Request, door: AtDoor, caller: Calling, office: OfficeId, period: PeriodName = None
) -> Response:
    """Items 2.1, 2.2, 3.3 and 5.4 of Decision 766/QĐ-TTg, and the form of nine criteria as far as it can be filled."""
    return answer(request, as_body(looked_at(door, caller, office, period)))


@router.get(
    "/offices/{office}/indicators/{item}/{cell}",
    response_model=CellDossiers,
    operation_id="listCellDossiers",
    summary="The dossiers behind a cell",
)
@rule(Scope.READ)
def list_cell_dossiers(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    item: Annotated[Item, Path(description="The number of an item.", examples=["2.1"])],
    cell: Annotated[str, Path(description="The name of a cell.", max_length=LONGEST_CELL, examples=["late"])],
    period: PeriodName = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Which dossiers were counted there."""
    place = read_cursor(cursor, [str])
    part = parts_of(looked_at(door, caller, office, period)).get((item.value, cell))
    if part is None:
        raise Problem("no-such-path")
    after = "" if place is None else place[0]
    rows = [code for code in part.codes if code > after][: limit + 1]
    page, following, headers = turned(request, rows, limit, lambda code: [code])
    return answer(request, CellDossiers(items=list(page), next=following), headers)


def looked_at(door: Door, caller: Caller, office: str, period: str | None) -> Official:
    """The indicators of this office, if it concerns the caller. Raises Problem."""
    row = office_seen(door, caller, office)
    return official(door.store, row.id, period_of(door, period), door.clock())


def as_body(found: Official) -> Indicators:
    """The indicators as they go out."""
    warnings = {one.name: one.n for one in found.warnings}
    return Indicators(
        office=found.unit,
        period=str(found.period),
        as_of=found.until,
        organisation=found.organisation,
        groups=[
            GroupBody(group=group, points=points, items=[one.value for one in FED.get(group, ())])
            for group, points in POINTS.items()
        ],
        items=[
            IndicatorBody(
                item=one.item,
                value=figure(one.value, in_percent=one.item != Item.MEAN_TIME),
                at_most=one.is_bound,
                of_full=figure(one.of_full),
                points=figure(one.points, in_percent=False),
                cells=[Cell(name=part.name, n=part.n) for part in one.parts],
            )
            for one in found.items
        ],
        fields=[
            FieldBody(field=name, value=figure(one.value), cells=[Cell(name=p.name, n=p.n) for p in one.parts])
            for name, one in found.by_field
        ],
        due_soon=warnings.get("due_soon", 0),
        supplemented_once=warnings.get("supplemented_once", 0),
        nine=NineBody(
            criteria=[
                CriterionBody(
                    criterion=one.criterion,
                    n=one.n,
                    points=figure(one.points, in_percent=False),
                    low=None if one.low is None else round(one.low, 2),
                    high=None if one.high is None else round(one.high, 2),
                )
                for one in found.nine.means
            ],
            known=float(found.nine.known),
            possible=found.nine.possible,
            grade=found.nine.grade,
        ),
    )


def figure(value: Fraction | None, in_percent: bool = True) -> float | None:
    """A figure with two decimals: of a share, those of its percent."""
    if value is None:
        return None
    return float(rounded(value * 100) / 100) if in_percent else float(rounded(value))

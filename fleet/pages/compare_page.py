"""Offices of a unit side by side: a page for people whose right holds everywhere, and its figures as a file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.audit import What
from fleet.domain.compared import Comparison
from fleet.domain.compared_places import View
from fleet.domain.comparing import Measure, Row, Shares
from fleet.domain.figures import count_of, number_of, percent_of, shown_day, shown_period
from fleet.domain.many_comparisons import Group
from fleet.domain.named_periods import BadPeriod, Length, Period, holding, read_period
from fleet.domain.org_tree import Kind
from fleet.domain.rights import Permission, Person
from fleet.domain.wait_quantiles import Quantile
from fleet.flows.audit import seen
from fleet.flows.compare import KINDS, LENGTHS, UnknownService, UnknownUnit
from fleet.flows.compare_csv import comparison_csv
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.pages.funnel_chart import Chart, chart_of
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import allow, language

Viewer = Annotated[Person, Depends(allow(Permission.SEE_RATINGS, everywhere=True))]
Compare = Callable[[str, Period, int, Kind, View, str | None], Comparison]
OFFERED: dict[Length, int] = {Length.QUARTER: 6, Length.MONTH: 12, Length.YEAR: 3}
ORDER = (Group.WORSE, Group.ALIKE, Group.BETTER, Group.FEW)


class Shown:
    """A measure as it is shown: its rows by group and then by name, numbered, and its funnel."""

    def __init__(self, its: Shares, names: Mapping[str, str]) -> None:
        self.its = its
        self.rows: list[Row] = sorted(its.rows, key=lambda row: (ORDER.index(row.group), names[row.place], row.place))
        self.chart: Chart | None = chart_of(its, self.rows)


def compare_router(compare: Compare, units: Callable[[], Sequence[tuple[str, str]]]) -> APIRouter:
    """The page and its file. `compare` raises UnknownUnit, UnknownService; `units` are those that can be compared."""
    router = APIRouter()

    def asked(
        _person: Viewer,
        unit: str = "",
        period: str = "",
        of: str = Kind.OFFICE.value,
        view: str = View.NOW.value,
        service: str = "",
    ) -> Comparison | None:
        """The comparison that the address asks for; None where there is nothing to compare."""
        now = now_ms()
        today = day_in_viet_nam(now)
        known = units()
        if not unit and not known:
            return None
        try:
            wanted = read_period(period) if period else holding(Length.QUARTER, today).before()
        except BadPeriod:
            raise HTTPException(404) from None
        if wanted.length not in LENGTHS or wanted.first > today or of not in KINDS or view not in list(View):
            raise HTTPException(404)
        try:
            return compare(unit or known[0][0], wanted, now, Kind(of), View(view), service or None)
        except (UnknownUnit, UnknownService):
            raise HTTPException(404) from None

    Asked = Annotated[Comparison | None, Depends(asked)]

    @router.get("/compare")
    def compare_page(request: Request, person: Viewer, found: Asked) -> Response:
        """The places of a unit side by side."""
        said = language(request)
        periods = [(str(one), shown_period(one, said)) for one in offered(now_ms())]
        if found is not None and str(found.period) not in dict(periods):
            periods.append((str(found.period), shown_period(found.period, said)))
        return page(
            request,
            "compare.html",
            found=found,
            names={} if found is None else found.names,
            measures=[] if found is None else [Shown(its, found.names) for its in found.shares.values()],
            units=units(),
            periods=periods,
            kinds=[kind.value for kind in KINDS],
            views=[view.value for view in View],
            share=lambda one: percent_of(one, said, 1),
            whole=lambda one: percent_of(one, said, 0),
            count=lambda n: count_of(n, said),
            minutes=lambda one: said_minutes(one, said),
            points=lambda one: number_of(one * 100, said, 1),
            day_of=shown_day,
            Measure=Measure,
            Group=Group,
            query=request.url.query,
        )

    @router.get("/compare.csv")
    def compare_file(request: Request, person: Viewer, found: Asked) -> Response:
        """All figures of the page, as a file."""
        if found is None:
            raise HTTPException(404)
        seen(house_of(request).store, What.SEEN_EXPORT, f"comparison/{found.unit}/{found.period}", None, now_ms())
        name = f"{found.unit}-{found.period}-so-sanh.csv"
        told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return Response(comparison_csv(found), 200, told, "text/csv; charset=utf-8")

    return router


def offered(now: int) -> list[Period]:
    """The periods of the form, by length and the newest first."""
    found = []
    for length, count in OFFERED.items():
        period = holding(length, day_in_viet_nam(now))
        for _ in range(count):
            found.append(period)
            period = period.before()
    return found


def said_minutes(one: Quantile | None, said: str) -> tuple[str, str] | None:
    """Minutes, and their interval."""
    if one is None:
        return None
    at, low, high = (number_of(seconds / 60, said, 1) for seconds in (one.seconds, one.low_s, one.high_s))
    return at, f"{low}–{high}"

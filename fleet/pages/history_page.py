"""Looking back at an office: waits, visits and ratings of a period beside earlier ones, on a page and as files."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.audit import What
from fleet.domain.figures import shown_period
from fleet.domain.history import History, Wanted
from fleet.domain.named_periods import BadPeriod, Length, Period, holding, read_period
from fleet.domain.report_tables import shown
from fleet.domain.rights import Permission, Person
from fleet.flows.audit import seen
from fleet.flows.history import TooMuchDetail
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.table_files import tables_csv, tables_xlsx
from fleet.pages.charts import Plot, plot
from fleet.pages.history_tables import changes, heat_hours, heat_level, looked_at, step_mark, step_name, tables
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rendering import page, wording_for
from fleet.pages.rights import allow
from fleet.store import places
from fleet.store.places import OfficeRow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_VISITS))]
Short = Annotated[str, Query(max_length=64)]
OFFERED: dict[Length, int] = {Length.MONTH: 13, Length.QUARTER: 6, Length.YEAR: 4, Length.WEEK: 6}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def history_router(look: Callable[[str, Wanted, int], History]) -> APIRouter:
    """The page and its two files. `look` raises TooMuchDetail."""
    router = APIRouter()

    def own(request: Request, office: str, person: Viewer) -> OfficeRow:
        return own_office(request, office, person)

    def asked(
        period: Short = "", service: Short = "", counter: Short = "", weekday: Short = "", hour: Short = ""
    ) -> Wanted:
        today = day_in_viet_nam(now_ms())
        try:
            wanted = read_period(period) if period else holding(Length.MONTH, today)
        except BadPeriod:
            raise HTTPException(404) from None
        if wanted.first > today:
            raise HTTPException(404)
        return Wanted(wanted, service, counter, number(weekday, 1, 7), number(hour, 0, 23))

    Own = Annotated[OfficeRow, Depends(own)]
    Asked = Annotated[Wanted, Depends(asked)]

    @router.get("/offices/{office}/history")
    def history_page(request: Request, here: Own, wanted: Asked) -> Response:
        """The page: charts, each with its table."""
        wording, said = wording_for(request), wanted.period
        periods = offered(said)
        with house_of(request).store.reading() as connection:
            services = {one.id: one.name for one in places.services(connection, here.id)}
            counters = {one.id: one.name for one in places.counters(connection, here.id)}
        common: dict[str, Any] = {
            "services": services,
            "counters": counters,
            "wanted": wanted,
            "office": here.id,
            "name": here.name,
            "periods": [(str(one), shown_period(one, wording.code)) for one in periods],
            "asked": urlencode(query_of(wanted)),
        }
        try:
            found = look(here.id, wanted, now_ms())
        except TooMuchDetail:
            return page(request, "history.html", found=None, **common)
        made = tables(found, wording)
        return page(
            request,
            "history.html",
            found=found,
            tables=made,
            plots=plots(found),
            changes=changes(found, wording),
            hours=heat_hours(found),
            level=lambda one: heat_level(one, found.target_s),
            shown=lambda figure: shown(figure, wording.code),
            link=lambda **other: f"/offices/{here.id}/history?" + urlencode(query_of(wanted) | other),
            looked_at=lambda look: looked_at(look, wording),
            step_name=lambda key: step_name(found.by, key, wording),
            **common,
        )

    @router.get("/offices/{office}/history.{form}")
    def history_file(request: Request, here: Own, wanted: Asked, form: str) -> Response:
        """What the page shows, as a text with separators or a workbook."""
        if form not in ("csv", "xlsx"):
            raise HTTPException(404)
        wording = wording_for(request)
        try:
            found = look(here.id, wanted, now_ms())
        except TooMuchDetail:
            raise HTTPException(404) from None
        seen(house_of(request).store, What.SEEN_EXPORT, f"history/{wanted.period}", here.id, now_ms())
        made = list(tables(found, wording).values())
        name = "-".join([here.id, *(str(one) for one in query_of(wanted).values())])
        about = [("office", here.id), *((key, query_of(wanted).get(key, "")) for key in KEYS)]
        title = " · ".join([found.name, shown_period(wanted.period, wording.code), *chosen(found, wording.say)])
        content = tables_csv(made, about) if form == "csv" else tables_xlsx(made, title)
        plain = "".join(letter if letter.isalnum() or letter == "-" else "_" for letter in name)
        told = {"Content-Disposition": f'attachment; filename="{plain}.{form}"', "Cache-Control": "private, no-store"}
        return Response(content, 200, told, "text/csv; charset=utf-8" if form == "csv" else XLSX)

    return router


KEYS = ("period", "service", "counter", "weekday", "hour")


def query_of(wanted: Wanted) -> dict[str, str]:
    """What an address says to ask for this again."""
    values = (str(wanted.period), wanted.service, wanted.counter, wanted.weekday, wanted.hour)
    return {key: str(value) for key, value in zip(KEYS, values, strict=True) if value not in ("", None)}


def chosen(found: History, say: Callable[..., str]) -> list[str]:
    """The names of what was chosen."""
    wanted = found.wanted
    names = [found.services.get(wanted.service, wanted.service), found.counters.get(wanted.counter, wanted.counter)]
    names.append("" if wanted.weekday is None else say(f"date.weekday.{wanted.weekday}"))
    names.append("" if wanted.hour is None else f"{wanted.hour}:00")
    return [one for one in names if one]


def plots(found: History) -> dict[str, Plot]:
    """The charts; the period before stands behind, step by step."""
    labels = [step_mark(found.by, row.key) for row in found.steps]
    earlier = [in_minutes(row.wait.p90_s) for row in found.steps_before][: len(labels)]
    same = found.by != "hour"
    its = {
        "waits": plot(
            labels,
            ({"before": earlier} if same else {})
            | {
                "lower": [in_minutes(row.wait.p50_s) for row in found.steps],
                "main": [in_minutes(row.wait.p90_s) for row in found.steps],
            },
        ),
        "within": plot(
            labels,
            {"main": [None if row.wait.within is None else 100 * row.wait.within for row in found.steps]},
            most=100,
            unit="%",
        ),
        "visits": plot(labels, {}, bars=[row.visits for row in found.steps]),
        "service": plot(labels, {"main": [in_minutes(row.service.p50_s) for row in found.steps]}),
    }
    if any(one.n for one in found.rated):
        names = [step_mark(found.rated_by, read_period(one.key).first.isoformat()) for one in found.rated]
        between = [
            None if one.low is None or one.high is None else (100 * one.low, 100 * one.high) for one in found.rated
        ]
        shares = [None if one.share is None else 100 * one.share for one in found.rated]
        its["ratings"] = plot(names, {"main": shares}, {"between": between}, most=100, unit="%")
    return its


def in_minutes(seconds: float | None) -> float | None:
    """Minutes of seconds."""
    return None if seconds is None else seconds / 60


def offered(wanted: Period) -> list[Period]:
    """The periods of the form, the longest first within their lengths; the wanted one among them."""
    found = []
    for length, n in OFFERED.items():
        period = holding(length, day_in_viet_nam(now_ms()))
        for _ in range(n):
            found.append(period)
            period = period.before()
    return found if wanted in found else [wanted, *found]


def number(text: str, least: int, most: int) -> int | None:
    """A number of the form; None where none is chosen. What is none is asked for nowhere."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise HTTPException(404)
    return int(text)

"""Reports of an office: a page of the last days, weeks, months and quarters, each as a file to sign or to work with."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.figures import shown_period
from fleet.domain.named_periods import BadPeriod, Length, Period, holding, read_period
from fleet.domain.rights import Permission, Person
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.report_files import Form, ReportFile
from fleet.pages.rendering import page
from fleet.pages.rights import allow, language

Viewer = Annotated[Person, Depends(allow(Permission.SEE_RATINGS))]
OFFERED: dict[Length, int] = {Length.MONTH: 6, Length.QUARTER: 4, Length.WEEK: 4, Length.DAY: 5, Length.YEAR: 2}
# So many of each length; a command and the API make any other.


def reports_router(
    offices: Callable[[], Mapping[str, str]], make: Callable[[str, Period, Form, str, int], ReportFile]
) -> APIRouter:
    """The page and its files. `make` writes the report of an office and a period, in a form and a language."""
    router = APIRouter()

    def own(office: str, person: Person) -> str:
        if office not in offices() or not person.belongs_to(office):
            raise HTTPException(404)
        return offices()[office]

    @router.get("/offices/{office}/reports")
    def reports_page(request: Request, office: str, person: Viewer) -> Response:
        """What there is to take away."""
        name = own(office, person)
        said = language(request)
        rows = [(str(one), shown_period(one, said)) for one in offered(day_in_viet_nam(now_ms()))]
        return page(request, "reports.html", office=office, name=name, rows=rows, forms=[form.value for form in Form])

    @router.get("/offices/{office}/reports/{period}.{form}")
    def report_file(request: Request, office: str, period: str, form: str, person: Viewer) -> Response:
        """The report of a period, as a file."""
        own(office, person)
        now = now_ms()
        try:
            wanted = read_period(period)
        except BadPeriod:
            raise HTTPException(404) from None
        if form not in list(Form) or wanted.first > day_in_viet_nam(now):
            raise HTTPException(404)
        made = make(office, wanted, Form(form), language(request), now)
        told = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "private, no-store"}
        return Response(made.content, 200, told, made.media_type)

    return router


def offered(today: date) -> list[Period]:
    """The periods of the page, by length and the newest first; the first of each is not over yet."""
    found = []
    for length, count in OFFERED.items():
        period = holding(length, today)
        for _ in range(count):
            found.append(period)
            period = period.before()
    return found

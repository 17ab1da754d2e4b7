"""Reports of an office: a page of the last days, weeks, months and quarters, each as a file to sign or to work with.

Whoever works everywhere takes those of centres and provinces, too.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.audit import What
from fleet.domain.figures import shown_period
from fleet.domain.named_periods import BadPeriod, Length, Period, holding, read_period
from fleet.domain.rights import Permission, Person
from fleet.flows.audit import seen
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.report_files import Form, ReportFile
from fleet.flows.report_units import Around
from fleet.flows.watch import UnknownOffice
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rendering import page
from fleet.pages.rights import allow, language
from fleet.store.places import OfficeRow

Viewer = Annotated[Person, Depends(allow(Permission.SEE_RATINGS))]
Everywhere = Annotated[Person, Depends(allow(Permission.SEE_RATINGS, everywhere=True))]
OFFERED: dict[Length, int] = {Length.MONTH: 6, Length.QUARTER: 4, Length.WEEK: 4, Length.DAY: 5, Length.YEAR: 2}
# So many of each length; a command and the API make any other.


def reports_router(
    make: Callable[[str, Period, Form, str, int], ReportFile],
    around: Callable[[str, int], Around],
    published: Callable[[], frozenset[str]],
) -> APIRouter:
    """The pages and their files. `make` writes the report of an office or unit and a period, in a form and a language;
    `around` tells the units around one, or raises UnknownOffice; everybody may see the offices that are `published`.
    """
    router = APIRouter()

    def own(request: Request, office: str, person: Viewer) -> OfficeRow:
        return own_office(request, office, person)

    def of_all(unit: str, _person: Everywhere) -> Around:
        try:
            return around(unit, now_ms())
        except UnknownOffice:
            raise HTTPException(404) from None

    def shown(request: Request, base: str, name: str, its: Around | None, for_all: str = "") -> Response:
        said = language(request)
        rows = [(str(one), shown_period(one, said)) for one in offered(day_in_viet_nam(now_ms()))]
        forms = [form.value for form in Form]
        return page(request, "reports.html", base=base, name=name, rows=rows, forms=forms, around=its, for_all=for_all)

    def file(request: Request, unit: str, period: str, form: str) -> Response:
        now = now_ms()
        try:
            wanted = read_period(period)
        except BadPeriod:
            raise HTTPException(404) from None
        if form not in list(Form) or wanted.first > day_in_viet_nam(now):
            raise HTTPException(404)
        made = make(unit, wanted, Form(form), language(request), now)
        seen(house_of(request).store, What.SEEN_EXPORT, f"report/{unit}/{wanted}", None, now)
        told = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "private, no-store"}
        return Response(made.content, 200, told, made.media_type)

    @router.get("/offices/{office}/reports")
    def reports_page(request: Request, here: Annotated[OfficeRow, Depends(own)], person: Viewer) -> Response:
        """What there is to take away."""
        try:
            its = around(here.id, now_ms()) if person.office is None else None
        except UnknownOffice:
            its = None  # the tree knows nothing of it today
        for_all = f"/cong-khai/{here.id}" if here.id in published() else ""
        return shown(request, f"/offices/{here.id}", here.name, its, for_all)

    @router.get("/offices/{office}/reports/{period}.{form}")
    def report_file(
        request: Request, here: Annotated[OfficeRow, Depends(own)], period: str, form: str, person: Viewer
    ) -> Response:
        """The report of a period, as a file."""
        return file(request, here.id, period, form)

    @router.get("/units/{unit}/reports")
    def unit_page(request: Request, unit: str, its: Annotated[Around, Depends(of_all)], person: Everywhere) -> Response:
        """What there is to take away of all offices below a unit."""
        if its.is_office:
            return RedirectResponse(f"/offices/{unit}/reports", 303)
        return shown(request, f"/units/{unit}", its.name, its)

    @router.get("/units/{unit}/reports/{period}.{form}")
    def unit_file(
        request: Request,
        unit: str,
        its: Annotated[Around, Depends(of_all)],
        period: str,
        form: str,
        person: Everywhere,
    ) -> Response:
        """The report of all offices below a unit, as a file."""
        return file(request, unit, period, form)

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

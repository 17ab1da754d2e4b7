"""What everybody sees of an office, without signing in: `/cong-khai/<office>`, where the office was published.

No cookie is read or set, so one answer serves a crowd for some seconds. It works without scripts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from fleet.clock import now_ms
from fleet.domain.day import day_of
from fleet.domain.figures import number_of, percent_of, shown_period
from fleet.domain.named_periods import Period
from fleet.domain.public_now import PublicNow, PublicPeriod, offered, over
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.report_files import ReportFile
from fleet.flows.watch import UnknownOffice
from fleet.pages.house import house_of
from fleet.pages.kept_answers import Kept
from fleet.pages.rights import public
from fleet.pages.texts import FIRST

NOW_S = 5.0
# A resident does not notice; a thousand who look at once cost one look.
OVER_S = 1800.0
# What is over changes only by what comes late.
WHO_S = 5.0


@dataclass(frozen=True)
class PublicViews:
    """What the pages show: which offices, an office at a moment, what it achieved, and that as open data."""

    offices: Callable[[], frozenset[str]]
    look: Callable[[str, int], PublicNow]
    achieved: Callable[[str, Period, int], PublicPeriod]
    data: Callable[[str, Period, int], ReportFile]


def public_router(views: PublicViews) -> APIRouter:
    """The page of each published office, its open data and its poster."""
    router = APIRouter(dependencies=[Depends(public())])
    known = Kept[str, frozenset[str]](lambda _: views.offices(), WHO_S)
    looks = Kept[str, PublicNow](lambda office: views.look(office, now_ms()), NOW_S)
    achieved = Kept[tuple[str, Period], PublicPeriod](lambda of: views.achieved(*of, now_ms()), OVER_S)
    files = Kept[tuple[str, Period], ReportFile](lambda of: views.data(*of, now_ms()), OVER_S, most=200)

    def seen(office: str) -> str:
        if office not in known.get(""):
            raise HTTPException(404)
        return office

    Seen = Annotated[str, Depends(seen)]
    Lang = Annotated[str, Query(max_length=2)]

    @router.get("/cong-khai/{office}")
    def public_page(request: Request, office: Seen, lang: Lang = FIRST) -> Response:
        """An office now, and in the month and the quarter that are over."""
        try:
            now = looks.get(office)
            today = date.fromisoformat(day_of(now.now_ms, now.timezone))
            periods = [achieved.get((office, one)) for one in over(today)]
        except UnknownOffice:
            raise HTTPException(404) from None
        rows = [(str(one), shown_period(one, code_of(request, lang))) for one in offered(today)]
        return answer(request, "public.html", lang, NOW_S, office=now, periods=periods, files=rows)

    @router.get("/cong-khai/{office}/{period}.csv")
    def public_data(office: Seen, period: str) -> Response:
        """The figures of a period that is over, for programs."""
        wanted = {str(one): one for one in offered(day_in_viet_nam(now_ms()))}.get(period)
        if wanted is None:
            raise HTTPException(404)
        try:
            made = files.get((office, wanted))
        except UnknownOffice:
            raise HTTPException(404) from None
        told = {
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Cache-Control": f"public, max-age={OVER_S:.0f}",
        }
        return Response(made.content, 200, told, made.media_type)

    @router.get("/cong-khai/{office}/to-dan")
    def poster(request: Request, office: Seen, lang: Lang = FIRST) -> Response:
        """A sheet of paper for the wall, with a code that leads to the page."""
        try:
            now = looks.get(office)
        except UnknownOffice:
            raise HTTPException(404) from None
        base = house_of(request).settings.public_address or str(request.base_url)
        address = f"{base.rstrip('/')}/cong-khai/{office}"
        code = segno.make(address, error="m", micro=False).svg_inline(
            svgclass="poster-code", lineclass=None, omitsize=True, light="#fff"
        )
        return answer(request, "public_poster.html", lang, 0, office=now, address=address, qr=Markup(code))  # noqa: S704

    return router


def code_of(request: Request, lang: str) -> str:
    """The language that was asked for; Vietnamese where there is no such."""
    return lang if lang in house_of(request).wordings else FIRST


def answer(request: Request, template: str, lang: str, lasts_s: float, **values: object) -> Response:
    """A page without any cookie, the same for everybody."""
    house, code = house_of(request), code_of(request, lang)
    wording = house.wordings[code]
    text = house.templates.get_template(template).render(
        say=wording.say,
        code=code,
        wordings=house.wordings,
        static=house.static,
        share=lambda value: percent_of(value, code, 1),
        minutes_of=lambda seconds: number_of(seconds / 60, code, 1),
        count=lambda value: number_of(value, code, 0),
        named=lambda period: shown_period(period, code),
        hours=lambda minute: f"{minute // 60}:{minute % 60:02}",
        **values,
    )
    kept = f"public, max-age={lasts_s:.0f}" if lasts_s else "no-store"
    return HTMLResponse(text, headers={"Cache-Control": kept, "Content-Language": code})

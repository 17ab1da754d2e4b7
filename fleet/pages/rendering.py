"""Templates become answers. Everything in a template is escaped unless it is one of our own templates."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from fleet.clock import now_ms
from fleet.domain.rights import Permission
from fleet.domain.what_if_sentences import clock_of
from fleet.pages import cookies, figures
from fleet.pages.house import house_of
from fleet.pages.rights import language, visitor_of
from fleet.pages.texts import Wording


def open_templates() -> Environment:
    """The templates, with the filters that show figures."""
    templates = Environment(
        loader=PackageLoader("fleet.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for show in (
        figures.elapsed,
        figures.minutes,
        figures.percent,
        figures.clock,
        figures.moment,
        figures.day_and_time,
        figures.day,
        figures.short,
    ):
        templates.filters[show.__name__] = show
    templates.globals["Permission"] = Permission
    templates.globals["clock_of"] = clock_of
    return templates


def wording_for(request: Request) -> Wording:
    """The texts in the language of whoever asks."""
    return house_of(request).wordings[language(request)]


def fragment(request: Request, template: str, **values: Any) -> str:
    """A template's text in the language of whoever asks."""
    house, wording, visitor = house_of(request), wording_for(request), visitor_of(request)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return house.templates.get_template(template).render(
        say=wording.say,
        word=wording.word,
        long_day=lambda day: figures.long_day(day, wording),
        code=wording.code,
        wordings=house.wordings,
        static=house.static,
        bench=house.bench,
        person=visitor.person if visitor else None,
        csrf=visitor.csrf if visitor else None,
        here=path if request.method == "GET" else request.url.path,
        now_ms=values.pop("now_ms", None) or now_ms(),
        **values,
    )


def page(request: Request, template: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """A whole page; a browser that has no token for its forms yet gets one."""
    response = HTMLResponse(fragment(request, template, **values), status_code)
    response.headers["Content-Language"] = language(request)
    visitor = visitor_of(request)
    if visitor and visitor.fresh:
        cookies.set_form(response, house_of(request).settings, visitor.csrf)
    return response

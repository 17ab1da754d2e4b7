"""Templates become answers. Everything in a template is escaped unless it is one of our own templates."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from fleet.clock import now_ms
from fleet.domain.figures import count_of, number_of, percent_of
from fleet.domain.incident_sentences import found_in
from fleet.domain.rights import Permission, Person
from fleet.domain.update_reasons import reason_rest, reason_word
from fleet.domain.what_if_sentences import clock_of
from fleet.pages import cookies, figures
from fleet.pages.house import house_of
from fleet.pages.rights import language, visitor_of
from fleet.pages.texts import Wording
from fleet.pages.translations import KeptTranslations

Fragment = Callable[..., str]
# A template and its values in, text out.


@cache
def open_templates() -> Environment:
    """The templates, with the filters that show figures; each is translated into code once in a process."""
    templates = Environment(
        loader=PackageLoader("fleet.pages"),
        bytecode_cache=KeptTranslations(Path(__file__).parent / "__pycache__", Path(__file__)),
        auto_reload=False,
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
    templates.filters["reason_word"], templates.filters["reason_rest"] = reason_word, reason_rest
    for spell in (percent_of, number_of, count_of):
        templates.filters[spell.__name__] = spell
    templates.globals["Permission"] = Permission
    templates.globals["clock_of"] = clock_of
    return templates


def translate_templates() -> None:
    """Translate every template now, so that nobody who looks first waits for it."""
    templates = open_templates()
    for name in templates.list_templates():
        templates.get_template(name)


def wording_for(request: Request) -> Wording:
    """The texts in the language of whoever asks."""
    return house_of(request).wordings[language(request)]


def fragment(request: Request, template: str, **values: Any) -> str:
    """A template's text in the language of whoever asks."""
    visitor = visitor_of(request)
    return rendered(request, visitor.person if visitor else None, visitor.csrf if visitor else None, template, **values)


def fragment_for_all(request: Request, person: Person, csrf: str) -> Fragment:
    """The same for all who have this person's rights; `csrf` stands for the token of each."""
    return partial(rendered, request, person, csrf)


def rendered(request: Request, person: Person | None, csrf: str | None, template: str, **values: Any) -> str:
    """A template's text for somebody, in the language of this request."""
    house, wording = house_of(request), wording_for(request)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return house.templates.get_template(template).render(
        say=wording.say,
        word=wording.word,
        found_here=lambda found: found_in(wording.code, found),
        long_day=lambda day: figures.long_day(day, wording),
        code=wording.code,
        wordings=house.wordings,
        static=house.static,
        bench=house.bench,
        sign_on=house.sign_on,
        person=person,
        csrf=csrf,
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

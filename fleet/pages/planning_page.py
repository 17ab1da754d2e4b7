"""How counters could be opened, for supervisors: a change that is tried while its form changes; counters by half hour.

Both pages are whole without a script: a form that is sent, and an answer below it.
"""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from fleet.domain.rights import Permission, Person
from fleet.domain.staffing_sentences import said_of_staffing
from fleet.domain.what_if_sentences import clock_of, minutes_of, said_of, shown_rows
from fleet.flows.past_days import Busy
from fleet.flows.planning import Choices, Planning
from fleet.flows.staffing import GOAL, Suggested
from fleet.flows.what_if import Answer, BadQuestion, Question
from fleet.pages.rendering import page
from fleet.pages.rights import allow, language

Planner = Annotated[Person, Depends(allow(Permission.SEE_VISITS))]
Text = Annotated[str, Query(max_length=32)]
Texts = Annotated[list[str], Query(max_length=50)]

CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
MOST_CHANGED = 5
# So many counters more or fewer can be pulled; the command and the API try up to twenty.
GOALS = (0.8, 0.9, 0.95)
FIRST_QUESTION = Question(more=1, begins_min=8 * 60, ends_min=9 * 60 + 30)


def planning_router(planning: Planning) -> APIRouter:
    """The two pages."""
    router = APIRouter()

    def own(office: str, person: Person) -> Choices:
        choices = planning.choices(office) if person.belongs_to(office) else None
        if choices is None:
            raise HTTPException(404)
        return choices

    @router.get("/offices/{office}/what-if")
    def what_if_page(
        request: Request,
        office: str,
        person: Planner,
        more: Text = "0",
        begins: Annotated[str, Query(alias="from", max_length=32)] = "",
        to: Text = "",
        service: Texts = [],  # noqa: B006 (FastAPI never changes it)
        counter: Text = "",
        lunch: Text = "",
        without: Texts = [],  # noqa: B006
        day: Annotated[str, Query(alias="date", max_length=32)] = "",
    ) -> Response:
        """The form, and what its change would do."""
        place, problem, answer, question = own(office, person), "", None, FIRST_QUESTION
        try:
            if request.query_params:
                span = minute_of(begins), minute_of(to)
                question = Question(
                    number_of(more), *span, tuple(service), counter or None, bool(lunch), tuple(without)
                )
            answer = planning.ask(office, question, day_of(day))
        except (BadQuestion, Busy) as error:
            problem = error.code if isinstance(error, BadQuestion) else "busy"
        said = language(request)
        values = {} if answer is None else shown_answer(answer, said)
        asked = {"question": question, "planned": day, "begins": begins, "to": to}
        if not request.query_params:
            asked |= {"begins": clock_of(question.begins_min or 0), "to": clock_of(question.ends_min or 0)}
        status = 503 if problem == "busy" else 200
        return page(
            request, "what_if.html", status, office=office, place=place, problem=problem, answer=answer, **asked,
            most=MOST_CHANGED, **values,
        )  # fmt: skip

    @router.get("/offices/{office}/staffing")
    def staffing_page(
        request: Request,
        office: str,
        person: Planner,
        day: Annotated[str, Query(alias="date", max_length=32)] = "",
        share: Text = str(GOAL),
    ) -> Response:
        """How many counters a day needs, half hour by half hour."""
        place, problem, found = own(office, person), "", None
        goal = next((one for one in GOALS if str(one) == share), GOAL)
        try:
            found = planning.suggest(office, day_of(day), goal)
        except (BadQuestion, Busy) as error:
            problem = error.code if isinstance(error, BadQuestion) else "busy"
        sentences = [] if found is None else shown_sentences(found, language(request))
        return page(
            request, "staffing.html", 503 if problem == "busy" else 200, office=office, place=place, problem=problem,
            found=found, sentences=sentences, planned=day, goal=goal, goals=GOALS, clock_of=clock_of,
        )  # fmt: skip

    return router


def shown_answer(answer: Answer, said: str) -> dict[str, object]:
    """The figures, half hours and sentences of an answer."""
    found = answer.found
    waits = [wait for one in found.half_hours for wait in (one.before_min, one.after_min) if wait is not None]
    most = max(waits, default=1.0) or 1.0
    halves = [
        {
            "clock": clock_of(one.begins_min),
            "people": minutes_of(one.people / found.days, said),
            "waits": [None if one is None else minutes_of(one, said) for one in (one.before_min, one.after_min)],
            "parts": [round(100 * (wait or 0.0) / most, 1) for wait in (one.before_min, one.after_min)],
        }
        for one in found.half_hours
        if one.people
    ]
    told = (answer.planned, answer.days, answer.alike, said)
    return {"rows": shown_rows(found, said), "halves": halves, "sentences": list(said_of(found, *told))}


def shown_sentences(found: Suggested, said: str) -> list[str]:
    """What must be known of a suggestion."""
    told = (found.day, found.expected, found.days, found.alike, found.order)
    return list(said_of_staffing(found.found, *told, said))


def number_of(text: str) -> int:
    """So many counters more or fewer. Raises BadQuestion."""
    try:
        number = int(text or "0")
    except ValueError:
        number = MOST_CHANGED + 1
    if abs(number) > MOST_CHANGED:
        raise BadQuestion("count", f"counters: expected at most {MOST_CHANGED}, found {text!r}")
    return number


def minute_of(text: str) -> int | None:
    """A time of day in minutes. Raises BadQuestion."""
    if not text:
        return None
    read = CLOCK.fullmatch(text)
    if read is None:
        raise BadQuestion("span", f"times: expected a time of day such as 8:00, found {text!r}")
    return int(read[1]) * 60 + int(read[2])


def day_of(text: str) -> date | None:
    """The day that is planned. Raises BadQuestion."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadQuestion("date", f"date: expected a day such as 2026-11-23, found {text!r}") from None

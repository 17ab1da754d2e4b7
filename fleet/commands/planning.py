"""motcua whatif and motcua staffing: how counters could be opened, tried on an office's own days."""

import re
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, check_language, day_of_option, opened, out, say
from fleet.domain.figures import number_of, percent_of
from fleet.domain.staffing_sentences import said_of_staffing
from fleet.domain.what_if_sentences import clock_of, minutes_of, said_of, shown_rows
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.past_days import Memory
from fleet.flows.staffing import GOAL, suggest_staffing
from fleet.flows.watch import offices
from fleet.flows.what_if import Answer, BadQuestion, Question, ask
from fleet.store.database import Store
from fleet.store.places import OfficeRow

CLOCK = re.compile(r"([01]?\d|2[0-4])[:h]([0-5]\d)?")
HEADS = {
    "vi": (("", "hiện nay", "sau thay đổi", "khác biệt", "95% trong khoảng"), ("giờ đến", "người/ngày", "90%", "sau")),
    "en": (("", "now", "with the change", "difference", "95% between"), ("came at", "people/day", "p90", "after")),
}

SLOTS = {
    "vi": ("", "người", "dự kiến", "đạt", "cần", "đạt"),
    "en": ("", "people", "planned", "in time", "needed", "in time"),
}

Planned = Annotated[str | None, typer.Option("--date", help="The day that is planned; none: the next working day.")]
Speech = Annotated[str, typer.Option("--language", help="vi or en.")]


def whatif(
    office: Annotated[str | None, typer.Argument(help="Its id; needed where there are several.")] = None,
    more: Annotated[int, typer.Option(help="So many counters more.", min=0)] = 0,
    fewer: Annotated[int, typer.Option(help="So many counters fewer.", min=0)] = 0,
    since: Annotated[str | None, typer.Option("--from", help="From this time on, HH:MM; none: all day.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Until this time, HH:MM.")] = None,
    service: Annotated[
        list[str] | None, typer.Option(help="What the counters more call for, or --counter; may be given again.")
    ] = None,
    counter: Annotated[str | None, typer.Option(help="The counter that is closed, or calls for --service.")] = None,
    lunch: Annotated[bool, typer.Option("--lunch-in-turns", help="Counters go to lunch in two turns.")] = False,
    without: Annotated[
        list[str] | None, typer.Option(help="Nobody comes for this service; may be given again.")
    ] = None,
    planned: Planned = None,
    language: Speech = "vi",
    data: Data = None,
) -> None:
    """Try how long people would wait with more, fewer or other counters, on the office's own days of that weekday."""
    if more and fewer:
        raise Refused("expected --more or --fewer, found both")
    question = Question(
        more=more - fewer,
        begins_min=minute_of(since, "--from"),
        ends_min=minute_of(to, "--to"),
        services=tuple(service or ()),
        counter=counter,
        lunch_in_turns=lunch,
        without=tuple(without or ()),
    )
    refuse_other_language(language)
    with opened(data) as store:
        place = office_of(store, office)
        day = None if planned is None else day_of_option(planned, day_in_viet_nam(now_ms()))
        try:
            answer = ask(Memory(store), place, question, day, now_ms())
        except BadQuestion as problem:
            raise Refused(str(problem)) from None
    show(place, answer, language)


def staffing(
    office: Annotated[str | None, typer.Argument(help="Its id; needed where there are several.")] = None,
    planned: Planned = None,
    share: Annotated[float, typer.Option(help="So large a share shall be called within the target.")] = GOAL,
    language: Speech = "vi",
    data: Data = None,
) -> None:
    """Suggest how many counters an office needs in each half hour of a day, against who is planned now."""
    refuse_other_language(language)
    with opened(data) as store:
        place = office_of(store, office)
        day = None if planned is None else day_of_option(planned, day_in_viet_nam(now_ms()))
        try:
            found = suggest_staffing(Memory(store), place, day, now_ms(), share)
        except BadQuestion as problem:
            raise Refused(str(problem)) from None
    table = new_table(f"{place.name} · {found.day:%d/%m/%Y}", SLOTS[language])
    for one in found.found.slots:
        table.add_row(
            f"{clock_of(one.begins_min)}–{clock_of(one.ends_min)}",
            number_of(one.people, language, 1),
            str(one.planned),
            percent_of(one.planned_share, language, 0),
            str(one.least),
            percent_of(one.least_share, language, 0),
        )
    out.print(table)
    told = (found.day, found.expected, found.days, found.alike, found.order)
    for sentence in said_of_staffing(found.found, *told, language):
        say(sentence)


def show(place: OfficeRow, answer: Answer, language: str) -> None:
    """The figures, the half hours, and what to know of them."""
    heads, hours = HEADS[language]
    table = new_table(f"{place.name} · {answer.planned:%d/%m/%Y}", heads)
    for row in shown_rows(answer.found, language):
        table.add_row(*row)
    out.print(table)
    table = new_table(None, hours)
    for one in answer.found.half_hours:
        if one.people:
            waits = ("–" if wait is None else minutes_of(wait, language) for wait in (one.before_min, one.after_min))
            a_day = number_of(one.people / answer.found.days, language, 1)
            table.add_row(clock_of(one.begins_min), a_day, *waits)
    out.print(table)
    for sentence in said_of(answer.found, answer.planned, answer.days, answer.alike, language):
        say(sentence)


def new_table(title: str | None, heads: tuple[str, ...]) -> Table:
    """Figures to the right of what they are."""
    table = Table(title=None if title is None else escape(title), title_justify="left", box=None, padding=(0, 1, 0, 0))
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", overflow="fold")
    return table


def office_of(store: Store, office: str | None) -> OfficeRow:
    """The office that is named, or the only one. Raises Refused."""
    found = [one for one in offices(store) if office in (None, one.id)]
    if len(found) != 1:
        ids = ", ".join(one.id for one in offices(store)) or "none yet"
        raise Refused(f"office: expected one of {ids}, found {office!r}")
    return found[0]


def minute_of(text: str | None, option: str) -> int | None:
    """A time of day in minutes. Raises Refused."""
    if text is None:
        return None
    read = CLOCK.fullmatch(text.strip())
    if read is None or (minute := int(read[1]) * 60 + int(read[2] or 0)) > 24 * 60:
        raise Refused(f"{option}: expected a time of day such as 8:00, found {text!r}")
    return minute


def refuse_other_language(language: str) -> None:
    """Raises Refused."""
    check_language(language)

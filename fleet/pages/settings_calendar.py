"""When an office is open: its month as a picture, its week as rows of hours, and days that differ."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.calendar_table import SESSION_NAMES, session_at, shown_hour
from fleet.domain.calendars import Rule, RuleKind
from fleet.domain.month_drawn import draw_month
from fleet.domain.rights import Permission, Person
from fleet.domain.seen import mark_of
from fleet.flows import change_calendar
from fleet.flows.change_calendar import OwnCalendar
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.pages import forms
from fleet.pages.form_fields import Field, Fields, Ticks
from fleet.pages.forms import Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow

Setter = Annotated[Person, Depends(allow(Permission.SET_RULES))]

ROW = Fields("week", (Ticks("weekdays"), Field("start"), Field("end"), Field("first"), Field("last")))
DAYS = Fields(
    "days",
    (
        *map(Field, ("kind", "first", "last", "session", "start", "end", "like")),
        Ticks("weekdays"),
        Field("note"),
    ),
)
KEPT = ("session", "note")
# What a row of a file may say beside, and no field here changes.
WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
# As a file of calendars calls them, from Monday on.
KINDS = (RuleKind.CLOSED, RuleKind.OPEN, RuleKind.NO_APPOINTMENTS)
MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")
ROW_OF = re.compile(r"[a-z]+-([0-9]{1,2})")


@dataclass(frozen=True)
class RowsForm(forms.Form):
    """The week as a form: fields of rows, whose names end in the number of their row."""

    rows: int = 0
    beside: tuple[dict[str, str], ...] = ()

    def label(self, name: str) -> str:
        """As the column is called."""
        return f"{ROW.group}.{name.partition('-')[0]}"


def calendar_router() -> APIRouter:
    """The calendar of an office, and the form of days that differ."""
    router = APIRouter()

    def look(request: Request, office: str) -> OwnCalendar:
        return change_calendar.own_calendar(house_of(request).store, office, day_in_viet_nam(now_ms()))

    def shown(
        request: Request,
        place: OfficeRow,
        month: str = "",
        sent: Sent | None = None,
        refusal: Refusal | None = None,
        more: int = 0,
    ) -> Response:
        found, today = look(request, place.id), day_in_viet_nam(now_ms())
        first = date.fromisoformat(f"{month}-01") if MONTH.fullmatch(month) else today.replace(day=1)
        return settings_page(
            request,
            "settings/calendar.html",
            "calendar",
            place,
            week_form(found, sent, refusal, more),
            month=draw_month(found.calendar, first, today),
            days=[(mark_of(one), one) for one in sorted(found.days, key=lambda one: one.first or date.min)],
            today=today,
            found=found,
        )

    @router.get("/settings/offices/{office}/calendar")
    def calendar(
        request: Request, office: str, person: Setter, month: Annotated[str, Query(max_length=7)] = ""
    ) -> Response:
        """The calendar as it is."""
        return shown(request, own_office(request, office, person), month)

    @router.post("/settings/offices/{office}/calendar")
    def save_week(
        request: Request, office: str, person: Setter, sent: Sending, more: Annotated[str, Form()] = ""
    ) -> Response:
        """The week as somebody wants it; or another empty row for it."""
        place, store = own_office(request, office, person), house_of(request).store
        if more:
            return shown(request, place, sent=sent, more=1)
        rows = week_rows(sent.typed)
        refusal = attempt(lambda: change_calendar.set_week(store, office, rows, sent.seen))
        if refusal is not None:
            return shown(request, place, sent=sent, refusal=refusal)
        return saved(request, request.url.path, office)

    def asked(request: Request, place: OfficeRow, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        now: dict[str, object] = dict.fromkeys((one.name for one in DAYS.each), "")
        form = forms.Form(DAYS, {**now, "kind": "closed", "weekdays": []}, "new", sent, refusal)
        return settings_page(
            request, "settings/calendar_days.html", "calendar", place, form, kinds=KINDS, sessions=tuple(SESSION_NAMES)
        )

    @router.get("/settings/offices/{office}/calendar/days")
    def new_days(request: Request, office: str, person: Setter) -> Response:
        """The form of days that differ."""
        return asked(request, own_office(request, office, person))

    @router.post("/settings/offices/{office}/calendar/days")
    def add_days(request: Request, office: str, person: Setter, sent: Sending) -> Response:
        """Days that differ from now on."""
        place, store = own_office(request, office, person), house_of(request).store
        row = {name: as_cell(value) for name, value in DAYS.read(sent.typed).items()}
        row["kind"] = row["kind"].replace("_", " ")
        refusal = attempt(lambda: change_calendar.add_days(store, office, row))
        if refusal is not None:
            return asked(request, place, sent, refusal)
        return saved(request, f"/settings/offices/{office}/calendar", office)

    @router.post("/settings/offices/{office}/calendar/days/removed")
    def take_back(
        request: Request, office: str, person: Setter, rule: Annotated[str, Form(max_length=64)] = ""
    ) -> Response:
        """Days that are as others again."""
        place = own_office(request, office, person)
        change_calendar.take_back(house_of(request).store, place.id, rule)
        return saved(request, f"/settings/offices/{office}/calendar", office)

    return router


def week_form(found: OwnCalendar, sent: Sent | None, refusal: Refusal | None, more: int) -> RowsForm:
    """The week with an empty row behind it; or what was typed, with as many rows as were sent."""
    count = len(found.week) + 1 if sent is None else max(rows_in(sent.typed), 1) + more
    fields = Fields(ROW.group, tuple(type(one)(f"{one.name}-{n}") for n in range(count) for one in ROW.each))
    now: dict[str, object] = dict.fromkeys((one.name for one in fields.each), "")
    for n in range(count):
        row = row_of(found.week[n]) if n < len(found.week) else {"weekdays": []}
        now |= {f"{name}-{n}": value for name, value in row.items()}
    beside = [beside_of(rule) for rule in found.week] if sent is None else beside_in(sent.typed, count)
    seen = [*found.week, *found.days]
    return RowsForm(fields, now, seen, sent, refusal, rows=count, beside=tuple(beside))


def beside_of(rule: Rule) -> dict[str, str]:
    """What a rule says beside its row: a note, and a session that its hours do not tell."""
    session = "" if rule.session == session_at(rule.start or 0) else rule.session
    return {"session": session, "note": rule.note}


def beside_in(typed: Mapping[str, list[str]], count: int) -> list[dict[str, str]]:
    return [{name: next(iter(typed.get(f"{name}-{n}", [])), "") for name in KEPT} for n in range(count)]


def row_of(rule: Rule) -> dict[str, object]:
    """A rule of the week as the fields of its row."""
    return {
        "weekdays": [WEEKDAYS[day - 1] for day in rule.weekdays],
        "start": shown_hour(rule.start or 0),
        "end": shown_hour(rule.end or 0),
        "first": rule.first,
        "last": rule.last,
    }


def week_rows(typed: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """The cells of each row; those of an empty row are all empty."""
    rows = []
    for n in range(rows_in(typed)):
        row = {one.name: as_cell(one.read(typed.get(f"{one.name}-{n}", []))) for one in ROW.each}
        rows.append({**row, **beside_in(typed, n + 1)[n]} if any(row.values()) else {})
    return rows


def rows_in(typed: Mapping[str, list[str]]) -> int:
    """How many rows a form has."""
    numbers = [int(match[1]) for name in typed if (match := ROW_OF.fullmatch(name))]
    return min(max(numbers, default=-1) + 1, change_calendar.ROWS_AT_MOST)


def as_cell(value: object) -> str:
    """What was typed, as a cell of a file."""
    return ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)

"""motcua indicators: the official indicators that dossiers and presses can tell, each with its dossiers."""

from datetime import date
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.periods import Day, Month, Quarter, Week, Year, period_of
from fleet.commands.shared import Data, Refused, check_language, opened, say
from fleet.domain.figures import days_of, percent_of, points_of, shown_period
from fleet.domain.indicator_texts import CLASSES, CRITERIA, FORMULAS, GROUPS, NAMES, PARTS, said
from fleet.domain.indicators import FED, POINTS, POINTS_OF_RISK, Indicator, Item
from fleet.domain.nine_criteria import FILLED, Nine
from fleet.domain.official_now import Official, parts_of
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.official import official
from fleet.flows.watch import UnknownOffice


def indicators(
    unit: Annotated[str, typer.Argument(help="The id of an office, or of a unit above offices.")],
    day: Day = None,
    week: Week = None,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    dossiers: Annotated[
        str | None, typer.Option("--dossiers", help="List the dossiers behind a cell instead, such as 2.1/late.")
    ] = None,
    formulas: Annotated[bool, typer.Option("--formulas", help="Say how each is worked out.")] = False,
    language: Annotated[str, typer.Option("--language", help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Show the official indicators of a period (this month): items 2.1, 2.2, 3.3, 5.4 and the form of nine criteria."""
    check_language(language)
    period = period_of(day_in_viet_nam(now_ms()), day, week, month, quarter, year)
    with opened(data) as store:
        try:
            found = official(store, unit, period, now_ms())
        except UnknownOffice:
            raise Refused(f"office: there is none of id {unit!r}") from None
    if dossiers is not None:
        list_dossiers(found, dossiers)
        return
    show(found, language, formulas)


def list_dossiers(found: Official, cell: str) -> None:
    """The codes behind a cell, one a line."""
    parts = {f"{item}/{name}": group for (item, name), group in parts_of(found).items()}
    if cell not in parts:
        raise Refused(f"--dossiers: expected one of {', '.join(parts)}, found {cell!r}")
    for code in parts[cell].codes:
        say(code)


def show(found: Official, language: str, formulas: bool) -> None:
    """Each item with the counts behind it, and what only the portal knows."""
    basis = "by_scan" if found.organisation is None else "by_organisation"
    say(f"{found.name} · {shown_period(found.period, language)} · {as_of(found.until, language)}")
    say(said(basis, language, name=found.organisation))
    by_item = {one.item: one for one in found.items}
    for group, points in POINTS.items():
        rest = said("portal_rest" if group in FED else "portal", language)
        say("")
        say(f"{GROUPS[group][language]} ({points}): {rest}")
        for item in FED.get(group, ()):
            show_item(by_item[item], found, language, formulas)
    say("")
    show_nine(found.nine, language)
    say("")
    say(said("not_official", language))


def show_item(one: Indicator, found: Official, language: str, formulas: bool) -> None:
    """An item: its value, its points, the counts behind it."""
    say(f"  {one.item.value}  {NAMES[one.item][language]}: {value_of(one, language)}")
    if formulas:
        say(f"       {FORMULAS[one.item][language]}")
    warnings = found.warnings if one.item == Item.ON_TIME else ()
    for part in (*one.parts, *warnings):
        if part.n:
            say(f"       {part.n:>6}  {PARTS[part.name][language]}  [{one.item.value}/{part.name}]")
    if one.item == Item.ON_TIME and len(found.by_field) > 1:
        for name, its in found.by_field:
            say(f"       {name or '–'}: {value_of(its, language)}")
    if one.item == Item.RISK and found.if_pressed is not None and found.dissatisfied is not None:
        shares = {"share": percent_of(found.dissatisfied, language), "value": percent_of(found.if_pressed, language)}
        say(f"       {said('if_pressed', language, n=found.pressed, **shares)}")


def show_nine(nine: Nine, language: str) -> None:
    """The form, criterion by criterion."""
    say(said("nine", language))
    for mean in nine.means:
        source = said("filled" if mean.criterion in FILLED else "asked", language)
        if mean.points is not None:
            between = "" if mean.low is None or mean.high is None else between_of(mean.low, mean.high, language)
            value = f"{points_of(mean.points, language)} / 2 ({between}n = {mean.n})"
        else:
            value = said("too_few" if mean.criterion in FILLED else "no_answers", language)
        say(f"  {mean.criterion.value}  {CRITERIA[mean.criterion][language]}: {value} · {source}")
    grade = None if nine.grade is None else CLASSES[nine.grade][language]
    known = points_of(nine.known, language)
    say(f"  {said('whole' if grade else 'partly', language, known=known, possible=nine.possible, grade=grade)}")


def between_of(low: float, high: float, language: str) -> str:
    """`1,02 đến 1,88, `, where a mean is of answers."""
    return said("between", language, low=points_of(low, language), high=points_of(high, language))


def value_of(one: Indicator, language: str) -> str:
    """`87,50 %`, with its points."""
    if one.value is None:
        return said("na", language)
    if one.item == Item.MEAN_TIME:
        return days_of(one.value, language)
    value = percent_of(one.value, language)
    value = said("bound", language, value=value) if one.is_bound else value
    if one.points is not None:
        return f"{value} ({said('points', language, points=points_of(one.points, language), most=POINTS_OF_RISK)})"
    if one.of_full is not None:
        return f"{value} ({said('of_full', language, share=percent_of(one.of_full, language))})"
    return value


def as_of(day: date, language: str) -> str:
    """The day as of which figures are."""
    return said("as_of", language, day=f"{day:%d/%m/%Y}")

"""What the page of an office's history says, as tables: the page shows them, and files hold just the same."""

from datetime import date

from fleet.domain.figures import number_of, shown_day, shown_period
from fleet.domain.history import Heat, History, Look, Rated
from fleet.domain.named_periods import read_period
from fleet.domain.report_tables import Figure, Table, count, minutes, share, text, visit_figures
from fleet.domain.waits import WaitRow
from fleet.pages.texts import Wording

FIGURES = ("visits", "no_shows", "wait_p50", "wait_p90", "within", "service_p50", "service_p90", "rated", "satisfied")
STEP_FIGURES = ("visits", "no_shows", "wait_p50", "wait_p90", "within", "service_p50")
UNKNOWN = "–"


def tables(found: History, wording: Wording) -> dict[str, Table]:
    """All tables, by their keys, in their order."""
    made = [summary(found, wording), steps(found, wording)]
    if found.rated:
        made.append(ratings(found, wording))
    if found.heat is not None:
        made.append(heat(found, wording))
    for key, rows, names in (
        ("service", found.of_services, found.services),
        ("counter", found.of_counters, found.counters),
    ):
        if rows:
            made.append(parts(key, rows, names, wording))
    return {one.key: one for one in made}


def summary(found: History, wording: Wording) -> Table:
    """The period beside the one before and the same of the year before."""
    looks = (found.this, found.before, found.last_year)
    rows = tuple(
        (text(wording.say(f"history.figure.{name}")), *(figure(name, look) for look in looks)) for name in FIGURES
    )
    columns = (wording.say("history.figure_column"), *(looked_at(look, wording) for look in looks))
    return Table("summary", wording.say("history.summary"), columns, rows)


def looked_at(look: Look, wording: Wording) -> str:
    """A period by its name; until when, if not all of it is told."""
    named = shown_period(look.period, wording.code)
    if look.until == look.period.last:
        return named
    return wording.say("history.until", period=named, day=shown_day(look.until))


def figure(name: str, look: Look) -> Figure:
    """One figure of a period."""
    if name == "rated":
        return Figure(count(0).kind, None if look.rated is None else look.rated.n)
    if name == "satisfied":
        return share(None if look.rated is None else look.rated.share)
    return figures_of(look.row)[name]


def figures_of(row: WaitRow) -> dict[str, Figure]:
    """The figures of visits, by name."""
    return visit_figures(row) | {"service_p90": minutes(row.service.p90_s)}


def steps(found: History, wording: Wording) -> Table:
    """The period step by step."""
    rows = tuple(
        (text(step_name(found.by, row.key, wording)), *(figures_of(row)[name] for name in STEP_FIGURES))
        for row in found.steps
    )
    names = (wording.say(f"history.by.{found.by}"), *(wording.say(f"history.figure.{name}") for name in STEP_FIGURES))
    return Table("steps", wording.say("history.steps"), names, rows)


def step_name(by: str, key: str, wording: Wording) -> str:
    """A step as a row of a table begins."""
    if by == "hour":
        return f"{key}:00"
    day = date.fromisoformat(key)
    if by == "month":
        return shown_period(read_period(key[:7]), wording.code)
    if by == "week":
        return wording.say("history.from", day=shown_day(day))
    return f"{wording.say(f'history.short_weekday.{day.isoweekday()}')} {day:%d/%m}"


def step_mark(by: str, key: str) -> str:
    """The same, short, below a chart."""
    if by == "hour":
        return f"{int(key)}:00"
    return f"{int(key[5:7])}/{key[2:4]}" if by == "month" else f"{int(key[8:])}/{int(key[5:7])}"


def ratings(found: History, wording: Wording) -> Table:
    """The published ratings step by step, with their intervals."""
    rows = tuple(
        (text(rated_name(one, wording)), count(one.n), share(one.share), share(one.low), share(one.high))
        for one in found.rated
    )
    names = tuple(wording.say(f"history.rated.{name}") for name in ("n", "share", "low", "high"))
    return Table("ratings", wording.say("history.ratings"), (wording.say(f"history.by.{found.rated_by}"), *names), rows)


def rated_name(one: Rated, wording: Wording) -> str:
    """The week or month of these ratings."""
    return shown_period(read_period(one.key), wording.code)


def heat(found: History, wording: Wording) -> Table:
    """The hours of the weekdays on which anybody came."""
    hours = heat_hours(found)
    rows = tuple(
        (text(wording.say(f"date.weekday.{weekday}")), *(minutes(its[hour].p90_s) for hour in hours))
        for weekday, its in enumerate(found.heat or (), 1)
        if any(one.visits for one in its)
    )
    return Table(
        "heat", wording.say("history.heat"), (wording.say("history.weekday"), *(f"{hour}:00" for hour in hours)), rows
    )


def heat_hours(found: History) -> list[int]:
    """From the first hour in which anybody came to the last."""
    came = [hour for its in found.heat or () for hour, one in enumerate(its) if one.visits]
    return list(range(min(came), max(came) + 1)) if came else []


def heat_level(one: Heat, target_s: int | None) -> int:
    """How hot an hour is, from 0 (nothing said) to 5: nine of ten waited no longer than so much of the target."""
    if one.p90_s is None:
        return 0
    part = one.p90_s / (target_s or 900)
    return 1 + sum(part > step for step in (0.5, 0.75, 1.0, 1.5))


def parts(key: str, rows: tuple[WaitRow, ...], names: dict[str, str], wording: Wording) -> Table:
    """By service or counter, what most came for first."""
    ordered = (
        sorted(rows, key=lambda row: (-row.visits, row.key))
        if key == "service"
        else sorted(rows, key=lambda row: list(names).index(row.key) if row.key in names else len(names))
    )
    made = tuple(
        (text(names.get(row.key, row.key) or UNKNOWN), *(figures_of(row)[name] for name in STEP_FIGURES))
        for row in ordered
    )
    heads = (wording.say(f"history.{key}"), *(wording.say(f"history.figure.{name}") for name in STEP_FIGURES))
    return Table(key, wording.say(f"history.of_{key}"), heads, made)


def changes(found: History, wording: Wording) -> dict[str, tuple[str, str]]:
    """For each figure how it differs from the period before, and from the year before; '' where that is not known."""
    return {
        name: (change(name, found.this, found.before, wording), change(name, found.this, found.last_year, wording))
        for name in FIGURES
    }


def change(name: str, this: Look, other: Look, wording: Wording) -> str:
    """How a figure differs: visits in per cent, times in minutes, shares in points."""
    now, then = figure(name, this).value, figure(name, other).value
    if now is None or then is None or isinstance(now, str) or isinstance(then, str):
        return ""
    differs = float(now) - float(then)
    if name in ("visits", "no_shows", "rated"):
        return signed(100 * differs / float(then), wording.code, 0) + " %" if then else ""
    if name in ("within", "satisfied"):
        return wording.say("history.points", change=signed(100 * differs, wording.code, 1))
    return wording.say("history.minutes", change=signed(differs / 60, wording.code, 1))


def signed(value: float, code: str, places: int) -> str:
    """With its sign; zero has none."""
    shown = number_of(abs(value), code, places)
    if not any(letter in "123456789" for letter in shown):
        return shown
    return ("+" if value > 0 else "−") + shown

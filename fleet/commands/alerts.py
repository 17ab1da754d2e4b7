"""motcua alerts: what somebody should look at, who sees to it, and from when on an office is alerted."""

from dataclasses import fields
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, caller, check_language, opened, out
from fleet.domain.alert_limits import AlertLimits, BadLimits
from fleet.domain.alerts_now import AlertNow
from fleet.domain.day import shown_time
from fleet.flows import alert_rules, alerts
from fleet.flows.watch import offices

SHOWN = 50
LANGUAGES = ("vi", "en")
STATES = {
    "vi": ("đang mở", "đã hết", "{person} đã nhận {at}"),
    "en": ("open", "over", "{person} sees to it since {at}"),
}
NOTHING = "none"
# An empty list on the command line.

app = typer.Typer(no_args_is_help=True, help="Alerts: what somebody should look at now, and who sees to it.")

Office = Annotated[str, typer.Argument(help="The office's id.")]


@app.command("list")
def listed(
    office: Annotated[str | None, typer.Argument(help="The office's id; none: every office.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    days: Annotated[int, typer.Option(help="Of so many days, with today.", min=1)] = 7,
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """List the alerts that are open, the newest first."""
    check_language(language)
    with opened(data) as store:
        zones = {one.id: one.timezone for one in offices(store)}
        if office is not None and office not in zones:
            raise Refused(f"office: expected one of {', '.join(sorted(zones)) or 'none yet'}, found {office!r}")
        found = []
        for one in sorted(zones) if office is None else [office]:
            since = alerts.day_since(store, one, days - 1, now_ms()) if every else alerts.EVER
            found += alerts.alerts_of(store, one, not every, since, most=SHOWN)
    if not found:
        out.print("no alerts" if every else "nothing is open")
        return
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("number", "office", "since", "alert", "state"):
        table.add_column(column, overflow="fold")
    for alert in found:
        since = alert.day if alert.opened_ms is None else shown_time(alert.opened_ms, zones[alert.office])
        state = state_of(alert, zones[alert.office], language)
        table.add_row(str(alert.id), alert.office, since, escape(alert.said(language)), escape(state))
    out.print(table)


@app.command()
def acknowledge(
    office: Office,
    number: Annotated[int, typer.Argument(help="The alert's number, as `motcua alerts list` shows it.", min=1)],
    by: Annotated[str | None, typer.Option(help="Who sees to it, instead of the user of this machine.")] = None,
    data: Data = None,
) -> None:
    """Say that somebody sees to an alert: it stays until its cause is over, and is not told again."""
    person = caller() if by is None else " ".join(by.split())
    if not person or not person.isprintable():
        raise Refused(f"--by: expected a name, found {by!r}")
    with opened(data) as store:
        zones = {one.id: one.timezone for one in offices(store)}
        try:
            alert = alerts.acknowledge(store, office, number, person, now_ms())
        except (alerts.NoSuchAlert, alerts.AlertClosed) as problem:
            raise Refused(str(problem)) from None
    at = shown_time(alert.acknowledged_ms or 0, zones[office])
    out.print(f"{number}: {escape(alert.acknowledged_by)} sees to it since {at}", highlight=False)


@app.command()
def limits(
    office: Office,
    off: Annotated[list[str] | None, typer.Option(help="A cause that nobody is alerted of; none: all are on.")] = None,
    wait_s: Annotated[int | None, typer.Option(help="Nobody should wait longer; 0: as each service says.")] = None,
    told: Annotated[int | None, typer.Option(help="What newcomers are told is held against it: 50 or 90.")] = None,
    closes: Annotated[int | None, typer.Option(help="An alert may close at so many per cent of its limit.")] = None,
    silent_s: Annotated[int | None, typer.Option(help="So long nothing may happen at a free counter.")] = None,
    serving_s: Annotated[int | None, typer.Option(help="So long nothing may happen at one that serves.")] = None,
    ratings: Annotated[int | None, typer.Option(help="Bad ratings less likely than this in 100,000.")] = None,
    dossiers_at: Annotated[str | None, typer.Option(help="The day's dossiers are told at 08:00.")] = None,
    dossiers: Annotated[int | None, typer.Option(help="If they are so many or more.")] = None,
    printer_s: Annotated[int | None, typer.Option(help="So long a printer may be away.")] = None,
    calm_s: Annotated[int | None, typer.Option(help="So long a cause must be low before its alert closes.")] = None,
    again_min: Annotated[
        int | None, typer.Option(help="What nobody sees to is told again after so long; 0: never.")
    ] = None,
    quiet: Annotated[
        list[str] | None, typer.Option(help="Nothing is told in these hours, such as 18:00-06:30; none: always.")
    ] = None,
    quiet_day: Annotated[
        list[str] | None, typer.Option(help="Nothing is told on this weekday, 1 is Monday; none: every day.")
    ] = None,
    mail: Annotated[list[str] | None, typer.Option(help="An address that is told by e-mail; none: nobody.")] = None,
    language: Annotated[str | None, typer.Option(help="Of the letters: vi or en.")] = None,
    data: Data = None,
) -> None:
    """Show from when on an office is alerted; with options, change it. Options that list something replace the list."""
    said = {
        "off": items(off),
        "wait_s": wait_s,
        "told": told,
        "closes": closes,
        "silent_s": silent_s,
        "serving_s": serving_s,
        "ratings": ratings,
        "dossiers_at": dossiers_at,
        "dossiers": dossiers,
        "printer_s": printer_s,
        "calm_s": calm_s,
        "again_min": again_min,
        "quiet": items(quiet),
        "quiet_days": weekdays(items(quiet_day)),
        "mail": items(mail),
        "language": language,
    }
    changes = {name: value for name, value in said.items() if value is not None}
    with opened(data) as store:
        try:
            show(alert_rules.set_limits(store, office, changes) if changes else alert_rules.limits_of(store, office))
        except BadLimits as problem:
            raise Refused(str(problem)) from None


def items(given: list[str] | None) -> list[str] | None:
    """The items of a list; the word for nothing empties it."""
    return [] if given == [NOTHING] else given or None


def weekdays(given: list[str] | None) -> list[Any] | None:
    """Weekdays as numbers; what is none is refused where the limits are read."""
    return None if given is None else [int(one) if one.isdecimal() and one.isascii() else one for one in given]


def show(found: AlertLimits) -> None:
    """The limits, one a line, by the names of the options."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name in (one.name for one in fields(found)):
        value = getattr(found, name)
        shown = ", ".join(map(str, value)) or NOTHING if isinstance(value, tuple) else str(value)
        table.add_row("quiet-day" if name == "quiet_days" else name.replace("_", "-"), escape(shown))
    out.print(table)


def state_of(alert: AlertNow, timezone: str, language: str) -> str:
    """What became of it."""
    is_open, is_over, acknowledged = STATES[language]
    said = [is_open if alert.is_open else is_over]
    if alert.acknowledged_ms is not None:
        at = shown_time(alert.acknowledged_ms, timezone)
        said.append(acknowledged.format(person=alert.acknowledged_by, at=at))
    return ", ".join(said)

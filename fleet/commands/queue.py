"""motcua queue: the rules by which an office calls."""

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.bookings import read_day
from fleet.commands.shared import Data, Refused, caller, opened, out
from fleet.domain.calendars import MINUTE_MS, VIET_NAM
from fleet.domain.closing import BadClosing
from fleet.domain.day import bounds, day_of, shown_time
from fleet.domain.fairness import ADDED, IN_A_ROW
from fleet.domain.place_rules import BadPlace
from fleet.domain.queue_policy import BY_TICKET, TO_END, TO_FRONT, BadPolicy, PriorityClass, QueuePolicy
from fleet.flows import closing, queue_rules
from fleet.flows.check_fairness import check_day
from fleet.flows.equip import all_offices
from fleet.flows.virtual_device import VirtualDevice

SENT_ON = {
    BY_TICKET: "to where the number says",
    TO_FRONT: "to the front, within the bounds of priority",
    TO_END: "to the end",
}
BROKEN = {IN_A_ROW: "too many such calls in a row", ADDED: "for longer than the rules allow"}
app = typer.Typer(help="The rules of a queue: who goes before others and how far, and which counter calls for what.")
Office = Annotated[str, typer.Argument(help="The office's id.")]


@app.command()
def rules(
    office: Office,
    in_a_row: Annotated[
        int | None, typer.Option(help="So many calls of a counter in a row may go to classes while others wait.")
    ] = None,
    added_s: Annotated[
        int | None, typer.Option(help="Who was passed by for so many seconds is passed by no more.")
    ] = None,
    calls: Annotated[int | None, typer.Option(help="So often is a number called that nobody answers.")] = None,
    late_s: Annotated[int | None, typer.Option(help="Who comes so late has no appointment any more.")] = None,
    slot_min: Annotated[int | None, typer.Option(help="Appointments are so many minutes apart.")] = None,
    per_slot: Annotated[int | None, typer.Option(help="So many at a time for each service; 0: none are taken.")] = None,
    days_ahead: Annotated[int | None, typer.Option(help="They are taken up to so many days ahead.")] = None,
    grace_min: Annotated[
        int | None, typer.Option(help="Numbers are given until so many minutes after the last session of a day.")
    ] = None,
    sent_on: Annotated[
        str | None, typer.Option(help="Where somebody stands who is sent on: ticket (as the number says), front, end.")
    ] = None,
    data: Data = None,
) -> None:
    """Show the rules of an office's queue; with options, change them."""
    changes: dict[str, int | str | None] = {
        "most_in_a_row": in_a_row,
        "most_added_s": added_s,
        "calls": calls,
        "late_s": late_s,
        "slot_min": slot_min,
        "per_slot": per_slot,
        "days_ahead": days_ahead,
        "grace_min": grace_min,
        "sent_on": sent_on,
    }
    with opened(data) as store:
        try:
            show(queue_rules.set_numbers(store, office, now_ms(), **changes))
        except BadPolicy as problem:
            raise Refused(str(problem)) from None


@app.command("class")
def priority_class(
    office: Office,
    name: Annotated[str, typer.Argument(metavar="CLASS", help="The word that tickets carry: priority, senior, …")],
    called: Annotated[str | None, typer.Option("--name", help="What it is called, in Vietnamese.")] = None,
    english: Annotated[str, typer.Option(help="What it is called in English.")] = "",
    basis: Annotated[str, typer.Option(help="The rule that says so.")] = "",
    since: Annotated[str | None, typer.Option("--from", help="The first day, such as 2026-07-01.")] = None,
    to: Annotated[str | None, typer.Option(help="The last day.")] = None,
    before: Annotated[str | None, typer.Option(help="It goes before this class.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Nobody goes before others for this any more.")] = False,
    data: Data = None,
) -> None:
    """Say who goes before others."""
    with opened(data) as store:
        try:
            if remove:
                show(queue_rules.remove_class(store, office, name, now_ms()))
                return
            if called is None:
                raise Refused("--name: expected what the class is called in Vietnamese, found nothing")
            wanted = PriorityClass(name, called.strip(), english.strip(), basis.strip(), since, to)
            show(queue_rules.set_class(store, office, wanted, now_ms(), before))
        except BadPolicy as problem:
            raise Refused(str(problem)) from None


@app.command()
def counter(
    name: Annotated[str, typer.Argument(metavar="COUNTER", help="The counter's id.")],
    calls: Annotated[list[str] | None, typer.Option("--calls", help="A service that it calls for.")] = None,
    helps: Annotated[
        list[str] | None, typer.Option("--helps", help="A service that it calls for when nobody waits for its own.")
    ] = None,
    data: Data = None,
) -> None:
    """Say which services a counter calls for. A quick lane calls for what is quick, and helps with the rest."""
    with opened(data) as store:
        try:
            queue_rules.set_counter(store, name, calls or [], helps or [], now_ms())
        except (BadPolicy, BadPlace) as problem:
            raise Refused(str(problem)) from None
    helped = f", helps with {', '.join(helps)}" if helps else ""
    out.print(f"{escape(name)} calls for {escape(', '.join(calls or []))}{escape(helped)}")


@app.command()
def check(
    office: Office,
    day: Annotated[str | None, typer.Option(help="A day such as 2026-11-24; today if it is left out.")] = None,
    data: Data = None,
) -> None:
    """Look at the log of a day: was anybody passed by more often, or for longer, than the rules of that day allow?"""
    with opened(data) as store:
        try:
            zone = next((one.timezone for one in all_offices(store) if one.id == office), VIET_NAM)
            wanted = read_day(day or day_of(now_ms(), zone)).isoformat()
            looked = check_day(store, office, wanted)
        except BadPolicy as problem:
            raise Refused(str(problem)) from None
    for one in looked.breaches:
        out.print(f"{one.turn.counter} passed by {one.service} {one.number}: {BROKEN[one.rule]}", highlight=False)
    if looked.breaches:
        raise typer.Exit(1)
    if looked.turns:
        out.print(f"{wanted}: {looked.turns} calls, and the bounds held", highlight=False)
    elif looked.called:
        out.print(
            f"{wanted}: {looked.called} numbers were called, and the log has no turn of that day, so there is nothing "
            "to prove the bounds by",
            highlight=False,
        )
    else:
        out.print(f"{wanted}: nobody was called, so there is nothing to prove", highlight=False)
    for end, tickets in sorted(looked.ends.items()):
        out.print(f"{end.replace('_', ' ')}: {tickets}", highlight=False)


@app.command("closing")
def end_of_day(
    office: Office,
    until: Annotated[str | None, typer.Option(help="Give numbers until then, such as 18:30.")] = None,
    as_usual: Annotated[bool, typer.Option("--as-usual", help="End the day as the calendar says.")] = False,
    end: Annotated[
        bool, typer.Option("--end", help="Give no more numbers today, and end the day for those who still wait.")
    ] = False,
    day: Annotated[str | None, typer.Option(help="A day such as 2026-11-24; today if it is left out.")] = None,
    data: Data = None,
) -> None:
    """Show until when numbers are given today and who still waits; keep a day open for longer, or end it earlier."""
    if (until is not None) + as_usual + end > 1:
        raise Refused("expected one of --until, --as-usual and --end, found several")
    with opened(data) as store:
        try:
            place, _ = closing.look(store, office, now_ms())
            wanted = read_day(day or day_of(now_ms(), place.timezone)).isoformat()
            if until is not None or as_usual:
                ends_ms = None if until is None else moment_of(wanted, until, place.timezone)
                closing.say_until(store, office, wanted, ends_ms, caller(), now_ms())
            elif end and day is not None:
                raise Refused("--end: expected today, found a --day")
            elif end:
                closing.end_day(store, VirtualDevice(store, "close", now_ms()), office, caller(), now_ms())
            _, now = closing.look(store, office, now_ms())
            ends_at = closing.look_at(store, office, wanted)
        except (BadPolicy, BadClosing) as problem:
            raise Refused(str(problem)) from None
    if day is not None:
        start_ms, end_ms = bounds(wanted, place.timezone)
        words = {start_ms: "not given", end_ms: "given until midnight"}
        out.print(f"{wanted}: numbers are {words.get(ends_at, f'given until {shown_time(ends_at, place.timezone)}')}")
        return
    ends = "midnight" if now.until_ms is None else shown_time(now.until_ms, place.timezone)
    verb = "were" if now.closed else "are"
    out.print(f"numbers {verb} given until {ends}{', as a person said' if now.said else ''}", highlight=False)
    out.print(f"waiting: {now.waiting}, set aside: {now.parked}, ended while they waited: {now.ended}", highlight=False)


def moment_of(day: str, clock: str, timezone: str) -> int:
    """A time of a day. Raises BadClosing."""
    try:
        time = datetime.strptime(clock, "%H:%M")
    except ValueError:
        raise BadClosing(f"until: expected a time such as 18:30, found {clock!r}") from None
    return bounds(day, timezone)[0] + (time.hour * 60 + time.minute) * MINUTE_MS


def show(policy: QueuePolicy) -> None:
    """The rules, and the classes in their order."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("in a row", f"{policy.most_in_a_row} calls to classes while others wait")
    table.add_row("added", f"at most {policy.most_added_s} s to anybody's wait")
    table.add_row("calls", f"{policy.calls} before a no-show stays one")
    table.add_row("late", f"after {policy.late_s} s an appointment is none")
    table.add_row("appointments", f"{policy.slot_min} minutes apart, {policy.per_slot} at a time for each service")
    table.add_row("ahead", f"up to {policy.days_ahead} days")
    table.add_row("closing", f"numbers until {policy.grace_min} minutes after the last session")
    table.add_row("sent on", SENT_ON[policy.sent_on])
    for one in policy.classes:
        dates = f"{one.valid_from or ''} – {one.valid_to or ''}" if one.valid_from or one.valid_to else ""
        said = " · ".join(part for part in (one.name, one.name_en, one.basis, dates) if part)
        table.add_row(f"[bold]{escape(one.id)}[/]", escape(said))
    out.print(table)

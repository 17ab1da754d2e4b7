"""motcua estimates and motcua backtest: how well people are told how long they will wait."""

from datetime import date
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, is_day, opened, out
from fleet.domain.day import day_of, later
from fleet.domain.estimate_scores import DayScore
from fleet.domain.promises import Score, best_rival
from fleet.flows import backtest as backtesting
from fleet.flows.backtest import NotJudged, Verdict
from fleet.flows.teach import scores_of
from fleet.flows.watch import offices

DAYS = 40
SHOWN_DAYS = 14
BETTER_BY = 0.15
COVERED_FROM, COVERED_TO = 0.77, 0.83
OURS = "motcua"
RIVALS = {
    "constant": "12 min x people waiting / counters",
    "constant_all": "12 min x people ahead / counters",
    "mean": "mean visit x people waiting / counters",
    "mean_all": "mean visit x people ahead / counters",
    "last_wait": "last wait (LES)",
    "first_in_line": "wait of the first in line (HOL)",
    "last_ten": "mean of the last ten waits",
}
# "Ahead" are those who wait and those at the counters.


def estimates(
    office: Annotated[str | None, typer.Argument(help="Its id; needed where there are several.")] = None,
    days: Annotated[int, typer.Option(help="Of so many days before today.", min=1, max=366)] = SHOWN_DAYS,
    until: Annotated[str | None, typer.Option(help="The last day, YYYY-MM-DD; yesterday if it is left out.")] = None,
    data: Data = None,
) -> None:
    """Show how the waits that people were told came true, beside what simple estimators would have said."""
    if until is not None and not is_day(until):
        raise Refused(f"until: expected YYYY-MM-DD, found {until!r}")
    with opened(data) as store:
        found = [one for one in offices(store) if office in (None, one.id)]
        if len(found) != 1:
            ids = ", ".join(one.id for one in offices(store)) or "none yet"
            raise Refused(f"office: expected one of {ids}, found {office!r}")
        (place,) = found
        last = until or later(day_of(now_ms(), place.timezone), -1)
        scored = scores_of(store, place.id, later(last, 1 - days), last)
    if not scored.days:
        out.print(f"{escape(place.name)}: nobody was promised anything from {later(last, 1 - days)} to {last}")
        return
    out.print(days_table(f"{place.name} · {len(scored.days)} days to {last}", scored.days, scored.together))
    out.print(rivals_table(scored.together))
    out.print(
        f"Đúng {scored.together.right_of_ten}/10 lần. / Right {scored.together.right_of_ten} times of ten.",
        highlight=False,
    )


def backtest(
    days: Annotated[int, typer.Option(help="Be judged by so many days.", min=1, max=1000)] = DAYS,
    scenario: Annotated[list[str] | None, typer.Option(help="Of this scenario only.")] = None,
    overtime: Annotated[
        bool, typer.Option("--overtime", help="Whoever still waits when the session ends is called all the same.")
    ] = False,
    office: Annotated[
        str | None, typer.Option(help="By days of this office instead: half of them are learned from.")
    ] = None,
    floor: Annotated[
        bool, typer.Option("--floor", help="Judge one who knows how the days are made, too: the rest is chance.")
    ] = False,
    data: Data = None,
) -> None:
    """Judge estimates of waits on days that are over, beside simple estimators; a missed bar is said to be missed."""
    try:
        if office is not None:
            with opened(data) as store:
                out.print(verdicts_table([backtesting.backtest_office(store, office, days)]))
            return
        with out.status("playing days …") as status:
            verdicts = backtesting.backtest_scenarios(
                days, scenario, overtime, lambda one: status.update(f"{one.name} with seed {one.seed} is done …"), floor
            )
    except NotJudged as problem:
        raise Refused(str(problem)) from None
    out.print(verdicts_table(verdicts))
    out.print(pooled_table(verdicts))


def verdicts_table(verdicts: list[Verdict]) -> Table:
    """Each scenario and seed, or the office. Ratios: beside the best simple estimator, and of all readings of them."""
    floors = any(one.floor_ratio is not None for one in verdicts)
    columns = ("judged", "seed", "people", "error", "bias", "best simple", "its error", "ratio", "strictest", "10-90 %")
    table = new_table(*columns, "> 10 min longer", *(("floor", "its 10-90 %") if floors else ()))
    for one in verdicts:
        ours, best = one.judged.ours, one.judged.rivals[one.best]
        table.add_row(
            escape(one.name),
            "" if one.seed is None else str(one.seed),
            str(ours.n),
            f"{ours.error_min:.2f}",
            f"{ours.bias_min:+.2f}",
            one.best,
            f"{best.error_min:.2f}",
            f"{one.ratio:.3f}",
            f"{one.strictest_ratio:.3f}",
            percent(ours.covered),
            percent(ours.much_longer),
            *floor_of(one),
        )
    return table


def floor_of(one: Verdict) -> tuple[str, ...]:
    """How somebody who knew how the days are made would have done; nothing where that was not asked."""
    if one.judged.floor is None or one.floor_ratio is None:
        return ()
    return f"{one.floor_ratio:.3f}", percent(one.judged.floor.covered)


def pooled_table(verdicts: list[Verdict]) -> Table:
    """Each scenario over its seeds, and whether it reaches the bars."""
    table = new_table(
        "scenario", "people", "best simple", "ratio", "15 % better", "strictest reading", "ratio", "10-90 %", "77-83 %"
    )
    for one in backtesting.pooled(verdicts):
        table.add_row(
            one.name,
            str(one.people),
            one.best,
            f"{one.ratio:.3f}",
            reached(one.ratio <= 1 - BETTER_BY),
            one.strictest,
            f"{one.strictest_ratio:.3f}",
            percent(one.covered),
            reached(COVERED_FROM <= one.covered <= COVERED_TO),
        )
    return table


def reached(bar: bool) -> str:
    """A bar that is missed is said to be."""
    return "yes" if bar else "MISSED"


def days_table(title: str, days: tuple[tuple[str, DayScore], ...], whole: DayScore) -> Table:
    """Day by day."""
    columns = ("day", "people", "error", "bias", "10-90 %", "below P90", "> 10 min longer", "best simple")
    table = new_table(*columns, title=title)
    for day, score in (*days, ("all", whole)):
        if score.ours is not None:
            best = best_rival(score.rivals)
            table.add_row(
                date.fromisoformat(day).isoformat() if day != "all" else day,
                str(score.ours.n),
                f"{score.ours.error_min:.1f}",
                f"{score.ours.bias_min:+.1f}",
                percent(score.ours.covered),
                percent(score.ours.below_high),
                percent(score.ours.much_longer),
                "" if best is None else f"{best} {score.rivals[best].error_min:.1f}",
            )
    return table


def rivals_table(whole: DayScore) -> Table:
    """What others would have told the same people."""
    table = new_table("estimator", "error", "bias", "> 10 min longer", "")
    rows: list[tuple[str, Score | None, str]] = [(OURS, whole.ours, "")]
    rows += [(name, whole.rivals.get(name), said) for name, said in RIVALS.items()]
    for name, score, said in rows:
        if score is not None:
            table.add_row(name, f"{score.error_min:.1f}", f"{score.bias_min:+.1f}", percent(score.much_longer), said)
    return table


def new_table(*columns: str, title: str | None = None) -> Table:
    """Errors are in minutes."""
    table = Table(title=None if title is None else escape(title), title_justify="left", box=None, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if not place else "right", overflow="fold")
    return table


def percent(share: float | None) -> str:
    """`78.3 %`."""
    return "" if share is None else f"{share * 100:.1f} %"

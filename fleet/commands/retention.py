"""motcua retention and motcua purge: how long what is kept, and forgetting what is over."""

from datetime import datetime
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, err, opened, out, settings_of
from fleet.domain.retention import VIET_NAM, Kept, since
from fleet.flows import purge as flow
from fleet.flows.archive_due import Archives, archives_of

app = typer.Typer(no_args_is_help=True, help="How long what is kept.")


@app.command("show")
def show(data: Data = None) -> None:
    """Show how many days each class of data is kept, from which day on that is, and when the older was last deleted."""
    settings = settings_of(data)
    with opened(data) as store:
        horizons = flow.horizons(store)
        keys = store.keys.count()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("class", "days", "kept since", "deleted last", "setting"):
        table.add_column(column, no_wrap=True, justify="right" if column == "days" else "left")
    now = now_ms()
    for kept in Kept:
        days = settings.keep_days[kept]
        purged = horizons.get(kept)
        setting = f"MOTCUA_KEEP_{kept.upper()}_DAYS"
        table.add_row(kept, str(days), since(now, days).day, "never" if purged is None else shown(purged[1]), setting)
    out.print(table, highlight=False)
    out.print(f"{keys} day keys; each goes a day after its day, with all hashes of holders.", highlight=False)


def purge(data: Data = None) -> None:
    """Forget now what is to be forgotten: `motcua run` and `motcua send` do it by themselves each hour."""
    settings = settings_of(data)
    archives = archives_of(settings.archive, settings.keep_days)
    with opened(data) as store:
        done = flow.purge(store, settings.keep_days, now_ms(), archives=archives)
    told(archives)
    for what, n in done.items():
        if n:
            out.print(f"{what:15}{n}", highlight=False)
    if not any(done.values()):
        out.print("nothing was over")


def shown(ms: int) -> str:
    """A moment in Việt Nam."""
    return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo(VIET_NAM)):%Y-%m-%d %H:%M}"


def told(archives: Archives | None) -> None:
    """What was archived before, and what waits since it could not be."""
    if archives is None:
        return
    for one in archives.made.written:
        out.print(f"{one.file}: {one.rows} rows", highlight=False)
    for problem in archives.problems:
        err.print(f"[yellow]archives:[/] {escape(problem)}", highlight=False)

"""motcua audit: who changed what; whether the log is whole; and a copy of it that says so without the database."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, is_day, opened, out, say
from fleet.domain.audit import BadAuditFile, BrokenChain, Entry, Head, head_of
from fleet.domain.day import bounds, shown_time
from fleet.domain.retention import VIET_NAM
from fleet.flows import audit as flow
from fleet.store.audit import EVER, Asked

app = typer.Typer(no_args_is_help=True, help="The log of everything that changes something, and of who looked at whom.")

Kept = Annotated[Path | None, typer.Option("--head", help="A file with a head that was kept.")]


@app.command("list")
def listed(
    what: Annotated[str, typer.Option(help="Only this: user.add; or all of a kind: user, seen.")] = "",
    who: Annotated[str, typer.Option(help="Only by this one: a name, or user:7.")] = "",
    thing: Annotated[str, typer.Option(help="Only about what has this id.")] = "",
    office: Annotated[str | None, typer.Option(help="Only at this office.")] = None,
    day: Annotated[str | None, typer.Option(help="Only of this day, YYYY-MM-DD in Việt Nam.")] = None,
    most: Annotated[int, typer.Option(help="So many at most.", min=1, max=10_000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    data: Data = None,
) -> None:
    """List the last entries, the newest first."""
    since, until = (0, EVER) if day is None else bounds(right_day(day), VIET_NAM)
    with opened(data) as store:
        found = flow.entries(store, Asked(what, who, thing, office, since, until, EVER, most))
    if as_json:
        for one in found:
            say(one.line())
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("number", "when", "who", "how", "what", "about", "office", "was", "became"):
        table.add_column(column, overflow="fold")
    for one in found:
        table.add_row(*(escape(cell) for cell in cells(one)))
    out.print(table if found else "no entries")


def right_day(text: str) -> str:
    """The day, or a refusal."""
    if not is_day(text):
        raise Refused(f"--day: expected YYYY-MM-DD, found {text!r}")
    return text


def cells(one: Entry) -> tuple[str, ...]:
    """An entry as a row."""
    when = shown_time(one.at_ms, VIET_NAM)
    was, became = ("" if text == "{}" else text for text in (one.was, one.became))
    return (str(one.number), when, one.name, one.how, one.what, one.thing, one.office or "", was, became)


@app.command()
def verify(
    since: Annotated[int | None, typer.Option("--from", help="Walk from this number on.", min=1)] = None,
    kept: Kept = None,
    file: Annotated[Path | None, typer.Option(help="Walk along an export instead of the database.")] = None,
    data: Data = None,
) -> None:
    """Walk along the chain and say where it breaks, or that it is whole. Tells its head, which is worth keeping."""
    try:
        wanted = None if kept is None else head_of(kept.read_text(encoding="utf-8")[:200])
        if file is None:
            with opened(data) as store:
                found = flow.verify(store, wanted, since)
        else:
            with file.open(encoding="utf-8") as lines:
                found = flow.verify_lines(lines, wanted, whole=since is None)
    except UnicodeDecodeError:
        raise Refused(
            f"{file or kept}: expected a text as `motcua audit export` writes it, found another file"
        ) from None
    except (BrokenChain, BadAuditFile) as problem:
        raise Refused(str(problem)) from None
    say(f"whole through entry {found.number}")
    say(found.line())


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to, as JSON lines.")],
    since: Annotated[int, typer.Option("--from", help="From this number on.", min=1)] = 1,
    kept: Annotated[Path | None, typer.Option("--head", help="Where to write the head, to be kept elsewhere.")] = None,
    data: Data = None,
) -> None:
    """Write the log into a file that `motcua audit verify --file` can walk along. The export stands in the log, too."""
    last, n = Head(), 0
    with opened(data) as store, file.open("w", encoding="utf-8") as lines:
        for one in flow.exported(store, since - 1):
            lines.write(one.line() + "\n")
            last, n = Head(one.number, one.hash), n + 1
    if kept is not None:
        kept.write_text(last.line() + "\n", encoding="ascii")
    say(f"{n} entries in {file}")
    say(last.line())


@app.command()
def cut(
    keep: Annotated[int, typer.Option(help="Keep the last so many days.", min=1)] = flow.KEPT_DAYS * 10,
    data: Data = None,
) -> None:
    """Take away what is older, once the chain is found whole; the log keeps the hash of the last entry that went."""
    with opened(data) as store:
        try:
            last = flow.cut(store, keep, now_ms())
        except (flow.NothingToCut, BrokenChain) as problem:
            raise Refused(str(problem)) from None
    say(f"cut off through entry {last.number}")
    say(last.line())

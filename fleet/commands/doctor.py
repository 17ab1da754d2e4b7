"""motcua doctor: what is wrong with this fleet, and what to do about it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.checks.known import ORDER, TITLES, looked_at
from fleet.commands.checks.subject import Subject
from fleet.commands.shared import Data, Refused, check_language, err, out, settings_of
from fleet.domain.findings import EXIT_CODES, Finding, Result, worst
from fleet.workers.fitness import VERSION

SHOWN = 3
# So many of those that are still looked at fit a line.
MARKS = {
    Result.OK: "[green]✓[/]",
    Result.NOT_ASKED: "[dim]–[/]",
    Result.WARN: "[yellow]![/]",
    Result.BAD: "[red]✗[/]",
}
WORDS = {
    "vi": ("cần", "→", "đang kiểm tra: {left} …"),
    "en": ("expected", "→", "looking at: {left} …"),
}
SUMS = {
    ("vi", Result.OK): "Mọi thứ đều ổn.",
    ("vi", Result.NOT_ASKED): "Mọi thứ đã kiểm tra đều ổn; dòng có dấu – chưa kiểm tra được.",
    ("vi", Result.WARN): "Vẫn chạy; dòng có dấu ! cần được xử lý sớm.",
    ("vi", Result.BAD): "Có chỗ hỏng: làm theo các dòng có dấu ✗ từ trên xuống.",
    ("en", Result.OK): "All is well.",
    ("en", Result.NOT_ASKED): "All that was looked at is well; lines with – could not be.",
    ("en", Result.WARN): "It works; see to the lines with ! soon.",
    ("en", Result.BAD): "Something is broken: follow the lines with ✗ from the top.",
}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Say it as JSON, for programs.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only this check; may be given again.")] = None,
    backups: Annotated[Path | None, typer.Option(help="Folder in which the backups lie.", show_default=False)] = None,
    patience: Annotated[float, typer.Option(help="Seconds to wait for each answer at most.", min=0.1, max=60)] = 10.0,
    language: Annotated[str, typer.Option("--language", help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Look whether everything is as it must be, and say what to do where it is not. Nothing is changed."""
    check_language(language)
    wanted = wanted_of(only)
    subject = Subject(settings_of(data), backups=backups, patience_s=patience)
    findings: dict[str, list[Finding]] = {}
    with err.status("") as status:
        for name, found in looked_at(subject, wanted):
            findings[name] = found
            left = [title_of(one, language) for one in wanted if one not in findings]
            status.update(escape(WORDS[language][2].format(left=", ".join(left[:SHOWN]))))
    told = [finding for name in wanted for finding in findings[name]]
    if as_json:
        out.print(as_program_reads(told, language), soft_wrap=True, highlight=False, markup=False)
    else:
        show(told, language)
    raise typer.Exit(EXIT_CODES[worst(told)])


def wanted_of(only: list[str] | None) -> list[str]:
    """The checks of these names, or all. Raises Refused."""
    for name in only or ():
        if name not in ORDER:
            raise Refused(f"--only: expected one of {', '.join(ORDER)}, found {name!r}")
    return [name for name in ORDER if not only or name in only]


def show(findings: list[Finding], language: str) -> None:
    """Each finding as a person reads it, and what it all comes to."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(max_width=22)
    table.add_column(overflow="fold")
    for one in findings:
        table.add_row(MARKS[one.result], escape(title_of(one.check, language)), sentences_of(one, language))
    out.print(table, highlight=False)
    out.print(f"\n{SUMS[language, worst(findings)]}", highlight=False)


def sentences_of(finding: Finding, language: str) -> str:
    """What was found, and where that is not good what was expected and what to do."""
    said = finding.said(language)
    lines = [escape(said.found)]
    if said.remedy:
        expected, arrow, _ = WORDS[language]
        lines += [f"[dim]{expected}: {escape(said.expected)}[/]", f"[bold]{arrow} {escape(said.remedy)}[/]"]
    return "\n".join(lines)


def title_of(check: str, language: str) -> str:
    """What a check is called."""
    return TITLES[check][0 if language == "vi" else 1]


def as_program_reads(findings: list[Finding], language: str) -> str:
    """All of it as JSON."""
    at = datetime.fromtimestamp(now_ms() / 1000, UTC).isoformat(timespec="seconds")
    each = [{"check": one.check, "result": one.result.value, **vars(one.said(language))} for one in findings]
    told = {"at": at, "version": VERSION, "result": worst(findings).value, "findings": each}
    return json.dumps(told, ensure_ascii=False, indent=2)

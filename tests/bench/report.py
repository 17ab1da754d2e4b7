"""One report of all figures: what is wanted and what was found, curves, and every figure with its spread.

`make bench` ends with it, in `var/bench` (REPORT names another folder). Of lines that were kept, or of several runs:
`python -m tests.bench.report LINES … [--into FOLDER]`; a later line of a figure takes the place of an earlier one.
"""

import json
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from typing import Any

from tests.bench.plots import Point, drawn
from tests.bench.targets import TARGETS, Line

FOLDER = Path("var/bench")
ALREADY_TOLD = ("name", "value", "unit", "n", "lowest", "highest")
RESULTS = ("value", "lowest", "highest", "n", "sent_again", "each", "events", "rate_hz")
# What may differ between two runs of one figure.


@dataclass(frozen=True)
class Curve:
    """A picture of the figures of one name by one of their fields."""

    file: str
    title: str
    name: str
    by: str
    across: str


CURVES = (
    Curve("growth-received", "What an event costs to receive", "growth_receive_us", "stored", "events stored before"),
    Curve("growth-linked", "What an event costs to link", "growth_link_us", "stored", "events stored before"),
    Curve("growth-size", "What an event takes on the disk", "growth_bytes_per_event", "stored", "events stored"),
    Curve("growth-devices", "What an event costs to receive", "growth_devices_us", "devices", "devices that are known"),
)


def write(lines: Sequence[Line], folder: Path) -> Path:
    """The report and its pictures in this folder, and the lines themselves; where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = last_of_each(lines)
    (folder / "figures.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    pictures = write_curves(lines, folder)
    page = folder / "report.md"
    parts = [
        head(),
        "## What is wanted",
        "",
        *judged(lines),
        "",
        *shown(pictures),
        "## All figures",
        "",
        *listed(lines),
    ]
    page.write_text("\n".join(parts) + "\n")
    return page


def last_of_each(lines: Iterable[Line]) -> list[Line]:
    """One line of each figure with its fields."""
    kept = {json.dumps({k: v for k, v in line.items() if k not in RESULTS}, sort_keys=True): line for line in lines}
    return list(kept.values())


def head() -> str:
    """When and where."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    return (
        f"# Figures of {when} UTC\n\n{cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.\n"
    )


def judged(lines: Sequence[Line]) -> list[str]:
    """Each target with what was found."""
    rows = ["| work | figure | wanted | found | |", "|---|---|---|---|---|"]
    for target in TARGETS:
        line = target.worst(lines)
        found, word = ("–", "not measured") if line is None else (told(line), met(target.is_met(line)))
        rows.append(f"| {target.work} | `{target.name}` | {target.wanted()} | {found} | {word} |")
    return rows


def met(is_met: bool) -> str:
    """In one word."""
    return "met" if is_met else "**missed**"


def told(line: Line) -> str:
    """A value with its spread, if it has one."""
    spread = f" ({line['lowest']:,} … {line['highest']:,})" if "lowest" in line else ""
    return f"{line['value']:,}{spread}"


def listed(lines: Sequence[Line]) -> list[str]:
    """Every figure, under its name."""
    rows = ["| figure | of | value (lowest … highest) | unit | n |", "|---|---|---|---|---|"]
    for line in sorted((line for line in lines if "value" in line), key=lambda line: str(line["name"])):
        of = ", ".join(f"{name} {value}" for name, value in line.items() if name not in ALREADY_TOLD)
        rows.append(f"| `{line['name']}` | {of} | {told(line)} | {line['unit']} | {line['n']} |")
    return rows


def write_curves(lines: Sequence[Line], folder: Path) -> dict[str, str]:
    """The pictures for which there are points; {file: title}."""
    made = {}
    for curve in CURVES:
        series: dict[str, list[Point]] = {}
        mine = [line for line in lines if line.get("name") == curve.name]
        for line in mine:
            series.setdefault(str(line.get("db", "")), []).append(point(line, curve.by))
        if mine:
            picture = drawn(curve.title, curve.across, str(mine[0]["unit"]), series)
            (folder / f"{curve.file}.svg").write_text(picture)
            made[f"{curve.file}.svg"] = f"{curve.title}, by {curve.across}"
    return made


def point(line: Mapping[str, Any], by: str) -> Point:
    """A figure in its picture."""
    value = line["value"]
    return Point(line[by], value, line.get("lowest", value), line.get("highest", value))


def shown(pictures: Mapping[str, str]) -> list[str]:
    """The pictures in the page."""
    return [row for file, title in pictures.items() for row in (f"![{title}]({file})", "")]


def read(paths: Iterable[Path]) -> list[Line]:
    """The lines of these files; what is none is left out."""
    return [json.loads(row) for path in paths for row in path.read_text().splitlines() if row.startswith("{")]


def main(told: list[str]) -> None:
    """Make a report of kept lines."""
    folder = FOLDER
    if "--into" in told[:-1]:
        at = told.index("--into")
        folder = Path(told[at + 1])
        told = told[:at] + told[at + 2 :]
    print(write(read(map(Path, told)), folder))


if __name__ == "__main__":
    main(sys.argv[1:])

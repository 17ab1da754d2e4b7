"""The report of a run: one page that needs nothing else, made of the evidence that lies in its folder."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hil_tests.stream import differences

HERE = Path(__file__).parent
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
LAST = "last"
# The run before, target by target, in a folder beside; what is compared is told.
WIDE, HIGH, EDGE = 640, 90, 4
OUTCOMES = ("passed", "failed", "not run")


def write_report(folder: Path) -> Path:
    """Make the page, and keep what it was made of for the next run to be compared with."""
    folder.mkdir(parents=True, exist_ok=True)
    told = read(folder)
    page = folder / "report.html"
    page.write_text(rendered(told, read(folder / LAST)), "utf-8")
    for target in {one["target"] for one in told}:
        shutil.copytree(folder / Path(target).name, folder / LAST / Path(target).name, dirs_exist_ok=True)
    return page


def read(folder: Path) -> list[dict[str, Any]]:
    """The evidence of all journeys there."""
    return [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*/*.json")) if file.parent.name != LAST]


def rendered(told: list[dict[str, Any]], last: list[dict[str, Any]]) -> str:
    """The page. `last`: what the run before has told."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    targets = list(dict.fromkeys(one["target"] for one in told))
    journeys = list(dict.fromkeys(one["journey"] for one in told))
    table = {(one["journey"], one["target"]): one for one in told}
    return environment.get_template("report.html").render(
        when=datetime.now(LOCAL).strftime("%H:%M · %d/%m/%Y"),
        targets=targets,
        journeys=journeys,
        table=table,
        told=told,
        counts={name: sum(one["outcome"] == name for one in told) for name in OUTCOMES},
        firmware=sorted({one["firmware"] for one in told}),
        boards=boards_of(told),
        figures=figures_of(told, targets),
        compared=compared(told, last),
        curve=curve,
    )


def boards_of(told: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """(target, board) of each."""
    found = {(one["target"], board["name"]): board for one in told for board in one["boards"]}
    return [(target, board) for (target, _), board in found.items()]


def figures_of(told: list[dict[str, Any]], targets: list[str]) -> dict[str, list[float | None]]:
    """By name: the value of each target, None where it was not measured."""
    found: dict[tuple[str, str], float] = {}
    for one in told:
        found |= {(name, one["target"]): value for name, value in one["figures"].items()}
    return {name: [found.get((name, target)) for target in targets] for name in sorted({name for name, _ in found})}


def compared(told: list[dict[str, Any]], last: list[dict[str, Any]]) -> list[tuple[str, str, str, list[str]]]:
    """(journey, target, with what, differences) of each pair of streams: of this run, and of the run before."""
    found = []
    for number, one in enumerate(told):
        for other in told[:number]:
            if one["journey"] == other["journey"] and one["stream"] and other["stream"]:
                found.append((one["journey"], one["target"], other["target"], other["stream"], one["stream"]))
        for before in last:
            if before["journey"] == one["journey"] and one["stream"] and before["stream"]:
                found.append(
                    (one["journey"], one["target"], f"{before['target']}, last run", before["stream"], one["stream"])
                )
    return [(*names, differences(expected, stream)) for *names, expected, stream in found]  # type: ignore[misc]


def curve(samples: list[list[Any]]) -> dict[str, str]:
    """By board: the points of its free heap over time, for a drawing of WIDE x HIGH."""
    if not samples:
        return {}
    longest, most = max(one[0] for one in samples) or 1, max(one[2] for one in samples) or 1
    drawn: dict[str, str] = {}
    for at, board, free in samples:
        x = EDGE + (WIDE - 2 * EDGE) * at / longest
        y = HIGH - EDGE - (HIGH - 2 * EDGE) * free / most
        drawn[board] = f"{drawn.get(board, '')} {x:.1f},{y:.1f}".strip()
    return drawn

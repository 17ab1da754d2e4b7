"""motcua record and motcua replay: a day is written to a file, and told to a fleet once more."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from fleet.commands.shared import Data, Refused, err, is_day, opened, out, settings_of, store_of
from fleet.domain.place_rules import BadPlace
from fleet.domain.recording import BadRecording, Recording, read, write
from fleet.flows.made_day import BadSize, made_day, made_days
from fleet.flows.record import NotRecorded
from fleet.flows.record import record as record_day
from fleet.flows.replay import Replayed
from fleet.flows.replay import replay as replay_day
from fleet.store.database import Store

MADE_DAY = "2026-11-09"


def record(
    office: Annotated[str, typer.Argument(help="The office's id.")],
    day: Annotated[str, typer.Argument(help="The day, YYYY-MM-DD.")],
    to: Annotated[Path | None, typer.Option(help="Write to this file instead of the output.")] = None,
    data: Data = None,
) -> None:
    """Write a day of an office as lines of JSON, without hashes of anybody."""
    if not is_day(day):
        raise Refused(f"day: expected YYYY-MM-DD, found {day!r}")
    with opened(data) as store:
        try:
            recording = record_day(store, office, day)
        except NotRecorded as problem:
            raise Refused(str(problem)) from None
    save(recording, to)


def replay(
    file: Annotated[Path | None, typer.Argument(help="A recorded day.", show_default=False)] = None,
    made: Annotated[int | None, typer.Option(help="Instead, a made day: so many take a number.")] = None,
    seed: Annotated[int, typer.Option(help="Which of the made days of this size.")] = 1,
    day: Annotated[str, typer.Option(help="The date of a made day, or of the last one.")] = MADE_DAY,
    days: Annotated[
        int | None, typer.Option(help="Instead of one made day, so many working days; about --made people each.")
    ] = None,
    speed: Annotated[
        float | None, typer.Option(help="So many times as fast as it was; without, as fast as it goes.")
    ] = None,
    save_to: Annotated[Path | None, typer.Option("--save", help="Only write a made day to this file.")] = None,
    data: Data = None,
) -> None:
    """Tell a fleet a recorded or a made day, as its devices told it."""
    if speed is not None and not speed > 0:
        raise Refused(f"speed: expected a number above 0, found {speed:g}")
    if not is_day(day):
        raise Refused(f"day: expected YYYY-MM-DD, found {day!r}")
    recordings = several(file, made, seed, days, day) if days is not None else iter([chosen(file, made, seed, day)])
    if save_to is not None:
        if days is not None:
            raise Refused("days: expected none beside --save, which writes one day")
        save(next(recordings), save_to)
        return
    with (
        store_of(settings_of(data)) as store,
        Progress(console=err, transient=True, disable=not err.is_terminal) as progress,
    ):
        for recording in recordings:
            one_day(store, recording, speed, progress)


def one_day(store: Store, recording: Recording, speed: float | None, progress: Progress) -> None:
    """Tell a day, and say what came of it. Raises Refused."""
    task = progress.add_task(f"{recording.name} {recording.day}", total=len(recording.events))

    def told(done: Replayed) -> None:
        progress.update(task, completed=done.new + done.repeated + done.unreadable)

    try:
        done = replay_day(store, recording, (lambda s: time.sleep(s / speed)) if speed else None, told)
    except BadPlace as problem:
        raise Refused(str(problem)) from None
    progress.remove_task(task)
    out.print(
        f"{recording.office} {recording.day}: {done.new} events stored, {done.repeated} were there before, "
        f"{done.unreadable} not readable"
    )


def several(file: Path | None, made: int | None, seed: int, days: int, last: str) -> Iterator[Recording]:
    """Many made days. Raises Refused."""
    if file is not None or made is None:
        raise Refused("days: expected --made beside it, found a file" if file else "days: expected --made beside it")
    try:
        yield from made_days(made, seed, days, last)
    except BadSize as problem:
        raise Refused(str(problem)) from None


def chosen(file: Path | None, made: int | None, seed: int, day: str) -> Recording:
    """The recording of a file, or a made one. Raises Refused."""
    if (file is None) == (made is None):
        raise Refused(f"expected a file or --made, found {'neither' if file is None else 'both'}")
    try:
        if made is not None:
            return made_day(made, seed, day)
        assert file is not None  # noqa: S101 (one of the two)
        with file.open(encoding="utf-8") as lines:
            return read(lines)
    except BadSize as problem:
        raise Refused(str(problem)) from None
    except BadRecording as problem:
        raise Refused(f"{file}: {problem}") from None
    except UnicodeDecodeError:
        raise Refused(f"{file}: expected a recorded day in UTF-8, found other bytes") from None


def save(recording: Recording, to: Path | None) -> None:
    """Write the lines to a file, or to the output."""
    if to is None:
        for line in write(recording):
            sys.stdout.write(line + "\n")
        return
    with to.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in write(recording))
    err.print(f"{to}: {len(recording.events)} events")

"""Whether a process lives, and whether it can do its work; if not, which part of it cannot, in a sentence."""

import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from os import statvfs
from pathlib import Path

from fleet import metrics
from fleet.domain.schemas import lacks
from fleet.store.database import Store, newest_revision
from fleet.store.failures import DatabaseSaysNo, unusable
from fleet.workers.worker import Worker

VERSION = version("motcua")
Look = Callable[[], str]
# What a part lacks, in a sentence; empty: nothing.


@dataclass(frozen=True)
class Part:
    """One part of a process, and what it lacks; empty: nothing."""

    name: str
    found: str


class Fitness:
    """What a process says of itself; `more` are looks at what is no worker, by their names."""

    def __init__(
        self, process: str, store: Store, workers: Sequence[Worker], more: dict[str, Look] | None = None
    ) -> None:
        self.process = process
        self.store = store
        self.workers = workers
        self.more = more or {}
        metrics.BUILD.labels(process, VERSION, platform.python_version()).set(1)

    def hung(self) -> list[Part]:
        """The parts that only a new start mends."""
        hung = [Part(one.name, "hangs, or its thread has ended") for one in self.workers if one.is_hung()]
        return hung + [Part(name, found) for name, look in self.more.items() if (found := look())]

    def parts(self) -> list[Part]:
        """All parts, with what each lacks."""
        hung = {one.name: one.found for one in self.hung()}
        workers = [Part(one.name, hung.get(one.name) or one.trouble()) for one in self.workers]
        others = [Part(name, hung.get(name, "")) for name in self.more]
        found = [*self.database(), *workers, *others]
        metrics.READY.set(not any(one.found for one in found))
        return found

    def database(self) -> list[Part]:
        """Whether it can be read, and this program works with its tables; later ones are a newer process's doing."""
        try:
            found = self.store.schema()
        except DatabaseSaysNo as problem:
            return [Part("database", unusable(problem) or "an error of ours; the log has it")]
        return [Part("database", ""), Part("migrations", lacks(found, newest_revision()))]

    def told(self) -> dict[str, object]:
        """All of it, as programs read it."""
        parts = self.parts()
        return {
            "process": self.process,
            "version": VERSION,
            "ready": not any(one.found for one in parts),
            "parts": [{"part": one.name, "ok": not one.found, "found": one.found or "ok"} for one in parts],
        }


def measure_disk(folder: Path) -> None:
    """What is free where this folder lies."""
    room, files = free_of(folder)
    metrics.DISK_FREE.labels("room").set(room)
    metrics.DISK_FREE.labels("files").set(files)


def free_of(folder: Path) -> tuple[float, float]:
    """Which part is free where this folder lies: of the room, of the files."""
    room, files = shutil.disk_usage(folder), statvfs(folder)
    return room.free / room.total, files.f_favail / files.f_files if files.f_files else 1.0

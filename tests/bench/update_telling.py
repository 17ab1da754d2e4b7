"""Has stories of updates told by MicroPython VMs: on the shipping firmware, or where something of it is spoilt."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tests.bench import update_made as made
from tests.bench.vms import HEAP, ROOT, Vm

WORKER = Path(__file__).parent / "updates" / "worker.py"
CHOOSING = ROOT / "firmware" / "boards" / "modules"


class Teller(Vm):
    """One VM that tells stories of updates."""

    def __init__(self, tree: Path, shelf: Path) -> None:
        super().__init__(tree)
        self._command = [sys.executable, "-m", "micropython_unix", "-X", f"heapsize={HEAP}", str(WORKER), str(shelf)]
        self._environment = dict(os.environ, MICROPYPATH=f".frozen:{tree}:{ROOT}:{CHOOSING}")
        self.told = 0

    def say(self, kind: str, **story: object) -> dict[str, Any]:
        """What became of this story. AssertionError where the VM did not survive it."""
        self.told += 1
        answer = self.tell({"number": self.told, "story": self.told, "kind": kind, **story}, bool(story.get("told")))
        if "bad" in answer:
            raise AssertionError(f"{story}: {answer['bad']}")
        return answer


def shelf_in(folder: Path) -> Path:
    """A shelf with all that the stories need."""
    path = folder / "shelf.json"
    path.write_text(made.shelf_of_stories())
    return path


class Tellers:
    """Several of them at work, as many as there are processors; each begins with the first story that it is given."""

    def __init__(self, tree: Path, shelf: Path, count: int | None = None) -> None:
        self._all = [Teller(tree, shelf) for _ in range(count or os.cpu_count() or 1)]
        self._free: SimpleQueue[Teller] = SimpleQueue()
        for teller in self._all:
            self._free.put(teller)

    def say(self, kind: str, **story: object) -> dict[str, Any]:
        """What became of this story, told by whoever is free. AssertionError where the VM did not survive it."""
        teller = self._free.get()
        try:
            return teller.say(kind, **story)
        finally:
            self._free.put(teller)

    def say_all(
        self, stories: Iterable[dict[str, Any]], heard: Callable[[dict[str, Any], dict[str, Any]], None]
    ) -> None:
        """All of these; `heard` gets each story with what became of it, in turn."""
        with ThreadPoolExecutor(len(self._all)) as threads:
            for story, answer in [(story, threads.submit(self.say, **story)) for story in stories]:
                heard(story, answer.result())

    def stop(self) -> None:
        """End them."""
        for teller in self._all:
            teller.stop()


@contextmanager
def at_work(tree: Path, shelf: Path, count: int | None = None) -> Iterator[Tellers]:
    """Tellers, for as long as there is something to tell."""
    tellers = Tellers(tree, shelf, count)
    try:
        yield tellers
    finally:
        tellers.stop()

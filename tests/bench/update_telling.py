"""Has stories of updates told by MicroPython VMs: on the shipping firmware, or where something of it is spoilt."""

import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
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


def tell_all(
    tree: Path, shelf: Path, stories: Iterable[dict[str, Any]], heard: Callable[[dict[str, Any], dict[str, Any]], None]
) -> None:
    """All of these on as many VMs as there are processors; `heard` gets each story with what became of it, in turn."""
    count = os.cpu_count() or 1
    free: SimpleQueue[Teller] = SimpleQueue()
    tellers = [Teller(tree, shelf) for _ in range(count)]
    for teller in tellers:
        free.put(teller)

    def say(story: dict[str, Any]) -> dict[str, Any]:
        teller = free.get()
        try:
            return teller.say(**story)
        finally:
            free.put(teller)

    try:
        with ThreadPoolExecutor(count) as threads:
            for story, answer in [(story, threads.submit(say, story)) for story in stories]:
                heard(story, answer.result())
    finally:
        for teller in tellers:
            teller.stop()

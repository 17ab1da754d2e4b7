"""MicroPython VMs that tell stories of the virtual layer, one process each, several at a time."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.bench.stories import Story

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).parent / "virtual" / "worker.py"
HEAP = "32m"
STORY_AT_MOST_S = 120
SAID_AT_MOST = 4_000


class Vm:
    """One VM. It is started anew after a story that it did not survive."""

    def __init__(self, tree: Path, breakage: str = "") -> None:
        self._command = [sys.executable, "-m", "micropython_unix", "-X", f"heapsize={HEAP}", str(WORKER)]
        self._command += [breakage] if breakage else []
        self._environment = dict(os.environ, MICROPYPATH=f".frozen:{tree}:{ROOT}")
        self._process: subprocess.Popen[str] | None = None

    def tell(self, story: Story, told: bool = False) -> dict[str, Any]:
        """What became of this story; `told`: with its lines."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        limit = threading.Timer(STORY_AT_MOST_S, process.kill)
        limit.start()
        said = ""
        try:
            process.stdin.write(json.dumps({**story, "told": told}) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                if line.startswith("{") and '"story"' in line:
                    answer: dict[str, Any] = json.loads(line)
                    return answer
                said += line
        except BrokenPipeError:
            pass
        finally:
            limit.cancel()
        self.stop()
        return {"story": story["number"], "bad": {"strange": [f"the VM ended:\n{said[-SAID_AT_MOST:]}"]}}

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def tell_all(
    tree: Path, stories: Iterable[Story], vms: int, breakage: str, heard: Callable[[Story, dict[str, Any]], bool]
) -> None:
    """Have all the stories told; `heard` gets each with what became of it, and says whether to go on."""
    waiting = iter(stories)
    turn = threading.Lock()
    answers: queue.SimpleQueue[tuple[Story, dict[str, Any]] | None] = queue.SimpleQueue()
    over = threading.Event()

    def run() -> None:
        vm = Vm(tree, breakage)
        try:
            while not over.is_set():
                with turn:
                    story = next(waiting, None)
                if story is None:
                    break
                answers.put((story, vm.tell(story)))
        finally:
            vm.stop()
            answers.put(None)

    threads = [threading.Thread(target=run) for _ in range(vms)]
    for thread in threads:
        thread.start()
    try:
        running = vms
        while running:
            answer = answers.get()
            if answer is None:
                running -= 1
            elif not over.is_set() and not heard(*answer):
                over.set()
    finally:
        over.set()
        for thread in threads:
            thread.join()

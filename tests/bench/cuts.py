"""Power cuts: every flash operation of what a device does is cut, in every way a torn operation can end, once each.

The shipping firmware runs on the VM, on flash in memory; in the boot after a cut the power goes again somewhere.
`python -m tests.bench.cuts` prints all as a table of Markdown; `… <store> <unit> <operation> <cut>` cuts one again.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fleet.laptop import firmware_tree
from tests.bench.figures import figure, progress

SCRIPTS = firmware_tree.ROOT / "tests" / "on_micropython"
HEAP = "16m"
VM_AT_MOST_S = 600
TORN = ("0", "25", "50", "75", "100", "bits")
# What an operation leaves that was cut: so many hundredths of it, or any bits.
STORES = (("ring", 32), ("ring", 256), ("journal", 32), ("journal", 256), ("slots", 32), ("slots", 256))
# With the bytes that are programmed at once at least; of the filesystem's flash under a journal.
OPERATIONS = [
    "first_day",
    "append",
    "append_slot",
    "forget",
    "forget_earlier",
    "compact",
    "boot",
    "epoch",
    "config",
    "numbers",
    "cable",
]
ONLY_WITH_REGIONS = ["files_lost", "moved"]
UPDATES = ["first", "next", "third", "another", "bad", "falls", "broken", "ages"]
# Of the slots: what becomes of an update, from its first byte to a device that is well again.


@dataclass
class Plan:
    """What one VM cuts: of its operations one in `every`, from `first` on.

    `again`: so many cuts in the boot after each, at places that `seed` chooses.
    """

    store: str
    unit: int
    operation: str
    torn: tuple[str, ...] = TORN
    again: int = 1
    seed: int = 1
    only: str = ""
    breakage: str = ""
    first: int = 1
    every: int = 1
    blocks: float = 5.3
    # How long an application is; where one is cut it goes on after every fourth block.

    @property
    def script(self) -> Path:
        """What the VM runs."""
        return SCRIPTS / ("slot_cuts.py" if self.store == "slots" else "power_cuts.py")

    def replay(self, which: str) -> str:
        """The command that cuts this one again."""
        return f"python -m tests.bench.cuts {self.store} {self.unit} {self.operation} {which}"


@dataclass
class Count:
    """What came of it; `wrong` has the first that were: (which, why)."""

    points: int
    bad: int
    again: int
    again_bad: int
    wrong: list[tuple[str, str]]

    def add(self, other: "Count") -> None:
        """Count these too."""
        self.points, self.bad = self.points + other.points, self.bad + other.bad
        self.again, self.again_bad = self.again + other.again, self.again_bad + other.again_bad


def run() -> None:
    """All of them, as figures."""
    with tempfile.TemporaryDirectory() as folder:
        print_figures(firmware_tree.build(Path(folder)))


def print_figures(tree: Path, again: int = 1, seed: int = 1) -> bool:
    """Cut everywhere; whether all was well."""
    whole = Count(0, 0, 0, 0, [])

    def heard(plan: Plan, count: Count) -> None:
        print_count(count, again, store=plan.store, program_bytes=plan.unit, operation=plan.operation)
        whole.add(count)

    cut_everywhere(tree, again, seed, heard)
    print_count(whole, again, operation="total", seed=seed)
    return not whole.bad and not whole.again_bad


def print_count(count: Count, again: int, **where: object) -> None:
    """What came of some cuts."""
    figure("cut_points", count.points, "cuts", count.points, **where)
    figure("cut_points_bad", count.bad, "cuts", count.points, **where)
    if again:
        figure("cut_points_again", count.again, "cuts", count.again, **where)
        figure("cut_points_again_bad", count.again_bad, "cuts", count.again, **where)


def print_table(tree: Path) -> bool:
    """The same as lines of Markdown: cuts, and those that went wrong where there are any."""
    cells: dict[tuple[str, str, int], str] = {}

    def heard(plan: Plan, count: Count) -> None:
        bad = count.bad + count.again_bad
        cells[plan.operation, plan.store, plan.unit] = f"{count.points}" + (f", **{bad} wrong**" if bad else "")

    cut_everywhere(tree, 1, 1, heard)
    print("| | " + " | ".join(f"{store}, {unit} bytes" for store, unit in STORES) + " |")
    print("|---" * (1 + len(STORES)) + "|")
    for operation in OPERATIONS + ONLY_WITH_REGIONS + UPDATES:
        print(f"| `{operation}` | " + " | ".join(cells.get((operation, *store), "") for store in STORES) + " |")
    return not any("wrong" in cell for cell in cells.values())


def cut_everywhere(tree: Path, again: int, seed: int, heard: Callable[[Plan, Count], None]) -> None:
    """Every store and operation; what is wrong is told with the command that shows it again."""
    plans = [
        Plan(store, unit, operation, TORN, again, seed) for store, unit in STORES for operation in operations(store)
    ]
    whole = Count(0, 0, 0, 0, [])

    def told(plan: Plan, count: Count) -> None:
        heard(plan, count)
        whole.add(count)
        for which, why in count.wrong:
            print(f"{why}: {plan.replay(which)}", file=sys.stderr, flush=True)
        progress(f"power cuts: {whole.points + whole.again}, {whole.bad + whole.again_bad} went wrong")

    cut_all(tree, plans, told)


def operations(store: str) -> list[str]:
    """What is cut on this store."""
    return UPDATES if store == "slots" else OPERATIONS + (ONLY_WITH_REGIONS if store == "ring" else [])


def cut_all(tree: Path, plans: Iterable[Plan], heard: Callable[[Plan, Count], None]) -> None:
    """Carry out these, as many at once as there are processors; `heard` gets each in turn."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as vms:
        for plan, count in [(plan, vms.submit(cut, tree, plan)) for plan in plans]:
            heard(plan, count.result())


def cut(tree: Path, plan: Plan) -> Count:
    """Carry out one on a VM."""
    said = subprocess.run(
        [sys.executable, "-m", "micropython_unix", "-X", f"heapsize={HEAP}", plan.script, json.dumps(asdict(plan))],
        env=dict(os.environ, MICROPYPATH=f".frozen:{tree}:{firmware_tree.ROOT}"),
        capture_output=True,
        text=True,
        timeout=VM_AT_MOST_S,
        check=False,
    )
    lines = [line for line in said.stdout.splitlines() if line.startswith("{")]
    if said.returncode or not lines:
        raise AssertionError(
            f"{plan}: the VM ended with {said.returncode}:\n{said.stdout[-2000:]}{said.stderr[-2000:]}"
        )
    told: dict[str, Any] = json.loads(lines[-1])
    return Count(**{**told, "wrong": [(which, why) for which, why in told["wrong"]]})


def main(arguments: list[str]) -> int:
    """All, or one again; 1 if anything is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        tree = firmware_tree.build(Path(folder))
        if not arguments:
            return 0 if print_table(tree) else 1
        store, unit, operation, which = arguments
        count = cut(tree, Plan(store, int(unit), operation, only=which))
        print(count.wrong[0][1] if count.wrong else "all is well")
        return count.bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Power cuts of a whole update: every operation of flash from the assignment to the hello that ends it, and back.

The device is the shipping firmware with its link, in virtual time (`tests/bench/updates/cutting.py`); what it ran is
looked at in every boot. `python -m tests.bench.update_cuts` prints a table of Markdown; `… <course> <unit> <operation>
<torn>` cuts one again and tells the story.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet.laptop import firmware_tree
from tests.bench.cuts import TORN
from tests.bench.figures import figure, progress
from tests.bench.update_telling import Teller, Tellers, at_work, shelf_in

COURSES = ("first", "update", "root", "falls", "dark", "mute", "jams", "ages")
UNITS = (32, 256)
# With the bytes that are programmed at once at least.


@dataclass
class Count:
    """What came of some cuts; `wrong` has the first that were: (which, why)."""

    points: int = 0
    dead: int = 0
    mixed: int = 0
    bad: int = 0
    again: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def add(self, story: dict[str, Any], answer: dict[str, Any]) -> None:
        """Count one."""
        self.points += 1
        self.again += len(story["cuts"]) > 1
        self.dead, self.mixed = self.dead + answer["dead"], self.mixed + answer["mixed"]
        self.bad += bool(answer["wrong"])
        if answer["wrong"]:
            which = " ".join(f"{operation} {torn}" for operation, torn in story["cuts"])
            self.wrong.append((f"{story['course']} {story['unit']} {which}", "; ".join(answer["wrong"])))


def operations(tellers: Tellers, course: str, unit: int) -> int:
    """How many operations of flash this course takes without a cut."""
    answer = tellers.say("cut", course=course, unit=unit, cuts=[], then=True)
    if answer["wrong"]:
        raise AssertionError(f"{course}, {unit} bytes, without a cut: {answer['wrong']}")
    return int(answer["operations"])


def stories(
    course: str, unit: int, count: int, torn: tuple[str, ...], again: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Each operation in each of these ways; and `again` times with a second cut, soon after, at a place of chance."""
    rng = random.Random(seed)
    for operation in range(1, count + 1):
        for turn, way in enumerate(torn):
            one = {"kind": "cut", "course": course, "unit": unit, "then": (operation + turn) % 4 == 0}
            yield {**one, "cuts": [(operation, way)]}
            for _ in range(again):
                second = operation + 1 + rng.randrange(12 if rng.random() < 0.7 else count)
                yield {**one, "cuts": [(operation, way), (second, rng.choice(TORN))]}


def cut(
    tellers: Tellers,
    course: str,
    unit: int,
    torn: tuple[str, ...] = TORN,
    again: int = 0,
    seed: int = 1,
    every: int = 1,
) -> Count:
    """Cut everywhere in this course, or at every so manieth place from one of chance on."""
    count = Count()
    some = list(stories(course, unit, operations(tellers, course, unit), torn, again, seed))
    tellers.say_all(some[seed % every :: every], count.add)
    return count


def print_figures(tree: Path, again: int = 0, seed: int = 1) -> bool:
    """All of them, as figures; whether all was well."""
    with tempfile.TemporaryDirectory() as folder, at_work(tree, shelf_in(Path(folder))) as tellers:
        whole = Count()
        for course in COURSES:
            for unit in UNITS:
                count = cut(tellers, course, unit, TORN, again, seed)
                print_count(count, course=course, program_bytes=unit)
                for name in ("points", "dead", "mixed", "bad", "again"):
                    setattr(whole, name, getattr(whole, name) + getattr(count, name))
                for which, why in count.wrong:
                    print(f"{why}: python -m tests.bench.update_cuts {which}", file=sys.stderr, flush=True)
                progress(f"power cuts of updates: {whole.points}, {whole.bad} went wrong")
    print_count(whole, course="total", seed=seed)
    return not whole.bad


def print_count(count: Count, **where: object) -> None:
    """What came of some cuts."""
    figure("update_cut_points", count.points, "cuts", count.points, again=count.again, **where)
    figure("update_dead", count.dead, "devices", count.points, **where)
    figure("update_mixed", count.mixed, "devices", count.points, **where)
    figure("update_cut_points_bad", count.bad, "cuts", count.points, **where)


def main(arguments: list[str]) -> int:
    """All, or one again; 1 if anything is wrong."""
    with tempfile.TemporaryDirectory() as name:
        tree = firmware_tree.build(Path(name))
        if not arguments:
            return 0 if print_figures(tree) else 1
        course, unit, *places = arguments
        cuts = [(int(places[at]), places[at + 1]) for at in range(0, len(places), 2)]
        teller = Teller(tree, shelf_in(Path(name)))
        answer = teller.say("cut", course=course, unit=int(unit), cuts=cuts, then=True, told=True)
        teller.stop()
        for ms, line in answer["told"]:
            print(f"{ms / 1000:10.3f} s  {line}")
        print("; ".join(answer["wrong"]) or "all is well")
        return len(answer["wrong"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

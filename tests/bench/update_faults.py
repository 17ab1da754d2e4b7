"""Faults of all kinds over a device's updates: `python -m tests.bench.update_faults [--faults n] [--seed n]`.

Power, network, broker, pieces and memory fail, several at once, while a release, one that falls down and a third are
rolled out; in the end the device must run the third (`tests/bench/updates/troubles.py`). `--replay seed` tells one.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet.laptop import firmware_tree
from tests.bench.figures import figure, progress
from tests.bench.update_telling import Teller, Tellers, at_work, shelf_in

FAULTS = 96
STAGE_FAULTS, STAGES = 8, 3
# So many in each of the three releases of a story.


@dataclass
class Outcome:
    """What became of some stories; `wrong`: the seed of each that went wrong, and what did."""

    stories: int = 0
    dead: int = 0
    mixed: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, list[str]]] = field(default_factory=list)

    def add(self, story: dict[str, Any], answer: dict[str, Any]) -> None:
        """Count a story."""
        self.stories += 1
        self.dead, self.mixed = self.dead + answer["dead"], self.mixed + answer["mixed"]
        self.happened.update(answer["happened"])
        if answer["wrong"]:
            self.wrong.append((story["seed"], answer["wrong"]))
        progress(f"faults of updates: {self.happened.total()}, {len(self.wrong)} stories went wrong")


def run(tellers: Tellers, seed: int, faults: int) -> Outcome:
    """Tell stories from this seed on, with so many faults at least."""
    outcome = Outcome()
    count = -(-faults // (STAGE_FAULTS * STAGES))
    some = [{"kind": "trouble", "seed": seed + number, "faults": STAGE_FAULTS} for number in range(count)]
    tellers.say_all(some, outcome.add)
    return outcome


def print_figures(tree: Path, seed: int, faults: int) -> bool:
    """The figures; whether all was well."""
    with tempfile.TemporaryDirectory() as folder, at_work(tree, shelf_in(Path(folder))) as tellers:
        outcome = run(tellers, seed, faults)
    ran, kinds = outcome.happened.total(), dict(sorted(outcome.happened.items()))
    figure("update_faults_run", ran, "faults", outcome.stories, layer="virtual", seed=seed, kinds=kinds)
    figure("update_dead", outcome.dead, "devices", outcome.stories, layer="virtual")
    figure("update_mixed", outcome.mixed, "devices", outcome.stories, layer="virtual")
    for number, why in outcome.wrong:
        again = f"python -m tests.bench.update_faults --replay {number}"
        print(f"{'; '.join(why)}: {again}", file=sys.stderr, flush=True)
    return not outcome.wrong


def replay(tree: Path, seed: int) -> bool:
    """Tell the story of this seed in full; whether it went well."""
    with tempfile.TemporaryDirectory() as folder:
        teller = Teller(tree, shelf_in(Path(folder)))
        answer = teller.say("trouble", seed=seed, faults=STAGE_FAULTS, told=True)
        teller.stop()
    for ms, line in answer["told"]:
        print(f"{ms / 1000:10.3f} s  {line}")
    print("; ".join(answer["wrong"]) or "all is well")
    return not answer["wrong"]


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.update_faults")
    parser.add_argument("--faults", type=int, default=FAULTS)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--replay", type=int, metavar="SEED")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        tree = firmware_tree.build(Path(folder))
        if wanted.replay is not None:
            return 0 if replay(tree, wanted.replay) else 1
        return 0 if print_figures(tree, wanted.seed, wanted.faults) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Faults: whatever happens to a device, what a person saw is in the fleet once. `python -m tests.bench.faults`.

First the power is cut in every flash operation, once each (`cuts`), also of a whole update (`update_cuts`). Then come
random faults: the virtual layer tells stories in virtual time, with thousands of faults, and as many over updates
(`update_faults`); the real layer kills, stops and cuts real processes. A story that goes wrong is told, and its seed
says how to tell it again.
"""

import argparse
import logging
import random
import sys
import tempfile
from pathlib import Path

from fleet.laptop import firmware_tree
from tests.bench import cuts, real_layer, update_cuts, update_faults, virtual_layer
from tests.bench.figures import figure
from tests.bench.stories import FAULTS_PER_STORY, story
from tests.bench.virtual_layer import Outcome

FAULTS = 300
SEEDS = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; 1 if anything went wrong."""
    wanted = options().parse_args(arguments)
    seed = random.randrange(SEEDS) if wanted.seed is None else wanted.seed
    with tempfile.TemporaryDirectory() as folder:
        tree = firmware_tree.build(Path(folder))
        if wanted.replay is not None:
            one = story(wanted.replay, wanted.faults or FAULTS_PER_STORY)
            return 0 if virtual_layer.replay(tree, one, wanted.breakage) else 1
        sound = True
        if wanted.cuts:
            sound = cuts.print_figures(tree, wanted.cuts - 1, seed)
            sound = update_cuts.print_figures(tree, wanted.cuts - 1, seed) and sound
        if wanted.faults != 0:
            outcome = virtual_layer.run(tree, seed, wanted.faults or FAULTS, wanted.breakage)
            report(outcome, "virtual", seed)
            virtual_layer.explain(tree, outcome, wanted.breakage)
            sound = sound and not outcome.wrong
            sound = update_faults.print_figures(tree, seed, wanted.faults or FAULTS) and sound
        if wanted.real:
            logging.getLogger("fleet").setLevel(logging.CRITICAL)  # that the broker was killed is no news
            outcome = real_layer.run(seed, wanted.real)
            report(outcome, "real", seed)
            for _, bad in outcome.wrong:
                virtual_layer.say(f"seed {seed} of the real layer went wrong: {virtual_layer.sentences(bad)}")
            sound = sound and not outcome.wrong
        return 0 if sound else 1


def options() -> argparse.ArgumentParser:
    """What may be asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.faults")
    parser.add_argument("--faults", type=int, help=f"faults of the virtual layer (default {FAULTS})")
    parser.add_argument(
        "--cuts",
        type=int,
        default=0,
        help="cut the power in every flash operation: 1, and 2 in the boot after it once more (default 0: not at all)",
    )
    parser.add_argument("--real", type=int, default=0, help="faults of the real layer (default 0)")
    parser.add_argument("--seed", type=lambda text: int(text) if text else None, help="where to begin; else anywhere")
    parser.add_argument("--replay", type=int, metavar="SEED", help="tell the story of this seed in full")
    parser.add_argument("--breakage", default="", help="spoil the firmware first, to see that it is noticed")
    return parser


def report(outcome: Outcome, layer: str, seed: int) -> None:
    """The figures."""
    ran = outcome.faults.total()
    figure(
        "faults_run", ran, "faults", outcome.stories, layer=layer, seed=seed, kinds=dict(sorted(outcome.faults.items()))
    )
    for wrong in virtual_layer.WRONGS:
        figure(f"faults_{wrong}", outcome.counts[wrong], "events", ran, layer=layer)
    figure("faults_seen", outcome.seen, "events", ran, layer=layer, boots=outcome.boots)


if __name__ == "__main__":
    sys.exit(main())

"""The virtual layer: stories told on VMs, counted; one that goes wrong is shortened, and told in full."""

import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.figures import progress
from tests.bench.stories import FAULTS_PER_STORY, Story, story
from tests.bench.vms import Vm, tell_all

SHOWN_AT_MOST = 3
TRIES_AT_MOST = 80
WRONGS = ("lost", "doubled", "reordered", "invented", "mistimed", "strange")


@dataclass
class Outcome:
    """What became of some stories. `wrong` keeps those that went wrong, with what did."""

    stories: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    boots: int = 0
    wrong: list[tuple[Story, dict[str, Any]]] = field(default_factory=list)

    def add(self, one: Story, answer: dict[str, Any]) -> None:
        """Count a story."""
        self.stories += 1
        self.faults.update(step["fault"] for step in one["steps"] if "fault" in step)
        self.seen += answer.get("seen", 0)
        self.boots += answer.get("boots", 0)
        for name, told in answer["bad"].items():
            self.counts[name] += len(told)
        if answer["bad"]:
            self.wrong.append((one, answer["bad"]))


def run(tree: Path, seed: int, faults: int, breakage: str = "", until: str = "") -> Outcome:
    """Tell stories from this seed on, until so many faults happened, or something went wrong `until` this way."""
    outcome = Outcome()
    stories = []
    while faults > 0:
        stories.append(story(seed + len(stories), min(faults, FAULTS_PER_STORY)))
        faults -= FAULTS_PER_STORY

    def heard(one: Story, answer: dict[str, Any]) -> bool:
        outcome.add(one, answer)
        progress(f"faults: {outcome.faults.total()} in {outcome.stories} stories, {len(outcome.wrong)} went wrong")
        return not (until and outcome.counts[until])

    tell_all(tree, stories, min(len(stories), os.cpu_count() or 1), breakage, heard)
    return outcome


def explain(tree: Path, outcome: Outcome, breakage: str = "") -> None:
    """Say which stories went wrong, and tell the shortest form of the first ones."""
    vm = Vm(tree, breakage)
    for one, bad in outcome.wrong[:SHOWN_AT_MOST]:
        say(f"\nseed {one['seed']} went wrong: {sentences(bad)}")
        short, _ = shortened(vm, one, bad)
        say("It still does, told so:")
        tell(vm.tell(short, told=True))
        say(f"The whole story: python -m tests.bench.faults --replay {one['seed']}")
    for one, bad in outcome.wrong[SHOWN_AT_MOST:]:
        say(f"seed {one['seed']} went wrong: {sentences(bad)}")
    vm.stop()


def shortened(vm: Vm, one: Story, bad: dict[str, Any]) -> tuple[Story, dict[str, Any]]:
    """The story without what is not needed for it to go wrong in one of the same ways: first faults, then people."""
    tries = TRIES_AT_MOST
    for kind in ("fault", "press", "scan"):
        size = max(1, sum(kind in step for step in one["steps"]) // 2)
        while size and tries:
            at = 0
            while tries:
                mine = [place for place, step in enumerate(one["steps"]) if kind in step]
                without = set(mine[at : at + size])
                if not without:
                    break
                tries -= 1
                shorter = {**one, "steps": [step for place, step in enumerate(one["steps"]) if place not in without]}
                answer = vm.tell(shorter)
                if set(answer["bad"]) & set(bad):
                    one, bad = shorter, answer["bad"]
                else:
                    at += size
            size //= 2
    return one, bad


def replay(tree: Path, one: Story, breakage: str = "") -> bool:
    """Tell a story in full; whether it went well."""
    vm = Vm(tree, breakage)
    answer = vm.tell(one, told=True)
    vm.stop()
    tell(answer)
    return not answer["bad"]


def tell(answer: dict[str, Any]) -> None:
    """A story, line by line."""
    for ms, line in answer.get("told", []):
        say(f"{ms / 1000:10.3f} s  {line}")
    say(sentences(answer["bad"]) or "all is well")


def sentences(bad: dict[str, Any]) -> str:
    """What went wrong, in words."""
    return "; ".join(f"{name}: {', '.join(told)}" for name, told in bad.items())


def say(text: str) -> None:
    """Only figures go to the output."""
    print(text, file=sys.stderr, flush=True)

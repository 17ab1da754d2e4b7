"""Staged rollouts: who gets it now, who waits and why, and whether it goes on, stops by itself, or is done.

Whatever is rolled out (a configuration, later a firmware), it goes the same way: a first few, then more, then all; each
wave is over when all of it have answered and were looked at for a while. Nothing is decided by a clock of its own or by
an order of rows: the same devices, offices and moment give the same decision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fleet.domain.rollout_budget import over_budget
from fleet.domain.rollout_harm import Why, worse
from fleet.domain.rollout_plan import Plan
from fleet.domain.rollout_targets import Target
from fleet.domain.rollout_turns import Seen, choose
from fleet.domain.rollout_waves import Stage, answered, next_wave
from fleet.domain.rollout_windows import Hold


class State(StrEnum):
    """How a rollout is. `awaiting`: the word of a second person; `stopped`: by itself."""

    AWAITING = "awaiting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    ABORTED = "aborted"


OPEN = frozenset({State.AWAITING, State.RUNNING, State.PAUSED, State.STOPPED})


@dataclass(frozen=True)
class Decision:
    """What follows: give these, the others wait for this reason; a next wave; an end, or why it stops."""

    give: tuple[str, ...] = ()
    held: Mapping[str, Hold] = field(default_factory=dict)
    wave: int = 0
    stops: Why | None = None
    is_done: bool = False


def decide(
    plan: Plan, stage: Stage, targets: Iterable[Target], seen: Seen, now_ms: int, all_reasons: bool = True
) -> Decision:
    """What a rollout that runs does now; `all_reasons`: of everybody who waits is told why."""
    its = sorted(targets, key=lambda one: one.id)
    why = harm(plan, stage, its, seen)
    if why is not None:
        return Decision(wave=stage.wave, stops=why)
    stage, is_done, why = next_wave(plan, stage, its, now_ms)
    if is_done or why is not None:
        return Decision(wave=stage.wave, stops=why, is_done=is_done)
    give, held = choose(plan, stage, its, seen, now_ms, all_reasons)
    return Decision(give, held, stage.wave)


def harm(plan: Plan, stage: Stage, targets: Iterable[Target], seen: Seen) -> Why | None:
    """Why it must not go on."""
    return over_budget(answered(stage, targets), plan.errors) or worse(seen.lives)

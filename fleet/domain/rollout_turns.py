"""Whose turn it is in a rollout, and what speaks against the others."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from fleet.domain.rollout_harm import Pair
from fleet.domain.rollout_order import in_turn
from fleet.domain.rollout_plan import Plan
from fleet.domain.rollout_targets import HAD_IT, At, Kind, Target, is_away
from fleet.domain.rollout_waves import Stage
from fleet.domain.rollout_windows import Doing, Hold, speaks_against


@dataclass(frozen=True)
class Seen:
    """All that a decision needs beside the devices: what offices do, whom others are at, what devices lived through."""

    doing: Mapping[str, Doing] = field(default_factory=dict)
    elsewhere: Collection[Target] = ()
    lives: Mapping[Kind, Pair] = field(default_factory=dict)


def choose(
    plan: Plan, stage: Stage, targets: list[Target], seen: Seen, now_ms: int, all_reasons: bool = True
) -> tuple[tuple[str, ...], dict[str, Hold]]:
    """Who gets it now, and why the others do not; unless `all_reasons` only as far as it takes to know the first."""
    busy = [one for one in targets if one.at is At.GIVEN]
    used = sum(one.at in HAD_IT for one in targets)
    room = plan.waves[stage.wave].limit(len(targets)) - used
    pace = plan.at_once - len(busy)
    if not all_reasons and min(room, pace) <= 0:
        return (), {}
    given: list[Target] = []
    held: dict[str, Hold] = {}
    taken, others = roles_at(busy), roles_at(seen.elsewhere)
    others_ids = {one.id for one in seen.elsewhere}
    for one in in_turn(targets):
        if not all_reasons and len(given) >= min(room, pace):
            break
        hold = held_by(plan, one, seen, now_ms)
        if hold is None and taken & one.stands_for:
            hold = Hold.ROLE
        if hold is None and (one.id in others_ids or others & one.stands_for):
            hold = Hold.OTHER
        if hold is None and len(given) >= min(room, pace):
            hold = Hold.PACE if len(given) < room else Hold.WAVE if busy or given else Hold.WATCH
        if hold is None:
            given.append(one)
            taken |= one.stands_for
        else:
            held[one.id] = hold
    return tuple(one.id for one in given), held


def roles_at(some: Iterable[Target]) -> set[tuple[str, str]]:
    """For what these devices stand, together: of each office, the roles."""
    return {role for one in some for role in one.stands_for}


def held_by(plan: Plan, one: Target, seen: Seen, now_ms: int) -> Hold | None:
    """What of the device itself or its office speaks against it."""
    if is_away(one):
        return Hold.AWAY
    if one.rescue:
        return Hold.RESCUE
    if plan.is_any_time:
        return None
    doing = None if one.office is None else seen.doing.get(one.office, Doing(is_open=True))
    return speaks_against(plan, doing, one.counter, now_ms)

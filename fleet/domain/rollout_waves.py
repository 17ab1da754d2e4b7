"""The waves of a rollout: how far it is, when one is over, and when all is done."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fleet.domain.rollout_budget import too_few
from fleet.domain.rollout_harm import Why
from fleet.domain.rollout_plan import Plan
from fleet.domain.rollout_targets import HAD_IT, MINUTE_MS, At, Target, is_away


@dataclass(frozen=True)
class Stage:
    """How far the whole is: which wave, since when. What failed before `since_ms` was forgiven when it was resumed."""

    wave: int = 0
    wave_ms: int = 0
    since_ms: int = 0


def next_wave(plan: Plan, stage: Stage, targets: list[Target], now_ms: int) -> tuple[Stage, bool, Why | None]:
    """The wave that it is in by now, and whether that was the last; or why there is no next one."""
    while is_over(plan, stage, targets, now_ms):
        why = too_few(answered(stage, targets), plan.success)
        if why is not None or stage.wave == len(plan.waves) - 1:
            return stage, why is None, why
        stage = replace(stage, wave=stage.wave + 1, wave_ms=now_ms)
    return stage, False, None


def is_over(plan: Plan, stage: Stage, targets: list[Target], now_ms: int) -> bool:
    """Whether all of a wave have answered, and were looked at for a while since."""
    had = [one for one in targets if one.at in HAD_IT]
    if any(one.at is At.GIVEN for one in had):
        return False
    if len(had) < plan.waves[stage.wave].limit(len(targets)) and not (had and are_away(plan, stage, targets, now_ms)):
        return False
    last_ms = max((one.settled_ms or 0 for one in had), default=0)
    return now_ms - last_ms >= plan.watch_min * MINUTE_MS


def are_away(plan: Plan, stage: Stage, targets: list[Target], now_ms: int) -> bool:
    """Whether only those are left that are not connected: they are not waited for without end."""
    waited = now_ms - stage.wave_ms >= plan.away_hours * 60 * MINUTE_MS
    return waited and all(is_away(one) for one in targets if one.at is At.PENDING)


def answered(stage: Stage, targets: Iterable[Target]) -> list[Target]:
    """Those that have it or failed; what was forgiven counts as neither."""
    return [
        one for one in targets if one.at is At.DONE or (one.at is At.FAILED and (one.settled_ms or 0) >= stage.since_ms)
    ]

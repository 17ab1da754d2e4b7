"""What people and programs see of rollouts."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from fleet import metrics
from fleet.domain.release_stages import ReleaseStage, release_stage
from fleet.domain.rollout_harm import Harm, Why
from fleet.domain.rollout_plan import RELEASE
from fleet.domain.rollout_targets import At
from fleet.domain.rollouts import OPEN, State
from fleet.domain.rollouts_now import DeviceThere, RolloutNow, StepThen
from fleet.flows.presence import loading_now, runs
from fleet.flows.rollout_kinds import KINDS
from fleet.flows.rollout_look import Eyes, Look, plan_of
from fleet.flows.rollouts import Actor
from fleet.store import devices, rollout_devices, rollouts
from fleet.store.database import Store
from fleet.store.rollouts import RolloutRow

LAST = 50
STEPS = 100


class Rollouts:
    """Sees rollouts as they go on, without letting them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.eyes = Eyes(all_reasons=True)

    def last(self, by: Actor) -> list[RolloutNow]:
        """The last rollouts, the newest first, without their devices."""
        with self.store.reading() as connection:
            counts = rollout_devices.counts(connection)
            found = [row for row in rollouts.last(connection, LAST) if by.concerns(row)]
            return [now_of(row, counts.get(row.id, {})) for row in found]

    def one(self, rollout: str, by: Actor, now_ms: int) -> RolloutNow | None:
        """One rollout with its devices; None: it is none of his."""
        with self.store.reading() as connection:
            row = rollouts.rollout(connection, rollout)
            return None if row is None or not by.concerns(row) else self.seen(connection, row, now_ms)

    def seen(self, connection: Connection, row: RolloutRow, now_ms: int) -> RolloutNow:
        """A rollout with its devices, why each waits, and what was done."""
        others = [one for one in rollouts.under_way(connection) if one.id != row.id]
        look = self.eyes.look(connection, row, others, now_ms)
        there = tuple(there_of(row, look, rollout_devices.of(connection, row.id)))
        if row.kind == RELEASE:
            there = with_stages(connection, row, there)
        steps = [StepThen(one.at_ms, one.by, one.what, one.about) for one in rollouts.steps(connection, row.id, STEPS)]
        return now_of(row, Counter(one.at for one in there), there, tuple(steps))


def stopped(store: Store, by: Actor) -> list[RolloutNow]:
    """Those that stopped by themselves and wait for a person, without their devices."""
    with store.reading() as connection:
        found = rollouts.under_way(connection)
        return [now_of(row, {}) for row in found if row.state == State.STOPPED and by.concerns(row)]


def measure(store: Store) -> None:
    """Tell the metrics how many rollouts are not over."""
    with store.reading() as connection:
        found = rollouts.count_open(connection)
    for kind in KINDS:
        for state in OPEN:
            metrics.ROLLOUTS.labels(kind, state).set(found.get((kind, state), 0))


def after(connection: Connection, act: Callable[[Connection], RolloutRow]) -> RolloutNow:
    """A rollout as it is after something was done to it, without its devices."""
    row = act(connection)
    return now_of(row, Counter(one.at for one in rollout_devices.of(connection, row.id)))


def there_of(row: RolloutRow, look: Look, its: list[rollout_devices.AtDevice]) -> list[DeviceThere]:
    """The devices, those that failed first, then those that are on their way."""
    offices = {one.id: one.office for one in look.targets}
    held = {} if look.decision is None else look.decision.held
    order = [At.FAILED, At.GIVEN, At.PENDING, At.DONE, At.RETURNED]
    found = [
        DeviceThere(
            device=one.device,
            office=offices.get(one.device),
            at=At(one.at),
            hold=held.get(one.device) if one.at == At.PENDING else None,
            wave=one.wave,
            attempt=one.attempt,
            given_ms=one.given_ms,
            settled_ms=one.settled_ms,
            failure=one.failure,
            detail=one.detail,
        )
        for one in its
    ]
    return sorted(found, key=lambda one: (order.index(one.at), one.office or "", one.device))


def with_stages(connection: Connection, rollout: RolloutRow, there: tuple[DeviceThere, ...]) -> tuple[DeviceThere, ...]:
    """The same with how far the release is at each device."""
    rows = {row.id: row for row in devices.devices(connection)}
    goes_on = rollout.state == State.RUNNING
    found = []
    for one in there:
        row = rows[one.device]
        stage = release_stage(one.at, one.failure, one.given_ms, row.release_told_ms, runs(row), goes_on)
        loading = loading_now(row) if stage is ReleaseStage.FETCHES else None
        its = loading if loading is not None and loading.sequence == rollout.version else None
        found.append(replace(one, stage=stage, loading=its))
    return tuple(found)


def now_of(
    row: RolloutRow,
    counts: Mapping[str, int],
    there: tuple[DeviceThere, ...] = (),
    steps: tuple[StepThen, ...] = (),
) -> RolloutNow:
    """A row as a value."""
    return RolloutNow(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        version=row.version,
        plan=plan_of(row),
        state=State(row.state),
        wave=row.wave,
        made_by=row.made_by,
        made_as=row.made_as,
        made_ms=row.made_ms,
        approved_by=row.approved_by,
        ended_ms=row.ended_ms,
        why=why_of(row.why),
        counts={at: counts[at] for at in At if counts.get(at)},
        devices=there,
        steps=steps,
    )


def why_of(kept: str) -> Why | None:
    """Why it stopped, of what is kept."""
    found = json.loads(kept)
    return Why(**{**found, "harm": Harm(found["harm"]), "roles": tuple(found.get("roles", ()))}) if found else None

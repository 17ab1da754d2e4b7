"""Rollouts go on: devices that answered are counted, the next are given it, and it stops by itself, or is done.

Any number of workers may do this. Each step is one transaction that holds every open rollout, and is decided from what
is stored: whoever stops when, the next one goes on from there, and a step done twice does nothing twice.
"""

import json
import logging
from dataclasses import asdict, replace

from sqlalchemy import Connection

from fleet.domain.rollout_targets import At
from fleet.domain.rollouts import Decision, State
from fleet.flows.rollout_kinds import KINDS, call_back
from fleet.flows.rollout_look import Eyes, Look, gone_back, plan_of
from fleet.flows.tell_rollouts import tell_stopped
from fleet.store import rollout_devices, rollouts
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.rollouts import RolloutRow

log = logging.getLogger(__name__)

AGAIN_MS = 20_000


class RollOut:
    """Lets all rollouts go on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.eyes = Eyes()
        self.again_ms = 0

    def go_on_safely(self, now_ms: int) -> bool:
        """The same as `go_on`; what can not be done now is tried again later, and hinders nothing else."""
        if now_ms < self.again_ms:
            return False
        try:
            return self.go_on(now_ms)
        except Exception:
            log.exception("rollouts can not go on, and are tried again")
            self.again_ms = now_ms + AGAIN_MS
            return False

    def go_on(self, now_ms: int) -> bool:
        """One step of each; whether anything changed."""
        with self.store.reading() as connection:
            found = rollouts.under_way(connection)
            looks = [(row, self.eyes.look(connection, row, besides(found, row), now_ms)) for row in found]
            is_news = any(look.is_news(row) for row, look in looks)
        return is_news and self.step(now_ms)

    @again_after_conflict
    def step(self, now_ms: int) -> bool:
        """The same where something is to be written: everything is looked at again, by whoever holds them."""
        changed = False
        with self.store.writing(alone=False) as connection:
            rollouts.hold(connection)
            found = rollouts.under_way(connection)
            for row in found:
                look = self.eyes.look(connection, row, besides(found, row), now_ms)
                if look.is_news(row):
                    keep(connection, row, look, now_ms)
                    changed = True
        return changed


def besides(found: list[RolloutRow], row: RolloutRow) -> list[RolloutRow]:
    """The others."""
    return [one for one in found if one.id != row.id]


def keep(connection: Connection, row: RolloutRow, look: Look, now_ms: int) -> None:
    """Keep what a look found, and do what follows of it."""
    rollout_devices.join(connection, row.id, look.joins)
    rollout_devices.save(connection, row.id, look.changed)
    rollout_devices.leave(connection, row.id, look.leaves)
    KINDS[row.kind].failed(connection, gone_back(look), now_ms)
    if look.decision is None:
        rollouts.touch(connection, row.id)
    else:
        follow(connection, row, look, look.decision, now_ms)


def follow(connection: Connection, row: RolloutRow, look: Look, decided: Decision, now_ms: int) -> None:
    """Do what was decided."""
    after = row
    if decided.wave != row.wave:
        after = replace(after, wave=decided.wave, wave_ms=now_ms)
        rollouts.note(connection, row.id, "wave", "", {"wave": decided.wave + 1}, now_ms)
    if decided.stops is not None:
        why = asdict(decided.stops)
        after = replace(after, state=State.STOPPED.value, why=json.dumps(why))
        rollouts.note(connection, row.id, "stop", "", why, now_ms)
        call_back(connection, row, look.its.values())
        tell_stopped(connection, row, decided.stops, now_ms)
        log.warning("rollout %s stops: %s", row.id, json.dumps(why))
    elif decided.is_done:
        after = replace(after, state=State.DONE.value, ended_ms=now_ms)
        KINDS[row.kind].complete(connection, row, plan_of(row), now_ms)
        rollouts.note(connection, row.id, "done", "", {}, now_ms)
    rollouts.save(connection, after)
    give(connection, after, look, decided.give, now_ms)


def give(connection: Connection, row: RolloutRow, look: Look, device_ids: tuple[str, ...], now_ms: int) -> None:
    """These have it from now on; they are told."""
    given = [
        replace(
            look.its[device],
            at=At.GIVEN.value,
            wave=row.wave,
            attempt=look.its[device].attempt + 1,
            given_ms=now_ms,
            settled_ms=None,
            carried=None,
            failure="",
            detail="",
            holds=1,
        )
        for device in device_ids
    ]
    rollout_devices.save(connection, row.id, given)
    carried = KINDS[row.kind].give(connection, device_ids, row.version, now_ms)
    rollout_devices.save(connection, row.id, [replace(one, carried=carried[one.device]) for one in given])

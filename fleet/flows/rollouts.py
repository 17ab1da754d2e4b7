"""What people do to rollouts: start one, approve it, let it wait and go on, abort it, try again where it failed."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.rollout_plan import FROM_DEVICES, Plan, RolloutRefused
from fleet.domain.rollout_targets import At
from fleet.domain.rollouts import OPEN, State
from fleet.flows.rollout_kinds import KINDS, call_back
from fleet.flows.rollout_look import meant_by, plan_text
from fleet.flows.tell_rollouts import tell_settled
from fleet.store import ledger, rollout_devices, rollouts
from fleet.store.database import Store
from fleet.store.rollouts import RolloutRow

ID_BYTES = 4


@dataclass(frozen=True)
class Actor:
    """Who does something: as others are told, and by what he is told apart from others who are shown alike.

    `offices`: those that concern him; None: all.
    """

    shown_as: str
    identity: str
    offices: frozenset[str] | None = None

    def concerns(self, row: RolloutRow) -> bool:
        """Whether a rollout is his: of all devices, or of an office of his."""
        return self.offices is None or KINDS[row.kind].office(row.subject) in self.offices


def start(
    connection: Connection,
    kind: str,
    subject: str,
    version: int,
    plan: Plan,
    by: Actor,
    now_ms: int,
    approval_from: int = FROM_DEVICES,
) -> RolloutRow:
    """Bring this version onto devices little by little; of many a second person decides. Raises RolloutRefused."""
    plan = plan.checked()
    if kind not in KINDS:
        raise RolloutRefused("bad_kind", f"kind: expected one of {', '.join(KINDS)}, found {kind!r}")
    KINDS[kind].check(connection, subject, version)
    known = rollouts.open_of(connection, kind, subject)
    if known is not None:
        raise RolloutRefused("under_way", f"{subject}: rollout {known.id} of it is not over; abort it first")
    meant = meant_by(connection, kind, subject, version, plan.selection, now_ms)
    if not meant:
        raise RolloutRefused("nobody", "expected at least one device for which it is new, found none")
    plan = replace(plan, approval=plan.approval or len(meant) >= approval_from)
    row = RolloutRow(
        id=secrets.token_hex(ID_BYTES),
        kind=kind,
        subject=subject,
        version=version,
        plan=plan_text(plan),
        state=(State.AWAITING if plan.approval else State.RUNNING).value,
        wave=0,
        wave_ms=now_ms,
        since_ms=now_ms,
        made_by=by.shown_as,
        made_as=by.identity,
        made_ms=now_ms,
    )
    if not by.concerns(row):
        raise RolloutRefused("not_yours", f"{subject}: expected one of an office of your own, found another's")
    rollouts.add(connection, row)
    rollout_devices.join(connection, row.id, meant)
    rollouts.note(connection, row.id, "start", by.shown_as, {"devices": len(meant)}, now_ms)
    said = {"of": kind, "subject": subject, "version": version, "devices": len(meant), "approval": plan.approval}
    ledger.note(connection, What.ROLLOUT_START, row.id, became=said)
    return row


def approve(connection: Connection, rollout: str, by: Actor, now_ms: int) -> RolloutRow:
    """A second person says yes. Raises RolloutRefused."""
    row = held(connection, rollout, by, "approve", State.AWAITING)
    if row.made_as == by.identity:
        raise RolloutRefused("same_person", "approve: expected somebody else than who started it, found the same")
    row = replace(
        row,
        state=State.RUNNING.value,
        approved_by=by.shown_as,
        approved_as=by.identity,
        wave_ms=now_ms,
        since_ms=now_ms,
    )
    return done(connection, row, "approve", by, now_ms)


def pause(connection: Connection, rollout: str, by: Actor, now_ms: int) -> RolloutRow:
    """Nobody else is given it for now; who was given a release is called back. Raises RolloutRefused."""
    row = held(connection, rollout, by, "pause", State.RUNNING)
    call_back(connection, row, rollout_devices.of(connection, row.id))
    return done(connection, replace(row, state=State.PAUSED.value), "pause", by, now_ms)


def resume(connection: Connection, rollout: str, by: Actor, now_ms: int) -> RolloutRow:
    """It goes on. What made it stop was seen, and does not stop it again. Raises RolloutRefused."""
    row = held(connection, rollout, by, "resume", State.PAUSED, State.STOPPED)
    since_ms = now_ms if row.state == State.STOPPED else row.since_ms
    call_back(connection, row, rollout_devices.of(connection, row.id))
    row = replace(row, state=State.RUNNING.value, since_ms=since_ms, wave_ms=now_ms, why="{}")
    return done(connection, row, "resume", by, now_ms)


def abort(connection: Connection, rollout: str, by: Actor, now_ms: int, keep: bool = False) -> RolloutRow:
    """It is over. Those that have it go back to what they were; `keep`: they keep it. Raises RolloutRefused.

    Who has a release keeps it anyway, and so does whoever has begun to try it; who is still fetching it is called back.
    No device is ever sent an older one. What is to go back everywhere is released again, under a higher sequence.
    """
    row = held(connection, rollout, by, "abort", *OPEN)
    its = rollout_devices.of(connection, row.id)
    keep = keep or KINDS[row.kind].stays
    back = [one for one in its if one.holds and not (keep and one.at == At.DONE)]
    returned = [replace(one, at=At.RETURNED.value, settled_ms=now_ms, holds=0) for one in back]
    rollout_devices.save(connection, row.id, returned)
    KINDS[row.kind].take_back(connection, [one.device for one in back])
    row = replace(row, state=State.ABORTED.value, ended_ms=now_ms)
    return done(connection, row, "abort", by, now_ms, returned=len(back), keep=keep)


def retry(connection: Connection, rollout: str, by: Actor, now_ms: int) -> RolloutRow:
    """Those that failed, and only they, have their turn again; it goes on if it had stopped. Raises RolloutRefused."""
    row = held(connection, rollout, by, "retry", State.RUNNING, State.PAUSED, State.STOPPED)
    its = rollout_devices.of(connection, row.id)
    failed = [one for one in its if one.at == At.FAILED]
    if not failed:
        raise RolloutRefused("none_failed", "retry: expected a device that failed, found none")
    again = [replace(one, at=At.PENDING.value, given_ms=None, settled_ms=None, failure="", detail="") for one in failed]
    rollout_devices.save(connection, row.id, again)
    if row.state == State.STOPPED:
        call_back(connection, row, its)
        row = replace(row, state=State.RUNNING.value, since_ms=now_ms, wave_ms=now_ms, why="{}")
    return done(connection, row, "retry", by, now_ms, devices=len(again))


ACTS: dict[str, Callable[..., RolloutRow]] = {
    "approve": approve,
    "pause": pause,
    "resume": resume,
    "abort": abort,
    "retry": retry,
}


def act(store: Store, what: str, rollout: str, by: Actor, now_ms: int, keep: bool = False) -> RolloutRow:
    """Do this to a rollout; `keep` is of an abort. Raises RolloutRefused."""
    more = {"keep": keep} if what == "abort" else {}
    with store.writing() as connection:
        return ACTS[what](connection, rollout, by, now_ms, **more)


def held(connection: Connection, rollout: str, by: Actor, what: str, *states: State) -> RolloutRow:
    """The rollout, about which nobody else decides meanwhile. Raises RolloutRefused unless it is in such a state."""
    rollouts.hold(connection)
    row = rollouts.rollout(connection, rollout)
    if row is None or not by.concerns(row):
        raise RolloutRefused("unknown", f"rollout: expected the id of one, found {rollout[:32]!r}")
    if row.state not in states:
        expected = " or ".join(sorted(state.value for state in states))
        raise RolloutRefused(
            "bad_state", f"{what}: expected a rollout that is {expected}, found one that is {row.state}"
        )
    return row


def done(connection: Connection, row: RolloutRow, what: str, by: Actor, now_ms: int, **about: object) -> RolloutRow:
    """Keep what somebody did; the rollout. Of one that had stopped by itself those hear who were told that it had."""
    before = rollouts.rollout(connection, row.id)
    if before is not None and before.state == State.STOPPED:
        tell_settled(connection, row, what, by.shown_as, now_ms)
    rollouts.save(connection, row)
    rollouts.note(connection, row.id, what, by.shown_as, about, now_ms)
    was = {} if before is None else {"state": before.state}
    ledger.note(connection, What(f"rollout.{what}"), row.id, None, was, {"state": row.state, **about})
    return row

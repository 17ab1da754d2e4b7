"""What a rollout sees of its devices and their offices, and what follows of it. Nothing is written here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from sqlalchemy import Connection

from fleet.domain.order_batches import Selection, is_meant
from fleet.domain.rollout_plan import Plan, Wave, When
from fleet.domain.rollout_targets import SLEEPING, Answer, At, Target, settle
from fleet.domain.rollout_turns import Seen
from fleet.domain.rollout_waves import Stage
from fleet.domain.rollout_windows import Doing
from fleet.domain.rollouts import Decision, State, decide
from fleet.flows.command_many import candidates_within
from fleet.flows.lived_with import Lives
from fleet.flows.office_doing import DoingNow
from fleet.flows.rollout_kinds import KINDS
from fleet.store import devices, rollout_devices
from fleet.store.devices import DeviceRow, Outline, Place
from fleet.store.rollout_devices import AtDevice
from fleet.store.rollouts import RolloutRow

SLEEP = "sleep_after_s"
HOW_FAR = {at.value: at for at in At}
MEANT_MS = 30_000
# So old may be what is known of who is meant: devices that come later may wait half a minute.


@dataclass(frozen=True)
class Look:
    """What a look at a rollout found. `decision` is None for one that does not run; `changed` are those that answered.

    `its` are all its devices as they are by now.
    """

    its: Mapping[str, AtDevice]
    joins: frozenset[str]
    leaves: frozenset[str]
    changed: tuple[AtDevice, ...]
    targets: tuple[Target, ...]
    decision: Decision | None = None

    def is_news(self, row: RolloutRow) -> bool:
        """Whether there is anything to write."""
        one = self.decision
        decided = one is not None and bool(one.give or one.stops or one.is_done or one.wave != row.wave)
        return decided or bool(self.joins or self.leaves or self.changed)


@dataclass
class Eyes:
    """Looks at rollouts; remembers what is dear to read and changes slowly. `all_reasons`: why everybody waits."""

    all_reasons: bool = False
    lives: Lives = field(default_factory=Lives)
    known: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    offices: dict[str, tuple[int, Doing]] = field(default_factory=dict)

    def look(self, connection: Connection, row: RolloutRow, others: Iterable[RolloutRow], now_ms: int) -> Look:
        """A rollout by now. `others`: those under way beside it."""
        rows = devices.outlines(connection)
        stand = devices.places_now(connection, now_ms)
        its = {one.device: one for one in rollout_devices.of(connection, row.id)}
        meant = {device for device in self.meant(connection, row, its, now_ms) if is_there(device, rows, stand)}
        joins = frozenset(meant - its.keys())
        plan = plan_of(row)
        held = devices.of_ids(connection, [one.device for one in its.values() if one.holds])
        answers = KINDS[row.kind].answers(connection, [(its[device], one) for device, one in held.items()])
        from_ms = listening_from_ms(row, now_ms)
        answered = {
            device: settled(
                plan, answers, its[device], patiently(rows[device], one), stand.get(device), from_ms, now_ms
            )
            for device, one in held.items()
        }
        changed = tuple(one for device, one in answered.items() if one != its[device])
        its = {**its, **answered, **{device: AtDevice(device) for device in joins}}
        leaves = frozenset(
            one.device
            for one in its.values()
            if one.at == At.PENDING
            and one.device not in meant
            and (not one.attempt or not is_there(one.device, rows, stand))
        )
        its = {device: one for device, one in its.items() if device not in leaves}
        targets = tuple(
            target_of(one, rows[device], stand.get(device), KINDS[row.kind].heals)
            for device, one in sorted(its.items())
        )
        found = Look(its, joins, leaves, changed, targets)
        if row.state != State.RUNNING:
            return found
        seen = self.seen(connection, row, plan, found, others, rows, stand, now_ms)
        return replace(found, decision=decide(plan, stage_of(row), targets, seen, now_ms, self.all_reasons))

    def meant(
        self, connection: Connection, row: RolloutRow, its: Mapping[str, AtDevice], now_ms: int
    ) -> frozenset[str]:
        """The devices that it is for by now, late ones among them; while it does not run, those that it was for."""
        if row.state != State.RUNNING:
            return frozenset(its)
        read_ms, found = self.known.get(row.id, (0, frozenset()))
        if not 0 <= now_ms - read_ms < MEANT_MS:
            found = meant_by(connection, row.kind, row.subject, row.version, plan_of(row).selection, now_ms)
            self.known = {key: one for key, one in self.known.items() if now_ms - one[0] < MEANT_MS}
            self.known[row.id] = now_ms, found
        return found

    def seen(
        self,
        connection: Connection,
        row: RolloutRow,
        plan: Plan,
        found: Look,
        others: Iterable[RolloutRow],
        rows: Mapping[str, Outline],
        stand: Mapping[str, Place],
        now_ms: int,
    ) -> Seen:
        """All that a decision needs beside the devices."""
        elsewhere = [
            target_of(one, rows[one.device], stand.get(one.device))
            for other in others
            for one in rollout_devices.of(connection, other.id)
            if one.at == At.GIVEN
        ]
        its = tuple((one.kind, found.its[one.id]) for one in found.targets)
        lives = self.lives.of(connection, row.id, row.made_ms, row.since_ms, its, now_ms)
        return Seen(DoingNow(connection, plan, now_ms, self.offices), elsewhere, lives)


def is_there(device: str, rows: Mapping[str, Outline], stand: Mapping[str, Place]) -> bool:
    """Whether it may connect and stands somewhere, by now."""
    return device in stand and device in rows and rows[device].revoked_ms is None


def meant_by(
    connection: Connection, kind: str, subject: str, version: int, selection: Selection, now_ms: int
) -> frozenset[str]:
    """The devices for which this version is new, as far as they are chosen: by name where one fell with it before."""
    new_for = KINDS[kind].meant(connection, subject, version, now_ms)
    new_for -= KINDS[kind].fell(connection, version) - frozenset(selection.devices)
    found = candidates_within(connection, now_ms, None)
    return frozenset(one.id for one in found if one.id in new_for and is_meant(selection, one))


def listening_from_ms(row: RolloutRow, now_ms: int) -> int:
    """From when on silence counts: who was called back is not silent."""
    if not KINDS[row.kind].recalls:
        return 0
    return row.wave_ms if row.state == State.RUNNING else now_ms


def patiently(row: Outline, its: DeviceRow) -> Outline:
    """A device on a battery counts as asleep: it may have woken just now, to hear of it for the first time."""
    sleeps = SLEEP in its.config and json.loads(its.config).get(SLEEP) is not None
    return row._replace(presence=SLEEPING) if sleeps else row


def settled(
    plan: Plan,
    answers: Mapping[str, Answer],
    one: AtDevice,
    row: Outline,
    place: Place | None,
    from_ms: int,
    now_ms: int,
) -> AtDevice:
    """A device that was given it, as it is by now. Who went away for good meanwhile has not failed: it is let go."""
    if row.revoked_ms is not None or place is None:
        return replace(one, at=At.PENDING.value, holds=0)
    answer = answers.get(one.device, Answer())
    at, failure = settle(plan, target_of(one, row, place), answer, now_ms, from_ms)
    if at == one.at:
        return one
    failed = failure is not None
    detail = answer.detail if failed else ""
    return replace(
        one, at=at.value, settled_ms=now_ms, failure=failure or "", detail=detail, holds=0 if failed else one.holds
    )


def target_of(one: AtDevice, row: Outline, place: Place | None, heals: bool = False) -> Target:
    """A device as a decision sees it. `heals`: what is rolled out is what one in rescue may wait for."""
    return Target(
        id=one.device,
        roles=row.roles,
        board=row.board,
        office=None if place is None else place.office,
        counter=None if place is None else place.counter,
        presence=row.presence,
        rescue=row.rescue is not None and not heals,
        at=HOW_FAR[one.at],
        given_ms=one.given_ms,
        settled_ms=one.settled_ms,
    )


def stage_of(row: RolloutRow) -> Stage:
    """How far it is."""
    return Stage(row.wave, row.wave_ms, row.since_ms)


def plan_of(row: RolloutRow) -> Plan:
    """Its plan."""
    kept = json.loads(row.plan)
    return Plan(
        **{
            **kept,
            "waves": tuple(Wave(**one) for one in kept["waves"]),
            "when": When(kept["when"]),
            "hours": None if kept["hours"] is None else tuple(kept["hours"]),
            "selection": Selection(**{**kept["selection"], "devices": tuple(kept["selection"]["devices"])}),
        }
    )


def plan_text(plan: Plan) -> str:
    """A plan as it is kept."""
    return json.dumps(asdict(plan), sort_keys=True, ensure_ascii=False)


def gone_back(look: Look) -> Sequence[str]:
    """The devices from which it was taken back just now."""
    return [one.device for one in look.changed if not one.holds]

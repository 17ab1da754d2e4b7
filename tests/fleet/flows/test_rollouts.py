"""A version of a template goes out in waves: at lunch, one of a role at a time; it stops, goes on, and goes back."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from fleet import metrics
from fleet.domain.order_batches import Selection
from fleet.domain.rollout_harm import Harm, Lived
from fleet.domain.rollout_plan import Plan, RolloutRefused, When, read_waves
from fleet.domain.rollout_targets import Kind
from fleet.domain.rollouts import State
from fleet.domain.rollouts_now import RolloutNow
from fleet.domain.templates import BadTemplate, template_of
from fleet.flows import alert_rules, instruct, rollouts, templates, webhooks
from fleet.flows.enrol import enrol
from fleet.flows.equip import set_sleep
from fleet.flows.lived_with import lived
from fleet.flows.presence import seen, welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.roll_out import RollOut
from fleet.flows.rollouts import Actor
from fleet.flows.see_rollouts import Rollouts, measure, stopped
from fleet.store import devices, places
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.rollout_devices import AtDevice
from fleet.store.rollouts import RolloutRow
from fleet.store.rows import every, sql
from protocols.config import Config
from protocols.device_events import Booted, FaultSeen
from protocols.presence import Alive, Hello
from tests.fleet.office import NINE, OFFICE, Speaker

MIN = 60_000
HOUR = 60 * MIN
NOON = NINE + 3 * HOUR
ALL = f"office:{OFFICE}:all"
LAN, MAI = Actor("Lan", "person:1"), Actor("Mai", "person:2")
QUICK = Plan(read_waves("1, 100%"), When.ANY, watch_min=0, away_hours=0)
TOLD = sql("SELECT endpoint, kind, body FROM webhook_deliveries ORDER BY id")
LETTERS = sql("SELECT address, subject FROM mails ORDER BY id")
BOARDS = ("nut-1", "nut-2", "q-1", "q-2", "tp-1")


class Fleet:
    """The devices of an office, which take what they are told unless they can not live with it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.told: dict[str, Config] = {}
        self.broken: set[str] = set()
        self.silent: set[str] = set()
        self.worker = RollOut(store)
        for device in BOARDS:
            seen(store, device, Alive(), NINE)
        self.listen(NINE)

    def listen(self, now_ms: int) -> list[str]:
        """Devices are told what they shall be and say hello with it; those that were told anything."""
        heard: list[str] = []
        with self.store.writing() as connection:
            devices.config_is_due(connection, [device for device in BOARDS if device not in self.told])
        instruct.tell_changes(self.store, 100, now_ms, lambda device, config: self.take(device, config, heard))
        for device in heard:
            if device not in self.silent:
                config, is_bad = self.told[device], device in self.broken
                reverted = {"version": config.version, "reason": "not welcomed in 300 s"} if is_bad else None
                version = 0 if is_bad else config.version
                hello = Hello(
                    firmware="0.1", board="t", roles=[], epoch=1, boot=1, nonce=f"n{config.version}", up=1,
                    config=version, reverted=reverted,
                )  # fmt: skip
                welcome(self.store, device, hello, now_ms)
        return heard

    def take(self, device: str, config: Config, heard: list[str]) -> None:
        self.told[device] = config
        heard.append(device)

    def go_on(self, now_ms: int, rounds: int = 20) -> None:
        """The worker and the devices, until nothing changes any more."""
        for _ in range(rounds):
            changed = self.worker.go_on(now_ms)
            if not self.listen(now_ms) and not changed:
                return
        raise AssertionError("expected an end")

    def trial(self) -> dict[str, int]:
        """By device, the time that it has to confirm a configuration."""
        return {device: config.confirm_within_s for device, config in self.told.items()}


@pytest.fixture
def fleet(store: Store) -> Fleet:
    return Fleet(store)


def version(store: Store, within_s: int) -> int:
    """A version that holds for nobody yet."""
    with store.writing() as connection:
        made = templates.add_version(connection, template_of(ALL), {"confirm_within_s": within_s}, "Lan", NINE)
    assert made is not None
    return made


def start(store: Store, number: int, plan: Plan = QUICK, now_ms: int = NINE, approval_from: int = 50) -> str:
    with store.writing() as connection:
        return rollouts.start(connection, "template", ALL, number, plan, LAN, now_ms, approval_from).id


def do(store: Store, act: Callable[..., RolloutRow], rollout: str, by: Actor = LAN, now_ms: int = NINE) -> None:
    with store.writing() as connection:
        act(connection, rollout, by, now_ms)


def look(store: Store, rollout: str, now_ms: int = NINE) -> RolloutNow:
    found = Rollouts(store).one(rollout, LAN, now_ms)
    assert found is not None
    return found


def test_it_goes_through_wave_by_wave_and_then_holds_for_everybody(store: Store, fleet: Fleet) -> None:
    number = version(store, 400)
    rollout = start(store, number)
    assert fleet.worker.go_on(NINE)
    with pytest.raises(BadTemplate, match=rollout), store.writing() as connection:
        templates.publish(connection, template_of(ALL), {"confirm_within_s": 500}, "Lan", NINE)
    assert look(store, rollout).counts == {"pending": 4, "given": 1}
    assert len(fleet.listen(NINE)) == 1 and sorted(fleet.trial().values()) == [300, 300, 300, 300, 400]
    assert RollOut(store).go_on(NINE), "another worker goes on from there"
    shown = look(store, rollout)
    assert shown.counts == {"pending": 2, "given": 2, "done": 1} or shown.counts == {
        "pending": 1,
        "given": 3,
        "done": 1,
    }
    assert set(shown.held) == {"role"}, "never two of a role at once"
    fleet.go_on(NINE)
    assert (look(store, rollout).state, set(fleet.trial().values())) == (State.DONE, {400})
    with store.reading() as connection:
        assert templates.current_of(connection, template_of(ALL)) == number
    told = dict(fleet.told)
    enrol(store, "nut-9", ("rating",), OFFICE, None, NINE)
    assert fleet.listen(NINE + 1) == [] and fleet.told == told, "nobody is told twice"
    late = instruct.config_for(store, "nut-9", NINE)
    assert late is not None and late.confirm_within_s == 400
    assert not fleet.worker.go_on(NINE + HOUR)


def test_it_stops_by_itself_takes_back_and_tries_again_only_where_it_failed(store: Store, fleet: Fleet) -> None:
    fleet.broken = set(BOARDS)
    rollout = start(store, version(store, 400))
    fleet.go_on(NINE)
    shown = look(store, rollout)
    assert shown.why is not None and (shown.why.harm, shown.why.k, shown.why.n) == (Harm.FAILURES, 1, 1)
    (failed,) = shown.failed
    assert (shown.state, failed.failure, failed.detail) == (State.STOPPED, "reverted", "not welcomed in 300 s")
    assert set(fleet.trial().values()) == {300}, "it was taken back"
    fleet.broken = set()
    do(store, rollouts.retry, rollout, now_ms=NINE + 1)
    fleet.go_on(NINE + 1)
    shown = look(store, rollout)
    assert (shown.state, set(fleet.trial().values())) == (State.DONE, {400})
    assert [one.what for one in shown.steps][::-1] == ["start", "stop", "retry", "wave", "done"]
    assert {one.device: one.attempt for one in shown.devices}[failed.device] == 2


def test_that_it_stopped_and_what_was_decided_then_is_told_once(store: Store, fleet: Fleet) -> None:
    heard = frozenset({"rollout.stopped", "rollout.settled"})
    everywhere, _ = webhooks.add(store, "https://example.vn/all", heard, None, NINE)
    here, _ = webhooks.add(store, "https://example.vn/here", frozenset({"rollout.stopped"}), OFFICE, NINE)
    with store.writing() as connection:
        places.save_office(connection, OfficeRow("cai-khe", "Phường Cái Khế", ""), NINE)
    webhooks.add(store, "https://example.vn/there", heard, "cai-khe", NINE)
    for office in (OFFICE, "cai-khe"):
        alert_rules.set_limits(store, office, {"mail": [f"{office}@example.vn"]})
    fleet.broken = set(BOARDS)
    rollout = start(store, version(store, 400))
    fleet.go_on(NINE)
    assert [one.id for one in stopped(store, LAN)] == [rollout]
    measure(store)
    assert metrics.ROLLOUTS.labels("template", "stopped")._value.get() == 1
    do(store, rollouts.resume, rollout, now_ms=NINE + 1)
    do(store, rollouts.pause, rollout, now_ms=NINE + 2)
    assert stopped(store, LAN) == []
    with store.reading() as connection:
        told = [(row.endpoint, row.kind) for row in every(connection, TOLD)]
        said = json.loads(every(connection, TOLD)[0].body)["data"]
        letters = [(row.address, row.subject) for row in every(connection, LETTERS)]
    assert told == [(everywhere, "rollout.stopped"), (here, "rollout.stopped"), (everywhere, "rollout.settled")]
    assert (said["rollout"], said["version"], said["why"]["harm"]) == (rollout, 1, "failures")
    assert "1 trong 1 thiết bị" in said["said"]["vi"] and "1 of 1" in said["said"]["en"]
    what = f"mẫu cấu hình {ALL}, phiên bản 1"
    assert letters == [
        (f"{OFFICE}@example.vn", f"motcua: đợt triển khai tự dừng – {what}"),
        (f"{OFFICE}@example.vn", f"motcua: đã xử lý đợt triển khai tự dừng – {what}"),
    ]


def test_who_is_silent_has_failed_and_who_refuses_says_why(store: Store, fleet: Fleet) -> None:
    fleet.silent = set(BOARDS)
    rollout = start(store, version(store, 400))
    fleet.go_on(NINE)
    fleet.go_on(NINE + 29 * MIN)
    assert look(store, rollout).state is State.RUNNING
    fleet.go_on(NINE + 30 * MIN)
    assert [one.failure for one in look(store, rollout).failed] == ["silent"]
    do(store, rollouts.resume, rollout, now_ms=NINE + 31 * MIN)
    fleet.go_on(NINE + 31 * MIN)
    shown = look(store, rollout, NINE + 31 * MIN)
    (other,) = [one.device for one in shown.devices if one.at == "given"][:1]
    with store.writing() as connection:
        row = devices.device(connection, other)
        assert row is not None
        refused = {
            "version": row.config_version, "key": "confirm_within_s", "problem": "out_of_range",
            "expected": "0 to 3600", "found": "400",
        }  # fmt: skip
        devices.saw_health(connection, other, json.dumps({"refused": refused}), NINE)
    fleet.go_on(NINE + 31 * MIN)
    shown = look(store, rollout)
    assert {one.device: one.failure for one in shown.failed}[other] == "refused"
    assert "expected 0 to 3600, found 400" in str([one.detail for one in shown.failed])


def test_a_device_on_a_battery_has_a_day_also_in_the_minutes_in_which_it_is_awake(store: Store, fleet: Fleet) -> None:
    fleet.silent = set(BOARDS)
    set_sleep(store, "nut-1", 30)
    seen(store, "nut-1", Alive(state="sleeping"), NINE)
    fleet.listen(NINE)
    rollout = start(store, version(store, 400), replace(QUICK, selection=Selection(devices=("nut-1",))))
    fleet.go_on(NINE)
    seen(store, "nut-1", Alive(), NINE + 20 * HOUR)
    fleet.go_on(NINE + 20 * HOUR)
    assert look(store, rollout).state is State.RUNNING and not look(store, rollout).failed
    fleet.go_on(NINE + 24 * HOUR)
    assert [one.failure for one in look(store, rollout).failed] == ["silent"]


def test_nobody_is_touched_before_residents_and_an_abort_returns_everybody(store: Store, fleet: Fleet) -> None:
    rollout = start(store, version(store, 400), Plan(read_waves("2, 100%")))
    assert not fleet.worker.go_on(NINE)
    assert look(store, rollout).held == {"open": 5}
    assert look(store, rollout, NOON + 85 * MIN).held == {"opens_soon": 5}, "at 13:25"
    fleet.go_on(NOON)
    assert look(store, rollout, NOON).counts == {"pending": 3, "done": 2}
    assert look(store, rollout, NOON).held == {"watch": 3}
    do(store, rollouts.pause, rollout)
    assert not fleet.worker.go_on(NOON + 20 * MIN)
    do(store, rollouts.resume, rollout, now_ms=NOON + 20 * MIN)
    fleet.go_on(NOON + 20 * MIN)
    assert look(store, rollout, NOON + 20 * MIN).counts == {"done": 5}
    do(store, rollouts.abort, rollout, now_ms=NOON + 21 * MIN)
    fleet.go_on(NOON + 21 * MIN)
    assert set(fleet.trial().values()) == {300} and look(store, rollout).counts == {"returned": 5}
    with pytest.raises(RolloutRefused, match="found one that is aborted"):
        do(store, rollouts.resume, rollout)


def test_a_second_person_decides_of_many(store: Store, fleet: Fleet) -> None:
    number = version(store, 400)
    rollout = start(store, number, approval_from=5)
    assert not fleet.worker.go_on(NINE) and look(store, rollout).state is State.AWAITING
    with pytest.raises(RolloutRefused, match="somebody else"):
        do(store, rollouts.approve, rollout)
    with pytest.raises(RolloutRefused, match="is not over"):
        start(store, number)
    stranger = Actor("Hà", "person:3", frozenset({"cai-khe"}))
    with pytest.raises(RolloutRefused, match="expected the id of one"):
        do(store, rollouts.approve, rollout, stranger)
    do(store, rollouts.approve, rollout, MAI)
    fleet.go_on(NINE)
    shown = look(store, rollout)
    assert (shown.state, shown.made_by, shown.approved_by) == (State.DONE, "Lan", "Mai")
    with pytest.raises(RolloutRefused, match="expected one after"):
        start(store, number)


def test_devices_come_and_go_meanwhile_and_some_keep_it(store: Store, fleet: Fleet) -> None:
    rollout = start(store, version(store, 400), replace(QUICK, away_hours=24))
    fleet.silent = set(BOARDS)
    assert fleet.worker.go_on(NINE)
    (given,) = [one.device for one in look(store, rollout).devices if one.at == "given"]
    with store.writing() as connection:
        devices.revoke(connection, given, NINE)
    fleet.silent = set()
    enrol(store, "nut-9", ("rating",), OFFICE, None, NINE)
    later = NINE + MIN
    fleet.go_on(later)
    shown = look(store, rollout, later)
    assert given not in {one.device for one in shown.devices}, "who is gone has not failed"
    assert shown.counts == {"pending": 1, "done": 4}
    assert {one.device for one in shown.devices if one.hold == "away"} == {"nut-9"}
    with store.writing() as connection:
        rollouts.abort(connection, rollout, LAN, later, keep=True)
    fleet.go_on(later)
    assert [fleet.trial()[one] for one in BOARDS if one != given] == [400] * 4
    with store.writing() as connection:
        templates.publish(connection, template_of(ALL), {"confirm_within_s": 500}, "Lan", later)
    fleet.go_on(later)
    assert [fleet.trial()[one] for one in BOARDS if one != given] == [500] * 4, "a later version goes before"


def test_who_stops_in_the_midst_leaves_nothing_half(
    store: Store, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollout = start(store, version(store, 400))
    before = look(store, rollout)

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(devices, "config_is_due", fails)
        with pytest.raises(KeyboardInterrupt):
            fleet.worker.go_on(NINE)
    after = look(store, rollout)
    assert (after.counts, after.steps) == (before.counts, before.steps)
    fleet.go_on(NINE)
    assert look(store, rollout).state is State.DONE


def test_what_devices_lived_through_with_it_is_told_apart_from_before_and_without_it(store: Store) -> None:
    speakers = {device: Speaker(device) for device in ("nut-1", "nut-2")}
    for device in speakers:
        seen(store, device, Alive(), NINE)
    for hour in (1, 2, 3):
        at = NINE + hour * HOUR + MIN
        crashed = speakers["nut-1"].does(Booted(reason="watchdog", firmware="0.1", up=at - NINE, at=at))
        fault = speakers["nut-1"].does(FaultSeen(part="flash", reason="io", up=at - NINE, at=at))
        other = speakers["nut-2"].does(FaultSeen(part="flash", reason="io", up=at - NINE, at=at))
        receive(store, [Arrival(speakers["nut-1"].topic, speakers["nut-1"].batch(crashed, fault, oldest=0))], at)
        receive(store, [Arrival(speakers["nut-2"].topic, speakers["nut-2"].batch(other, oldest=0))], at)
    one, other = Kind("t", ("rating",)), Kind("t", ("reader",))
    its = ((one, AtDevice("nut-1", "done", given_ms=NINE + 2 * HOUR)), (other, AtDevice("nut-2")))
    with store.reading() as connection:
        found = lived(connection, NINE, NINE, its, NINE + 4 * HOUR)
        alike = lived(connection, NINE, NINE, [(one, its[0][1]), (one, its[1][1])], NINE + 4 * HOUR)
    assert found == {one: (Lived(2, 0, 2), Lived()), other: (Lived(), Lived(4, 4, 3))}
    assert alike == {one: (Lived(2, 0, 2), Lived(4, 4, 3))}

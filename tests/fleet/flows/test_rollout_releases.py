"""A release goes onto devices in waves: those that it fits. It stops when they go back; nobody is sent an older one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.domain.assignments import read_assignment
from fleet.domain.images import Image, image_of
from fleet.domain.order_batches import Selection
from fleet.domain.release_roles import first_root
from fleet.domain.rollout_plan import Plan, RolloutRefused, When, read_waves
from fleet.domain.rollouts import State
from fleet.domain.rollouts_now import RolloutNow
from fleet.flows import rollouts, tell_releases
from fleet.flows.assign_release import CannotAssign, Signing, trouble
from fleet.flows.enrol import enrol
from fleet.flows.presence import healthy, seen, welcome
from fleet.flows.publish_release import forget_images, publish
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.roll_out import RollOut
from fleet.flows.rollouts import Actor
from fleet.flows.see_releases import device_release
from fleet.flows.see_rollouts import Rollouts
from fleet.release_keys import write_key
from fleet.store import releases
from fleet.store.database import Store
from protocols.care_events import Updated
from protocols.presence import Alive, Health, Hello
from protocols.releases import Release
from tests.fleet.office import NINE, OFFICE, Speaker
from tests.release_keys import Releases, key

MIN = 60_000
LAN = Actor("Lan", "person:1")
QUICK = Plan(read_waves("1, 100%"), When.ANY, watch_min=0, away_hours=0, deadline_min=120)
BOARDS = ("nut-1", "nut-2", "q-1", "q-2", "tp-1")


class Device:
    """A device that takes what it is assigned, unless told otherwise: it tries it, and confirms it or goes back."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.board = "simulated"
        self.runs: dict[str, Any] = {"sequence": 0, "mpy": "6.3", "room": 1000, "root": 1}
        self.is_bad = self.is_deaf = False
        self.refuses = ""
        self.n = 0
        self.assigned: list[int] = []
        self.called_back = 0
        self.speaker = Speaker(name)


class Fleet:
    """Devices of an office, the worker that lets rollouts go on, and what tells the devices."""

    def __init__(self, store: Store, fleet_key: Path) -> None:
        self.store, self.people = store, Releases()
        self.signing = Signing(fleet_key, rate=5000)
        self.devices = {name: Device(name) for name in BOARDS}
        self.worker = RollOut(store)
        for name in BOARDS:
            seen(store, name, Alive(), NINE)
            self.hello(name, NINE)

    def hello(self, name: str, now_ms: int) -> None:
        """A device comes, and takes what it is told then."""
        one = self.devices[name]
        one.n += 1
        said = Hello(
            firmware="1.0", board=one.board, roles=[], epoch=1, boot=1, nonce=f"{name}-{one.n}",
            up=now_ms - NINE + 1,
            application=dict(one.runs),
        )  # fmt: skip
        welcome(self.store, name, said, now_ms)
        told = tell_releases.for_hello(self.store, name, self.signing, now_ms)
        if told is not None:
            self.take(name, told, now_ms)

    def take(self, name: str, told: Release, now_ms: int) -> None:
        """The device verifies what it is told, as the firmware does, and acts on it."""
        one, sequence = self.devices[name], self.verified(name, told)
        if sequence is None:
            one.called_back += 1
            return
        one.assigned.append(sequence)
        if one.is_deaf:
            return
        if one.refuses:
            self.event(
                name, Updated(release=str(sequence), result="refused", reason=one.refuses, up=now_ms - NINE + 1), now_ms
            )
            return
        before = dict(one.runs)
        one.runs = {**before, "sequence": sequence, "trial": True}
        self.hello(name, now_ms)
        if one.is_bad:
            one.runs = {**before, "back": {"sequence": sequence, "reason": "parts: printer"}}
            self.event(
                name,
                Updated(release=str(sequence), result="returned", reason="parts: printer", up=now_ms - NINE + 1),
                now_ms,
            )
        else:
            one.runs = {name: value for name, value in one.runs.items() if name not in ("trial", "back")}
        self.hello(name, now_ms)

    def verified(self, name: str, told: Release) -> int | None:
        """The sequence of an assignment that is signed, for this device, and for its last hello; None: of nothing."""
        said = read_assignment(first_root(self.people.root).root, told.signed, told.signatures)
        its = self.devices[name]
        nonce = f"{name}-{its.n}"
        assert (said["device"], said["nonce"], told.nonce) == (name, nonce, nonce)
        if said["release"] is None:
            assert (said["sequence"], said["root"]) == (0, 1), "as devices expect it"
            return None
        assert said["rate"] == 5000
        sequence = int(said["sequence"])
        assert sequence > its.runs["sequence"], "nobody is sent what he has, or an older one"
        return sequence

    def event(self, name: str, event: Updated, now_ms: int) -> None:
        """The device tells of it, and the fleet stores that."""
        speaker = self.devices[name].speaker
        speaker.does(event)
        receive(self.store, [Arrival(speaker.topic, speaker.batch())], now_ms)

    def go_on(self, now_ms: int, rounds: int = 30) -> None:
        """The worker and the sender, until nothing changes any more."""
        for _ in range(rounds):
            changed = self.worker.go_on(now_ms)
            before = self.assigned()
            tell_releases.tell_due(
                self.store, 100, self.signing, now_ms, lambda name, told: self.take(name, told, now_ms)
            )
            if not changed and before == self.assigned():
                return
        raise AssertionError("expected an end")

    def assigned(self) -> dict[str, list[int]]:
        """What each was assigned so far."""
        return {name: list(one.assigned) for name, one in self.devices.items() if one.assigned}

    def sequences(self) -> list[int]:
        """What the devices run."""
        return [one.runs["sequence"] for one in self.devices.values()]

    def publish(self, sequence: int, *images: Image, data: tuple[bytes, ...] = ()) -> None:
        """A release for simulated boards, or of these images."""
        content = b"rom %d" % sequence
        its = images or (image_of("simulated", "6.3", f"1.{sequence}", content),)
        documents = {"root/1": self.people.root, f"release/{sequence}": self.people.release(sequence, its)}
        with self.store.writing() as connection:
            publish(connection, documents, data or (content,), "Lan", NINE)

    def start(self, sequence: int, plan: Plan = QUICK, now_ms: int = NINE) -> str:
        """A rollout of this release."""
        with self.store.writing() as connection:
            return rollouts.start(connection, "release", "firmware", sequence, plan, LAN, now_ms).id

    def look(self, rollout: str, now_ms: int = NINE) -> RolloutNow:
        """How a rollout goes."""
        found = Rollouts(self.store).one(rollout, LAN, now_ms)
        assert found is not None
        return found


@pytest.fixture
def fleet(store: Store, fleet_key: Path) -> Fleet:
    return Fleet(store, fleet_key)


def test_a_release_goes_through_and_is_what_new_devices_get(fleet: Fleet) -> None:
    fleet.publish(1)
    fleet.devices["q-2"].board = "pico_w"
    fleet.devices["tp-1"].runs["mpy"] = "7.0"
    for name in ("q-2", "tp-1"):
        fleet.hello(name, NINE)
    rollout = fleet.start(1)
    fleet.go_on(NINE)
    shown = fleet.look(rollout)
    assert (shown.state, shown.counts) == (State.DONE, {"done": 3})
    assert fleet.sequences() == [1, 1, 1, 0, 0] and all(its == [1] for its in fleet.assigned().values())
    enrol(fleet.store, "nut-9", ("rating",), OFFICE, None, NINE)
    fleet.devices["nut-9"] = Device("nut-9")
    fleet.hello("nut-9", NINE + MIN)
    assert fleet.devices["nut-9"].runs["sequence"] == 1
    fleet.devices["q-2"].board = "simulated"
    fleet.hello("q-2", NINE + MIN)
    assert fleet.devices["q-2"].runs["sequence"] == 1, "nor is anything decided by what a device was"


def test_devices_that_come_while_it_goes_on_belong_to_it(fleet: Fleet) -> None:
    fleet.publish(1)
    rollout = fleet.start(1, Plan(read_waves("1, 100%"), When.ANY, watch_min=60))
    fleet.go_on(NINE)
    enrol_late(fleet, "nut-9")
    fleet.hello("nut-9", NINE + MIN)
    assert fleet.devices["nut-9"].assigned == [], "it waits for its turn"
    fleet.go_on(NINE + 61 * MIN)
    fleet.go_on(NINE + 122 * MIN)
    assert fleet.look(rollout).counts == {"done": 6} and set(fleet.sequences()) == {1}


def test_a_release_with_which_devices_can_not_live_stops_and_nobody_tries_it_twice(fleet: Fleet) -> None:
    fleet.publish(1)
    for one in fleet.devices.values():
        one.is_bad = True
    rollout = fleet.start(1)
    fleet.go_on(NINE)
    shown = fleet.look(rollout)
    first = next(one for one in shown.devices if one.at == "failed")
    assert (shown.state, shown.counts) == (State.STOPPED, {"pending": 4, "failed": 1})
    assert (first.failure, first.detail) == ("reverted", "parts: printer")
    fleet.hello(first.device, NINE + MIN)
    assert fleet.assigned() == {first.device: [1]}, "it says so in each hello, and is not sent it again"
    for one in fleet.devices.values():
        one.is_bad = False
    with fleet.store.writing() as connection:
        rollouts.retry(connection, rollout, LAN, NINE + 2 * MIN)
    fleet.go_on(NINE + 2 * MIN)
    assert fleet.assigned()[first.device] == [1, 1], "a person let it try again, and what it said before is old"
    assert fleet.look(rollout).state is State.DONE and set(fleet.sequences()) == {1}


def test_who_can_live_with_neither_of_two_does_not_try_them_in_turn_for_ever(fleet: Fleet) -> None:
    for sequence in (1, 2):
        fleet.publish(sequence)
        fleet.start(sequence)
        fleet.go_on(NINE)
    newcomer = enrol_late(fleet, "nut-9")
    newcomer.is_bad = True
    fleet.hello("nut-9", NINE + MIN)
    fleet.hello("nut-9", NINE + 2 * MIN)
    assert newcomer.assigned == [2, 1] and newcomer.runs["back"]["sequence"] == 1
    newcomer.runs.pop("back")
    fleet.hello("nut-9", NINE + 3 * MIN)
    assert newcomer.assigned == [2, 1], "what it once said is remembered"


def test_a_release_that_fell_at_a_device_is_rolled_out_to_it_only_by_name(fleet: Fleet) -> None:
    fleet.publish(1)
    fleet.devices["nut-1"].is_bad = True
    only = replace(QUICK, selection=Selection(devices=("nut-1",)))
    stopped = fleet.start(1, only)
    fleet.go_on(NINE)
    with fleet.store.writing() as connection:
        rollouts.abort(connection, stopped, LAN, NINE)
    fleet.devices["nut-1"].is_bad = False
    rest = fleet.start(1)
    fleet.go_on(NINE + MIN)
    assert fleet.look(rest).counts == {"done": 4} and fleet.devices["nut-1"].assigned == [1]
    fleet.start(1, only, NINE + 2 * MIN)
    fleet.go_on(NINE + 2 * MIN)
    assert fleet.devices["nut-1"].assigned == [1, 1] and fleet.devices["nut-1"].runs["sequence"] == 1


def enrol_late(fleet: Fleet, name: str) -> Device:
    """A device that comes when others have been there for long."""
    enrol(fleet.store, name, ("rating",), OFFICE, None, NINE)
    fleet.devices[name] = Device(name)
    seen(fleet.store, name, Alive(), NINE + MIN)
    return fleet.devices[name]


def test_a_device_that_goes_back_a_second_time_has_failed_a_second_time(fleet: Fleet) -> None:
    fleet.publish(1)
    for one in fleet.devices.values():
        one.is_bad = True
    rollout = fleet.start(1)
    fleet.go_on(NINE)
    with fleet.store.writing() as connection:
        rollouts.retry(connection, rollout, LAN, NINE + 2 * MIN)
    fleet.go_on(NINE + 2 * MIN)
    assert fleet.look(rollout).counts == {"pending": 4, "failed": 1}
    assert list(fleet.assigned().values()) == [[1, 1]]


def test_who_was_busy_is_told_again_and_who_refuses_for_good_has_failed(fleet: Fleet) -> None:
    fleet.publish(1)
    for one in fleet.devices.values():
        one.refuses = "on_trial: configuration 3"
    rollout = fleet.start(1)
    fleet.go_on(NINE)
    (name,) = fleet.assigned()
    tell_releases.remind(fleet.store, NINE + 10_000)
    fleet.go_on(NINE + 10_000)
    assert fleet.assigned() == {name: [1]}, "not at once"
    tell_releases.remind(fleet.store, NINE + 2 * MIN)
    fleet.go_on(NINE + 2 * MIN)
    assert fleet.assigned() == {name: [1, 1]} and fleet.look(rollout).counts == {"pending": 4, "given": 1}
    fleet.devices[name].refuses = "signature: expected 1, found 0"
    tell_releases.remind(fleet.store, NINE + 4 * MIN)
    fleet.go_on(NINE + 4 * MIN)
    shown = fleet.look(rollout)
    assert (shown.state, shown.counts) == (State.STOPPED, {"pending": 4, "failed": 1})
    failed = next(one for one in shown.devices if one.device == name)
    assert (failed.failure, failed.detail) == ("refused", "signature: expected 1, found 0")


def test_who_says_nothing_has_failed_when_its_time_is_over_and_hears_it_at_each_hello_until_then(fleet: Fleet) -> None:
    fleet.publish(1)
    for one in fleet.devices.values():
        one.is_deaf = True
    rollout = fleet.start(1)
    fleet.go_on(NINE)
    (name,) = fleet.assigned()
    fleet.hello(name, NINE + MIN)
    assert fleet.assigned() == {name: [1, 1]}
    fleet.go_on(NINE + 119 * MIN)
    assert fleet.look(rollout).counts == {"pending": 4, "given": 1}
    fleet.go_on(NINE + 120 * MIN)
    assert fleet.look(rollout).counts == {"pending": 4, "failed": 1}
    fleet.hello(name, NINE + 121 * MIN)
    assert fleet.assigned() == {name: [1, 1]}, "it was taken back"


def test_how_much_a_device_has_fetched_is_shown_while_it_fetches(fleet: Fleet) -> None:
    fleet.publish(1)
    for one in fleet.devices.values():
        one.is_deaf = True
    rollout = fleet.start(1)
    fleet.go_on(NINE)
    (name,) = fleet.assigned()

    def share(**update: object) -> float | None:
        healthy(fleet.store, {name: (Health(up=2, heap_free=9, update=dict(update)), NINE)}, NINE)
        (there,) = [one for one in fleet.look(rollout).devices if one.device == name]
        its = device_release(fleet.store, name)
        assert its is not None and (there.loading is None or its.loading == there.loading)
        return None if there.loading is None else there.loading.share

    assert share(sequence=1, stage="download", done=50, size=200) == 0.25
    assert share(sequence=2, stage="download", done=50, size=200) is None, "another release"
    for odd in ({}, {"done": 5}, {"done": 201, "size": 200}, {"done": 0, "size": 0}, {"done": "5", "size": 9}):
        assert share(sequence=1, stage="check", **odd) is None
    assert share(sequence=1, stage="wait", done=200, size=200) == 1
    seen(fleet.store, name, Alive(gone=True), NINE)
    assert not [one for one in fleet.look(rollout).devices if one.loading], "it is away"


def test_who_has_it_keeps_it_when_it_is_aborted_and_goes_back_by_a_later_release_only(fleet: Fleet) -> None:
    fleet.publish(1)
    rollout = fleet.start(1, Plan(read_waves("1, 100%"), When.ANY, watch_min=60))
    fleet.go_on(NINE)
    with fleet.store.writing() as connection:
        rollouts.abort(connection, rollout, LAN, NINE + MIN)
    fleet.go_on(NINE + 120 * MIN)
    assert fleet.look(rollout).counts == {"pending": 4, "done": 1} and sorted(fleet.sequences()) == [0, 0, 0, 0, 1]
    fleet.publish(2)
    assert fleet.look(fleet.start(2)).counts == {"pending": 5}
    fleet.go_on(NINE + 121 * MIN)
    assert set(fleet.sequences()) == {2}


@pytest.mark.parametrize("act", ["pause", "abort"])
def test_who_is_still_fetching_is_called_back_and_goes_on_when_it_goes_on(fleet: Fleet, act: str) -> None:
    fleet.publish(1)
    for its in fleet.devices.values():
        its.is_deaf = True
    rollout = fleet.start(1, Plan(read_waves("100%"), When.ANY, watch_min=0, away_hours=0, deadline_min=120))
    fleet.go_on(NINE)
    fetching = {name: fleet.devices[name] for name in fleet.assigned()}
    tries = fleet.devices[min(fetching)]
    tries.runs = {**tries.runs, "sequence": 1, "trial": True}
    fleet.hello(tries.name, NINE)
    with fleet.store.writing() as connection:
        rollouts.ACTS[act](connection, rollout, LAN, NINE + MIN)
    fleet.go_on(NINE + MIN)
    called = {name: int(name != tries.name) for name in fetching}
    assert len(fetching) >= 2 and {name: its.called_back for name, its in fetching.items()} == called
    before = fleet.assigned()
    other = max(fetching)
    fleet.hello(other, NINE + 2 * MIN)
    assert fetching[other].called_back == 2, "the word is for one connection, and the download outlives it"
    fleet.hello(other, NINE + 122 * MIN)
    assert fetching[other].called_back == 2 and fleet.assigned() == before, "it is long over"
    fleet.go_on(NINE + 300 * MIN)
    shown = fleet.look(rollout, NINE + 300 * MIN)
    if act == "abort":
        assert shown.counts == {"pending": 5 - len(fetching), "returned": len(fetching)}
        return
    stages = {one.stage for one in shown.devices if one.at == "given"}
    assert shown.counts["given"] == len(fetching) and stages == {"recalled", "tries"}, "silence is no failure now"
    tries.runs.pop("trial")
    fleet.hello(tries.name, NINE + 300 * MIN)
    for its in fleet.devices.values():
        its.is_deaf = False
    with fleet.store.writing() as connection:
        rollouts.resume(connection, rollout, LAN, NINE + 300 * MIN)
    fleet.go_on(NINE + 300 * MIN)
    assert fleet.look(rollout).state is State.DONE and set(fleet.sequences()) == {1}
    assert all(its.called_back == 0 for its in fleet.devices.values() if its.name not in fetching)


def test_who_is_still_fetching_when_it_stops_by_itself_or_was_silent_too_long_is_called_back(fleet: Fleet) -> None:
    fleet.publish(1)
    for its in fleet.devices.values():
        its.is_deaf = True
    rollout = fleet.start(1, Plan(read_waves("100%"), When.ANY, watch_min=0, away_hours=0, deadline_min=30))
    fleet.go_on(NINE)
    bad, *fetching = [fleet.devices[name] for name in fleet.assigned()]
    bad.is_deaf, bad.is_bad = False, True
    fleet.hello(bad.name, NINE + MIN)
    fleet.go_on(NINE + MIN)
    assert fleet.look(rollout).state is State.STOPPED and bad.called_back == 0
    assert fetching and [its.called_back for its in fetching] == [1] * len(fetching)
    with fleet.store.writing() as connection:
        rollouts.resume(connection, rollout, LAN, NINE + 60 * MIN)
    fleet.worker.go_on(NINE + 60 * MIN)
    fleet.go_on(NINE + 89 * MIN)
    assert fleet.look(rollout).counts["given"] >= len(fetching), "the time in which it was stopped does not count"
    fleet.go_on(NINE + 91 * MIN)
    shown = fleet.look(rollout)
    assert shown.state is State.STOPPED and {one.failure for one in shown.failed} == {"reverted", "silent"}
    assert [its.called_back for its in fetching] == [2] * len(fetching)


def test_what_a_device_confirmed_while_nobody_heard_is_learned_from_what_the_broker_kept(fleet: Fleet) -> None:
    fleet.publish(1)
    rollout = fleet.start(1, Plan(read_waves("100%"), When.ANY, watch_min=0, away_hours=0, at_once=1))
    for its in fleet.devices.values():
        its.is_deaf = True
    fleet.go_on(NINE)
    (name,) = fleet.assigned()
    one, told = fleet.devices[name], {"sequence": 1, "mpy": "6.3", "room": 1000, "root": 1}
    for trial, retained in ((True, False), (False, True)):
        said = Hello(
            firmware="1.0", board="simulated", roles=[], epoch=1, boot=2, nonce="after", up=1,
            application={**told, "trial": trial},
        )  # fmt: skip
        welcome(fleet.store, name, said, NINE + MIN, retained=retained)
        fleet.worker.go_on(NINE + MIN)
        assert fleet.look(rollout).counts.get("done", 0) == (0 if trial else 1)
    assert one.assigned == [1]


def test_a_release_for_some_devices_holds_for_them_alone(fleet: Fleet) -> None:
    fleet.publish(1)
    only = Plan(read_waves("100%"), When.ANY, watch_min=0, away_hours=0, selection=Selection(role="rating"))
    rollout = fleet.start(1, only)
    fleet.go_on(NINE)
    assert fleet.look(rollout).state is State.DONE and fleet.sequences() == [1, 1, 0, 0, 0]
    fleet.hello("q-1", NINE + MIN)
    assert fleet.devices["q-1"].assigned == []
    fleet.devices["nut-1"].runs["sequence"] = 0
    fleet.hello("nut-1", NINE + MIN)
    assert fleet.devices["nut-1"].runs["sequence"] == 1, "a board that fell back to its own is brought there again"


def test_what_can_not_be_rolled_out(fleet: Fleet) -> None:
    fleet.publish(3)
    for subject, sequence, said in (
        ("firmware", 4, "the sequence of a release, 3 at most, found 4"),
        ("office:x", 3, "subject: expected firmware"),
    ):
        with pytest.raises(RolloutRefused, match=said), fleet.store.writing() as connection:
            rollouts.start(connection, "release", subject, sequence, QUICK, LAN, NINE)
    for one in fleet.devices.values():
        one.runs.pop("root")
        fleet.hello(one.name, NINE)
    with pytest.raises(RolloutRefused, match="for which it is new"):
        fleet.start(3)


def test_without_a_key_that_devices_trust_nobody_is_assigned_anything(
    fleet: Fleet, fleet_key: Path, tmp_path: Path
) -> None:
    stranger, nothing = tmp_path / "other.pem", tmp_path / "none.pem"
    write_key(key("release"), stranger, None)
    with fleet.store.reading() as connection:
        assert "expected a published root" in str(trouble(connection, fleet.signing))
    fleet.publish(1)
    open_to_all = tmp_path / "open.pem"
    open_to_all.write_bytes(fleet_key.read_bytes())
    open_to_all.chmod(0o644)
    with fleet.store.reading() as connection:
        assert trouble(connection, fleet.signing) is None
        for file, said in (
            (None, "found none"),
            (nothing, "found none at"),
            (stranger, "expected a key that root 1 names"),
            (open_to_all, "others may not read"),
        ):
            assert said in str(trouble(connection, Signing(file)))
    fleet.start(1)
    fleet.worker.go_on(NINE)
    with pytest.raises(CannotAssign):
        tell_releases.tell_due(fleet.store, 9, Signing(nothing), NINE, lambda *_: None)
    fleet.go_on(NINE)
    assert set(fleet.sequences()) == {1}, "they stayed due"


def test_images_go_that_nobody_will_load_any_more(fleet: Fleet) -> None:
    for sequence in range(1, 7):
        fleet.publish(sequence)
    with fleet.store.reading() as connection:
        assert len(releases.images(connection)) == 5
    with pytest.raises(RolloutRefused, match="the images of release 1, found none of simulated"):
        fleet.start(1)
    fleet.start(2, Plan(read_waves("1, 100%"), When.ANY, watch_min=60))
    for sequence in range(7, 13):
        fleet.publish(sequence)
    with fleet.store.writing() as connection:
        kept = {json.dumps(one.sha256) for one in releases.images(connection)}
        assert len(kept) == 6, "one is rolled out"
        assert forget_images(connection) == 0
        assert len(releases.releases(connection)) == 12

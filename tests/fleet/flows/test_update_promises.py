"""What people complain of elsewhere: done that is not, stuck for ever, missed while away, given again after failing."""

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.domain.rollout_plan import FIRMWARE, RELEASE, Plan, When, read_waves
from fleet.domain.rollout_targets import At
from fleet.domain.rollouts import State
from fleet.domain.rollouts_now import RolloutNow
from fleet.flows import rollouts
from fleet.flows.assign_release import Signing, assignment_for
from fleet.flows.enrol import enrol
from fleet.flows.presence import seen, welcome
from fleet.flows.roll_out import RollOut
from fleet.flows.rollouts import Actor
from fleet.flows.see_rollouts import Rollouts
from fleet.store.database import Store
from protocols.presence import Alive, Hello
from tests.fleet.flows.test_publish_release import PICO, bring, image
from tests.fleet.office import NINE, OFFICE
from tests.release_keys import Releases

MIN = 60_000
LAN = Actor("Lan", "person:1")
PLAN = Plan(read_waves("1, 100%"), When.ANY, watch_min=0, deadline_min=25)
BOARDS = ("nut-1", "q-1", "tp-1")
FIRST, SECOND = PICO, b"a later rom" * 70


class Fleet:
    """Devices that say hello as boards with slots do; `now_ms` goes on with what they do."""

    def __init__(self, store: Store, signing: Signing) -> None:
        self.store, self.signing, self.now_ms = store, signing, NINE
        self.worker, self.eyes = RollOut(store), Rollouts(store)
        self.hellos = 0
        for device in BOARDS:
            self.is_there(device)
            self.hello(device)
        self.people = Releases()
        bring(store, self.people, 1, FIRST, images=(image(FIRST),))
        bring(store, self.people, 2, SECOND, images=(image(SECOND, firmware="1.1.0"),))

    def is_there(self, device: str, gone: bool = False) -> None:
        """It is connected, or lost."""
        seen(self.store, device, Alive(gone=gone), self.now_ms)

    def hello(self, device: str, rescue: str | None = None, **runs: Any) -> int | None:
        """It connects and says what it runs; the sequence that it is assigned for that."""
        self.hellos, self.now_ms = self.hellos + 1, self.now_ms + 1000
        said = {"sequence": 0, "mpy": "6.3", "room": 300_000, "root": 1, **runs}
        hello = Hello(firmware="1", board="pico_w", roles=[], epoch=None, boot=self.hellos, nonce=f"n{self.hellos}",
                      up=0, rescue=rescue, application=said)  # fmt: skip
        welcome(self.store, device, hello, self.now_ms)
        return self.assigned(device)

    def assigned(self, device: str) -> int | None:
        """The sequence that this device shall have, as it would be told now."""
        release = assignment_for(self.store, device, self.signing)
        return None if release is None else int(json.loads(release.signed)["sequence"])

    def rolled_out(self, sequence: int) -> str:
        """A rollout begins."""
        with self.store.writing() as connection:
            return rollouts.start(connection, RELEASE, FIRMWARE, sequence, PLAN, LAN, self.now_ms).id

    def acts(self, what: str, rollout: str) -> None:
        """Somebody does this to it."""
        rollouts.act(self.store, what, rollout, LAN, self.now_ms)

    def later(self, rollout: str, ms: int = MIN) -> RolloutNow:
        """A rollout after a while."""
        self.now_ms += ms
        self.worker.go_on(self.now_ms)
        found = self.eyes.one(rollout, LAN, self.now_ms)
        assert found is not None
        return found

    def given(self, rollout: str) -> str:
        """The one device that is on its way."""
        (one,) = (one.device for one in self.later(rollout).devices if one.at is At.GIVEN)
        return one


@pytest.fixture
def fleet(store: Store, fleet_key: Path) -> Fleet:
    """Three devices of an office, two releases, and the fleet's key."""
    return Fleet(store, Signing(fleet_key))


def at(now: RolloutNow, device: str) -> At:
    """How far a device is."""
    return next(one.at for one in now.devices if one.device == device)


def test_it_is_not_done_before_it_was_confirmed_after_the_restart(fleet: Fleet) -> None:
    one = fleet.rolled_out(1)
    first = fleet.given(one)
    assert fleet.hello(first, sequence=1, trial=True) is None, "what is on trial is not told of another one"
    assert at(fleet.later(one), first) is At.GIVEN
    fleet.hello(first, sequence=1)
    assert at(fleet.later(one), first) is At.DONE


def test_one_that_went_back_is_not_given_it_again_before_a_person_says_so(fleet: Fleet) -> None:
    one = fleet.rolled_out(1)
    first = fleet.given(one)
    assert fleet.hello(first, back={"sequence": 1, "reason": "no printer"}) is None, "nobody has looked yet"
    now = fleet.later(one)
    assert now.state is State.STOPPED and at(now, first) is At.FAILED
    assert fleet.hello(first, back={"sequence": 1, "reason": "no printer"}) is None
    fleet.acts("retry", one)
    assert at(fleet.later(one), first) is At.GIVEN and fleet.assigned(first) == 1
    fleet.hello(first, sequence=1)
    assert at(fleet.later(one), first) is At.DONE, "the next update still fits, after one that failed"


def test_nobody_waits_for_ever_for_one_that_says_nothing_and_only_that_one_is_tried_again(fleet: Fleet) -> None:
    one = fleet.rolled_out(1)
    first = fleet.given(one)
    now = fleet.later(one, 31 * MIN)
    assert (at(now, first), now.state) == (At.FAILED, State.STOPPED)
    assert fleet.assigned(first) is None, "nor is it told any longer"
    assert [one.device for one in now.devices if one.attempt] == [first]
    fleet.acts("retry", one)
    fleet.given(one)
    fleet.hello(first, sequence=1)
    now = fleet.later(one)
    assert {one.device: one.attempt for one in now.devices}[first] == 2
    assert all(one.attempt <= 1 for one in now.devices if one.device != first)


def test_one_that_was_away_has_it_when_it_comes_even_after_the_end(fleet: Fleet) -> None:
    fleet.is_there("tp-1", gone=True)
    one = fleet.rolled_out(1)
    for _ in BOARDS[:2]:
        fleet.hello(fleet.given(one), sequence=1)
    assert at(fleet.later(one), "tp-1") is At.PENDING, "it is not told what it can not hear"
    assert fleet.later(one, 25 * 60 * MIN).state is State.DONE
    fleet.is_there("tp-1")
    assert fleet.hello("tp-1") == 1
    enrol(fleet.store, "nut-9", ("rating",), OFFICE, None, fleet.now_ms)
    fleet.is_there("nut-9")
    assert fleet.hello("nut-9") == 1, "so has a board that is new"


def test_what_stopped_is_told_nobody_until_it_goes_on(fleet: Fleet) -> None:
    one = fleet.rolled_out(1)
    fleet.hello(fleet.given(one), sequence=1)
    both = [other.device for other in fleet.later(one).devices if other.at is At.GIVEN]
    assert len(both) == 2 and [fleet.assigned(other) for other in both] == [1, 1]
    fleet.hello(both[0], back={"sequence": 1, "reason": "no reader"})
    assert fleet.later(one).state is State.STOPPED
    assert fleet.hello(both[1]) is None, "it had not begun, and shall not"
    fleet.acts("resume", one)
    assert fleet.hello(both[1]) == 1


def test_one_in_rescue_is_given_what_may_bring_it_out(fleet: Fleet) -> None:
    for device in BOARDS:
        fleet.hello(device, rescue="fell three times")
    one = fleet.rolled_out(1)
    first = fleet.given(one)
    fleet.hello(first, sequence=1)
    assert at(fleet.later(one), first) is At.DONE


def test_an_abort_takes_nothing_back_and_what_started_meanwhile_is_seen_as_it_is(fleet: Fleet) -> None:
    one = fleet.rolled_out(1)
    first = fleet.given(one)
    fleet.hello(first, sequence=1)
    second = next(other.device for other in fleet.later(one).devices if other.at is At.GIVEN)
    fleet.acts("abort", one)
    assert fleet.assigned(second) is None
    assert fleet.hello(first, sequence=1) is None and fleet.hello(second, sequence=1) is None, (
        "it had begun anew already"
    )
    later = fleet.rolled_out(2)
    assert fleet.given(later) in BOARDS

"""The fault bench itself: sound firmware gets through its stories, and spoilt firmware is caught."""

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain import coverage as of_the_fleet
from tests.bench import real_layer, virtual_layer
from tests.bench.stories import broker_away, fault_count, story
from tests.bench.virtual import coverage as of_the_model
from tests.bench.virtual.chance import Chance
from tests.bench.virtual.flash import BLOCK_BYTES, Power, PowerCut, Region, blank
from tests.bench.vms import Vm

FAULTS = 64
REAL_FAULTS = 3
FAULTS_UNTIL_CAUGHT = 600
ANYWHERE = random.SystemRandom().randrange(10_000_000)
HOURS = int(os.environ.get("HOURS") or 1)
HOUR_MS, BACK_WITHIN_MS = 3_600_000, 120_000
STRETCH = st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda pair: (pair[0], sum(pair)))


def test_what_people_saw_is_in_the_fleet_once_whatever_befell_the_device(tree):
    print(f"python -m tests.bench.faults --seed {ANYWHERE} --faults {FAULTS}")
    outcome = virtual_layer.run(tree, ANYWHERE, FAULTS)
    assert outcome.faults.total() == FAULTS
    assert outcome.seen > FAULTS
    assert not outcome.wrong, [(one["seed"], bad) for one, bad in outcome.wrong]


@pytest.mark.journey
@pytest.mark.timeout(400)
def test_the_same_where_real_processes_are_killed_stopped_and_cut_off():
    outcome = real_layer.run(ANYWHERE, REAL_FAULTS)
    assert outcome.faults.total() == REAL_FAULTS
    assert outcome.seen
    assert not outcome.wrong, outcome.wrong


@pytest.mark.parametrize(
    "breakage, wrong",
    [
        ("acknowledge_before_flush", "lost"),
        ("forget_on_puback", "lost"),
        ("reuse_a_seq", "doubled"),
        ("print_a_number_again", "doubled"),
    ],
)
def test_spoilt_firmware_is_caught(tree, breakage, wrong):
    outcome = virtual_layer.run(tree, 1, FAULTS_UNTIL_CAUGHT, breakage, until=wrong)
    assert outcome.counts[wrong], (outcome.stories, outcome.counts)


def test_a_story_goes_the_same_way_each_time_it_is_told(tree):
    vm = Vm(tree)
    first = vm.tell(story(7), told=True)
    vm.tell(story(8))
    again = vm.tell(story(7), told=True)
    vm.stop()
    assert first == again
    assert len(first["told"]) > fault_count(story(7))


def test_a_story_that_goes_wrong_is_shortened_to_what_is_needed(tree):
    vm = Vm(tree, "reuse_a_seq")
    long = story(1)
    short, bad = virtual_layer.shortened(vm, long, vm.tell(long)["bad"])
    answer = vm.tell(short)
    vm.stop()
    assert bad
    assert answer["bad"] == bad
    assert len(short["steps"]) < len(long["steps"]) / 4


@pytest.mark.parametrize("seed", range(1, HOURS + 1))
def test_the_broker_is_away_for_an_hour(tree, seed):
    vm = Vm(tree)
    answer = vm.tell(broker_away(seed, HOUR_MS), told=True)
    vm.stop()
    tries = [ms for ms, line in answer["told"] if "ECONNREFUSED" in line]
    assert not answer["bad"], answer["bad"]
    assert answer["boots"] == 2, "it started anew with its roles, and never again"
    assert answer["seen"] > 30 and answer["stored"] > answer["seen"]
    assert answer["waited_ms"] < BACK_WITHIN_MS
    assert 60 < len(tries) < 300, "it comes back soon, and does not storm a broker that starts"


def test_a_device_whose_welcome_is_lost_says_hello_again(tree):
    steps = [{"at": 0, "fault": "downs_lost", "messages": 4}, {"at": 8_000, "press": "score_1", "held": 100}]
    vm = Vm(tree)
    answer = vm.tell({**story(1), "steps": steps, "ms": 30_000}, told=True)
    vm.stop()
    assert not answer["bad"]
    assert answer["waited_ms"] < 30_000, answer["told"]
    assert [line for _, line in answer["told"]].count("down/welcome is lost") >= 1


@given(st.lists(STRETCH, max_size=6), STRETCH, st.integers(0, 40))
def test_the_models_receipts_go_as_far_as_the_fleets(arrived, new, oldest):
    ours, theirs = [], []
    for stretch in arrived:
        ours = of_the_model.cover(ours, stretch, 0)
        theirs = of_the_fleet.cover(theirs, stretch, 0)
    ours, theirs = of_the_model.cover(ours, new, oldest), of_the_fleet.cover(theirs, new, oldest)
    assert ours == theirs
    assert of_the_model.through(ours, oldest) == of_the_fleet.through(theirs, oldest)


class Still:
    """An agenda on which nothing stands."""

    def spend(self, ms):
        pass


@given(st.binary(min_size=1, max_size=64), st.binary(min_size=1, max_size=64), st.integers(0, 1_000))
def test_flash_that_loses_its_power_in_a_program_holds_a_part_of_it(before, data, seed):
    data = data[: len(before)]
    flash = blank(1)
    Region(flash, Power(Still(), Chance(seed, "first")), Chance(seed, "first")).writeblocks(0, before, 0)
    power = Power(Still(), Chance(seed, "cut"))
    power.cut_at_operation(1)
    region = Region(flash, power, Chance(seed, "cut"))
    with pytest.raises(PowerCut):
        region.writeblocks(0, data, 0)
    whole = bytes(a & b for a, b in zip(before, data, strict=False)) + before[len(data) :]
    for place, byte in enumerate(before):
        assert whole[place] & ~flash[place] & 0xFF == 0  # no bit was cleared that nobody asked for
        assert flash[place] & ~byte & 0xFF == 0  # and none was set
    assert flash[len(before) :] == b"\xff" * (BLOCK_BYTES - len(before))
    assert region.writeblocks(0, b"\0", 0) < 0
    assert flash[len(before) :] == b"\xff" * (BLOCK_BYTES - len(before))

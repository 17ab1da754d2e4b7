"""Cutting the power: sound firmware gets through every cut, and a spoilt memory is caught."""

import random
from dataclasses import replace

import pytest

from tests.bench.cuts import OPERATIONS, TORN, Plan, cut, cut_all, operations

EVERY = 3
ANYWHERE = random.SystemRandom().randrange(18)


def cut_here(every):
    """One operation in so many, from one of chance on: other ones in each run."""
    return {"first": 1 + ANYWHERE % every, "every": every}


@pytest.mark.parametrize(
    "store, unit, torn, again, every",
    [
        ("ring", 32, TORN, 0, EVERY),
        ("ring", 256, ("0", "50", "bits"), 0, EVERY),
        ("ring", 256, ("50",), 2, EVERY),
        ("journal", 32, ("bits",), 0, 3 * EVERY),
        ("journal", 256, ("0", "50", "bits"), 0, 2 * EVERY),
    ],
)
def test_nothing_is_lost_wherever_the_power_goes(tree, store, unit, torn, again, every):
    """Here a third of all are cut, fewer where there are many, others in each run; `make faults` does all of it."""
    wrong, points = [], {}

    def heard(plan, count):
        wrong.extend((plan.replay(which), why) for which, why in count.wrong)
        points[plan.operation] = count.points
        assert count.again == again * count.points

    plans = [Plan(store, unit, operation, torn, again, **cut_here(every)) for operation in operations(store)]
    cut_all(tree, plans, heard)
    assert not wrong
    assert min(points.values()) >= len(torn), points


@pytest.mark.parametrize("unit, torn", [(32, ("bits",)), (256, ("50",))])
def test_an_application_is_there_wherever_the_power_goes_in_an_update(tree, unit, torn):
    """The factory's, the old or the new one, whole, and known as such; here images of two blocks, every third place."""
    wrong, points = [], {}

    def heard(plan, count):
        wrong.extend((plan.replay(which), why) for which, why in count.wrong)
        points[plan.operation] = count.points

    stories = operations("slots") if unit == 32 else ["next", "third"]
    cut_all(tree, [Plan("slots", unit, story, torn, 0, blocks=1.3, **cut_here(EVERY)) for story in stories], heard)
    assert not wrong
    assert min(points.values()) >= 9 * len(torn), points


@pytest.mark.parametrize(
    "breakage, operation, which, sign",
    [
        ("count_ahead", "next", "2:50", "goes on at"),
        ("count_no_boots", "falls", "1:50", "not done"),
        ("leave_the_record", "third", "1:50", "not whole"),
        ("fill_what_runs", "next", "2:50", "factory runs"),
        ("begin_anew", "next", "90:50", "goes on at 0"),
    ],
)
def test_spoilt_slots_are_caught(tree, breakage, operation, which, sign):
    plan = Plan("slots", 32, operation, only=which, breakage=breakage)
    count = cut(tree, plan)
    assert count.bad and sign in str(count.wrong), count
    sound = cut(tree, replace(plan, breakage=""))
    assert not sound.bad, sound.wrong


@pytest.mark.parametrize(
    "breakage, store, unit, operation, sign",
    [
        ("return_before_flash", "ring", 32, "append", "lost"),
        ("return_before_flash", "journal", 256, "append", "lost"),
        ("forget_on_sending", "ring", 256, "append", "lost"),
        ("forget_on_sending", "journal", 256, "append", "lost"),
        ("mark_all_as_forgotten", "ring", 32, "append_slot", "lost"),
        ("mark_all_as_forgotten", "journal", 256, "append_slot", "lost"),
        ("look_at_no_sum", "ring", 32, "append", "Error"),
        ("trust_half_erased_blocks", "ring", 32, "append_slot", "programmed twice"),
        ("begin_a_side_with_its_head", "ring", 32, "config", "configuration"),
        ("spare_the_boot_counter", "ring", 32, "boot", "came again"),
        ("spare_the_boot_counter", "journal", 256, "boot", "came again"),
        ("remove_before_keeping", "ring", 32, "cable", "pw"),
        ("print_a_number_again", "journal", 256, "numbers", "given twice"),
    ],
)
def test_a_spoilt_memory_is_caught(tree, breakage, store, unit, operation, sign):
    plan = Plan(store, unit, operation, ("0", "50", "bits"), again=0, breakage=breakage)
    count = cut(tree, plan)
    assert count.bad and sign in str(count.wrong), count
    sound = cut(tree, Plan(store, unit, operation, only=count.wrong[0][0]))
    assert not sound.bad, sound.wrong


def test_a_cut_goes_the_same_way_each_time(tree):
    plan = Plan("ring", 32, "append", ("0", "bits"), again=2, seed=5, breakage="return_before_flash")
    count = cut(tree, plan)
    assert count == cut(tree, plan)
    which, why = count.wrong[-1]
    assert which.count(":") in (1, 3)
    assert cut(tree, Plan("ring", 32, "append", only=which, breakage=plan.breakage)).wrong == [(which, why)]


def test_both_stores_have_the_same_operations_but_for_lost_files():
    assert set(operations("journal")) == set(OPERATIONS) < set(operations("ring"))

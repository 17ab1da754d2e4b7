"""Which images a boot tries: a function of what is kept and of the failures in a row."""

import importlib.util

import pytest

from firmware import slots
from tests.boards.test_images import IMAGES

SPEC = importlib.util.spec_from_file_location("deciding", IMAGES / "modules" / "deciding.py")
deciding = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(deciding)

A = {"slot": "a", "length": 9, "sequence": 11, "sha256": "aa"}
B = {"slot": "b", "length": 8, "sequence": 12, "sha256": "bb"}
FACTORY = {"slot": None, "length": 0, "sequence": 0, "sha256": ""}


def record(confirmed=A, before=None, trial=None, **more):
    return {**confirmed, "floor": 11, "before": before, "trial": trial, "returned": None, **more}


def tried(record, failures=0):
    images, changed = deciding.decided(record, failures)
    return [(one["slot"], deciding.on_trial(one)) for one in images], changed


def test_without_a_record_or_a_slot_the_factory_runs():
    assert tried(None) == ([], None)
    assert tried(record(FACTORY)) == ([], None)


def test_what_is_confirmed_runs_and_the_one_before_stands_behind_it():
    assert tried(record()) == ([("a", False)], None)
    assert tried(record(A, before=B)) == ([("a", False), ("b", False)], None)


@pytest.mark.parametrize("boots", [0, 1, 2])
def test_a_boot_on_trial_is_counted_before_it_begins(boots):
    images, changed = tried(record(trial={**B, "boots": boots, "parts": {}}))
    assert images == [("b", True), ("a", False)]
    assert changed == record(trial={**B, "boots": boots + 1, "parts": {}})


def test_after_three_boots_without_a_confirmation_the_one_before_runs():
    images, changed = tried(record(trial={**B, "boots": 3, "parts": {}}))
    assert images == [("a", False)]
    assert changed == record(returned={"sequence": 12, "reason": "not confirmed in 3 boots"})
    assert tried(record(FACTORY, trial={**B, "boots": 3, "parts": {}}))[0] == []


@pytest.mark.parametrize("failures, images", [(5, ["a", "b"]), (6, ["b", "a"]), (8, ["b", "a"]), (9, []), (255, [])])
def test_what_fails_in_a_row_makes_room_for_the_other_slot_and_then_for_the_factory(failures, images):
    found, changed = tried(record(A, before=B), failures)
    assert [slot for slot, _ in found] == images and changed is None


def test_the_firmware_knows_after_how_many_failures_another_stands_in():
    assert (slots._OTHER_AFTER, slots._FACTORY_AFTER) == (deciding.OTHER_AFTER, deciding.FACTORY_AFTER)


def test_without_another_confirmed_image_only_the_factory_stands_in():
    assert tried(record(), 8)[0] == [("a", False)] and tried(record(), 9)[0] == []


def test_an_update_is_tried_however_often_the_one_before_failed():
    assert tried(record(trial={**B, "boots": 0, "parts": {}}), 30)[0] == [("b", True)]


def test_fields_that_are_not_known_here_stay():
    _, changed = deciding.decided(record(trial={**B, "boots": 0, "parts": {}, "later": 1}, newer={"x": 1}), 0)
    assert changed["newer"] == {"x": 1} and changed["trial"]["later"] == 1

"""Every named attack on updates, against the shipping firmware: an attacker owns the fleet's server and its broker.

The rows are those of docs/security-updates.md. Each story is in `tests/bench/updates/attacks.py`; what happens where
its defence is taken out is in `tests/bench/update_mutations.py`: a few are told here, and all by `make campaign`.
"""

import re

import pytest

from fleet.laptop import firmware_tree
from tests.bench.update_mutations import FEW, MUTATIONS, spoilt
from tests.bench.update_telling import Teller, shelf_in

BY_TOOLS = 18
# What was changed before it was signed no device can know.


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return shelf_in(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def teller(tree, shelf):
    teller = Teller(tree, shelf)
    yield teller
    teller.stop()


def held(teller, name):
    """Tell the story of this attack: nothing of it may go wrong."""
    assert teller.say("attack", name=name)["wrong"] == []


def test_attack_01_arbitrary_software(teller):
    held(teller, "attack_01_arbitrary_software")


def test_attack_02_rollback(teller):
    held(teller, "attack_02_rollback")


def test_attack_03_offline_device(teller):
    held(teller, "attack_03_offline_device")


def test_attack_04_freeze(teller):
    held(teller, "attack_04_freeze")


def test_attack_05_fast_forward(teller):
    held(teller, "attack_05_fast_forward")


def test_attack_06_mix_and_match(teller):
    held(teller, "attack_06_mix_and_match")


def test_attack_07_partial_bundle(teller):
    held(teller, "attack_07_partial_bundle")


def test_attack_08_endless_data(teller):
    held(teller, "attack_08_endless_data")


def test_attack_09_slow_retrieval(teller):
    held(teller, "attack_09_slow_retrieval")


def test_attack_10_extraneous_dependencies(teller):
    held(teller, "attack_10_extraneous_dependencies")


def test_attack_11_mismatched_device(teller):
    held(teller, "attack_11_mismatched_device")


def test_attack_12_key_compromise(teller):
    held(teller, "attack_12_key_compromise")


def test_attack_13_on_path(teller):
    held(teller, "attack_13_on_path")


def test_attack_14_denial_of_service(teller):
    held(teller, "attack_14_denial_of_service")


def test_attack_16_unapproved_firmware(teller):
    held(teller, "attack_16_unapproved_firmware")


def test_attack_17_overridden_elements(teller):
    held(teller, "attack_17_overridden_elements")


def test_attack_19_change_between_check_and_use(teller):
    held(teller, "attack_19_change_between_check_and_use")


def test_attack_20_replay(teller):
    held(teller, "attack_20_replay")


@pytest.mark.parametrize("mutation", [one for one in MUTATIONS if one.name in FEW], ids=lambda one: one.name)
def test_without_its_defence_an_attack_gets_through(tree, shelf, tmp_path, mutation):
    teller = Teller(spoilt(tree, tmp_path / "spoilt", mutation), shelf)
    wrong = teller.say("attack", name=mutation.attack)["wrong"]
    teller.stop()
    assert wrong, mutation


def test_each_defence_stands_where_it_is_taken_out():
    for mutation in MUTATIONS:
        source = (firmware_tree.ROOT / mutation.file).read_text()
        assert source.count(mutation.found) == 1, mutation


def test_the_table_has_a_row_for_every_attack_and_its_test():
    """A row without a test says why there is none, or which other file has it."""
    table = (firmware_tree.ROOT / "docs" / "security-updates.md").read_text(encoding="utf-8")
    rows = {int(number): rest for number, rest in re.findall(r"^\| (\d+) \| (.*) \|$", table, re.MULTILINE)}
    assert sorted(rows) == list(range(1, 22))
    for number, row in rows.items():
        tests = re.findall(rf"test_attack_{number:02}_\w+", row)
        assert [name for name in tests if name in globals()] or "out of scope" in row or number == BY_TOOLS
    assert (firmware_tree.ROOT / re.findall(r"`(tests/[\w/.]+)`", rows[BY_TOOLS])[0]).exists()

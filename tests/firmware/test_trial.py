"""A device takes a configuration on trial, and is never without one that it can live with, wherever the power goes."""

import os

from firmware import configuration, trial
from firmware.clock import Clock
from firmware.flash_files import read_json
from firmware.kept_region import KeptRegion
from protocols.state import Config
from tests.firmware.fresh_flash import fresh_flash
from tests.on_micropython.torn_flash import Power, PowerCut, Region

OLD = Config(version=4, roles=["rating"], office="Tân An")
NEW = Config(version=5, roles=["reader"], office="Tân An", confirm_within_s=60)
LIVE = Config(version=5, roles=["rating"], office="Cái Khế")
NEWER = Config(version=6, roles=["reader", "rating"])
TORN = os.getenv("TORN", "0 50 bits").split(" ")
# Ways to tear each operation; a campaign asks for all six.


class Board:
    """A board whose power may go in any operation on its region."""

    def __init__(self):
        self.power = Power()
        self.root = fresh_flash()
        self.kept = Region(self.power, 4, 32)
        self.failures = 0

    def region(self, name):
        return self.kept

    def clash(self, roles):
        return None

    def keep_failures(self, count):
        self.failures = count


class Device:
    """One boot."""

    def __init__(self, board):
        self.board = board
        self.clock = Clock(lambda: 500, lambda a, b: a - b)
        self.trial = self.reverted = self.rescue = self.refused = None
        self.health_due, self.end_reason = False, ""
        configuration.start(self)

    def end(self, reason):
        self.end_reason = self.end_reason or reason

    def fault(self, part, reason):
        raise AssertionError(part + reason)


def standing(config=OLD):
    """A board that lives with this configuration."""
    board = Board()
    configuration.save_config(board, config)
    return board


def cut_everywhere(story, after):
    """Tell the story with a cut in each operation, each torn in some ways; then look. How many cuts there were."""
    cuts = 0
    for torn in TORN:
        operations = 1
        while True:
            board = standing()
            board.power.cut_after(operations, torn)
            try:
                story(board)
            except PowerCut:
                board.power.restore()
                after(board)
                cuts, operations = cuts + 1, operations + 1
                continue
            board.power.restore()
            after(board)
            break
    return cuts


def told(board, config=NEW):
    device = Device(board)
    configuration.take(device, config.to_bytes())
    return device


def lived(board):
    """Boots that are never welcomed, until nothing is on trial."""
    for _ in range(9):
        device = Device(board)
        if device.trial is None:
            return device
    raise AssertionError("on trial for ever")


def test_a_configuration_is_on_trial_until_the_welcome():
    board = standing()
    device = told(board)
    assert (device.end_reason, device.trial, device.config) == ("config", 60_000, NEW)
    device = Device(board)
    assert (device.config, device.trial, device.reverted) == (NEW, 60_000, None)
    trial.welcome(device)
    assert device.trial is None
    for _ in range(5):
        device = Device(board)
        assert (device.config, device.trial, device.reverted) == (NEW, None, None)


def test_not_welcomed_in_time_it_goes_back_and_says_so_until_another_comes():
    board = standing()
    told(board)
    device = Device(board)
    trial.failed(device, "not welcomed in time")
    why = {"version": 5, "reason": "not welcomed in time"}
    assert (device.end_reason, device.config) == ("reverted", OLD)
    device = Device(board)
    assert (device.config, device.trial, device.reverted) == (OLD, None, why)
    assert not configuration.take(device, NEW.to_bytes()) and (device.config, device.end_reason) == (OLD, "")
    configuration.take(device, NEWER.to_bytes())
    assert (device.config, device.reverted) == (NEWER, None)
    assert Device(board).trial == 300_000 and Device(board).reverted is None


def test_a_device_that_falls_again_and_again_goes_back_by_itself():
    board = standing()
    told(board)
    assert [Device(board).config for _ in range(3)] == [NEW] * 3
    board.failures = 3
    device = Device(board)
    assert (device.config, device.reverted["reason"], board.failures) == (OLD, "not welcomed in 3 boots", 0)


def test_what_needs_no_new_start_is_on_trial_at_once():
    board = standing()
    device = Device(board)
    assert configuration.take(device, LIVE.to_bytes()), "the fleet is to welcome it again"
    assert (device.config, device.trial, device.end_reason) == (LIVE, 300_000, "")
    trial.welcome(device)
    assert Device(board).config == LIVE and Device(board).trial is None


def test_one_that_comes_meanwhile_goes_back_to_what_was_confirmed():
    board = standing()
    told(board)
    told(board, NEWER)
    device = Device(board)
    trial.failed(device, "not welcomed in time")
    assert Device(board).config == OLD and Device(board).reverted["version"] == 6


def test_the_first_one_and_one_that_asks_for_none_have_no_trial():
    board = Board()
    device = told(board)
    assert (device.trial, Device(board).trial) == (None, None)
    board = standing()
    told(board, Config(version=6, roles=["reader"], confirm_within_s=0))
    assert Device(board).trial is None and Device(board).config.version == 6


def test_in_rescue_a_welcome_confirms_nothing():
    board = standing()
    told(board)
    device = Device(board)
    device.rescue = "it falls"
    trial.welcome(device)
    assert (device.end_reason, Device(board).config) == ("reverted", OLD)


def test_one_too_large_for_the_region_is_tried_all_the_same():
    large = Config(version=5, roles=["reader"], texts={"t%d" % n: "x" * 100 for n in range(50)})
    board = standing(large)
    told(board, NEWER)
    assert Device(board).config == NEWER and Device(board).trial is not None
    assert lived(board).config == large
    board = standing()
    told(board, large)
    assert Device(board).config == large
    assert lived(board).config == OLD
    assert read_json(board.root + "/trial.json") is None


def test_wherever_the_power_goes_before_the_welcome_it_comes_back_to_what_was_confirmed():
    def story(board):
        told(board)
        Device(board)
        trial.failed(Device(board), "not welcomed in time")
        Device(board)

    def after(board):
        device = Device(board)
        assert device.config in (OLD, NEW)
        assert device.config == OLD or device.trial is not None, "new, unconfirmed, and nothing to go back to"
        device = lived(board)
        assert device.config == OLD and (device.reverted is None or device.reverted["version"] == 5)
        assert KeptRegion(board.kept).get("trial") is None

    assert cut_everywhere(story, after) > 10


def test_wherever_the_power_goes_around_the_welcome_one_of_both_is_confirmed():
    welcomed = []

    def story(board):
        welcomed.clear()
        told(board)
        device = Device(board)
        welcomed.append(1)
        trial.welcome(device)
        Device(board)

    def after(board):
        device = lived(board)
        assert device.config == NEW if device.reverted is None and welcomed and device.config != OLD else True
        assert device.config in (OLD, NEW)
        if device.config == OLD and welcomed:
            assert device.reverted is not None, "it went back in silence"

    assert cut_everywhere(story, after) > 5


def test_wherever_the_power_goes_while_another_comes_meanwhile():
    def story(board):
        told(board)
        told(board, NEWER)

    def after(board):
        device = Device(board)
        assert device.config in (OLD, NEW, NEWER)
        assert device.config == OLD or device.trial is not None
        assert lived(board).config == OLD

    assert cut_everywhere(story, after) > 5

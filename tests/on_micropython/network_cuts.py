"""Runs on the MicroPython VM: while a device is given another network, power or net go at every place.

`network_cuts.py <JSON>`: {"store", "unit", "torn": [...], "breakage"}; prints {"operations", "messages", "runs",
"wrong": [[which, why], ...]}. The device is the shipping firmware on flash in memory, the fleet a model of it
(`fleet/flows/change_network.py`) that is reached by the old network always, and by the new one as the world has it:

`good`: yes; `dark`: nobody is there, until the time is over; `falls`: the device falls down at once, again and again.
"""

import asyncio
import binascii
import gc
import json
import sys

from firmware import enrolling, new_network
from firmware.clock import Clock
from firmware.enrolling import start_boot
from firmware.flash_files import write_json
from firmware.kept import found
from tests.on_micropython.cut_device import ROOT, Board
from tests.on_micropython.torn_flash import PowerCut

ROUNDS = 12
TOLD_AT_MOST = 5
KEY = bytes(range(32))
VERSION = 1_795_312_800_000
OLD = {"host": "old", "port": 1, "ssid": "Cũ", "wifi_password": "mat-khau-cu"}
CHANGE = {"host": "new", "ssid": "Mới", "wifi_password": "mat-khau-moi"}
NEW = {"host": "new", "port": 1, "ssid": "Mới", "wifi_password": "mat-khau-moi", "version": VERSION}


class Wrong(Exception):
    """What must never be."""


class Fell(Exception):
    """This boot is over: the next one begins."""


class Device:
    """What `new_network` sees of a device."""

    def __init__(self, board):
        self.board = board
        self.identity = start_boot(board)
        self.network = enrolling.read_network(board, "tp-1", True)
        self.clock = Clock(lambda: 500, lambda a, b: a - b)
        self.end_reason = ""
        self.trial, self.awake_until, self.lines = None, 0, [0, b"12 link: OSError [Errno 111] ECONNREFUSED\n"]
        new_network.start(self)

    def say(self, name, message, qos):
        if not self.board.power.on:
            raise PowerCut
        raise Wrong("it refuses: %r" % message)

    def end(self, reason):
        pass


class Fleet:
    """What the fleet knows: whether the change is waiting, confirmed, or was given up by the device."""

    def __init__(self):
        self.state = "waiting"

    def hello(self, network):
        """Whether the device must be told."""
        if network.version == VERSION:
            self.state = "confirmed"
        elif network.back is not None and network.back["version"] == VERSION:
            self.state = "back"
        return self.state == "waiting"

    def said(self):
        """What its secret says."""
        return {"version": VERSION, "expires": 2 * VERSION, "within_s": 60, "network": CHANGE}


class Trial:
    """The same change, as often as one likes."""

    def __init__(self, store, unit):
        self.board = Board(store, unit)
        self.board.mount()
        self.board.unmount()
        self.image = self.board.image()
        self.operations = self.messages = 0

    def run(self, world, operation=None, torn="0", message=None):
        """All of it; what is wrong."""
        board, self.world, self.cut, self.said = self.board, world, message, 0
        board.restore(self.image)
        board.mount()
        keys = {"a": str(binascii.hexlify(KEY), "ascii")}
        board.keep_failures = lambda count: None
        write_json(ROOT + "/network.json", OLD)
        write_json(ROOT + "/identity.json", {"device": "tp-1", "epoch": 3, "keys": keys, "use": "a", "claim": None})
        self.fleet, before = Fleet(), board.power.operations
        if operation is not None:
            board.power.cut_after(operation, torn)
        try:
            for _ in range(ROUNDS):
                try:
                    if self.lives():
                        self.operations, self.messages = board.power.operations - before, self.said
                        self.check(message)
                        return None
                except (Fell, PowerCut):
                    pass
                board.unmount()
                board.power.restore()
                board.mount()
            return "it was not done in %d boots, with %r" % (ROUNDS, found(board).get("network"))
        except (Wrong, KeyError, ValueError, TypeError) as err:
            return "%s: %s" % (type(err).__name__, err)
        finally:
            board.unmount()

    def lives(self):
        """A boot; True when fleet and device agree. The power may go meanwhile: OSError of files is that, too."""
        try:
            device = Device(self.board)
            if device.network.host == "new":
                self.lives_there(device)
            told = self.carried() and self.fleet.hello(device.network)
            if not self.carried():
                if device.trial is not None:
                    new_network.failed(device, "not welcomed in time")
                raise Fell
            if device.trial is not None:
                new_network.welcome(device)
            if told and self.carried():
                new_network.take(device, self.fleet.said())
                raise Fell  # it begins anew
            return not told and self.fleet.state != "waiting"
        except OSError:
            if self.board.power.on:
                raise Wrong("a failure of flash with power") from None
            raise PowerCut from None

    def lives_there(self, device):
        """With the new network, in a world where it is not good."""
        if self.world == "dark":
            if device.trial is None:
                raise Wrong("dark for ever")
            new_network.failed(device, "not welcomed in time")
        if self.world != "good":
            raise Fell

    def carried(self):
        """Whether the next message arrives."""
        self.said += 1
        return self.said != self.cut

    def check(self, message):
        """Everybody agrees, and of the trial nothing is left."""
        network, back = enrolling.kept_network(self.board), found(self.board).get("network_back")
        if found(self.board).get("network_next") is not None:
            raise Wrong("still on trial")
        if self.fleet.state == "confirmed":
            if network != NEW or back is not None or self.world != "good":
                raise Wrong("confirmed, with %r and %r" % (network, back))
        elif network != OLD or back["version"] != VERSION or (self.world == "good" and message is None):
            raise Wrong("back, with %r and %r" % (network, back))
        if self.world == "dark" and "boots" not in back["reason"] and "ECONNREFUSED" not in back["reason"]:
            raise Wrong("it says " + back["reason"])


def cut_everywhere(asked):
    """One cut at each operation of flash, torn in each way, and at each message, in each world."""
    trial, runs, wrong = Trial(asked["store"], asked["unit"]), 0, []
    operations = messages = 0

    def tried(which, *cut):
        nonlocal runs
        runs += 1
        if runs % 8 == 0:
            gc.collect()
        why = trial.run(*cut)
        if why is not None and len(wrong) < TOLD_AT_MOST:
            wrong.append([which, why])

    for world in ("good", "dark", "falls"):
        tried("nothing, " + world, world)
        operations, messages = trial.operations, trial.messages
        for torn in asked["torn"]:
            for operation in range(1, operations + 1):
                tried("operation %d:%s, %s" % (operation, torn, world), world, operation, torn)
        for message in range(1, messages + 1):
            tried("message %d, %s" % (message, world), world, None, "0", message)
    return {"messages": messages, "operations": operations, "runs": runs, "wrong": wrong}


def forgets_the_old(device, said):
    """A device that takes the new network in place of the old one."""
    found(device.board).put("network", NEW)


def counts_no_boots(device):
    """A device that tries for ever."""
    kept = found(device.board)
    trial = kept.get("network_next")
    if trial is not None:
        trial["boots"] = 0
        kept.put("network_next", trial)
    real_start(device)


real_start = new_network.start


def main(asked):
    asyncio.create_task = lambda task: task.close()  # what begins anew is the next boot here
    if asked.get("breakage") == "forgets_the_old":
        new_network.take = forgets_the_old
    if asked.get("breakage") == "counts_no_boots":
        new_network.start = counts_no_boots
    print(json.dumps(cut_everywhere(asked)))


main(json.loads(sys.argv[1]))

"""Runs on the MicroPython VM: while a device is given other keys, the power or the net goes at every place, and at two.

`key_cuts.py <JSON>`: {"store", "unit", "torn": [...], "pairs": n, "lags": [...], "breakage"}; prints {"messages",
"operations", "runs", "wrong": [[which, why], ...]}. The device is the shipping firmware on flash in memory; the fleet
is a model of it (`fleet/flows/prove.py`), with a broker that hears of a new password some connections late.

A device comes with a claim, gets a key of its own, and then two others. Whatever is cut, it must get in with its third
try at the latest, and in the end flash, fleet and broker must agree on one key, and no other is left.
"""

import binascii
import gc
import json
import sys

from firmware import keeping_keys
from firmware.enrolling import adopt, start_boot
from firmware.flash_files import write_json
from firmware.kept import found
from protocols.sealing import hello_proof, kept_id, password_of, sealed
from tests.on_micropython.cut_device import ROOT, Board
from tests.on_micropython.torn_flash import PowerCut

TRIES = 3
ROUNDS = 40
CHANGES = 2
TOLD_AT_MOST = 5


class Wrong(Exception):
    """What must never be."""


class NetCut(Exception):
    """The net is gone: what was said last did not arrive."""


class Net:
    """Counts what is said; the one with the number `cut` is lost, and with it the connection."""

    def __init__(self, cut):
        self.cut = cut
        self.said = 0

    def carries(self):
        self.said += 1
        if self.said == self.cut:
            raise NetCut


class Fleet:
    """What the fleet knows of one device; `lag`: after so many connections its broker knows a new password."""

    def __init__(self, key, lag):
        self.slot, self.key, self.next, self.kept, self.claim = "a", key, None, False, True
        self.at_broker, self.lag, self.waits, self.changes, self.made = key, lag, 0, 0, 1

    def lets_in(self, password):
        if self.waits:
            self.waits -= 1
        elif self.at_broker != self.current():
            self.at_broker = self.current()
        return password == password_of(self.at_broker)

    def current(self):
        return self.next if self.kept else self.key

    def hello(self, hello, identity):
        """(what it is told of its next key, whether it is welcome)"""
        other = "b" if self.slot == "a" else "a"
        said = hello["hw"], identity.boot, hello["nonce"], identity.epoch, hello["slot"], hello["claim"]
        by = [
            slot
            for slot, key in ((self.slot, self.key), (other, self.next))
            if key and slot == hello["slot"] and hello_proof(key, "tp-1", *said) == hello["proof"]
        ]
        if not by:
            raise Wrong("a hello with slot %s that no key of the fleet made" % hello["slot"])
        if by[0] == other:
            self.slot, self.key, self.next, self.kept, self.claim = other, self.next, None, False, False
            return None, True
        if self.next is None and (self.claim or self.changes < CHANGES):
            self.changes += not self.claim
            self.made += 1
            self.next, self.kept = bytes([self.made]) * 32, False
        if self.next is None:
            return None, True
        secret = {"slot": other, "purpose": "key", "sealed": sealed(self.key, bytes([self.made] * 8), self.next)}
        return secret, not self.claim

    def keeps(self, reply):
        """Whether the broker must know another password from now on, and cut the device off."""
        if self.next and not self.kept and reply["id"] == kept_id("b" if self.slot == "a" else "a", self.next):
            self.kept, self.waits = True, self.lag
            return True
        return False


class Device:
    """What `keeping_keys` sees of a device."""

    def __init__(self, board):
        self.board = board
        self.identity = start_boot(board)
        self.network = Device
        self.replies = []

    tls = None

    def say(self, name, message, qos):
        self.replies.append(message)


class Trial:
    """A device with a claim, as often as one likes."""

    def __init__(self, store, unit):
        self.board = Board(store, unit)
        self.board.mount()
        self.first = bytes(range(32))
        self.board.unmount()
        self.image = self.board.image()

    def run(self, net, operation=None, torn="0", lag=0):
        """All of it; what is wrong."""
        board, self.net = self.board, Net(net)
        board.restore(self.image)
        board.mount()
        key = binascii.hexlify(self.first).decode()
        keys = {"device": "tp-1", "epoch": None, "keys": {"a": key}, "use": "a", "claim": "7K3M9QXC2"}
        write_json(ROOT + "/identity.json", keys)
        self.fleet, before = Fleet(self.first, lag), board.power.operations
        if operation is not None:
            board.power.cut_after(operation, torn)
        try:
            for _ in range(ROUNDS):
                try:
                    if self.lives():
                        self.operations = board.power.operations - before
                        self.check()
                        return None
                except PowerCut:
                    pass
                if board.power.on:
                    raise Wrong("a boot ended by itself")
                board.unmount()
                board.power.restore()
                board.mount()
            return "it was not done in %d boots" % ROUNDS
        except (Wrong, KeyError, ValueError, TypeError) as err:
            return "%s: %s" % (type(err).__name__, err)
        finally:
            board.unmount()

    def lives(self):
        """A boot; True when there is nothing left to do. The power may go meanwhile: OSError of files is that, too."""
        try:
            device = Device(self.board)
            refused = 0
            for _ in range(ROUNDS):
                keeping_keys.choose(device)
                if not self.fleet.lets_in(device.identity.password):
                    device.identity.refused = True
                    refused += 1
                    if refused == TRIES:
                        raise Wrong("refused %d times, at last with slot %s" % (refused, device.identity.slot))
                    continue
                refused = 0
                try:
                    if self.talks(device):
                        return True
                except NetCut:
                    pass
            raise Wrong("no end in %d connections" % ROUNDS)
        except OSError:
            if self.board.power.on:
                raise Wrong("a failure of flash with power") from None
            raise PowerCut from None

    def talks(self, device):
        """A connection; True if there is nothing more to say."""
        me = device.identity
        hello = {"hw": "e661", "nonce": "n"}
        keeping_keys.sign(device, hello)
        self.net.carries()
        secret, welcome = self.fleet.hello(hello, me)
        if secret is not None:
            self.net.carries()
            keeping_keys.take(device, secret)
            self.net.carries()
            cut_off = self.fleet.keeps(device.replies.pop())
        if welcome:
            self.net.carries()
            if me.epoch != 3 or not me.settled:
                adopt(self.board, me, 3)
        if secret is not None and cut_off:
            raise NetCut
        return secret is None and welcome and self.fleet.changes == CHANGES

    def check(self):
        """Everybody agrees on one key."""
        kept = found(self.board).get("identity")
        one = {self.fleet.slot: binascii.hexlify(self.fleet.key).decode()}
        if kept["keys"] != one or kept["use"] != self.fleet.slot or kept["claim"] is not None or kept["epoch"] != 3:
            raise Wrong("on flash %r, at the fleet %r" % (kept, one))
        if not self.fleet.lets_in(password_of(self.fleet.key)):
            raise Wrong("the broker knows another password")


def cut_everywhere(asked):
    """One cut everywhere; then pairs of a lost message and a lost operation."""
    trial, runs, wrong = Trial(asked["store"], asked["unit"]), 0, []

    def tried(which, *cut):
        nonlocal runs
        runs += 1
        if runs % 8 == 0:
            gc.collect()
        why = trial.run(*cut)
        if why is not None and len(wrong) < TOLD_AT_MOST:
            wrong.append([which, why])

    for lag in asked["lags"]:
        tried("nothing, lag %d" % lag, None, None, "0", lag)
        messages, operations = trial.net.said, trial.operations
        for message in range(1, messages + 1):
            tried("message %d, lag %d" % (message, lag), message, None, "0", lag)
        for torn in asked["torn"]:
            for operation in range(1, operations + 1):
                tried("operation %d:%s, lag %d" % (operation, torn, lag), None, operation, torn, lag)
        step = asked["pairs"]
        for number in range(0, messages * operations if step else 0, step or 1):
            message, operation = 1 + number // operations, 1 + number % operations
            torn = asked["torn"][number % len(asked["torn"])]
            which = "message %d, operation %d:%s, lag %d" % (message, operation, torn, lag)
            tried(which, message, operation, torn, lag)
    return {"messages": messages, "operations": operations, "runs": runs, "wrong": wrong}


def forgets_at_once(device, data):
    """A device that throws its old key away as soon as it has a new one."""
    real_take(device, data)
    kept = found(device.board)
    known = kept.get("identity")
    known["keys"] = {known["use"]: known["keys"][known["use"]]}
    kept.put("identity", known)


def never_tries_the_other(slot, data):
    return slot


real_take = keeping_keys.take


def main(asked):
    if asked.get("breakage") == "forgets_at_once":
        keeping_keys.take = forgets_at_once
    if asked.get("breakage") == "never_tries_the_other":
        keeping_keys.other_slot = never_tries_the_other
    print(json.dumps(cut_everywhere(asked)))


main(json.loads(sys.argv[1]))

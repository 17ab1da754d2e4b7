"""Runs on the MicroPython VM: the power goes at every flash operation of becoming a device, in every way.

What the next boot finds is a board that is bare, which takes the offer again, or the whole device with its way to the
broker. `cable_cuts.py <store> <unit>`; prints {"points", "bare", "whole", "wrong": [[which, why], ...]}.
"""

import json
import sys

from firmware.cable.offer import keep, offer_of
from firmware.enrolling import read_network, start_boot
from firmware.identity import NotEnrolled
from tests.on_micropython.cut_device import Board
from tests.on_micropython.torn_flash import TORN, PowerCut

CLAIM = {
    "v": 1,
    "claim": "7ZK4QW2MX",
    "device": "nut-1",
    "key": "5a" * 32,
    "roles": ["rating"],
    "network": {"host": "mqtt.example.gov.vn", "port": 8883, "tls": "cert", "ca": "MIIB" * 500},
}
OTHER = {"v": 1, "claim": "7ZK4QW2MX", "device": "nut-1", "key": "66" * 32, "roles": ["rating"]}
OTHER["network"] = {"host": "10.0.0.1", "port": 1883}


def found(board):
    """What a boot finds: bare or whole."""
    try:
        identity = start_boot(board)
    except NotEnrolled:
        return "bare"
    network = read_network(board, identity.device)
    assert identity.device == CLAIM["device"], identity.device
    assert network.host == CLAIM["network"]["host"], network.host
    assert len(network.tls.secret) == 1500
    return "whole"


def tried(board, image, operation, torn, counts):
    """One cut, and what it left; whether there was such an operation."""
    board.restore(image)
    board.mount()
    offer = offer_of(board, json.loads(json.dumps(CLAIM)))
    board.power.cut_after(operation, torn)
    try:
        keep(board.root, offer)
    except (PowerCut, OSError):
        pass
    if board.power.on:
        board.power.restore()
        assert found(board) == "whole"
        board.unmount()
        return False
    board.unmount()
    board.power.restore()
    board.mount()
    state = found(board)
    counts[state] += 1
    if state == "bare":
        keep(board.root, offer)
        assert found(board) == "whole"
    board.unmount()
    return True


def main(store, unit):
    board = Board(store, unit)
    board.hw = lambda: "00"
    board.clash = lambda roles: None
    board.mount()
    keep(board.root, offer_of(board, json.loads(json.dumps(OTHER))))
    found_other = json.loads(open(board.root + "/network.json").read())
    assert found_other["host"] == "10.0.0.1"
    import os

    os.remove(board.root + "/identity.json")  # a board that was let go: its way to the broker is still there
    board.unmount()
    image = board.image()
    counts, wrong, points = {"bare": 0, "whole": 0}, [], 0
    for torn in TORN:
        operation = 1
        while True:
            try:
                if not tried(board, image, operation, torn, counts):
                    break
            except Exception as err:
                wrong.append(["%d:%s" % (operation, torn), "%s: %s" % (type(err).__name__, err)])
                if board.mounted:
                    board.unmount()
                board.power.restore()
            points += 1
            operation += 1
    print(json.dumps({"points": points, "bare": counts["bare"], "whole": counts["whole"], "wrong": wrong[:5]}))


main(sys.argv[1], int(sys.argv[2]))

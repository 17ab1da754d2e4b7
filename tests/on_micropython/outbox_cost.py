"""Runs on the MicroPython VM: `outbox_cost.py <flash image> <appends>`; one JSON line of what an outbox cost.

A receipt comes for every eight events, as from a fleet that is well, so files come and go.
"""

import json
import sys
import time

import vfs

from firmware.hardware.simulated import ImageFlash
from firmware.outbox import Outbox

RECEIPT_EVERY = 8


class CountingFlash(ImageFlash):
    """Counts the erasures of blocks."""

    erased = 0

    def ioctl(self, op, block):
        if op == 6:
            CountingFlash.erased += 1
        return ImageFlash.ioctl(self, op, block)


def main(image, appends):
    vfs.mount(CountingFlash(image), "/flash")
    outbox = Outbox("/flash", 1, 1)
    took_us = []
    CountingFlash.erased = 0
    for number in range(appends):
        event = {"kind": "rating", "score": 5, "scale": 5, "held_ms": 80, "up": number, "at": 1795323600000 + number}
        began = time.ticks_us()
        seq = outbox.append(event)
        took_us.append(time.ticks_diff(time.ticks_us(), began))
        if seq % RECEIPT_EVERY == 0:
            outbox.forget(1, 1, seq)
    took_us.sort()
    print(json.dumps({"median_us": took_us[appends // 2], "erased": CountingFlash.erased}))


main(sys.argv[1], int(sys.argv[2]))

"""Runs on the MicroPython VM: what an update costs a device: `update_cost.py <ROM> <flash> <shelf> <stage>`.

`stage` is how far it goes: `trust` (the cable's root is taken in), `idle` (nothing is assigned), `check` (all
signatures, to the first piece of the image) or `all` (to the flip); it fails where the heap is too small. Prints
{"verify_us", "garbage", "took_ms"}. The application lies in a ROM as on a board, and the fleet answers at once.
"""

import asyncio
import gc
import json
import os
import sys
import time

import vfs

COLLECT_EVERY_BYTES = 8 * 1024
# As `firmware.main` has it.
ROUNDS = 21


class Choosing:
    """The factory's application runs."""

    running = None


class Board:
    """The flash of a simulated board, without the rest."""

    name = "simulated"
    root = "/flash"
    failures = 0

    def __init__(self, flash):
        from firmware.hardware.simulated_regions import opened

        self._file = opened(flash)

    def region(self, name):
        from firmware.hardware.simulated_regions import region

        return region(self._file, name)

    def feed_watchdog(self):
        pass


class Device:
    """What an update sees of a device that has nothing else to do."""

    trial = printer = None
    online = welcomed = True
    awake_until = 0

    def __init__(self, flash, shelf, stage):
        self.board = Board(flash)
        self.identity = self.clock = self.outbox = self.config = self
        self.device, self.nonce = "b-1", shelf["nonce"]
        self.newest = self.end_reason = None
        self.orders, self.wirings, self.roles = [], [], []
        self.told = []
        self.update = None
        self._shelf, self._stage = shelf, stage
        self._image = "image/" + shelf["image"]

    def up(self):
        return time.ticks_ms()

    def at(self, up):
        return None

    def waiting(self):
        return 0

    def log(self, text):
        self.told.append(text)

    def record(self, event):
        self.told.append(event)

    def end(self, reason):
        self.end_reason = reason

    def say(self, name, wish, qos):
        """The fleet answers at once."""
        if self._stage == "check" and wish["name"] == self._image:
            self.update, self.end_reason = None, "update"
            return
        with open(self._shelf["files"][wish["name"]], "rb") as file:
            file.seek(wish["offset"])
            data = file.read(wish["length"])
        from binascii import b2a_base64

        text = str(b2a_base64(data), "ascii").strip()
        self.update.take({"name": wish["name"], "offset": wish["offset"], "data": text})


def mount(rom):
    """The application, where it costs no heap but for what runs. The ROM itself is in it here, and nowhere else."""
    data = bytearray(os.stat(rom)[6])
    with open(rom, "rb") as file:
        file.readinto(data)
    vfs.mount(vfs.VfsRom(memoryview(data)), "/rom")
    sys.path.insert(0, "/rom")


def verified(shelf):
    """(middle of the microseconds, bytes of garbage) of one signature."""
    from binascii import a2b_base64

    from firmware.sparing import lent

    modulus, signature, digest = [a2b_base64(shelf["sample"][name]) for name in ("modulus", "signature", "digest")]
    signed = lent("verifying").signed
    took = []
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    if not signed(modulus, signature, digest):
        raise ValueError("a good signature is none")
    garbage = gc.mem_alloc() - before
    gc.enable()
    for _ in range(ROUNDS):
        began = time.ticks_us()
        signed(modulus, signature, digest)
        took.append(time.ticks_diff(time.ticks_us(), began))
    return sorted(took)[ROUNDS // 2], garbage


def trusted(device, shelf):
    """The cable's root is believed."""
    from firmware.trust import Trust

    with open(shelf["files"]["root/1"], "rb") as file:
        for _ in Trust(device.board).first(file.read()):
            pass


async def followed(device, shelf):
    """The update, from its assignment on."""
    from firmware import updating

    updating.take(device, json.loads(shelf["assignment"]))
    fallen = []
    asyncio.get_event_loop().set_exception_handler(lambda loop, context: fallen.append(context["exception"]))
    while device.update is not None:
        await asyncio.sleep_ms(1)
        if fallen:
            raise fallen[0]


def main(rom, flash, path, stage):
    """Go so far, and say what it took."""
    mount(rom)
    sys.modules["choosing"] = Choosing
    with open(path) as file:
        shelf = json.load(file)
    device = Device(flash, shelf, stage)
    said = {}
    gc.threshold(COLLECT_EVERY_BYTES)
    gc.collect()
    began = time.ticks_ms()
    if stage == "trust":
        trusted(device, shelf)
        said["verify_us"], said["garbage"] = verified(shelf)
    elif stage != "idle":
        asyncio.run(followed(device, shelf))
        if device.end_reason != "update":
            raise MemoryError(str(device.told))
    said["took_ms"] = time.ticks_diff(time.ticks_ms(), began)
    print(json.dumps(said))


main(*sys.argv[1:])

"""Runs on the MicroPython VM, before anything else: makes it a board as it comes from the shop, with a stock image.

Its flash is mounted at `/`, `machine` knows the chip's number and how to reset, `/boot.py` and `/main.py` run if they
are there, and whatever ends them leads to the prompt. A host that is in the raw REPL gets no `/main.py`.
"""
# mypy: ignore-errors
# ruff: noqa: PTH123, SIM115 - MicroPython knows neither these types nor pathlib

import binascii
import os
import sys

import micropython
import vfs

micropython.kbd_intr(-1)  # this is the chip's own start, which nobody interrupts
os.putenv("MOTCUA_BEGUN", "1")

BLOCK_BYTES = 4096


class Flash:
    """NOR flash in a file: erasing sets a block to 0xFF, programming can only clear bits."""

    def __init__(self, file, blocks):
        self.file = file
        self.blocks = blocks

    def readblocks(self, block, buffer, offset=0):
        self.file.seek(block * BLOCK_BYTES + offset)
        self.file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        self.file.seek(at)
        before = bytearray(self.file.read(len(buffer)))
        for place in range(len(buffer)):
            before[place] &= buffer[place]
        self.file.seek(at)
        self.file.write(before)

    def ioctl(self, op, block):
        if op == 4:
            return self.blocks
        if op == 5:
            return BLOCK_BYTES
        if op == 6:
            self.file.seek(block * BLOCK_BYTES)
            self.file.write(b"\xff" * BLOCK_BYTES)
        return 0


class Machine:
    """What a board's `machine` has beside the VM's own."""

    def __init__(self, own):
        self.own = own

    def __getattr__(self, name):
        return getattr(self.own, name)

    def unique_id(self):
        return binascii.unhexlify(os.getenv("MOTCUA_HW"))

    def reset(self):
        os.putenv("MOTCUA_RESET", "reset 0")
        os.putenv("MOTCUA_RESETTING", "1")
        sys.exit(3)


def start() -> None:
    """Mount the flash."""
    import machine

    file = open(os.getenv("MOTCUA_FLASH"), "r+b")
    flash = Flash(file, int(os.getenv("MOTCUA_BLOCKS")))
    vfs.umount("/")
    vfs.mount(flash, "/")
    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.modules["machine"] = Machine(machine)


def run(name: str) -> bool:
    """Run this file of the flash, if it is there; whether what comes after it may run."""
    try:
        with open(name) as f:
            text = f.read()
    except OSError:
        return True
    try:
        code = compile(text, name, "exec")
        micropython.kbd_intr(3)
        exec(code, {"__name__": "__main__"})  # noqa: S102 - as a board runs it
    except SystemExit:
        raise
    except BaseException as err:
        sys.print_exception(err)
        return False
    return True


os.putenv("MICROPYINSPECT", "1")  # a prompt when this ends
start()
if run("boot.py") and os.getenv("MOTCUA_MAIN") == "1":
    try:
        run("main.py")
    except SystemExit:
        if os.getenv("MOTCUA_RESETTING"):
            os.putenv("MICROPYINSPECT", "")
        raise

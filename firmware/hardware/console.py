"""The cable's bytes, and what may stop us from there. It is lent: a device that works needs it once."""

import sys

import micropython

from firmware.sparing import const

_CTRL_C = const(3)


def console(takes_all: bool):  # type: ignore[no-untyped-def]
    """(in, out). `takes_all`: Ctrl-C is a byte like others, and stops nothing."""
    micropython.kbd_intr(-1 if takes_all else _CTRL_C)
    return sys.stdin.buffer, sys.stdout.buffer

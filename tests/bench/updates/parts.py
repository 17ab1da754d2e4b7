"""What hangs on the serial lines of these stories' board, for MicroPython: a printer, a scanner and a voice.

Each answers what it is asked; a scanner has all its registers as they are wanted.
"""

from firmware.drivers import dfplayer, gm65
from protocols.reader import Reader

ASK_DONE, ASK_PAPER = b"\x1dr\x01", b"\x10\x04"
PRINTED, PAPER_IS_THERE = b"\0", b"\x12"
ASK_STATE = 0x42
STOPPED = 0x0200
WANTED = {register: value for register, _, value in gm65.wishes(Reader())}


def is_print(data):
    """Whether these bytes go onto paper."""
    return not data.endswith(ASK_DONE) and ASK_PAPER not in data


def answer(name, data):
    """What comes back; nothing where nothing was asked."""
    if name == "printer":
        return PRINTED if data.endswith(ASK_DONE) else PAPER_IS_THERE if ASK_PAPER in data else b""
    if name == "scanner" and data[:2] == b"\x7e\0":
        return gm65_answer(WANTED.get(data[4] << 8 | data[5], 0))
    if name == "voice" and data[3] == ASK_STATE:
        return dfplayer.frame(ASK_STATE, STOPPED)
    return b""


def gm65_answer(value):
    """The frame of an answer."""
    total = gm65.crc(bytes([0, 1, value]))
    return gm65.HEAD + bytes([value, total >> 8, total & 0xFF])

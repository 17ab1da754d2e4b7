"""The reader at the cable: it must read the code that this board's own printer printed, or one that the host shows."""

from firmware.cable.selftest import ASK, FAIL, PASS
from firmware.drivers.gm65 import Gm65
from firmware.drivers.scanner import Frames
from firmware.waiting import happens
from protocols.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.cable.selftest import SelfTest


async def reader(test: "SelfTest") -> "tuple[str, str]":
    """Set it up if it takes commands, and wait for the code."""
    uart = test.board.uart("scanner")
    silent = await Gm65(uart, test.clock).set_up(Reader())
    kind = "takes no commands" if silent else "takes commands"
    code = test.code or "MCT-%s-%04X" % (test.board.hw()[-4:].upper(), test.board.random(1 << 16))
    await test.line("reader", ASK, "hold the printed code before it" if test.code else "show it this code", code=code)
    if not test.hands:
        return ASK, kind + ", nobody held a code before it"
    frames, until, read = Frames(), test.clock.up() + test.wait_ms, ""
    while test.clock.up() < until:
        now = test.clock.up()
        came = frames.feed(uart.take(), now)
        ended = frames.idle(now)
        for frame, _ in came + ([ended] if ended else []):
            read = str(bytes(frame), "utf-8") if max(frame) < 128 else "no letters"
            if read == code:
                return PASS, kind + ", read " + code
        due = frames.due_ms(now)
        await happens(uart.changed, min(until - now, due if due is not None else until - now))
    return FAIL, kind + ", expected %s, read %s" % (code, read or "nothing")

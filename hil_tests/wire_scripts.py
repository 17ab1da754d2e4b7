"""What runs on a device, at MicroPython's prompt, while its wires are checked: its own lines by its own firmware."""

START = """\
import asyncio, binascii
try:
    from firmware.hardware.{family} import Board
except ImportError:
    raise ValueError("expected the firmware on it, found none: motcua bench puts it there")
board = Board({name})
asyncio.new_event_loop()
asyncio.run(board.start())
keys = board.inputs({keys!r})
async def light(line, level):
    board.output(line).value(level)
    await asyncio.sleep_ms({settle_ms})
async def edges(count):
    found = []
    for _ in range({tries}):
        await asyncio.sleep_ms({settle_ms})
        keys.settle() if hasattr(keys, "settle") else None
        found += [(name, level) for name, level, _ in keys.take()]
        if len(found) >= count:
            break
    return found
async def ask(line, data):
    uart, heard = board.uart(line), b""
    await asyncio.sleep_ms({settle_ms})
    uart.take()
    uart.write(data)
    for _ in range({tries}):
        await asyncio.sleep_ms({settle_ms})
        heard += uart.take()
        if heard:
            break
    return heard
"""
SETTLE_MS = 60
# More than any relay, lamp or interrupt needs.
TRIES = 30


def start(family: str, name: str | None, keys: list[str]) -> str:
    """Prepare the device: `family` is its file in firmware/hardware, `name` the board's."""
    said = "" if name is None else repr(name)
    return START.format(family=family, name=said, keys=keys, settle_ms=SETTLE_MS, tries=TRIES)


def light(line: str, level: int) -> str:
    """Switch a lamp, and leave it so."""
    return f"asyncio.run(light({line!r}, {level}))\n"


def edges(count: int) -> str:
    """Print which keys moved, once so many did: `score_1=0 score_1=1`."""
    return f"print(*['%s=%d' % one for one in asyncio.run(edges({count}))])\n"


def ask(line: str, data: bytes) -> str:
    """Say these bytes on a serial line and print in hex what comes back."""
    return f"print(binascii.hexlify(asyncio.run(ask({line!r}, {data!r}))).decode())\n"

"""One board with the shipping firmware on the VM, a broker, and a simulated fleet: what the tests of boards share."""

import asyncio
import shutil
import time
from contextlib import asynccontextmanager, suppress

from fleet.laptop.boards import HEAP, Boards
from tests.compiled import compiled_beside
from tests.firmware.simulated_fleet import Broker, Fleet, config

ALL_ROLES = ("printer", "rating", "reader", "keypad")
ALL_ROLES_HEAP = "172k"
PRINTER_AND_MORE_HEAP = "148k"
ASK_PAPER, ASK_DONE = b"\x10\x04\x04", b"\x1dr\x01"


@asynccontextmanager
async def office(
    directory, roles=ALL_ROLES, protocol=5, heap=None, sabotage="", broker=None, tls=None, wire=None, **fleet_options
):
    """A broker, a fleet and one board `b-1` whose configuration names the roles. `sabotage`: code that spoils it.

    `tls`: what the board's network says of it; `wire`: what lies between the board and the broker.
    """
    broker = broker or Broker(directory)
    broker.start()
    if wire is not None:
        await wire.start(broker.devices_port)
    fleet = Fleet(broker, **{"config": config(*roles), **fleet_options})
    compiled_beside(directory / "bench")
    boards = Boards(
        directory / "bench",
        "127.0.0.1",
        wire.port if wire is not None else broker.devices_port,
        protocol,
        heap or heap_for(roles),
        tls,
    )
    try:
        await boards.start()
        if sabotage:
            boards.tree = sabotaged(boards.tree, directory / "sabotaged", sabotage)
        board = await boards.plug_in("b-1", "pw", roles)
        yield fleet, board, broker
    finally:
        await boards.stop()
        fleet.stop()
        broker.kill()
        if wire is not None:
            await wire.stop()


def heap_for(roles):
    """The boards of the office have HEAP; one that prints and does more has a little more."""
    if roles == ALL_ROLES:
        return ALL_ROLES_HEAP
    return PRINTER_AND_MORE_HEAP if "printer" in roles and len(roles) > 1 else HEAP


def sabotaged(tree, spoilt, code):
    """A copy of the compiled firmware with code that runs before it starts."""
    shutil.copytree(tree, spoilt)
    start = (spoilt / "start.py").read_text()
    (spoilt / "start.py").write_text(start.replace("main(Board())", f"{code}\nmain(Board())"))
    return spoilt


async def settled(fleet, board):
    """The configuration has come, the board is up with its roles, and its first events are stored.

    A printer that was given numbers has taken them: its lamp says so.
    """
    await fleet.until(lambda: len(fleet.events("boot")) >= 2 and fleet.said("hello")[-1]["roles"], "a boot with roles")
    await board.ready()
    if "printer" in board.roles and fleet.state.get("leases"):
        await lit(board, "lamp_ready")


async def lit(board, lamp, within_s=60.0):
    """Wait until a lamp is on."""
    deadline = time.monotonic() + within_s
    while not board.levels.get(lamp):
        assert time.monotonic() < deadline, f"expected {lamp} on within {within_s:g} s; the lamps: {board.levels}"
        await asyncio.sleep(0.02)


async def changes(board, seen, paper=b"\0"):
    """Keep what the board does, and answer as its printer."""
    async for change in board.listen():
        seen.append(change)
        if change.uart == "printer" and paper:
            if change.data == ASK_PAPER:
                await board.feed("printer", b"\x12")
            elif change.data.endswith(ASK_DONE):
                await board.feed("printer", paper)


def printed_on(seen):
    """The tickets that went to the printer whole, each in one piece."""
    line = b"".join([one.data for one in seen if one.uart == "printer"])
    return [one for one in line.split(b"\x1b@") if b"\x1dV" in one and ASK_DONE in one]


async def until(seen, condition, what, within_s=60.0):
    deadline = time.monotonic() + within_s
    while not [one for one in list(seen) if condition(one)]:
        assert time.monotonic() < deadline, f"expected {what}; saw {seen[-8:]}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def watched(board, paper=b"\0"):
    seen = []
    task = asyncio.create_task(changes(board, seen, paper))
    try:
        yield seen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

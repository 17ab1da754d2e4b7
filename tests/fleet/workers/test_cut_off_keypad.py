"""A keypad with the shipping firmware, a real broker and the fleet's workers, while a cable is out."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from fleet.laptop.boards import Board, Boards
from fleet.laptop.mosquitto import Mosquitto
from fleet.workers import sender
from tests.compiled import compiled_beside
from tests.firmware.bad_wire import Wire
from tests.firmware.one_board import until, watched
from tests.fleet.workers.house import House, Loop, two_ports
from tests.fleet.workers.test_sender import ticket

LENT = "SELECT number FROM reserved WHERE device = :device AND gone IS NULL AND called_ms IS NULL ORDER BY place"
CONFIRMED = "SELECT COUNT(*) FROM reserves WHERE confirmed = said AND told = said"
FULL = "SELECT COUNT(*) FROM reserved WHERE gone IS NULL AND called_ms IS NULL"
VISITS = "SELECT number FROM visits WHERE counter = :counter ORDER BY called_ms"
BETWEEN_S = 0.1


@pytest.fixture
def at_work(tmp_path: Path, loop: Loop, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The small office on a private Mosquitto, with its workers."""
    monkeypatch.setattr(sender, "RESERVES_EVERY_S", 0.1)
    house = House(tmp_path, Mosquitto(tmp_path / "broker", *two_ports()), loop)
    yield house.all_workers()
    house.close()


async def says(house: House, statement: str, wanted: object, **values: str) -> None:
    await asyncio.to_thread(house.wait_for_rows, statement, wanted, **values)


async def next_is_called(board: Board, serving: bool = True) -> str:
    """The key finish, if somebody is served, and the key next; what the display shows then."""
    async with watched(board) as seen:
        if serving:
            await board.press("key_finish", held_ms=45)
            await until(seen, lambda one: one.uart == "display" and not one.data.strip(), "nobody on the display")
            await asyncio.sleep(BETWEEN_S)  # else the key has bounced
        await board.press("key_next", held_ms=45)
        await until(seen, lambda one: one.uart == "display" and one.data.strip(), "an answer on the display")
        return str([one.data for one in seen if one.uart == "display"][-1].decode().strip())


def test_a_keypad_that_is_cut_off_calls_its_reserve_and_no_number_is_called_twice(
    at_work: House, tmp_path: Path
) -> None:
    async def story() -> None:
        house, wire = at_work, Wire()
        printer = house.device("tp-1").come().born()
        for number in range(1, 10):
            printer.did(ticket(number))
        await says(house, "SELECT COUNT(*) FROM tickets", [(9,)])
        await wire.start(house.broker.devices_port)
        boards = {}
        async with AsyncExitStack() as ends:
            ends.push_async_callback(wire.stop)
            for device, port in (("q-1", wire.port), ("q-2", house.broker.devices_port)):
                compiled_beside(tmp_path / device)
                bench = Boards(tmp_path / device, "127.0.0.1", port, 5)
                ends.push_async_callback(bench.stop)
                await bench.start()
                boards[device] = await bench.plug_in(device, house.passwords[device], ("keypad", "reader"))
                await says(house, "SELECT config_reported FROM devices WHERE id = :device", [(1,)], device=device)
                await boards[device].ready()
            one, two = boards["q-1"], boards["q-2"]
            assert [await next_is_called(one, False), await next_is_called(two, False)] == ["A001", "A002"]
            await says(house, FULL, [(6,)])
            await says(house, CONFIRMED, [(2,)])
            lent = [number for (number,) in house.rows(LENT, device="q-1")]
            wire.cut_off = True
            wire.cut()
            called = [await next_is_called(one) for _ in range(4)]
            assert called == [*(f"A{number:03d}" for number in lent), "--"]
            others = [n for n in range(3, 10) if n not in lent]
            for number in others:
                assert await next_is_called(two) == f"A{number:03d}"
            assert await next_is_called(two) == "----"
            wire.cut_off = False
            await says(house, VISITS, [(n,) for n in (1, *lent)], counter="quay-1")
            await says(house, VISITS, [(n,) for n in (2, *others)], counter="quay-2")
            await says(house, "SELECT DISTINCT state FROM tickets", [("done",)])
            assert await next_is_called(one, False) == "----"
            printer.did(ticket(10))
            await says(house, "SELECT COUNT(*) FROM tickets WHERE state = 'waiting'", [(1,)])
            assert await next_is_called(one, False) == "A010"

    asyncio.run(story())

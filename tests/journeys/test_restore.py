"""A backup is restored: what devices still hold comes again, what they forgot is counted, and all else goes on."""

import asyncio
import json
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.kept_backups import Keep
from fleet.flows.backup import backup
from fleet.flows.restore import restore
from fleet.flows.restored import lost_events, still_awaited
from fleet.laptop.boards import Board
from fleet.store.database import Store
from fleet.store.rows import every, one, sql
from tests.fleet.office import OFFICE
from tests.journeys.house import stored_events, told_on_failure, until
from tests.journeys.test_kills import BETWEEN_S, HELD_MS, Fleet, first_heard, three_devices

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

BEFORE, FORGOTTEN, HELD = 3, 4, 5
COVERED = sql("SELECT device, covered FROM boots WHERE device IN ('nut-1', 'nut-2') ORDER BY boot")
LEASES = sql("SELECT COUNT(*) AS n FROM leases WHERE device = 'tp-1'")
NUMBERS = sql("SELECT device, boot, seq FROM events WHERE device IN ('nut-1', 'nut-2') ORDER BY boot, seq")


async def press(boards: list[Board], times: int) -> None:
    """People rate, one after another."""
    for number in range(times):
        for board in boards:
            await board.press(f"score_{number % 5 + 1}", HELD_MS)
        await asyncio.sleep(BETWEEN_S)


def pressed(folder: Path) -> int:
    return len(stored_events(folder, "rating"))


def numbers(store: Store) -> dict[str, list[int]]:
    """The numbers of each device that are stored, of its last boot: before its configuration nobody could press."""
    found: dict[tuple[str, int], list[int]] = {}
    with store.reading() as connection:
        for row in every(connection, NUMBERS):
            found.setdefault((row.device, row.boot), []).append(row.seq)
    return {device: seqs for (device, _), seqs in found.items()}


def forgotten(store: Store, before: dict[str, list[int]]) -> bool:
    """Whether each device says that it holds nothing any more of what it pressed right after the backup."""
    with store.reading() as connection:
        oldest = {row.device: json.loads(row.covered)[0][0] for row in every(connection, COVERED)}
    return all(oldest[device] > max(seqs) + FORGOTTEN for device, seqs in before.items())


def leased(store: Store) -> bool:
    with store.reading() as connection:
        return bool(one(connection, LEASES).n)


def test_devices_deliver_again_what_they_hold_and_nothing_is_doubled(tmp_path: Path) -> None:
    asyncio.run(restore_yesterdays(tmp_path))


async def restore_yesterdays(folder: Path) -> None:
    async with three_devices(folder, "tp-1") as (store, _, fleet, boards):
        buttons = [board for board in boards if board.device.startswith("nut")]
        with told_on_failure(folder, *buttons):
            await until("the first events are stored", lambda: first_heard(store))
            await press(buttons, BEFORE)
            await until("they are stored", lambda: pressed(folder) == 2 * BEFORE)
            await until("the printer holds numbers", lambda: leased(store))
            made = backup(store, folder / "b.zip", "0.1", {}, now_ms(), Keep(), lambda *_: None)
            before = numbers(store)

            await press(buttons, FORGOTTEN)
            since = 2 * (BEFORE + FORGOTTEN)
            await until("these are stored, too", lambda: pressed(folder) == since)
            while not forgotten(store, before):  # each further batch says how much its device has forgotten
                await press(buttons, 1)
                since += 2
                await until("one more", lambda wanted=since: pressed(folder) == wanted)  # type: ignore[misc]
            await fleet.kill()
            await press(buttons, HELD)
            await until_read_again(store, folder, made.file, fleet)

            await press(buttons, 1)
            await until("each has told what it held, and more", lambda: all_told(store, since // 2 + HELD + 1))
            lost = lost_events(store)
            for device, seqs in numbers(store).items():
                assert len(seqs) == len(set(seqs))
                assert lost[device] >= FORGOTTEN
                assert len(seqs) + lost[device] == max(seqs), "what is not there was counted, and nothing else"
                assert before[device] == seqs[: len(before[device])]
            await until("the printer has told what it holds", lambda: not still_awaited(store, now_ms()))
        with store.reading() as connection:
            assert one(connection, sql("SELECT COUNT(*) AS n FROM collisions")).n == 0
            assert one(connection, sql("SELECT generation AS n FROM offices")).n == 2


async def until_read_again(store: Store, folder: Path, file: Path, fleet: Fleet) -> None:
    """The backup takes the place of the database, and the fleet starts again."""
    store.close()
    done = restore(file, store.url, True, now_ms(), lambda *_: None)
    assert done.awaited == {OFFICE: ["tp-1"]} and done.kept is not None
    await fleet.start()
    await until("receiver and sender are back", fleet.is_back)


def all_told(store: Store, presses: int) -> bool:
    """Whether the last of so many presses of each device is stored: nothing else has happened on it since its start."""
    found = numbers(store)
    return len(found) == 2 and all(max(seqs) >= min(seqs) + presses for seqs in found.values())

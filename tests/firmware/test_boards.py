"""The shipping firmware on the VM, from the key to a real broker and back."""

import asyncio
import binascii
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from firmware.outbox import Outbox
from fleet.laptop import flash_image
from fleet.laptop.boards import Boards
from tests.compiled import compiled_beside
from tests.firmware.fresh_flash import Nor
from tests.firmware.one_board import office, printed_on, settled, until, watched
from tests.firmware.simulated_fleet import lease, now_ms

BETWEEN_S = 0.15


@pytest.mark.parametrize("protocol", [4, 5])
def test_all_four_roles_from_the_key_to_the_fleet(tmp_path, protocol):
    async def story():
        async with office(tmp_path, protocol=protocol, state={"leases": [lease()]}) as (fleet, board, _):
            await settled(fleet, board)
            async with watched(board) as seen:
                await board.press("service_1")
                await fleet.until(lambda: fleet.events("printed"), "a printed ticket")
                await board.press("score_4")
                await until(seen, lambda one: one.pin == "lamp_4" and one.level, "the lamp of the score")
                await board.feed("scanner", b"H15.50.05.13-261008-0975\r")
                await fleet.until(lambda: fleet.events("scan"), "a scan")
                await board.press("key_next")
                await fleet.until(lambda: fleet.said("want"), "a wish")
                show = {"service": "a", "number": 1, "label": "A001", "expires": now_ms() + 60_000}
                fleet.say_state("b-1", show=dict(show, want=fleet.said("want")[0]["id"]))
                await until(
                    seen, lambda one: one.uart == "display" and one.data == b"A001\r", "the number on the display"
                )
                await board.press("key_finish")
                await until(seen, lambda one: one.pin == "lamp_armed" and one.level, "the armed lamp")
                await board.press("score_5")
                await fleet.until(lambda: len(fleet.events("rating")) == 2, "two ratings")
            kinds = [event["kind"] for event in fleet.events() if event["kind"] != "paper"]
            assert kinds == ["boot", "boot", "ticket", "printed", "rating", "scan", "call", "finish", "rating"]
            first, second = fleet.events("rating")
            assert first.get("armed") is None and second["armed"].startswith("b-1/3/2/")
            assert fleet.events("scan")[0]["code"] == "H15.50.05.13-261008-0975"
            (ticket,) = printed_on(seen)
            assert b"A001" in ticket
            assert abs(fleet.events("finish")[0]["at"] - now_ms()) < 60_000

    asyncio.run(story())


def test_presses_that_a_board_hears_of_at_once_are_all_there_in_their_order(tmp_path):
    """Its machine stood still meanwhile; the keys did not."""

    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            os.kill(board.pid, signal.SIGSTOP)
            for score in (1, 2, 2, 5):
                await board.press(f"score_{score}", 60)
                await asyncio.sleep(BETWEEN_S)
            os.kill(board.pid, signal.SIGCONT)
            await fleet.until(lambda: len(fleet.events("rating")) == 4, "every rating")
            assert [event["score"] for event in fleet.events("rating")] == [1, 2, 2, 5]
            await asyncio.gather(*(board.press(f"score_{score}", 60) for score in (1, 2, 3)))
            await asyncio.sleep(BETWEEN_S)
            await board.press("score_4")
            await fleet.until(lambda: fleet.events("rating")[-1]["score"] == 4, "one press after several at once")
            assert fleet.events("fault") == []

    asyncio.run(story())


def test_a_printer_that_does_not_answer_prints_once_and_says_so(tmp_path):
    async def story():
        async with office(tmp_path, ("printer",), state={"leases": [lease()]}) as (fleet, board, _):
            await settled(fleet, board)
            async with watched(board, paper=b"") as seen:
                await board.press("service_1")
                await fleet.until(lambda: fleet.events("print_failed"), "a failed print")
                assert fleet.events("print_failed")[0]["reason"] == "no answer"
                assert len(printed_on(seen)) == 1
                assert board.levels["lamp_fault"] == 1

    asyncio.run(story())


def test_without_numbers_the_lamp_says_so_and_the_fleet_is_asked(tmp_path):
    async def story():
        async with office(tmp_path, ("printer",)) as (fleet, board, _):
            await settled(fleet, board)
            async with watched(board) as seen:
                await board.press("service_1")
                await board.press("service_1")
                await fleet.until(lambda: fleet.said("want"), "a wish for numbers")
                await fleet.until(lambda: fleet.events("fault"), "a fault")
                await until(seen, lambda one: one.pin == "lamp_fault" and one.level, "the fault lamp")
                fleet.say_state("b-1", leases=[lease()])
                await until(
                    seen, lambda one: one.pin == "lamp_fault" and not one.level, "the lamp out, for there are numbers"
                )
                await board.press("service_1")
                await fleet.until(lambda: fleet.events("printed"), "a ticket")
            assert (fleet.said("want")[0]["want"], fleet.said("want")[0]["service"]) == ("numbers", "a")
            assert len(fleet.events("fault")) == 1 and len(fleet.events("ticket")) == 1

    asyncio.run(story())


def test_power_cuts_in_mid_drain_lose_nothing_and_double_nothing(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            fleet.receipts = False
            async with watched(board) as seen:
                for score in (1, 2, 3, 4, 5) * 6:
                    await board.press(f"score_{score}", held_ms=45)
                    await asyncio.sleep(0.03)
                await until(seen, lambda _: not any(board.levels.values()), "all lamps out after the last press")
            for _ in range(4):
                heard = len(fleet.said("events"))
                await board.unplug()
                await board.plug_in_again()
                await fleet.until(
                    lambda heard=heard: len(fleet.said("events")) > heard, "events after the power came back"
                )
            fleet.receipts = True
            await board.unplug()
            await board.plug_in_again()
            boots = 7
            await fleet.until(lambda: len(fleet.events("boot")) == boots, "every boot")
            await fleet.until(lambda: len(fleet.events("rating")) == 30, "every rating")
            assert [event["score"] for event in fleet.events("rating")] == [1, 2, 3, 4, 5] * 6
            assert fleet.copies.most_common(1)[0][1] > 1  # it was a real test: events came again, and were one
            await board.press("score_1")
            await fleet.until(lambda: oldest_is_last(fleet), "an outbox that holds nothing but the last press")
            deadline = time.monotonic() + 30
            while held(board.image, fleet.epoch, tmp_path) >= 20:  # what was forgotten last need not be written down
                assert time.monotonic() < deadline, held(board.image, fleet.epoch, tmp_path)
                await asyncio.sleep(0.2)

    asyncio.run(story())


def test_a_killed_broker_is_found_again_with_all_events(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, broker):
            await settled(fleet, board)
            broker.kill()
            for score in (1, 2, 3):
                await board.press(f"score_{score}", held_ms=45)
            broker.start()
            await fleet.until(lambda: len(fleet.events("rating")) == 3, "the ratings given while the broker was dead")
            assert [event["score"] for event in fleet.events("rating")] == [1, 2, 3]

    asyncio.run(story())


def test_a_task_that_fails_is_told_and_the_application_starts_anew(tmp_path):
    async def story():
        async with office(tmp_path, ("rating", "reader")) as (fleet, board, _):
            await settled(fleet, board)
            await board._send({"uart": "scanner", "bytes": "no hex"})
            await fleet.until(lambda: [one for one in fleet.events("boot") if one["reason"] == "fault"], "another boot")
            (fault,) = fleet.events("fault")
            assert fault["part"] == "firmware" and "hardware.simulated" in fault["reason"]
            await board.press("score_3")
            await fleet.until(lambda: fleet.events("rating"), "a rating after the new start")

    asyncio.run(story())


def test_without_an_epoch_nothing_is_sent_until_the_welcome(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            hellos = fleet.said("hello")
            assert hellos[0].get("epoch") is None and hellos[-1]["epoch"] == 3
            first = [name for _, name, _ in fleet.heard].index("events")
            assert first > [name for _, name, _ in fleet.heard].index("hello")
            assert {key[1] for key in fleet.stored} == {3}

    asyncio.run(story())


def test_a_refused_event_does_not_stop_the_queue(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            fleet.receipts = False
            fleet.refuses = {3}
            for score in (1, 2, 3, 4):
                await board.press(f"score_{score}", held_ms=45)
                await asyncio.sleep(0.05)
            fleet.receipts = True  # from now on a batch with the bad event stays without one
            await fleet.until(lambda: fleet.told_refused, "the bad event alone", within_s=90)
            await board.press("score_5")
            await fleet.until(lambda: len(fleet.events("rating")) == 4 and oldest_is_last(fleet), "the queue to go on")
            await board.unplug()
            assert b'"seq":3' in flash_image.read_file(board.image, "/quarantine").replace(b" ", b"")

    asyncio.run(story())


def test_no_board_outlives_its_bench(tmp_path):
    script = """
import asyncio, sys
from pathlib import Path
from fleet.laptop.boards import Boards
async def main():
    boards = Boards(Path(sys.argv[1]), "127.0.0.1", 9)
    await boards.start()
    board = await boards.plug_in("b-1", "pw", ["rating"])
    await board.ready()
    print(board.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    bench = subprocess.Popen([sys.executable, "-c", script, tmp_path / "bench"], stdout=subprocess.PIPE, text=True)
    pid = int(bench.stdout.readline())
    bench.send_signal(signal.SIGKILL)
    bench.wait()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and alive(pid):
        time.sleep(0.05)
    assert not alive(pid)


def oldest_is_last(fleet):
    """Whether the last batch says that the device holds only what is in it."""
    batch = fleet.said("events")[-1]
    return batch["oldest"] == batch["events"][0]["seq"] and batch["events"][-1]["kind"] == "rating"


def alive(pid):
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text() and os.kill(pid, 0) is None
    except OSError:
        return False


def test_a_flash_that_names_nobody_says_so_and_waits(tmp_path):
    async def story():
        compiled_beside(tmp_path / "bench")
        boards = Boards(tmp_path / "bench", "127.0.0.1", 9)
        await boards.start()
        try:
            image = tmp_path / "bench" / "b-1.flash"
            flash_image.create_image(image, "NOT A NAME", "pw", "127.0.0.1", 9, 5)
            board = await boards.plug_in("b-1", "pw", ["rating"])
            await said(board, "not enrolled: /identity.json: expected a device id")
            before = cpu_ticks(board.pid)
            await asyncio.sleep(2)
            assert cpu_ticks(board.pid) - before < 20  # it does not spin
            assert board.log.read_text(errors="replace").count("not enrolled") == 1
        finally:
            await boards.stop()

    asyncio.run(story())


@pytest.mark.parametrize("port", ["rp2", "esp32"])
def test_a_board_with_regions_that_lost_its_files_is_reachable_and_says_so(tmp_path, monkeypatch, port):
    monkeypatch.setenv("MOTCUA_PORT", port)

    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, broker):
            await settled(fleet, board)
            broker.kill()
            for score in (1, 2, 3):
                await board.press(f"score_{score}", held_ms=45)
                await asyncio.sleep(0.1)
            await board.unplug()
            lose_files(board.image)
            fleet.epoch += 1
            boot = fleet.said("hello")[-1]["boot"]
            broker.start()
            await board.plug_in_again()
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            assert fleet.events("fault")[0]["part"] == "flash"
            await fleet.until(lambda: len(fleet.events("rating")) == 3, "what was pressed before")
            assert [one["score"] for one in fleet.events("rating")] == [1, 2, 3]
            hello = fleet.said("hello")[-1]
            assert (hello["boot"], hello["roles"], hello.get("epoch")) == (boot + 1, ["rating"], None)
            assert {key[1] for key in fleet.stored} == {fleet.epoch - 1, fleet.epoch}

    asyncio.run(story())


@pytest.mark.parametrize("port, sentence", [("rp2", "not enrolled"), ("esp32", "appears to be corrupted")])
def test_a_board_of_a_stock_image_that_lost_its_files_waits_for_a_technician(tmp_path, monkeypatch, port, sentence):
    monkeypatch.setenv("MOTCUA_PORT", port)
    monkeypatch.setenv("MOTCUA_REGIONS", "0")

    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            await board.press("score_3")
            await fleet.until(lambda: fleet.events("rating"), "a rating kept in files")
            await board.unplug()
            lose_files(board.image)
            again = asyncio.ensure_future(board.plug_in_again())
            await said(board, sentence)
            again.cancel()

    asyncio.run(story())


def test_an_image_from_before_there_were_regions_goes_on_with_its_events(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            await board.unplug()
            blocks = flash_image.BLOCKS * flash_image.BLOCK_BYTES
            board.image.write_bytes(board.image.read_bytes()[:blocks])
            line = b'1 {"kind":"rating","score":2,"scale":5,"held_ms":70,"up":900,"at":null,"seq":1}'
            files = {
                "/identity.json": b'{"device":"b-1","password":"pw","epoch":3}',
                "/boot.json": b"40",
                "/outbox/3-28-1": b"%08x %s\n" % (binascii.crc32(line), line),
            }
            flash_image.write_files(board.image, files)
            flash_image.set_network(board.image, *boards_broker(board))
            await board.plug_in_again()
            await fleet.until(lambda: fleet.events("rating"), "the rating of the firmware before")
            assert [key[1:] for key in fleet.stored if fleet.stored[key]["kind"] == "rating"] == [(3, 40, 1)]
            assert (fleet.said("hello")[-1]["boot"], fleet.said("hello")[-1]["epoch"]) == (41, 3)

    asyncio.run(story())


def held(image, epoch, folder):
    """How many events a board would find if it started now."""
    events = Nor()
    events.data[:] = flash_image.read_regions(image)[: len(events.data)]
    return Outbox(str(folder), epoch, 999, region=events, owner="b-1").waiting()


def boards_broker(board):
    return board._bench.broker


def lose_files(image):
    """What lies where the filesystem was is no filesystem any more."""
    data = bytearray(image.read_bytes())
    data[: 2 * flash_image.BLOCK_BYTES] = bytes(2 * flash_image.BLOCK_BYTES)
    image.write_bytes(data)


async def said(board, sentence):
    """Until the board's log says this."""
    deadline = time.monotonic() + 30
    while not board.log.exists() or sentence not in board.log.read_text(errors="replace"):
        assert time.monotonic() < deadline, board.log.read_text(errors="replace")
        await asyncio.sleep(0.05)


def cpu_ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])

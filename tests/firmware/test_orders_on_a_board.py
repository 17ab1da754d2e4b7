"""Orders to a board with the shipping firmware: each is done once, and answered as often as it is told."""

import asyncio

from fleet.laptop.paper import Paper
from tests.firmware.one_board import ASK_PAPER, changes, lit, office, settled, until
from tests.firmware.simulated_fleet import lease, now_ms


def lamps(board):
    return sorted(lamp for lamp, level in board.levels.items() if level)


def replies(fleet):
    return {one["id"]: one for one in fleet.said("reply")}


async def told(fleet, name, verb, **arguments):
    """Give the order; what is answered."""
    fleet.say("b-1", "command", {"id": name, "verb": verb, "arguments": arguments, "not_after": now_ms() + 30_000})
    await fleet.until(lambda: name in replies(fleet), f"an answer to {name}")
    return {key: value for key, value in replies(fleet)[name].items() if key != "id"}


async def told_again(fleet, name, verb, **arguments):
    """Give it once more; it is answered once more, in the same words."""
    before = fleet.said("reply")
    fleet.say("b-1", "command", {"id": name, "verb": verb, "arguments": arguments})
    await fleet.until(lambda: len(fleet.said("reply")) > len(before), f"another answer to {name}")
    assert fleet.said("reply")[-1] == replies(fleet)[name]


async def told_late(fleet, name, boot):
    """The restart that made this boot does not make another."""
    fleet.say("b-1", "command", {"id": name, "verb": "restart", "arguments": {"boot": boot}})
    await fleet.until(lambda: replies(fleet)[name].get("reason") == "late", f"another answer to {name}")


async def orders(fleet, board):
    """A technician far away, and a kiosk."""
    seen, refused = [], {"ok": False}
    watching = asyncio.create_task(changes(board, seen))
    assert lamps(board) == ["lamp_ready"]

    assert await told(fleet, "find-1", "identify", seconds=1) == {"ok": True}
    await until(seen, lambda one: one.uart == "display" and one.data == b"HERE\r", "HERE on the display")
    await until(seen, lambda one: one.pin == "lamp_ready" and not one.level, "the lamp, turned over")
    shown = [one for one in seen if one.uart == "display"]
    await until(
        seen, lambda one: one.uart == "display" and one.data != b"HERE\r" and one not in shown, "what it showed"
    )
    await lit(board, "lamp_ready")

    taken = {"ok": True, "result": {"service": "a", "number": 1}}
    assert await told(fleet, "take-1", "take", service="a", priority=True) == taken
    await told_again(fleet, "take-1", "take", service="a", priority=True)
    await fleet.until(lambda: fleet.events("printed"), "a printed ticket")
    assert [(one["number"], one.get("priority")) for one in fleet.events("ticket")] == [(1, "priority")]

    assert await told(fleet, "page-1", "test_print") == {"ok": True}
    paper = Paper(576)
    paper.feed(b"".join(one.data for one in seen if one.uart == "printer" and one.data[:2] != ASK_PAPER[:2]))
    assert "A001" in paper.roll.slips[0].text and "MOTCUA" in paper.roll.slips[1].text

    assert await told(fleet, "take-2", "take", service="z") == {**refused, "reason": "unknown_service"}
    assert await told(fleet, "take-4", "take") == {**refused, "reason": "bad_arguments"}
    assert await told(fleet, "find-2", "identify", seconds=3_600) == {**refused, "reason": "bad_arguments"}
    assert await told(fleet, "odd-1", "explode") == {**refused, "reason": "unknown_verb"}
    fleet.say("b-1", "command", {"id": "old-1", "verb": "identify", "not_after": now_ms() - 60_000})
    await fleet.until(lambda: "old-1" in replies(fleet), "an answer to old-1")
    assert replies(fleet)["old-1"]["reason"] == "late"
    watching.cancel()

    line = await told(fleet, "log-1", "log")
    assert line["result"]["first"] == 0 and "boot 2: config" in line["result"]["lines"][0]
    later = await told(fleet, "clock-1", "clock", now=now_ms() + 600_000)
    assert 590_000 < later["result"]["offset_ms"] <= 600_500
    back = await told(fleet, "clock-2", "clock", now=now_ms())
    assert -600_500 < back["result"]["offset_ms"] < -590_000
    shot = (await told(fleet, "shot-1", "snapshot"))["result"]
    assert (shot["parts"], shot["config"], shot["network"]["host"]) == (
        {"printer": "paper ok", "keypad": "runs"},
        1,
        "127.0.0.1",
    )
    assert "lamp_ready" in shot["wires"] and "pw" not in str(shot)
    assert await told(fleet, "log-2", "log", **{"from": -1}) == {**refused, "reason": "bad_arguments"}

    # The printer says nothing any more, so the board awaits its answer for some seconds.
    assert await told(fleet, "take-3", "take", service="a") == {"ok": True, "result": {"service": "a", "number": 2}}
    assert await told(fleet, "take-5", "take", service="a") == {**refused, "reason": "too_soon"}
    boot = fleet.said("hello")[-1]["boot"]
    assert await told(fleet, "again-1", "restart", boot=boot - 1) == {**refused, "reason": "late"}
    assert await told(fleet, "again-2", "restart", boot=boot) == {"ok": True}
    assert [one["reason"] for one in fleet.events("print_failed")] == ["no answer"]
    await fleet.until(lambda: fleet.said("hello")[-1]["boot"] == boot + 1, "another boot")
    await fleet.until(lambda: fleet.events("boot")[-1]["reason"] == "command", "that it was ordered to")
    await settled(fleet, board)
    await told_late(fleet, "again-2", boot)


def test_orders_are_done_once_and_answered_as_often_as_they_are_told(tmp_path):
    async def whole():
        async with office(tmp_path, ("printer", "keypad"), state={"leases": [lease(last=2)]}) as (fleet, board, _):
            await settled(fleet, board)
            await orders(fleet, board)

    asyncio.run(whole())

"""A board tests itself and what hangs on it, part by part, and signs what it found with the key that it was offered.

A part passes or fails by what the board itself can tell; `ask` where only a person can (a lamp is lit), and `skipped`
where there is nothing to test. With `hands` somebody is at the cable: then the board waits for his finger, his code and
his answer (`seen`).
"""

from firmware import VERSION
from firmware.clock import Clock
from firmware.sparing import const
from protocols import improv
from protocols.message import ProtocolError, from_json, to_json
from protocols.sealing import record_proof

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from firmware.cable.offer import Offer
    from firmware.cable.talk import Talk

PASS, FAIL, ASK, SKIPPED = "pass", "fail", "ask", "skipped"
_WAIT_S = const(30)
_WAIT_AT_MOST_S = const(600)
_FOUND_LETTERS = const(160)


class SelfTest:
    """One run. `code` is what its printer printed, for its reader."""

    def __init__(self, talk: "Talk", offer: "Offer", said: "dict[str, Any]") -> None:
        self.talk = talk
        self.offer = offer
        self.board = talk.board
        self.clock = Clock(talk.board.ticks, talk.board.ticks_diff)
        self.identity = said.get("id")
        self.wanted = said.get("parts")
        self.hands = said.get("hands") is True
        wait_s = said.get("wait_s")
        self.wait_ms = 1000 * (wait_s if type(wait_s) is int and 0 < wait_s <= _WAIT_AT_MOST_S else _WAIT_S)
        self.printer = said.get("printer")
        self.code = ""
        self.turns = 0
        self.found: "list[dict[str, str]]" = []

    async def run(self) -> "dict[str, str]":
        """Test what is wanted; the record and its proof."""
        from firmware.cable import parts_inside, parts_way

        await self.part("flash", parts_inside.flash)
        await self.part("memory", parts_inside.memory)
        await self.part("chip", parts_inside.chip)
        await self.part("wifi", parts_way.wifi)
        await self.part("broker", parts_way.broker)
        for role in self.offer.roles:
            if role == "printer":
                from firmware.cable import part_printer

                await self.part("printer", part_printer.printer)
        for role in self.offer.roles:
            if role == "reader":
                from firmware.cable import part_reader

                await self.part("reader", part_reader.reader)
        from firmware.cable import parts_touched

        await self.part("buttons", parts_touched.buttons)
        await self.part("lamps", parts_touched.lamps)
        await self.part("clock", parts_inside.clock)
        return self.signed()

    async def part(self, name: str, test) -> None:  # type: ignore[no-untyped-def]
        """Test one part. One that breaks its test has failed it."""
        if type(self.wanted) is list and name not in self.wanted:
            return
        try:
            result, found = await test(self)
        except Exception as err:
            result, found = FAIL, "%s: %s" % (type(err).__name__, err)
        self.found.append({"part": name, "result": result, "found": found[:_FOUND_LETTERS]})
        await self.line(name, result, found[:_FOUND_LETTERS])

    async def line(self, part: str, result: str, found: str, **more: "Any") -> None:
        """Say how it goes on."""
        said: "dict[str, Any]" = {"id": self.identity, "part": part, "result": result, "found": found}
        said.update(more)
        await self.talk.line.tell(said)

    async def ask(self, part: str, found: str, within_ms: int, **more: "Any") -> "dict[str, Any] | None":
        """Ask whoever is at the cable; his answer, None without one."""
        await self.line(part, ASK, found, **more)
        return await self.seen(part, within_ms) if self.hands else None

    async def seen(self, part: str, within_ms: int) -> "dict[str, Any] | None":
        """What the host says of this part within this time; whatever else it asks now is refused."""
        until = self.clock.up() + within_ms
        while self.clock.up() < until:
            asked = await self.talk.line.next(max(1, until - self.clock.up()))
            if asked is None or asked[0] != improv.OBJECT:
                continue
            try:
                said = from_json(asked[1])
            except ProtocolError:
                continue
            self.talk.hear_time(said)
            ours = said.get("do") == "seen"
            told: "dict[str, Any]" = {"id": said.get("id"), "ok": ours}
            if not ours:
                told.update({"error": "busy", "found": "expected an answer to the self-test, or its end"})
            await self.talk.line.tell(told)
            if ours and said.get("part") == part:
                return said
        return None

    async def confirmed(self, part: str, what: str, found: str) -> "tuple[str, str]":
        """What a person says of it: (result, found). It stays open where nobody does."""
        said = await self.ask(part, what, self.wait_ms)
        if said is None or said.get("result") not in (PASS, FAIL):
            return ASK, found
        return said["result"], found + ", seen by a person"

    def signed(self) -> "dict[str, str]":
        """The record as text, whose letters are what is signed, and its proof."""
        failed = [one for one in self.found if one["result"] == FAIL]
        record = to_json(
            {
                "v": 1,
                "claim": self.offer.claim,
                "device": self.offer.device,
                "hw": self.board.hw(),
                "board": self.board.name,
                "firmware": VERSION,
                "passed": not failed,
                "parts": self.found,
            }
        )
        return {"record": str(record, "utf-8"), "proof": record_proof(self.offer.key, record)}

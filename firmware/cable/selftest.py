"""A board tests itself and what hangs on it, part by part, and signs what it found with the key that it was offered.

A part passes or fails by what the board itself can tell; `ask` where only a person can (a lamp is lit), and `skipped`
where there is nothing to test. With `hands` somebody is at the cable: then the board waits for his finger, his code and
his answer (`seen`), and shows again what he asks to see again.
"""

from firmware import VERSION
from firmware.clock import Clock
from firmware.sparing import const
from protocols import improv
from protocols.message import ProtocolError, fits_text, from_json, only, to_json
from protocols.sealing import record_proof

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from firmware.cable.offer import Offer
    from firmware.cable.talk import Talk

PASS, FAIL, ASK, SKIPPED, AGAIN = "pass", "fail", "ask", "skipped", "again"
_WAIT_S = const(30)
_WAIT_AT_MOST_S = const(600)
_FOUND_LETTERS = const(160)
_CODE_LETTERS = const(64)
PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
_TIME_MS = const(5_000)


class SelfTest:
    """One run. `code` is what its printer printed, or another board's, for its reader; `times` what the host said of
    the time: (our ticks when we asked, when we heard, the host's UTC ms).
    """

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
        code = said.get("code")
        self.code: str = code if fits_text(code, _CODE_LETTERS) and only(code, PLAIN) else ""
        self.timed = type(said.get("now")) is int and (type(self.wanted) is not list or "clock" in self.wanted)
        self.heard = 0
        self.times: "list[tuple[int, int, int]]" = []
        self.turns = 0
        self.found: "list[dict[str, str]]" = []

    async def run(self) -> "dict[str, str]":
        """Test what is wanted; the record and its proof."""
        from firmware.cable import parts_inside, parts_way

        await self.ask_time()
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
        for role in self.offer.roles:
            if role in ("display", "keypad"):
                from firmware.cable import parts_shown

                await self.part("screen", parts_shown.screen)
                await self.part("voice", parts_shown.voice)
                break
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

    async def ask(self, part: str, found: str, answers: "list[str]", within_ms: int) -> "dict[str, Any] | None":
        """Ask whoever is at the cable; what he says of it, None if nothing."""
        await self.line(part, ASK, found, answers=answers)
        return await self.seen(part, within_ms)

    async def ask_time(self) -> bool:
        """Ask the host, which told the time with its request, for the time now; whether it says it."""
        if not self.timed:
            return False
        asked = self.board.ticks()
        said = await self.ask("clock", "now", ["now"], _TIME_MS)
        self.timed = said is not None and type(said.get("now")) is int
        if self.timed and said is not None:
            self.times = self.times[:1] + [(asked, self.heard, said["now"])]
        return self.timed

    async def seen(self, part: str, within_ms: int) -> "dict[str, Any] | None":
        """What the host says of this part within this time; whatever else it asks now is refused."""
        until = self.clock.up() + within_ms
        while self.clock.up() < until:
            asked = await self.talk.line.next(max(1, until - self.clock.up()))
            self.heard = self.board.ticks()
            if asked is None or asked[0] != improv.OBJECT:
                continue
            try:
                said = from_json(asked[1])
            except ProtocolError:
                continue
            ours = said.get("do") == "seen"
            told: "dict[str, Any]" = {"id": said.get("id"), "ok": ours}
            if not ours:
                told.update({"error": "busy", "found": "expected an answer to the self-test, or its end"})
            await self.talk.line.tell(told)
            if ours and said.get("part") == part:
                return said
        return None

    async def confirmed(self, part: str, what: str, found: str, show=None) -> "tuple[str, str]":  # type: ignore[no-untyped-def]
        """What a person says of it, (result, found), who may have it shown again. It stays open where nobody does."""
        answers = [PASS, FAIL, AGAIN] if show else [PASS, FAIL]
        while self.hands:
            said = await self.ask(part, what, answers, self.wait_ms)
            word = said.get("result") if said else None
            if word in (PASS, FAIL):
                return word, found + ", seen by a person"
            if word != AGAIN or not show:
                break
            await show()
        return ASK, found

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

"""What a board says at the cable: the requests of Improv, and ours, which are objects with an answer each."""

import asyncio

from firmware import VERSION
from firmware.cable.line import Line
from firmware.cable.offer import Offer, OfferError, keep, offer_of
from firmware.sparing import const
from firmware.watch import FEED_MS
from protocols import improv
from protocols.message import ProtocolError, from_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LAST_WORDS_MS = const(200)
_BLINKS = const(6)
_BLINK_MS = const(300)
_REASON_LETTERS = const(200)


class Refused(Exception):
    """A request can not be fulfilled: in a word for programs, and a sentence for people."""

    def __init__(self, error: str, found: str) -> None:
        super().__init__(found)
        self.error = error
        self.found = found


class Talk:
    """The conversation, until the board begins anew. `offered` is what it may become; `wifi` what Improv named."""

    def __init__(self, board) -> None:  # type: ignore[no-untyped-def]
        self.board = board
        self.line = Line()
        self.offered: "Offer | None" = None
        self.wifi: "dict[str, str | None]" = {}

    async def run(self) -> None:
        """Answer, for as long as the board lives."""
        asyncio.create_task(feed(self.board))
        asyncio.create_task(self.line.run())
        self.line.state(improv.AUTHORIZED)
        while True:
            asked = await self.line.next()
            if asked is not None:
                await self.answer(*asked)

    async def answer(self, command: int, data: bytes) -> None:
        """Answer one request, whatever it is."""
        if command != improv.OBJECT:
            from firmware.cable import standard

            await standard.answer(self, command, data)
            return
        try:
            said = from_json(data, "request")
        except ProtocolError:
            self.line.error(improv.INVALID)
            return
        told: "dict[str, Any]" = {"id": said.get("id"), "ok": True}
        await self._fulfil(said, told)
        await self.line.tell(told)
        if told["ok"] and said.get("do") in ("keep", "restart"):
            await asyncio.sleep_ms(_LAST_WORDS_MS)
            self.board.reset("cable")

    async def _fulfil(self, said: "dict[str, Any]", told: "dict[str, Any]") -> None:
        """Do what is asked and put into the answer what there is to say. A part of us that fails is an answer, too."""
        try:
            await self.do(said, told)
        except Refused as err:
            told.update({"ok": False, "error": err.error, "found": err.found})
        except OfferError as err:
            told.update({"ok": False, "error": "bad_offer", "found": str(err)})
        except Exception as err:
            found = "%s: %s" % (type(err).__name__, err)
            told.update({"ok": False, "error": "fault", "found": found[:_REASON_LETTERS]})

    async def do(self, said: "dict[str, Any]", told: "dict[str, Any]") -> None:
        """Raises Refused, OfferError, and whatever a board's part may raise."""
        what = said.get("do")
        if what == "about":
            told.update(about(self))
        elif what == "offer":
            self.offered = None
            self.offered = offer_of(self.board, said.get("claim"))
            self.offered.network.update(self.wifi)
        elif what == "selftest":
            from firmware.cable.selftest import SelfTest

            told.update(await SelfTest(self, self.offer(), said).run())
        elif what == "label":
            await self.label(said)
        elif what == "keep":
            offer = self.offer()
            if self.board.wlan is not None and "ssid" not in offer.network:
                raise Refused("no_wifi", "expected a Wi-Fi in the offer, or by Improv, found none")
            keep(self.board.root, offer)
        elif what == "blink":
            asyncio.create_task(blink(self.board))
        elif what not in ("restart", "seen"):  # what nobody waits for any more was seen, too
            raise Refused("unknown_request", "expected about, offer, selftest, label, keep, restart or blink")

    async def label(self, said: "dict[str, Any]") -> None:
        """The device's own printer prints its label. Raises Refused."""
        for role in self.offer().roles:
            if role == "printer":
                from firmware.cable.part_printer import print_label

                await print_label(self, said)
                return
        raise Refused("no_printer", "expected a device that prints, found one that is " + ", ".join(self.offer().roles))

    def offer(self) -> Offer:
        """What was offered. Raises Refused."""
        if self.offered is None:
            raise Refused("no_offer", "expected an offer before this, found none since the board began")
        return self.offered


async def run(board) -> None:  # type: ignore[no-untyped-def]
    """Speak with whoever is at the cable, until the board begins anew."""
    await Talk(board).run()


async def feed(board) -> None:  # type: ignore[no-untyped-def]
    """The watchdog bites if nothing comes round any more."""
    while True:
        board.feed_watchdog()
        await asyncio.sleep_ms(FEED_MS)


def about(talk: Talk) -> "dict[str, Any]":
    """Who we are, and with what."""
    import os

    board, offered = talk.board, talk.offered
    stat = os.statvfs(board.root or "/")
    return {
        "hw": board.hw(),
        "board": board.name,
        "firmware": VERSION,
        "device": None,
        "claim": offered.claim if offered else None,
        "heap": board.heap_free(),
        "flash": stat[1] * stat[2],
        "flash_free": stat[1] * stat[3],
        "radio": board.wlan is not None,
    }


async def blink(board) -> None:  # type: ignore[no-untyped-def]
    """Turn all lamps over for a while, so that a person finds the board; those of the roles that it may have."""
    for turn in range(2 * _BLINKS):
        board.turn_over(turn % 2 == 0)
        await asyncio.sleep_ms(_BLINK_MS)

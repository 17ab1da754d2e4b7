"""An identity card before the shipping firmware: no part of it reaches flash, wire or log."""

import asyncio
import json

from protocols.signing import holder_hash
from tests.firmware.bad_wire import Wire
from tests.firmware.one_board import office, settled, until, watched
from tests.firmware.simulated_fleet import DAY_MS, now_ms

NUMBER = "079183406257"
CARD = f"{NUMBER}|271938465|Nguyễn Thị Minh Khai|17031948|Nữ|86 Lê Thánh Tôn, Bến Nghé|29082022".encode()
DOSSIER = b"H15.50.05.13-261008-0975"
KEY = "5a" * 32
WINDOW = 8
# Bytes. Any eight in a row of the card would tell something of it, and eight digits are nowhere by chance.

FAILS_AT_A_CARD = """
import os
import firmware.wiring.reader as wiring
def fails(self, frame, length, up):
    raise ValueError("no card today")
if not os.getenv("MOTCUA_RESET", "").startswith("fault"):
    wiring.ReaderWiring._decide = fails
"""


class Tapped(Wire):
    """A wire that keeps all that it carries."""

    def __init__(self):
        super().__init__()
        self.carried = bytearray()

    async def received(self, come):
        data = await super().received(come)
        self.carried += data
        return data


def day_keys():
    since = now_ms() - DAY_MS // 2
    return [{"day": "2026-11-22", "key": KEY, "since": since, "expires": since + DAY_MS}]


def found(card, places):
    """Which parts of the card stand where, as they are or in hexadecimal digits."""
    parts = [card[at : at + WINDOW] for at in range(len(card) - WINDOW + 1)]
    return [
        (name, part)
        for name, data in places.items()
        for part in parts
        if part in data or part.hex().encode() in data.lower()
    ]


def lives_through_cards(tmp_path, sabotage=""):
    """Cards of all kinds; (events of scans, what lies on flash, went over the wire, and stands in the log)."""
    wire = Tapped()

    async def story():
        state = {"day_key": day_keys()}
        async with office(tmp_path, ("keypad", "reader"), sabotage=sabotage, wire=wire, state=state) as (
            fleet,
            board,
            _,
        ):
            await settled(fleet, board)
            async with watched(board) as seen:
                await board.feed("scanner", CARD + b"\r")  # whole
                if sabotage:
                    await fleet.until(lambda: len(fleet.events("boot")) == 3, "a boot after the fault")
                    await asyncio.wait_for(board.ready(), 30)
                else:
                    await fleet.until(lambda: fleet.events("scan"), "the card")
                before = len(fleet.events("scan"))
                for one in (CARD[:30], CARD[30:] + b"\r", b"x" + CARD + b"\r", CARD + b"|" + CARD * 9 + b"\r"):
                    await board.feed("scanner", one)  # halves, spoilt, and longer than any code
                    before += 1
                    await fleet.until(lambda n=before: len(fleet.events("scan")) >= n, f"{before} scans")
                await board.feed("scanner", CARD.replace(b"Nguy", b"\xff\xfe") + b"\r")
                await board.feed("scanner", DOSSIER + b"\r")
                await fleet.until(lambda: len(fleet.events("scan")) >= before + 2, "the rest")
                await until(seen, lambda one: one.pin == "lamp_ok" and not one.level, "its lamp off")
                await board.feed("scanner", b"|" + CARD + b"\r")
                await board.unplug()  # in the middle of it
                boots_so_far = len(fleet.events("boot"))
                await board.plug_in_again()
                await fleet.until(lambda: len(fleet.events("boot")) > boots_so_far, "the last boot")
                places = {"flash": board.image.read_bytes(), "wire": bytes(wire.carried), "log": board.log.read_bytes()}
                return fleet.events("scan"), fleet.events("fault"), places

    return asyncio.run(story())


def test_no_part_of_a_card_reaches_flash_wire_or_log(tmp_path):
    scans, faults, places = lives_through_cards(tmp_path)
    citizens = [one for one in scans if one["what"] == "citizen"]
    assert {one["holder"] for one in citizens} == {holder_hash(KEY, NUMBER)} and len(citizens) >= 2
    assert all(one["senior"] for one in citizens) and not faults
    assert not found(CARD, places)
    assert {name for name, _ in found(DOSSIER, places)} >= {"flash", "wire"}, "what is looked for can be found"
    assert not [field for field in CARD.split(b"|") if field in json.dumps(scans).encode()]


def test_a_fault_at_a_card_tells_nothing_of_it(tmp_path):
    _, faults, places = lives_through_cards(tmp_path, FAILS_AT_A_CARD)
    assert [one["part"] for one in faults] == ["firmware"] and "no card today" in faults[0]["reason"]
    assert not found(CARD, places)

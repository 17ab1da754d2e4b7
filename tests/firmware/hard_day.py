"""A hard day of a board: the script that the smallest heap must get through.

All roles on a real office's leases; two hundred events of yesterday to send; tickets, scans, calls and ratings at
once; a broker that dies and comes again; and at the end a power cut. It ends at the first sign of a full heap.
"""

import asyncio
import json
import tempfile
from pathlib import Path

from firmware.outbox import Outbox
from fleet.laptop import flash_image
from fleet.laptop.call_display import VoiceModule
from fleet.laptop.office import OFFICE
from protocols.events import RatingGiven, encode_event
from tests.firmware.fresh_flash import Nor
from tests.firmware.one_board import ALL_ROLES, office, settled, until, watched
from tests.firmware.simulated_fleet import DAY_MS, now_ms

EPOCH = 3
PASSWORD = "pw"
STORED = 200
KEPT_BLOCKS = 8
ROUNDS = 3
RATED_WHILE_CUT_OFF = 20
CARD = "07905001%04d|123456789|Nguyễn Văn An|01011950|Nam|12 Hàng Bài, Hà Nội|01012021\r"
SIGNS = ("MemoryError", "memory allocation failed", "FATAL")


class HeapTooSmall(AssertionError):
    """The board ran out of memory."""


async def hard_day(directory, heap, roles=ALL_ROLES, printer=None):
    """Live through it with this heap; the bytes in use after the last start. HeapTooSmall if it does not suffice."""
    prepare_flash(directory / "bench" / "b-1.flash", "b-1", STORED)
    options = {"heap": heap, "epoch": EPOCH, "config": config(roles, printer), "state": state()}
    async with office(directory, roles, **options) as (fleet, board, broker):
        log = directory / "bench" / "b-1.log"
        speaking = asyncio.ensure_future(VoiceModule(board).run())
        living = asyncio.ensure_future(live(fleet, board, broker, roles))
        watching = asyncio.ensure_future(heap_is_full(log))
        await asyncio.wait([living, watching], return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()
        speaking.cancel()
        if not living.done() or (living.exception() and full(log)):
            living.cancel()
            raise HeapTooSmall(f"a heap of {heap} is full:\n{log.read_text(errors='replace')[-1500:]}")
        return living.result()


async def live(fleet, board, broker, roles):
    """The day."""
    await settled(fleet, board)
    await fleet.until(lambda: len(fleet.events("rating")) >= STORED, "yesterday's ratings")
    async with watched(board) as seen:
        for number in range(1, ROUNDS + 1):
            await asyncio.gather(*[PARTS[role](fleet, board, seen, number) for role in roles])
        broker.kill()
        await cut_off(fleet, board, roles)
        broker.start()
        wanted = STORED + ("rating" in roles) * (ROUNDS + RATED_WHILE_CUT_OFF)
        await fleet.until(lambda: len(fleet.events("rating")) == wanted, f"{wanted} ratings")
        boots = len(fleet.events("boot"))
        await board.unplug()
        boots = len(fleet.events("boot"))
        await board.plug_in_again()
        await board.ready()
        await fleet.until(lambda: len(fleet.events("boot")) == boots + 1, "the last boot")
        await asyncio.gather(*[PARTS[role](fleet, board, seen, ROUNDS + 1) for role in roles])
    assert not fleet.events("fault"), fleet.events("fault")
    return board.heap_used


async def print_tickets(fleet, board, _seen, number):
    """A ticket of each service."""
    for service in OFFICE.services:
        await board.press(f"service_{service.button}", held_ms=45)
    wanted = number * len(OFFICE.services)
    await fleet.until(lambda: len(fleet.events("printed")) >= wanted, f"{wanted} printed tickets")


async def rate(fleet, board, seen, number):
    """A rating."""
    score = number % 5 + 1
    await board.press(f"score_{score}", held_ms=45)
    await until(seen, lambda one: one.pin == f"lamp_{score}" and one.level, f"the lamp of score {score}")


async def scan(fleet, board, _seen, number):
    """A dossier, a card and something that is not for us."""
    for code in (f"H15.50.05.13-261008-{number:04d}\r", CARD % number, f"{number}" * 500 + "\r"):
        await board.feed("scanner", code.encode())
    await fleet.until(lambda: len(fleet.events("scan")) >= number * 3, f"{number * 3} scans")


async def call(fleet, board, seen, number):
    """The next resident is called, called again, and served."""
    await board.press("key_next", held_ms=45)
    await fleet.until(lambda: len(fleet.said("want")) >= number, f"{number} wishes")
    label = f"A{number:03d}"
    called = fleet.said("want")[-1].get("called")
    assert called == (None if number in (1, ROUNDS + 1) else {"service": OFFICE.services[0].id, "number": number - 1})
    show = {"service": OFFICE.services[0].id, "number": number, "label": label, "expires": now_ms() + 60_000}
    fleet.say_state("b-1", show={**show, "want": fleet.said("want")[-1]["id"]})
    await until(
        seen, lambda one: one.uart == "display" and one.data == f"{label}\r".encode(), f"{label} on the display"
    )
    await board.press("key_recall", held_ms=45)
    await board.press("key_finish", held_ms=45)
    await fleet.until(lambda: len(fleet.events("finish")) >= number, f"{number} finished visits")


async def be_called(fleet, board, seen, number):
    """A number is called, shown and spoken to its end."""
    event = {"id": f"kp-1/3/7/{number}", "label": f"A{number:03d}", "counter": str(number)}
    fleet.say_state("b-1", calls=[{**event, "expires": now_ms() + 60_000}])
    clip = 100 + number
    await until(seen, lambda one: one.uart == "voice" and one.data[3] == 0x0F and one.data[6] == clip, f"clip {clip}")


PARTS = {"printer": print_tickets, "rating": rate, "reader": scan, "keypad": call, "display": be_called}


async def cut_off(fleet, board, roles):
    """People do not wait for the broker."""
    for number in range(RATED_WHILE_CUT_OFF):
        if "rating" in roles:
            await board.press(f"score_{number % 5 + 1}", held_ms=45)
        if "printer" in roles and number < len(OFFICE.services):
            await board.press(f"service_{number + 1}", held_ms=45)
        await asyncio.sleep(0.03)


def state():
    """What the fleet tells all roles: four services on three days, the queues, and the keys of two days."""
    since = now_ms() - DAY_MS // 2
    days = [(f"2026-11-{22 + ahead}", since + ahead * DAY_MS) for ahead in range(3)]
    leases = [
        {
            "id": f"{ahead}{service.button}9f3a6c21",
            "service": service.id,
            "prefix": service.prefix,
            "day": day,
            "first": 1,
            "last": 120,
            "secret": f"{service.button}{ahead}" * 16,
            "since": began,
            "expires": began + DAY_MS,
        }
        for ahead, (day, began) in enumerate(days)
        for service in OFFICE.services
    ]
    queues = [{"service": service.id, "ahead": 12, "p50": 25, "p90": 40} for service in OFFICE.services]
    keys = [{"day": day, "key": "5a" * 32, "since": began, "expires": began + DAY_MS} for day, began in days[:2]]
    return {"leases": leases, "queue": {"services": queues, "expires": now_ms() + DAY_MS}, "day_key": keys}


def config(roles, printer):
    """The configuration of the simulated office, with a printer of that model."""
    services = [
        {"button": one.button, "service": one.id, "prefix": one.prefix, "name": one.name} for one in OFFICE.services
    ]
    named = {"office": OFFICE.name, "counter": "Quầy 1", "hotline": OFFICE.hotline, "services": services}
    model = {"printer": printer} if printer else {}  # as the fleet says it, without what is default
    return {"version": 1, "roles": list(roles), **model, **named}


def prepare_flash(image, device, stored, epoch=EPOCH, password=PASSWORD, regions=True):
    """A board that was enrolled yesterday and could not send its last events; without regions they lie in files."""
    flash_image.create_image(image, device, password, "127.0.0.1", 1, 5)
    identity = {"device": device, "password": password, "epoch": epoch}
    files = {"/identity.json": json.dumps(identity).encode(), "/boot.json": b"1"}
    events = Nor() if regions else None
    with tempfile.TemporaryDirectory() as folder:
        outbox = Outbox(folder, epoch, 1, region=events, owner=device)
        for number in range(stored):
            outbox.append(encode_event(RatingGiven(score=number % 5 + 1, scale=5, held_ms=80, up=number, at=number)))
        if events is None:
            files.update({f"/outbox/{one.name}": one.read_bytes() for one in Path(folder, "outbox").iterdir()})
    flash_image.write_files(image, files)
    if events is not None:
        flash_image.write_regions(image, bytes(events.data) + flash_image.ERASED * KEPT_BLOCKS)


async def heap_is_full(log):
    """Until the board says that it has no memory left."""
    while not full(log):
        await asyncio.sleep(0.1)


def full(log):
    """Whether the board said so."""
    said = log.read_text(errors="replace") if log.exists() else ""
    return any(sign in said for sign in SIGNS)

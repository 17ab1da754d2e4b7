"""What the journeys share: an office of real parts, a real browser, and waiting for what one expects to see."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from playwright.async_api import Page, async_playwright

from firmware.roles.counter_keypad import CUT_OFF
from fleet.laptop.bench import KEYS
from fleet.laptop.boards import START_S, Board
from fleet.laptop.broker import free_port
from fleet.laptop.display import Display
from fleet.laptop.run import Running, running
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.rows import every, sql
from tests.chromium import LAUNCH
from tests.compiled import compiled_beside

SOON_S = 120.0
LOOK_S = 0.05


async def until(what: str, look: Callable[[], object], within_s: float = SOON_S) -> object:
    """Wait until this is so; otherwise say what was awaited and what came instead."""
    end = time.monotonic() + within_s
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"expected within {within_s:g} s: {what}; found {found!r}")
        await asyncio.sleep(LOOK_S)
    return found


async def until_awaited(what: str, look: Callable[[], Awaitable[object]], within_s: float = SOON_S) -> object:
    """The same for what has to be asked."""
    end = time.monotonic() + within_s
    while not (found := await look()):
        if time.monotonic() > end:
            raise AssertionError(f"expected within {within_s:g} s: {what}; found {found!r}")
        await asyncio.sleep(LOOK_S)
    return found


def settings_in(folder: Path) -> Settings:
    """Settings of an office in this folder, on a port of its own."""
    return Settings(data=folder, listen_port=free_port())


@asynccontextmanager
async def an_office(folder: Path, people: bool = False, pace: float = 30.0) -> AsyncIterator[Running]:
    """A whole office: broker and devices are processes, the fleet's workers are threads; every key is read."""
    compiled_beside(folder / "boards")
    async with running(settings_in(folder), people=people, pace=pace) as office:
        await roles_taken(one for one in office.boards.boards.values() if any(map(KEYS.get, one.roles)))
        yield office


async def roles_taken(boards: Iterable[Board]) -> None:
    """Wait until these boards, which have keys, read them.

    Before a new board is told its configuration it runs without roles, is ready, and tells that it booted; nobody
    notices a press or a scan then.
    """
    waited_for = list(boards)
    try:
        await until("every board has taken its roles", lambda: all(one.keys for one in waited_for), START_S)
    except AssertionError as err:
        for one in waited_for:
            has = "has its roles" if one.keys else "has none"
            err.add_note(f"{one.device} {has}: {one.log.read_text(errors='replace')[-500:]}")
        raise


async def next_shows(desk: Board, display: Display, wanted: str) -> None:
    """The key `next`, until the display shows what is wanted: a fleet that answers late is asked again."""
    end = time.monotonic() + SOON_S
    while True:
        await desk.press("key_next")
        await asyncio.sleep(10 * LOOK_S)
        while not re.fullmatch(wanted, display.text):
            assert time.monotonic() < end, f"expected {wanted!r} on the keypad; found {display.text!r}"
            if display.text == CUT_OFF:
                break
            await asyncio.sleep(LOOK_S)
        else:
            return


@asynccontextmanager
async def lit(board: Board) -> AsyncIterator[list[str]]:
    """The lamps of a board that have been lit since, one after another, however shortly."""
    lamps: list[str] = []

    async def watch() -> None:
        async for change in board.listen():
            if change.pin is not None and change.pin.startswith("lamp_") and change.level:
                lamps.append(change.pin)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    yield lamps
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


@asynccontextmanager
async def a_browser(office: Running) -> AsyncIterator[Page]:
    """A page of headless Chromium, signed in and looking at the office. It must not reach anything but this machine."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        page = await (await browser.new_context(locale="vi-VN")).new_page()
        page.set_default_timeout(SOON_S * 1000)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(office.address + "/login")
        await page.fill("input[name=name]", office.name)
        await page.fill("input[name=password]", office.password)
        await page.press("input[name=password]", "Enter")
        await page.wait_for_url(office.address + "/")
        yield page
        await browser.close()
        assert [url for url in asked if not url.startswith((office.address, "data:", "blob:"))] == []


def stands_still(pid: int) -> bool:
    """Whether this process was stopped (SIGSTOP)."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


@contextmanager
def told_on_failure(folder: Path, *boards: Board) -> Iterator[None]:
    """What fails in here says all that the fleet has of these devices, and what the boards themselves said at the end.

    Times are not in it: in the order of boots and seqs one sees what is missing, and whether it ever happened there.
    """
    try:
        yield
    except AssertionError as err:
        for board in boards:
            has = sorted(
                (boot, seq, kind, body)
                for kind in ("boot", "fault", "rating", "scan", "ticket", "call", "finish")
                for device, _, boot, seq, body in stored_events(folder, kind)
                if device == board.device
            )
            err.add_note("\n  ".join([board.device, *map(str, has), board.log.read_text(errors="replace")[-500:]]))
        raise


def stored_events(folder: Path, kind: str) -> list[tuple[str, int, int, int, str]]:
    """(device, epoch, boot, seq, body) of the events of a kind that the fleet in this folder has stored."""
    store = Store(Settings(data=folder).database_url)
    try:
        return events_in(store, kind)
    finally:
        store.close()


def events_in(store: Store, kind: str) -> list[tuple[str, int, int, int, str]]:
    """The same of this store."""
    with store.reading() as connection:
        statement = sql("SELECT device, epoch, boot, seq, body FROM events WHERE kind = :kind")
        return [tuple(row) for row in every(connection, statement, kind=kind)]  # type: ignore[misc]

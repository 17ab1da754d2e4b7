"""Make the pictures of the documentation: run a whole office with simulated people, and look at it with a browser.

Nothing is drawn or staged: the pages are those of `motcua run`, the ticket is what the firmware sent to the printer.
Run by `make pictures`; takes about a minute and a half.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from fleet.clock import now_ms
from fleet.domain.office_now import OfficeNow
from fleet.flows.watch import office_now
from fleet.laptop.broker import free_port
from fleet.laptop.office import OFFICE
from fleet.laptop.run import Running, running
from fleet.laptop.ticket_picture import ticket_png
from fleet.settings import Settings
from fleet.store.database import Store
from tests.chromium import LAUNCH

FOLDER = Path(__file__).parent / "pictures"
DESK, PHONE = (1280, 480), (390, 844)
SCREENS_OF_PHONE = 2
SHARPNESS = 1.2
COLOURS, KMEANS = 96, 1
PACE, SEED = 60.0, 1
MOMENT_WITHIN_S = 100.0
LOOK_S = 0.25
STREAM_BEGINS_S = 1.0


async def main() -> None:
    """Make every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), listen_port=free_port())
        say("starting an office")
        async with running(settings, pace=PACE, seed=SEED) as office, async_playwright() as playwright:
            store = Store(settings.database_url)
            browser = await playwright.chromium.launch(**LAUNCH)
            try:
                await look_at(office, store, browser)
            finally:
                await browser.close()
                store.close()


async def look_at(office: Running, store: Store, browser: Browser) -> None:
    """Wait for moments that show something, and take their pictures; in Vietnamese first, then in English."""
    desk, phone = await signed_in(office, browser, DESK), await signed_in(office, browser, PHONE)
    say("waiting for a busy morning")
    await moment(store, is_busy)
    await take(desk, office, "/", "supervisor.vi")
    await take(phone, office, "/", "supervisor-phone.vi", SCREENS_OF_PHONE * PHONE[1])
    await take(desk, office, "/bench", "bench.vi")
    await take(desk, office, "/devices", "devices.vi")
    keep("ticket", ticket_png(office.office.printer.slips[-1].slip))
    await desk.goto(office.address)
    await desk.click("button[name=language][value=en]")
    await moment(store, is_busy)
    await take(desk, office, "/", "supervisor.en")
    await take(desk, office, "/bench", "bench.en")
    for page in (desk, phone):
        await page.goto("about:blank")  # ends their streams, so that the office stops at once


async def signed_in(office: Running, browser: Browser, size: tuple[int, int]) -> Page:
    """A page of a browser window of this size, signed in."""
    width, height = size
    context = await browser.new_context(
        locale="vi-VN",
        viewport={"width": width, "height": height},
        device_scale_factor=SHARPNESS,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto(office.address + "/login")
    await page.fill("input[name=name]", office.name)
    await page.fill("input[name=password]", office.password)
    await page.press("input[name=password]", "Enter")
    await page.wait_for_url(office.address + "/")
    return page


def is_busy(office: OfficeNow) -> bool:
    """Whether the page has something to show: a score, people who wait, counters at work, dossiers."""
    return (
        office.ratings.n >= 10
        and sum(service.waiting for service in office.services) >= 4
        and sum(counter.state == "serving" for counter in office.counters) >= 2
        and sum(bool(visit.dossiers) for visit in office.visits) >= 6
    )


async def moment(store: Store, wanted: Callable[[OfficeNow], bool]) -> None:
    """Wait for such a moment."""
    with suppress(TimeoutError):
        async with asyncio.timeout(MOMENT_WITHIN_S):
            while not wanted(office_now(store, OFFICE.id, now_ms())):
                await asyncio.sleep(LOOK_S)
            return
    sys.exit(f"no moment within {MOMENT_WITHIN_S:g} s was worth a picture; try again, or another SEED")


async def take(page: Page, office: Running, place: str, name: str, highest: int = 10_000) -> None:
    """The page at this address, or its upper part, once its letters and its stream are there."""
    await page.goto(office.address + place)
    await page.evaluate("document.fonts.ready")
    await asyncio.sleep(STREAM_BEGINS_S)
    whole = await page.evaluate("document.documentElement.scrollHeight")
    width = page.viewport_size["width"] if page.viewport_size else DESK[0]
    part = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(min(whole, highest))}
    keep(name, await page.screenshot(full_page=True, clip=part))


def keep(name: str, png: bytes) -> None:
    """Write a picture with few colours: flat pages and black paper need no more."""
    picture = Image.open(BytesIO(png))
    if picture.mode == "RGBA" and picture.getextrema()[3][0] == 255:
        picture = picture.convert("RGB")
    method = Image.Quantize.FASTOCTREE if picture.mode == "RGBA" else Image.Quantize.MEDIANCUT
    path = FOLDER / f"{name}.png"
    picture.quantize(COLOURS, method, kmeans=KMEANS, dither=Image.Dither.NONE).save(path, optimize=True)
    say(f"{path.name}: {picture.width} × {picture.height}, {path.stat().st_size // 1024} KiB")


def say(what: str) -> None:
    """Progress, on the terminal."""
    print(what, flush=True)


if __name__ == "__main__":
    asyncio.run(main())

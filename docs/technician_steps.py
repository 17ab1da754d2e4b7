"""Take the pictures of the technician's guide: a new office gets its devices, from bare boards to the first press.

An office of `motcua run` is at work; beside it another is new and has no device. What a technician does there is done
here with the same parts: pages in Chromium, the bench with its own screen, boards on serial ports. Run by
`make screenshots`; takes about three minutes.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from docs import technician_browser, technician_words
from docs.shots import FOLDER, PHONE, SHARPNESS, STREAM_BEGINS_S, SignIn, keep, say, sign_in
from docs.technician_bench import Cables, Terminal
from fleet.clock import now_ms
from fleet.commands.bench_screen import summary
from fleet.commands.bench_work import Packages
from fleet.domain.api_rights import Scope
from fleet.domain.rights import Role
from fleet.flows.set_up_office import CounterPlan, OfficePlan, set_up_office
from fleet.flows.sign_in import add_person
from fleet.flows.tokens import issue
from fleet.laptop.broker import free_port
from fleet.laptop.printer import SimulatedPrinter
from fleet.laptop.run import Running, running
from fleet.laptop.serial_board import SerialBoard
from fleet.laptop.ticket_picture import ticket_png
from fleet.provisioning.batch import Batch
from fleet.provisioning.book import Book
from fleet.provisioning.claims import Claim, claims_of
from fleet.provisioning.fleet_link import Fleet, sync
from fleet.provisioning.means import Means
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from tests.chromium import LAUNCH

OFFICE = OfficeRow("tan-an", "Bộ phận Một cửa xã Tân An", hotline="0272 1022")
SERVICES = (("ho-tich", "A", "Hộ tịch – Chứng thực"), ("dat-dai", "B", "Đất đai"))
COUNTERS = (CounterPlan("tan-an-1", "Quầy 1", ("ho-tich",)), CounterPlan("tan-an-2", "Quầy 2", ("dat-dai",)))
TABLE = (
    "Thiết bị,Vai trò,Mã đơn vị,Mã quầy\n"
    "may-in-tan-an,máy in số,tan-an,\n"
    "nut-tan-an-1,nút đánh giá,tan-an,tan-an-1\n"
    "nut-tan-an-2,nút đánh giá,tan-an,tan-an-2\n"
)
SOMEBODY, PASSWORD = "ky-thuat-tan-an", "anh cua huong dan ky thuat"
WIDTH, HEIGHT = 1100, 640
DOTS_58_MM, SLIPS = 384, 2
TYPED = "motcua bench --claims motcua-3.claims --wifi-file wifi.txt --count 3"
SHOWN_SHARE = 0.3
WITHIN_S = 240.0
LOOK_S = 0.2


async def main() -> None:
    """Take all pictures, and write the guide."""
    technician_words.write()
    (FOLDER / "steps").mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        try:
            with tempfile.TemporaryDirectory() as folder:
                await in_an_office(Path(folder), browser)
        finally:
            await browser.close()
    say("a board in the browser")
    await asyncio.to_thread(technician_browser.take_all)


async def in_an_office(folder: Path, browser: Browser) -> None:
    """The whole story, in an office that ends with it."""
    settings = Settings(data=folder / "office", listen_port=free_port())
    say("starting an office")
    async with running(settings, people=False) as office:
        store = Store(settings.database_url)
        try:
            set_up_office(store, OfficePlan(OFFICE, SERVICES, COUNTERS, ()), now_ms())
            add_person(store, SOMEBODY, PASSWORD, Role.TECHNICIAN, now_ms(), OFFICE.id, "Kỹ thuật viên Tân An")
            link = Fleet(
                office.address, issue(store, "bàn cài đặt", frozenset({Scope.ENROL}), None, 1, now_ms()).secret
            )
        finally:
            store.close()
        async with a_page(browser, office) as page:
            claims = await claims_of_a_table(page)
            await at_the_bench(folder, browser, page, claims, link)


@asynccontextmanager
async def a_page(browser: Browser, office: Running) -> AsyncIterator[Page]:
    """A page on which the technician has signed in."""
    context = await browser.new_context(
        locale="vi-VN",
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=SHARPNESS,
        reduced_motion="reduce",
        base_url=office.address,
        accept_downloads=True,
    )
    page = await context.new_page()
    await sign_in(page, SignIn(office.address, SOMEBODY, PASSWORD), "vi")
    yield page
    await page.goto("about:blank")
    await context.close()


async def look(page: Page, name: str, highest: int = 1_300) -> None:
    """What the page shows, once its letters are there."""
    await page.evaluate("document.fonts.ready")
    await asyncio.sleep(STREAM_BEGINS_S)
    height = await page.evaluate("document.documentElement.scrollHeight")
    size = page.viewport_size or {"width": WIDTH}
    part: Any = {"x": 0.0, "y": 0.0, "width": float(size["width"]), "height": float(min(height, highest))}
    keep(f"steps/{name}", await page.screenshot(full_page=True, clip=part))


async def claims_of_a_table(page: Page) -> list[Claim]:
    """From the empty page of devices to a file of claims."""
    await page.goto("/devices")
    await look(page, "01-devices")
    await page.goto("/devices/claims")
    await page.set_input_files("#file", {"name": "tan-an.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    await page.click("form.is-file button")
    await page.wait_for_selector("#tried-title")
    await look(page, "02-table", 760)
    await page.click("form[action='/devices/claims/take'] button")
    await page.wait_for_selector("#once-title")
    await look(page, "03-claims")
    async with page.expect_download() as told:
        await page.click("form[action='/devices/claims/file'] button")
    path = await (await told.value).path()
    return list(claims_of(path.read_text(), "made"))


async def at_the_bench(folder: Path, browser: Browser, page: Page, claims: list[Claim], link: Fleet) -> None:
    """Boards are plugged in, one is pulled and comes again, all become devices; the first press counts."""
    cables, terminal, book = (
        Cables(folder / "cables", claims[0].body["network"]["port"]),
        Terminal(browser),
        Book(folder),
    )
    book.add(claims)
    await cables.start()
    batch = Batch(Means(book, Packages().files), cables.ports, cables.cable, changed=terminal.show)
    boards = [SerialBoard(cables.boards, str(n), f"e6614c311b7e6f{n:02x}") for n in range(1, len(claims) + 1)]
    printer = SimulatedPrinter(boards[0], DOTS_58_MM)
    printing = asyncio.create_task(printer.run())
    try:
        await to_devices(cables, boards, terminal, batch)
        await until(lambda: len(printer.slips) >= SLIPS, "a label")
        keep("steps/06-slip", ticket_png(printer.slips[0].slip))
        keep("steps/09-label", ticket_png(printer.slips[1].slip))
        await asyncio.to_thread(sync, book, link)
        await after_the_bench(page, boards[1])
    finally:
        batch.end()
        printing.cancel()
        await cables.stop()
        book.close()


async def to_devices(cables: Cables, boards: list[SerialBoard], terminal: Terminal, batch: Batch) -> None:
    """From the first cable to the summary."""
    screen, count = terminal.screen, len(boards)
    screen.free = count
    await terminal.take("04-bench", screen.drawn(), TYPED)
    working = asyncio.create_task(asyncio.to_thread(batch.run, lambda one: one.enrolled() >= count))
    for number, board in enumerate(boards):
        await cables.plug_in(str(number), board)
    say("boards at the bench")
    await until(lambda: any((share or 0) > SHOWN_SHARE for share in terminal.shares.values()), "an installation")
    await terminal.take("05-boards", screen.drawn(), TYPED)
    pulled = await cables.pull(str(count - 1))
    await until(lambda: "failed" in terminal.steps.values(), "a board that was pulled")
    await terminal.take("07-pulled", screen.drawn(), TYPED)
    await asyncio.sleep(3 * LOOK_S)  # the bench has seen that it is gone
    await cables.plug_in(str(count - 1), pulled)
    await terminal.take("08-done", summary(await asyncio.wait_for(working, WITHIN_S), "vi"), TYPED)


async def after_the_bench(page: Page, buttons: Any) -> None:
    """The devices are there; somebody presses; the page of that device, and what there is to do later."""
    await page.goto("/devices")
    await look(page, "10-devices")
    await until(lambda: "score_5" in buttons.keys, "buttons that are read")
    await buttons.press("score_5")
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await page.goto("/devices/nut-tan-an-1")
    await look(page, "11-device", 2 * PHONE[1])
    await page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    await page.goto("/devices/nut-tan-an-1/evidence")
    await look(page, "12-evidence")
    await page.goto("/devices/nut-tan-an-1/registry/replace")
    await look(page, "13-replace")


async def until(there: Any, what: str) -> None:
    """Wait for that."""
    try:
        async with asyncio.timeout(WITHIN_S):
            while not there():
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise SystemExit(f"expected {what} within {WITHIN_S:g} s") from None


if __name__ == "__main__":
    asyncio.run(main())

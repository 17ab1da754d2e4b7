"""From a press on a button to the supervisor's page: firmware, broker, fleet and browser are the real ones."""

import asyncio
import re
from itertools import count
from pathlib import Path

import pytest
from playwright.async_api import expect

from fleet.laptop.display import NOBODY_WAITS
from fleet.laptop.residents import today
from fleet.laptop.run import Running
from fleet.laptop.sample_dossiers import codes
from fleet.settings import Settings
from fleet.store.database import Store
from tests.journeys.house import (
    SOON_S,
    a_browser,
    an_office,
    lit,
    next_shows,
    stored_events,
    told_on_failure,
    until,
    until_awaited,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


async def serve_one(office: Running, score: int, *codes: str) -> str:
    """A resident takes a number, is called, served, and rates; the number on the paper."""
    printer, desk, buttons = (office.boards.boards[name] for name in ("may-in-1", "quay-1", "nut-1"))
    seen = office.office.printer.count
    await printer.press("service_1")
    await until("a ticket comes out", lambda: office.office.printer.count > seen)
    label = label_of(office)
    await next_shows(desk, office.office.displays["quay-1"], label)
    async with lit(desk) as at_desk, lit(buttons) as at_buttons:
        for taken, code in enumerate(codes, 1):
            await desk.feed("scanner", code.encode() + b"\r")
            await until("the lamp says that it took the code", lambda taken=taken: at_desk.count("lamp_ok") == taken)
            await until("and goes out", lambda: not desk.levels.get("lamp_ok"))
        await desk.press("key_finish")
        await until("the rating buttons are armed", lambda: buttons.levels.get("lamp_armed"))
        await buttons.press(f"score_{score}")
        await until("the pressed button lights up", lambda: f"lamp_{score}" in at_buttons)
        await until("and goes out", lambda: not buttons.levels.get(f"lamp_{score}"))
    return label


def many_a_minute(folder: Path) -> None:
    """Five rate within a minute here, which elsewhere are children at play: a burst, and in no score."""
    store = Store(Settings(data=folder).database_url)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE offices SET simulated_pace = 30")
    store.close()


def label_of(office: Running) -> str:
    """The number on the last ticket, read from the paper."""
    text = " ".join(line.text for line in office.office.printer.slips[-1].slip.lines)
    found = re.search(r"\b[A-D]\d{3}\b", text)
    assert found, f"expected a number on the ticket, found {text!r}"
    return found.group()


def test_a_press_becomes_a_rated_visit_with_its_dossiers_on_the_page(tmp_path: Path) -> None:
    newest = codes(today())[::-1]
    newer = next(code for code in newest if code.startswith("H29"))
    older = next(code for code in newest if code.startswith("000"))

    async def journey() -> None:
        async with an_office(tmp_path) as office, a_browser(office) as page:
            many_a_minute(tmp_path)

            async def shows(text: str) -> bool:
                return text in await page.inner_text("main")

            await office.boards.boards["may-in-1"].press("service_2")
            await until_awaited("somebody waits for service B", lambda: shows("Đất đai"))
            label = await serve_one(office, 5, newer, older)
            row = page.locator("tr", has_text=label)
            await row.get_by_text("đã đánh giá", exact=True).wait_for()
            text = await row.inner_text()
            assert newer in text
            assert older in text
            assert "hoàn thành" in text
            assert not re.search(r"[1-5]\s*/\s*5|★|😀|hài lòng", text, re.IGNORECASE), "a score stands beside a visit"
            assert await shows("Chưa đủ 5"), "one rating must not be shown as a score"
            with told_on_failure(tmp_path, *(office.boards.boards[name] for name in ("quay-1", "nut-1"))):
                for score in (4, 5, 1, 5):
                    await serve_one(office, score)
                await expect(page.locator("main")).to_contain_text("80%", timeout=SOON_S * 1000)

    asyncio.run(journey())
    presses = stored_events(tmp_path, "rating")
    assert len(presses) == 5
    assert {device for device, *_ in presses} == {"nut-1"}


def test_a_device_that_is_unplugged_and_plugged_in_again_goes_on_with_the_next_number(tmp_path: Path) -> None:
    async def journey() -> None:
        async with an_office(tmp_path) as office:
            printer = office.boards.boards["may-in-1"]
            for number in (1, 2, 3):
                seen = office.office.printer.count
                await printer.press("service_1")
                await until("a ticket comes out", lambda seen=seen: office.office.printer.count > seen)
                assert label_of(office) == f"A00{number}"
                await printer.unplug()
                await printer.plug_in_again()
                await printer.ready()
            await until("all three are stored", lambda: len(stored_events(tmp_path, "ticket")) == 3)

    asyncio.run(journey())
    boots = {boot for _, _, boot, _, _ in stored_events(tmp_path, "ticket")}
    assert len(boots) == 3


def test_a_code_is_taken_by_the_device_and_doubted_by_the_fleet(tmp_path: Path) -> None:
    """Tickets in the right form that no printer gave out. The fleet says so while somebody is there, or not at all."""

    async def journey() -> None:
        async with an_office(tmp_path) as office:
            desk, scanner = office.boards.boards["quay-1"], office.office.scanners["quay-1"]
            await next_shows(desk, office.office.displays["quay-1"], NOBODY_WAITS)
            numbers = count(1)
            async with lit(desk) as lamps:

                async def doubted() -> bool:
                    await scanner.scan(f"MC1:of-nobody:{next(numbers)}:0123456789abcdef".encode())
                    await asyncio.sleep(1)
                    return "lamp_unknown" in lamps

                await until_awaited("the fleet's word", doubted)
                assert lamps[0] == "lamp_ok"

    asyncio.run(journey())
    assert stored_events(tmp_path, "scan")

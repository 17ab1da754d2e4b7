"""A badge before a reader: the shipping firmware, a broker and the fleet sign its clerk in, and the keypad says so."""

import asyncio
from itertools import count
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.rights import Role
from fleet.flows import equip
from fleet.flows.badges import give_badge
from fleet.flows.sign_in import add_person
from fleet.settings import Settings
from fleet.store.database import Store
from tests.journeys.house import a_browser, an_office, lit, next_shows, stored_events, until, until_awaited

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]
REPEAT_S = 3.2
# The same code within three seconds is one reading.


def test_a_clerk_signs_in_calls_and_signs_out(tmp_path: Path) -> None:
    strangers = count()

    async def journey() -> None:
        async with an_office(tmp_path) as office, a_browser(office) as page:
            store = Store(Settings(data=tmp_path).database_url)
            add_person(store, "lan", "a long password", Role.CLERK, now_ms(), "ben-nghe")
            code = give_badge(store, "lan", now_ms(), number=7).code
            equip.require_sign_in(store, "ben-nghe", True)
            store.close()
            desk, scanner = office.boards.boards["quay-1"], office.office.scanners["quay-1"]
            display, printer = office.office.displays["quay-1"], office.boards.boards["may-in-1"]

            async def page_says(text: str) -> bool:
                return text in await page.locator("#counters li").first.inner_text()

            seen = office.office.printer.count
            await printer.press("service_1")
            await until("a ticket comes out", lambda: office.office.printer.count > seen)
            await next_shows(desk, display, "THE")
            async with lit(desk) as lamps:

                async def doubted() -> bool:
                    await scanner.scan(f"MCB:{next(strangers):016d}".encode())
                    await asyncio.sleep(1)
                    return "lamp_unknown" in lamps

                await until_awaited("a badge that nobody knows is wrong", doubted)
            assert display.text == "THE"
            await scanner.scan(code.encode())
            await until("the keypad shows who is signed in", lambda: display.text == "CB-07")
            await until_awaited("the page, too", lambda: page_says("Cán bộ CB-07"))
            await next_shows(desk, display, r"A\d{3}")
            await desk.press("key_finish")
            await until("the counter is free again", lambda: display.text == "CB-07")
            await asyncio.sleep(REPEAT_S)
            await scanner.scan(code.encode())
            await until("nobody is signed in any more", lambda: display.text == "")
            await until_awaited("nor on the page", lambda: page_says("Chưa có cán bộ đăng nhập"))

    asyncio.run(journey())
    bodies = [body for *_, body in stored_events(tmp_path, "scan")]
    assert len(bodies) == next(strangers) + 2 and not any("MCB" in body for body in bodies)

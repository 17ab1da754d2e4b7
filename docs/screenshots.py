"""Make the pictures of the documentation: an office at work and one with a season behind it, seen with a browser.

Nothing is drawn or staged: the pages are those of `motcua run` and `motcua serve`, the ticket is what the firmware sent
to the printer. People and the season are simulated. Run by `make screenshots`; takes about four minutes.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from docs.shots import FOLDER, PHONE, TELEVISION, UPRIGHT, Shot, SignIn, keep, say, take
from fleet.clock import now_ms
from fleet.domain.office_now import OfficeNow
from fleet.domain.rights import Role
from fleet.flows.changes import Changes
from fleet.flows.count_ratings import count_rating_days
from fleet.flows.fold_waits import fold_all
from fleet.flows.made_day import made_days
from fleet.flows.replay import replay
from fleet.flows.sign_in import add_person
from fleet.flows.watch import office_now
from fleet.laptop.broker import free_port
from fleet.laptop.office import OFFICE
from fleet.laptop.opening import door_of_pages, open_pages
from fleet.laptop.run import Running, running
from fleet.laptop.ticket_picture import ticket_png
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.wiring import web
from tests.chromium import LAUNCH

PAGE = Path(__file__).parent / "screens.md"
PACE, SEED = 60.0, 1
MOMENT_WITHIN_S = 100.0
LOOK_S = 0.25
VISITS, DAYS = 140, 50
SEASON = f"made-{VISITS}"
SOMEBODY, PASSWORD = "nguoi-xem", "xem anh cua tai lieu"

LIVE = (
    Shot("supervisor.vi", "/", "The supervisor's page", "Trang của người phụ trách"),
    Shot("supervisor.en", "/", "The same in English", "Trang ấy bằng tiếng Anh", language="en"),
    Shot("supervisor-dark.vi", "/", "The same in the dark", "Trang ấy ở chế độ tối", dark=True),
    Shot("supervisor-phone.vi", "/", "The same on a telephone", "Trang ấy trên điện thoại", PHONE),
    Shot("counter.vi", "/counters/quay-1", "The clerk's page at a counter", "Trang của cán bộ tại quầy"),
    Shot("lobby.vi", f"/lobby/{OFFICE.id}", "The screen in the lobby", "Màn hình ở sảnh chờ", TELEVISION),
    Shot("lobby-upright.vi", f"/lobby/{OFFICE.id}", "The same, upright", "Màn hình đặt dọc", UPRIGHT),
    Shot("kiosk.vi", f"/kiosk/{OFFICE.id}", "The kiosk", "Kiosk lấy số", TELEVISION),
    Shot("devices.vi", "/devices", "The technician's page of devices", "Trang thiết bị của kỹ thuật viên"),
    Shot("devices-phone.vi", "/devices", "The same on a telephone", "Trang ấy trên điện thoại", PHONE),
    Shot("bench.vi", "/bench", "The bench, where every device can be pressed", "Bàn thử: bấm được mọi thiết bị"),
    Shot("bench.en", "/bench", "The bench in English", "Bàn thử bằng tiếng Anh", language="en"),
)
TICKET = Shot("resident-phone.vi", "", "The page behind a ticket's code", "Trang theo dõi phiếu của người dân", PHONE)
PAST = (
    Shot("history.vi", f"/offices/{SEASON}/history", "Looking back on weeks", "Nhìn lại nhiều tuần"),
    Shot("visits.vi", f"/offices/{SEASON}/visits?day={{day}}", "Visits of a day", "Các lượt của một ngày"),
    Shot(
        "what-if.vi", f"/offices/{SEASON}/what-if", "What if one more counter were open", "Nếu mở thêm một quầy thì sao"
    ),
    Shot("staffing.vi", f"/offices/{SEASON}/staffing", "How many counters, and when", "Cần bao nhiêu quầy, lúc nào"),
    Shot("settings.vi", f"/settings/offices/{SEASON}", "Settings of an office", "Thiết lập của một văn phòng"),
    Shot("queue-settings.vi", f"/settings/offices/{SEASON}/queue", "Rules of the queue", "Quy tắc xếp hàng"),
)


async def main(only: Sequence[str]) -> None:
    """Make every picture, or those of these names; and the page that shows them."""
    FOLDER.mkdir(exist_ok=True)
    live, past = ([shot for shot in some if not only or shot.name in only] for some in ((*LIVE, TICKET), PAST))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        try:
            if live:
                await at_work(browser, live)
            if past:
                await with_a_season(browser, past)
        finally:
            await browser.close()
    write_page((*LIVE, TICKET, *PAST))


async def at_work(browser: Browser, shots: Sequence[Shot]) -> None:
    """An office at a busy moment, and a ticket of it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), listen_port=free_port())
        say("starting an office")
        async with running(settings, pace=PACE, seed=SEED) as office:
            store = Store(settings.database_url)
            try:
                await look_at(office, store, browser, shots)
            finally:
                store.close()


async def look_at(office: Running, store: Store, browser: Browser, shots: Sequence[Shot]) -> None:
    """Wait for moments that show something, and take their pictures."""
    who = SignIn(office.address, office.name, office.password)
    clerk = SignIn(office.address, office.clerk, office.clerk_password)
    say("waiting for a busy morning")
    for shot in shots:
        await moment(store, is_busy)
        if shot is TICKET:
            slip = office.office.printer.slips[-1].slip
            keep("ticket", ticket_png(slip))
            place = slip.codes[0].decode().removeprefix(office.address)
            await take(browser, SignIn(office.address), replace(shot, place=place))
        else:
            await take(browser, clerk if shot.name == "counter.vi" else who, shot)


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


async def with_a_season(browser: Browser, shots: Sequence[Shot]) -> None:
    """An office with working days behind it."""
    last = date.today() - timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), listen_port=free_port())
        store = Store(settings.database_url, settings.keys_database_url)
        try:
            store.migrate()
            for recording in made_days(VISITS, SEED, DAYS, last.isoformat()):
                say(f"a season: {recording.day}")
                await asyncio.to_thread(replay, store, recording)
            for _ in fold_all(store, now_ms()):
                pass
            while count_rating_days(store, now_ms()):
                pass
            add_person(store, SOMEBODY, PASSWORD, Role.ADMINISTRATOR, now_ms())
            async with AsyncExitStack() as stack:
                changes = Changes()
                door = stack.enter_context(door_of_pages(settings.listen_host, settings.listen_port))
                await open_pages(stack, web(store, settings, changes), changes, door)
                address = f"http://{settings.listen_host}:{door.getsockname()[1]}"
                for shot in shots:
                    there = replace(shot, place=shot.place.format(day=recording.day))
                    await take(browser, SignIn(address, SOMEBODY, PASSWORD), there)
        finally:
            store.close()


def write_page(shots: Sequence[Shot]) -> None:
    """The page that shows all pictures."""
    lines = ["# What people see · Màn hình của từng người", ""]
    lines += ["Taken by `make screenshots` from a running office and one with a made season. [Tickets](gallery.md)", ""]
    for shot in shots:
        lines += [f"## {shot.shows} · {shot.shows_vi}", "", f"![{shot.shows}](pictures/{shot.name}.png)", ""]
    PAGE.write_text("\n".join(lines[:-1]) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))

"""A release that breaks some printers, and then a good one, on offices of real firmware in which residents press.

`python -m tests.bench update_rollout`: UPDATE_DEVICES boards (20; 200 are forty offices and take half an hour), a tenth
of whose printers have little paper. The first release takes those for dumb: they go back by themselves, and the
rollout stops by itself. The second one goes through. What residents at the printers waited is told for the time
before, while either rollout went on, between and after. PICTURE names a file for the page of the rollout that stopped.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import TypeVar

from playwright.async_api import async_playwright

from fleet.clock import now_ms
from fleet.domain.rights import Role
from fleet.domain.rollout_plan import FIRMWARE, RELEASE, Plan, When, errors_for, read_waves
from fleet.domain.rollout_targets import At
from fleet.domain.rollouts import State
from fleet.domain.rollouts_now import RolloutNow
from fleet.flows import rollouts, sign_in
from fleet.flows.rollouts import Actor
from fleet.flows.see_rollouts import Rollouts
from fleet.laptop.broker import free_port
from fleet.store.database import Store
from tests.bench.figures import figure, percentile, progress
from tests.bench.fleet_processes import FleetProcesses
from tests.bench.many_offices import Offices, Press, Residents, enrolled, many_offices, plans
from tests.chromium import LAUNCH
from tests.fleet.office import with_tables
from tests.made_releases import ONLY_FULL_ROLLS, Authors

DEVICES = int(os.environ.get("UPDATE_DEVICES", "20"))
QUIET_S = float(os.environ.get("UPDATE_QUIET_S", "120"))
# So long residents are watched before, between and after.
LOW_SHARE = 0.1
LAN = Actor("Lan", "person:1")
WITHIN_S = 3_600
LOOK_S = 1.0
AT_ONCE = int(os.environ.get("UPDATE_AT_ONCE", "40"))
# A board has a processor of its own; here they all share this machine's, so not too many may hash at once.
PLAN = Plan(read_waves("1, 10%, 50%, 100%"), When.ANY, errors=errors_for(RELEASE), watch_min=0, at_once=AT_ONCE)
PROCESSES = ("receive", "link", "send", "supply", "serve")
Result = TypeVar("Result")


def run() -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


async def measure(folder: Path) -> None:
    """The offices, the two releases, and what residents lived through."""
    store, authors, port = Store(with_tables(folder)), Authors(folder / "authors"), free_port()
    sign_in.add_person(store, "lan", "mot-hai-ba-bon", Role.ADMINISTRATOR, now_ms())
    offices = plans(DEVICES)
    passwords = enrolled(store, offices, now_ms())
    more = {"MOTCUA_RELEASE_KEY": str(authors.fleet_key), "MOTCUA_LISTEN_PORT": str(port)}
    fleet = FleetProcesses(folder, store, more)
    await fleet.start(PROCESSES)
    try:
        began_s = time.monotonic()
        low = max(1, round(LOW_SHARE * sum("printer" in one.roles for office in offices for one in office.devices)))
        async with many_offices(
            folder, fleet.broker.devices_port, offices, passwords, low, authors.root
        ) as all_of_them:
            figure("update_boards_ready_s", time.monotonic() - began_s, "s", len(all_of_them.devices))
            await Story(store, authors, fleet, all_of_them, port).live()
    finally:
        await fleet.stop()
        store.close()


class Story:
    """What happens, and the figures of it."""

    def __init__(self, store: Store, authors: Authors, fleet: FleetProcesses, offices: Offices, port: int) -> None:
        self.store, self.authors, self.fleet, self.offices, self.port = store, authors, fleet, offices, port
        self.eyes = Rollouts(store)
        self.residents = Residents(list(offices.printers.values()), seed=1)

    async def live(self) -> None:
        """Before; the bad release; between; the good one; after."""
        coming = asyncio.create_task(self.residents.run())
        try:
            await self.phase("before", asyncio.sleep(QUIET_S))
            await asyncio.to_thread(self.authors.release, ONLY_FULL_ROLLS)
            stopped = await self.phase("bad", self.rolled_out(1, State.STOPPED))
            self.tell_bad(stopped)
            await self.picture(stopped)
            with self.store.writing() as connection:
                rollouts.abort(connection, stopped.id, LAN, now_ms(), keep=True)
            await self.phase("between", asyncio.sleep(QUIET_S))
            await asyncio.to_thread(self.authors.release)
            done = await self.phase("good", self.rolled_out(2, State.DONE))
            figure("update_good_done", done.counts.get(At.DONE, 0), "devices", done.total)
            figure("update_good_failed", done.counts.get(At.FAILED, 0), "devices", done.total)
            await self.phase("after", asyncio.sleep(QUIET_S))
        finally:
            coming.cancel()

    async def phase(self, name: str, doing: Awaitable[Result]) -> Result:
        """Let this happen, and tell what residents waited meanwhile."""
        began_s = time.monotonic()
        result = await doing
        seconds = time.monotonic() - began_s
        figure("update_phase_s", seconds, "s", 1, phase=name)
        tell_presses(name, [one for one in self.residents.lived if one.at_s >= began_s])
        return result

    async def rolled_out(self, sequence: int, until: State) -> RolloutNow:
        """This release goes out until its rollout is so, and no device is on its way any more."""
        await asyncio.to_thread(self.authors.published, self.fleet.settings.data, f"phiên bản {sequence}")
        with self.store.writing() as connection:
            row = rollouts.start(connection, RELEASE, FIRMWARE, sequence, PLAN, LAN, now_ms())
            if row.state == State.AWAITING:
                rollouts.approve(connection, row.id, Actor("Minh", "person:2"), now_ms())
        end_s = time.monotonic() + WITHIN_S
        while True:
            now = self.eyes.one(row.id, LAN, now_ms())
            assert now is not None
            counts = {at.value: n for at, n in now.counts.items()}
            progress(f"release {sequence}: {now.state} {counts}")
            if now.state in (until, State.STOPPED, State.DONE) and not now.counts.get(At.GIVEN):
                if now.state is until:
                    return now
                raise AssertionError(f"expected the rollout {until.value}, found {now.state} {counts} {now.why}")
            if time.monotonic() > end_s:
                raise AssertionError(f"expected the rollout {until.value} in {WITHIN_S} s, found {now.state} {counts}")
            await asyncio.sleep(LOOK_S)

    def tell_bad(self, now: RolloutNow) -> None:
        """How far the bad one came, and who went back."""
        had = [one for one in now.devices if one.at is not At.PENDING]
        broken = [one for one in had if one.device in self.offices.low]
        failed = [one for one in had if one.at is At.FAILED]
        figure("update_bad_reached", len(had), "devices", now.total)
        figure("update_bad_broken", len(broken), "devices", len(had))
        figure("update_bad_returned", sum(one.failure == "reverted" for one in failed), "devices", len(broken))
        figure("update_bad_others_failed", len([one for one in failed if one not in broken]), "devices", len(had))

    async def picture(self, now: RolloutNow) -> None:
        """The page of the rollout that stopped."""
        path = os.environ.get("PICTURE")
        if not path:
            return
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**LAUNCH)
            page = await (await browser.new_context(locale="vi-VN")).new_page()
            address = f"http://127.0.0.1:{self.port}"
            await page.goto(address + "/login")
            await page.fill("input[name=name]", "lan")
            await page.fill("input[name=password]", "mot-hai-ba-bon")
            await page.press("input[name=password]", "Enter")
            await page.wait_for_url(address + "/")
            await page.goto(f"{address}/rollouts/{now.id}")
            await page.screenshot(path=path, full_page=True)
            await browser.close()


def tell_presses(phase: str, lived: Sequence[Press]) -> None:
    """From the press to the paper: everybody's, and how many pressed again or went away without."""
    took_ms = [one.took_s * 1000 for one in lived if one.took_s is not None]
    if not took_ms:
        return
    n = len(lived)
    figure("update_press_to_paper_p50_ms", percentile(took_ms, 0.5), "ms", n, phase=phase)
    figure("update_press_to_paper_p99_ms", percentile(took_ms, 0.99), "ms", n, phase=phase)
    figure("update_press_to_paper_most_ms", max(took_ms), "ms", n, phase=phase)
    figure("update_pressed_again", sum(one.presses > 1 for one in lived), "residents", n, phase=phase)
    figure("update_without_paper", sum(one.took_s is None for one in lived), "residents", n, phase=phase)

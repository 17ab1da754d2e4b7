"""Releases on real boards: a good one, one whose author saw only full rolls of paper, and the one that mends it.

They are made, signed, checked and published by the commands that their authors use. Residents press for tickets all the
while.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain import assignments
from fleet.domain.rollout_plan import FIRMWARE, RELEASE, Plan, When, read_waves
from fleet.domain.rollout_targets import At
from fleet.domain.rollouts import State
from fleet.domain.rollouts_now import RolloutNow
from fleet.domain.signed_documents import canonical
from fleet.flows import assign_release, rollouts
from fleet.flows.rollouts import Actor
from fleet.flows.see_rollouts import Rollouts
from fleet.laptop.boards import BoardError
from fleet.laptop.office import OFFICE, Device, Office, counter
from fleet.laptop.printer import SimulatedPrinter
from fleet.laptop.printer_status import LOW
from fleet.laptop.run import Running, running
from fleet.release_folder import ROOT
from fleet.store import devices
from fleet.store.database import Store
from tests.compiled import compiled_beside
from tests.journeys.house import a_browser, roles_taken, settings_in, stored_events, until
from tests.made_releases import ONLY_FULL_ROLLS, SOON_SURE, Authors

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

LAN = Actor("Lan", "person:1")
PLAN = Plan(read_waves("1, 100%"), When.ANY, errors=0.01, watch_min=0)
FULL, NEARLY_OUT = "may-in-1", "may-in-2"
PATIENCE_S = 200.0
COMES_EVERY_S, PRESS_AGAIN_S = 3.0, 5.0


class SmallOffice(Office):
    """An office with two printers, of which one has little paper."""

    @property
    def devices(self) -> tuple[Device, ...]:
        """The second printer, too."""
        return (*super().devices, Device(NEARLY_OUT, "Máy lấy số thứ hai", ("printer",)))


PLACE = SmallOffice(
    OFFICE.id, OFFICE.name, OFFICE.name_en, OFFICE.hotline, OFFICE.services[:1],
    (counter(1, "ho-tich"),), Device(FULL, "Máy lấy số sảnh", ("printer",)), OFFICE.screen,
)  # fmt: skip


@dataclass
class Resident:
    """Somebody at a printer who takes one number after the other; `papers`: how many."""

    printer: SimulatedPrinter
    papers: int = 0
    trouble: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Press, wait for the paper, and press again as people do where none comes."""
        while True:
            seen = self.printer.count
            while self.printer.count == seen:
                with suppress(TimeoutError, BoardError):
                    async with asyncio.timeout(PRESS_AGAIN_S):
                        await self.printer.board.press("service_1")
                        await self.printer.next_slip(seen)
            self.papers += self.printer.count - seen
            await asyncio.sleep(COMES_EVERY_S)


@dataclass
class Story:
    """The office, its authors of firmware, and what the fleet makes of their releases."""

    office: Running
    store: Store
    authors: Authors
    folder: Path

    def __post_init__(self) -> None:
        self.eyes = Rollouts(self.store)

    async def rolled_out(self, sequence: int, note: str) -> RolloutNow:
        """The last release that was made, published and rolled out until that ends, one way or the other."""
        await asyncio.to_thread(self.authors.published, self.folder, note)
        with self.store.writing() as connection:
            row = rollouts.start(connection, RELEASE, FIRMWARE, sequence, PLAN, LAN, now_ms())
        ends = (State.STOPPED, State.DONE)
        await until(f"that release {sequence} stops or is done", lambda: self.seen(row.id).state in ends, PATIENCE_S)
        return self.seen(row.id)

    def seen(self, rollout: str) -> RolloutNow:
        """A rollout by now."""
        found = self.eyes.one(rollout, LAN, now_ms())
        assert found is not None
        return found

    def runs(self, device: str) -> dict[str, object]:
        """What a device says that it runs."""
        with self.store.reading() as connection:
            row = devices.device(connection, device)
        assert row is not None
        return dict(json.loads(row.application or "{}"))

    async def has_told(self, device: str, result: str) -> None:
        """Wait for the event that says so."""

        def told() -> bool:
            return any(one[0] == device and json.loads(one[4])["result"] == result
                       for one in stored_events(self.folder, "update"))  # fmt: skip

        await until(f"that {device} tells of {result}", told, PATIENCE_S)


@asynccontextmanager
async def a_story(folder: Path) -> AsyncIterator[Story]:
    """The small office; each board trusts the authors, as if a technician had had it at his cable."""
    authors = Authors(folder / "authors")
    await asyncio.to_thread(authors.release)
    keys = {"release_key": authors.fleet_key, "release_root": authors.folder.file(ROOT, 1)}
    settings = settings_in(folder).model_copy(update=keys)
    compiled_beside(folder / "boards")
    async with running(settings, people=False, office=PLACE) as office:
        boards = office.boards.boards.values()
        await roles_taken(one for one in boards if one.roles != ("display",))
        store = Store(settings.database_url)
        story = Story(office, store, authors, folder)
        await until("that all trust", lambda: all(story.runs(one.device).get("root") == 1 for one in boards))
        yield story
        store.close()


def hurried(text: str) -> str:
    """An assignment that lets a device begin anew after a second without anybody, for here somebody comes each second.

    The time is the fleet's to say; it says none, and a device waits a minute.
    """
    return canonical({**json.loads(text), "quiet_s": 0}).decode()


def test_one_that_breaks_printers_stops_by_itself_and_nobody_waits_for_a_ticket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = assignments.assignment_text
    monkeypatch.setattr(assign_release, "assignment_text", lambda *said: hurried(usual(*said)))

    async def journey() -> None:
        async with a_story(tmp_path) as story:
            second = SimulatedPrinter(story.office.boards.boards[NEARLY_OUT])
            residents = [Resident(story.office.office.printer), Resident(second)]
            lives = [asyncio.create_task(one) for one in (second.run(), *(one.run() for one in residents))]
            await second.set_paper(LOW)
            first = await story.rolled_out(1, "phiên bản đầu")
            assert first.state is State.DONE and first.counts == {At.DONE: len(PLACE.devices)}, first

            await asyncio.to_thread(story.authors.release, ONLY_FULL_ROLLS, SOON_SURE)
            bad = await story.rolled_out(2, "máy in trả lời nhanh hơn")
            assert bad.state is State.STOPPED, bad
            (failed,) = bad.failed
            assert failed.device == NEARLY_OUT and failed.failure == "reverted" and "printer" in failed.detail, failed
            await story.has_told(NEARLY_OUT, "returned")
            back = story.runs(NEARLY_OUT)
            assert back["sequence"] == 1 and "trial" not in back and story.runs(FULL)["sequence"] == 2
            before = [one.papers for one in residents]
            await until("that both printers print", lambda: all(
                one.papers > n for one, n in zip(residents, before, strict=True)))  # fmt: skip
            async with a_browser(story.office) as page:
                await page.goto(f"{story.office.address}/rollouts/{bad.id}")
                await page.screenshot(path=tmp_path / "stopped.png", full_page=True)
                text = await page.inner_text("main")
                assert NEARLY_OUT in text and "Đã tự dừng" in text, text

            with story.store.writing() as connection:
                rollouts.abort(connection, bad.id, LAN, now_ms())
            await asyncio.to_thread(story.authors.release)
            mended = await story.rolled_out(3, "máy in hết giấy cũng trả lời")
            assert mended.state is State.DONE and mended.counts == {At.DONE: len(PLACE.devices)}, mended
            for one in lives:
                one.cancel()
            await asyncio.gather(*lives, return_exceptions=True)
            numbers = [json.loads(body)["number"] for *_, body in stored_events(tmp_path, "ticket")]
            assert len(numbers) == len(set(numbers)) >= sum(one.papers for one in residents)
            assert {device for device, *_ in stored_events(tmp_path, "print_failed")} <= {NEARLY_OUT}

    asyncio.run(journey())

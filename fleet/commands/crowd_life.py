"""A crowd comes, is used and goes home; boards that run the shipping firmware beside it, if any are wanted."""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.commands.crowd_screen import CrowdScreen
from fleet.commands.shared import err
from fleet.crowd.gathering import CrowdFailed, Gathering
from fleet.crowd.seen import Seen
from fleet.crowd.wish import BadWish, Wish
from fleet.domain.crowd import Verdict
from fleet.flows.crowd_boards import arrived, judge_boards, presses_stored
from fleet.store.database import Store

if TYPE_CHECKING:
    from fleet.laptop.pressed_boards import PressedBoards

LOOK_S = 1.0


class CrowdLife:
    """One run. `boards` are passwords by their ids; `settle_s`: how long is waited for what is on its way."""

    def __init__(self, store: Store, wish: Wish, settle_s: float, boards: Mapping[str, str], began_ms: int) -> None:
        if boards and wish.tls:
            raise BadWish("real: expected none where devices speak TLS, found some")
        self.store, self.wish, self.settle_s, self.began_ms = store, wish, settle_s, began_ms
        self.passwords = boards
        self.bench: PressedBoards | None = None

    async def live(self, processes: int) -> Seen:
        """From the first connection to the last receipt. Raises CrowdFailed."""
        crowd = Gathering(self.wish.shared(processes))
        with tempfile.TemporaryDirectory(prefix="crowd-") as folder, self.screen() as screen:
            try:
                await self.plug_in(Path(folder))
                await crowd.start()
                await crowd.last(self.wish.seconds, screen.show)
                if self.bench is not None:
                    await self.bench.go_home()
                await crowd.drain(self.settle_s, screen.show)
                await self.wait_for_boards()
            finally:
                await crowd.stop()
                if self.bench is not None:
                    await self.bench.stop()
        return crowd.all

    def screen(self) -> CrowdScreen:
        """Where it is shown."""
        return CrowdScreen(err, self.wish.begins_min, self.wish.times)

    async def plug_in(self, folder: Path) -> None:
        """The boards get power, one after the other. Raises CrowdFailed."""
        if not self.passwords:
            return
        from fleet.laptop.boards import BoardError  # needs what only a laptop has
        from fleet.laptop.pressed_boards import PressedBoards

        try:
            self.bench = PressedBoards(folder, self.wish.brokers[0], self.wish.protocol, self.wish.seed)
            await self.bench.start(self.passwords)
        except BoardError as problem:
            raise CrowdFailed(str(problem)) from None

    async def wait_for_boards(self) -> None:
        """Until the fleet has all that their lamps said was kept."""
        end_s = time.monotonic() + self.settle_s
        while self.bench is not None and time.monotonic() < end_s:
            stored = await asyncio.to_thread(presses_stored, self.store, self.passwords, self.began_ms)
            if arrived(stored, self.bench.lit):
                return
            await asyncio.sleep(LOOK_S)

    def judge(self, verdict: Verdict) -> None:
        """What people saw at the boards is judged, too."""
        if self.bench is not None:
            stored = presses_stored(self.store, self.passwords, self.began_ms)
            judge_boards(stored, self.bench.pressed, self.bench.lit, verdict)

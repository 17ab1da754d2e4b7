"""A process of a crowd: `python -m fleet.crowd`, told on its input what it is, saying each second what it saw.

A second line on its input, or its end, means that people go home: what is still on its way arrives, and then it ends.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from fleet.crowd.device import Device
from fleet.crowd.ground import Ground
from fleet.crowd.people import OfficeTime, People
from fleet.crowd.wish import Wish, wish_of
from fleet.domain.crowd import AT_EACH, stands
from fleet.flows.crowd_said import SaidWriter

SLICES, SLICE_S = 20, 0.05
# Each device is looked at once a second, all of them little by little.


class CrowdProcess:
    """Its devices and their people."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.truth = SaidWriter(Path(wish.truth))
        self.ground = Ground(wish, self.truth)
        now_s = time.monotonic()
        self.devices = [
            Device(self.ground, one, now_s + n / wish.a_second) for n, one in enumerate(stands(wish.first, wish.to))
        ]
        self.pace = OfficeTime(wish.begins_min, wish.times, now_s)
        self.people: list[asyncio.Task[None]] = []

    async def live(self) -> None:
        """From the first connection until all that was said is stored, or nobody waits for it any longer."""
        going_home = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
        looking, telling = asyncio.create_task(self.look()), asyncio.create_task(self.tell())
        for first in range(0, len(self.devices), AT_EACH):
            its = self.devices[first : first + AT_EACH]
            office = People(its, self.pace, self.wish.visits, self.ground.chance)
            self.people += office.live()
        cutting = asyncio.create_task(self.cut())
        await asyncio.wait([going_home, looking, telling, *self.people], return_when=asyncio.FIRST_COMPLETED)
        failed = [one for one in (looking, telling, *self.people) if one.done()]
        for task in (cutting, *self.people):
            task.cancel()
        for task in failed:
            task.result()
        await asyncio.to_thread(sys.stdin.readline)
        looking.cancel()
        telling.cancel()
        self.say()
        self.truth.close()

    async def look(self) -> None:
        """At each device about each second."""
        while True:
            for part in range(SLICES):
                await asyncio.sleep(SLICE_S)
                now_s = time.monotonic()
                for device in self.devices[part::SLICES]:
                    device.look(now_s)

    async def tell(self) -> None:
        """What was seen."""
        while True:
            self.say()
            await asyncio.sleep(1)

    async def cut(self) -> None:
        """All connections are lost, so often."""
        while self.wish.cut_every_s is not None:
            await asyncio.sleep(self.wish.cut_every_s)
            for device in self.devices:
                device.cut()

    def say(self) -> None:
        """One line; what devices said is in the file by then."""
        self.truth.save()
        print(json.dumps(self.ground.saw().as_line()), flush=True)


if __name__ == "__main__":
    asyncio.run(CrowdProcess(wish_of(sys.stdin.readline())).live())

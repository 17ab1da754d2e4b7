"""What befalls the fleet of the soak: all from one seed, some of it at once."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.bench.real_layer import replug
from tests.bench.real_people import Witness
from tests.bench.soak.house import SoakHouse
from tests.bench.soak.journal_device import JournalDevice

STOPPED_S = (1.0, 8.0)
DARK_S = (0.5, 6.0)
FROZEN_S = (1.0, 6.0)
STORY_AT_MOST = 400
# The last of it is told when something went wrong.

FAULTS = (
    ("process_killed", 10),
    ("process_stopped", 4),
    ("all_killed", 1),
    ("broker_killed", 3),
    ("broker_stopped", 2),
    ("database_restarted", 2),
    ("connections_cut", 4),
    ("all_cut", 1),
    ("power_cut", 4),
    ("way_cut", 1),
    ("way_frozen", 1),
    ("board_unplugged", 1),
)


@dataclass
class Misfortune:
    """`spared`: the processes that nobody kills or stops just now, so that it is seen what they hold in time."""

    house: SoakHouse
    devices: Sequence[JournalDevice]
    witnesses: Sequence[Witness]
    dice: random.Random
    every_s: float
    happened: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)
    spared: frozenset[str] = frozenset()
    began_s: float = field(default_factory=time.monotonic)
    going: set[asyncio.Task[None]] = field(default_factory=set)

    async def reign(self, until_s: float) -> None:
        """One fault after another until then; then what was stopped wakes up."""
        while time.monotonic() < until_s:
            left_s, wait_s = until_s - time.monotonic(), self.dice.expovariate(1 / self.every_s)
            await asyncio.sleep(max(0.0, min(left_s, wait_s)))
            if wait_s >= left_s:
                break
            names = [name for name, _ in self.possible()]
            name = self.dice.choices(names, [weight for _, weight in self.possible()])[0]
            for task in [one for one in self.going if one.done()]:
                self.going.discard(task)
                task.result()
            self.going.add(asyncio.create_task(self.happen(name, random.Random(self.dice.random()))))
        await asyncio.gather(*self.going)
        for name in (*self.house.names, "broker"):
            self.house.signal(name, signal.SIGCONT)

    def possible(self) -> list[tuple[str, int]]:
        """What can happen here now."""
        never = set() if self.house.server else {"database_restarted"}
        never |= set() if self.witnesses else {"way_cut", "way_frozen", "board_unplugged"}
        never |= {"all_killed"} if self.spared else set()
        return [(name, weight) for name, weight in FAULTS if name not in never]

    async def happen(self, name: str, dice: random.Random) -> None:
        """One fault, until it is over."""
        part, _, what = name.rpartition("_")
        if part in ("process", "all", "broker") and what in ("killed", "stopped"):
            await self.to_processes(name, dice)
        elif name == "database_restarted":
            self.tell(name)
            await self.house.restart_database(dice.uniform(*DARK_S))
        elif part == "way":
            await self.to_the_way(name, dice)
        elif name == "board_unplugged":
            one = dice.choice(self.witnesses)
            self.tell(name, one.board.device)
            with suppress(OSError):
                await replug(one, dice.uniform(*DARK_S))
        else:
            self.to_devices(name, dice)

    async def to_processes(self, name: str, dice: random.Random) -> None:
        """Killed, or stopped for a while."""
        kinds = {"broker": ["broker"], "all": [*self.house.names, "broker"]}
        left = [one for one in self.house.names if one not in self.spared]
        struck = kinds.get(name.partition("_")[0]) or ([dice.choice(left)] if left else [])
        self.tell(name, *struck)
        kills = name.endswith("killed")
        for one in struck:
            self.house.signal(one, signal.SIGKILL if kills else signal.SIGSTOP)
        if not kills:
            await asyncio.sleep(dice.uniform(*STOPPED_S))
            for one in struck:
                self.house.signal(one, signal.SIGCONT)

    async def to_the_way(self, name: str, dice: random.Random) -> None:
        """The boards' way to the broker is cut, or bytes stand still on it."""
        self.tell(name)
        way = self.house.way
        if name == "way_cut":
            way.cut()
            return
        way.opens.clear()
        await asyncio.sleep(dice.uniform(*FROZEN_S))
        way.opens.set()

    def to_devices(self, name: str, dice: random.Random) -> None:
        """Connections are lost, or power."""
        most = len(self.devices) if name == "all_cut" else dice.randint(1, max(1, len(self.devices) // 8))
        struck = dice.sample(list(self.devices), most)
        self.tell(name, str(len(struck)))
        for one in struck:
            one.power_cut() if name == "power_cut" else one.cut()

    def tell(self, name: str, *more: str) -> None:
        """It becomes part of the story."""
        self.happened[name] += 1
        self.story.append(f"{time.monotonic() - self.began_s:7.1f} s  {name} {' '.join(more)}")
        del self.story[:-STORY_AT_MOST]

"""The real layer: Mosquitto, the fleet's processes and boards on the VM are killed, stopped and cut off.

What people saw is counted in the fleet's database in the end. Here time is real and nothing repeats exactly: the seed
gives the same faults in the same order.
"""

import asyncio
import json
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from fleet.laptop.boards import Board
from tests.bench.figures import progress
from tests.bench.real_house import PROCESSES, House, a_house
from tests.bench.real_people import Witness
from tests.bench.virtual_layer import Outcome
from tests.journeys.house import stored_events

PREFIXES = {"ho-tich": "A", "dat-dai": "B"}
BETWEEN_S = (0.2, 3.0)
SHORT_S, LONG_S = (0.1, 2.0), (3.0, 18.0)
# A stop of more than 15 s is noticed by the device, a shorter one is not.
TOGETHER = 0.3
HEALED_WITHIN_S = 240.0
LOOK_S = 0.5
FAULTS = (
    ("board_killed", 4),
    ("broker_killed", 3),
    ("broker_stopped", 2),
    ("receive_killed", 2),
    ("send_killed", 1),
    ("link_killed", 1),
    ("way_frozen", 2),
    ("way_cut", 2),
    ("way_closed", 1),
)


Stored = tuple[str, int, int, int, str]
# (device, epoch, boot, seq, body) of an event.


def run(seed: int, faults: int) -> Outcome:
    """So many faults in one house; what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(live(Path(folder), random.Random(seed), faults))


async def live(folder: Path, rng: random.Random, faults: int) -> Outcome:
    """People are at the boards while one thing after another fails; then all is well, and everything must arrive."""
    async with a_house(folder) as house:
        witnesses = {name: Witness(board) for name, board in house.boards.boards.items()}
        watching = [asyncio.create_task(one.watch()) for one in witnesses.values()]
        acting = [asyncio.create_task(one.act(rng)) for one in witnesses.values()]
        mute = await all_serve(witnesses)
        outcome = await trouble(house, witnesses, rng, faults)
        mute += await all_serve(witnesses)
        for task in acting:
            task.cancel()
        await asyncio.gather(*acting, return_exceptions=True)
        progress("faults: all is well now; waiting for what is still on its way")
        end = time.monotonic() + HEALED_WITHIN_S
        while (bad := judge(partial(stored_events, folder), witnesses)).get("lost") and time.monotonic() < end:
            await asyncio.sleep(LOOK_S)
        for task in watching:
            task.cancel()
    if mute:
        bad["strange"] = mute
    outcome.stories = 1
    outcome.seen = sum(one.seen for one in witnesses.values())
    outcome.counts.update({name: len(told) for name, told in bad.items()})
    outcome.wrong = [({"seed": 0, "steps": []}, bad)] if bad else []
    return outcome


async def all_serve(witnesses: dict[str, Witness]) -> list[str]:
    """Wait until each board serves (again); a sentence for each that does not."""
    before = {name: one.seen for name, one in witnesses.items()}
    end = time.monotonic() + HEALED_WITHIN_S
    while time.monotonic() < end:
        mute = [name for name, one in witnesses.items() if one.seen == before[name]]
        if not mute:
            return []
        await asyncio.sleep(LOOK_S)
    return [f"{name} does nothing for people any more" for name in mute]


async def trouble(house: House, witnesses: dict[str, Witness], rng: random.Random, faults: int) -> Outcome:
    """The faults, one after another, some of them together."""
    outcome = Outcome()
    going: set[asyncio.Task[None]] = set()
    names = [name for name, _ in FAULTS]
    for number in range(faults):
        name = rng.choices(names, [weight for _, weight in FAULTS])[0]
        outcome.faults[name] += 1
        progress(f"faults: {number + 1} of {faults} with real processes: {name}")
        going.add(asyncio.create_task(happen(house, witnesses, name, rng)))
        await asyncio.sleep(rng.uniform(*BETWEEN_S))
        if rng.random() > TOGETHER:
            done, going = await asyncio.wait(going)
            for task in done:
                task.result()
            going = set()
    await asyncio.gather(*going)
    house.way.opens.set()
    house.way.refuses = False
    house.signal_broker(signal.SIGCONT)
    return outcome


async def happen(house: House, witnesses: dict[str, Witness], name: str, rng: random.Random) -> None:
    """One fault, until it is over."""
    short_s, long_s = rng.uniform(*SHORT_S), rng.uniform(*LONG_S)
    part, _, what = name.rpartition("_")
    if part == "board":
        await replug(witnesses[rng.choice(list(witnesses))], short_s)
    elif name == "broker_killed":
        house.signal_broker(signal.SIGKILL)
        await asyncio.sleep(short_s)
    elif name == "broker_stopped":
        house.signal_broker(signal.SIGSTOP)
        await asyncio.sleep(long_s)
        house.signal_broker(signal.SIGCONT)
    elif part in PROCESSES:
        await house.kill_process(part)
        await asyncio.sleep(short_s)
        if part not in house.processes:
            await house.start_process(part)
    elif what == "frozen":
        house.way.opens.clear()
        await asyncio.sleep(long_s)
        house.way.opens.set()
    else:
        house.way.refuses = what == "closed"
        house.way.cut()
        await asyncio.sleep(long_s if what == "closed" else 0)
        house.way.refuses = False


async def replug(witness: Witness, dark_s: float) -> None:
    """Pull a board's plug, and put it in again."""
    board: Board = witness.board
    if board.pid is None:
        return  # it is dark already
    await board.unplug()
    witness.power_went()
    await asyncio.sleep(dark_s)
    with suppress(RuntimeError):
        await board.plug_in_again()


def judge(stored_of: Callable[[str], list[Stored]], witnesses: dict[str, Witness]) -> dict[str, Any]:
    """What people saw against what the database has of each kind."""
    bad: dict[str, list[str]] = {"lost": [], "doubled": [], "reordered": [], "strange": []}
    all_stored = {kind: stored_of(kind) for kind in ("scan", "ticket", "rating")}

    def mine(kind: str, device: str) -> list[Stored]:
        return [event for event in all_stored[kind] if event[0] == device]

    for device, witness in witnesses.items():
        scans = [(event[1:4], json.loads(event[4])["code"]) for event in mine("scan", device)]
        check_each("scan", witness.scans, scans, bad)
        tickets = [(event[1:4], label(json.loads(event[4]))) for event in mine("ticket", device)]
        check_each("ticket", witness.labels, tickets, bad)
        bad["doubled"] += [f"{one} was printed {n} times" for one, n in Counter(witness.labels).items() if n > 1]
        stored = Counter(json.loads(event[4])["score"] for event in mine("rating", device))
        for score in range(1, 6):
            if stored[score] < witness.lit[score]:
                bad["lost"].append(f"rating {score} was seen {witness.lit[score]} times, stored {stored[score]} times")
            if stored[score] > witness.pressed[score]:
                bad["doubled"].append(f"rating {score}: {witness.pressed[score]} presses, {stored[score]} stored")
    return {name: told for name, told in bad.items() if told}


def check_each(kind: str, seen: list[str], stored: list[tuple[Any, str]], bad: dict[str, list[str]]) -> None:
    """What can be told apart: each is there, once, and in order."""
    keys: dict[str, list[Any]] = {}
    for key, what in stored:
        keys.setdefault(what, []).append(key)
    bad["lost"] += [f"{kind} {what} was seen and is not stored" for what in seen if what not in keys]
    bad["doubled"] += [f"{kind} {what} is {found}" for what, found in keys.items() if len(found) > 1]
    order = [keys[what][0] for what in seen if what in keys]
    if order != sorted(order):
        bad["reordered"].append(f"the {kind}s of {seen} are {order}")


def label(ticket: dict[str, Any]) -> str:
    """The number as it stands on the paper."""
    return f"{PREFIXES[ticket['service']]}{ticket['number']:03d}"

"""The run: everybody works while everything fails, then all is well, drains, and is judged."""

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from fleet.clock import now_ms
from fleet.domain.api_rights import Scope
from fleet.domain.linking import RULES
from fleet.flows import tokens
from fleet.flows.link import TAKEN_FOR_MS, link_marked
from fleet.flows.set_up_office import set_up_office
from fleet.laptop.boards import Boards
from fleet.store import windows
from fleet.store.rows import every
from tests.bench.real_layer import all_serve
from tests.bench.real_layer import judge as judge_boards
from tests.bench.real_people import Witness
from tests.bench.soak import held
from tests.bench.soak.api_clerk import ApiClerk, bearer
from tests.bench.soak.house import a_soak_house
from tests.bench.soak.misfortune import Misfortune
from tests.bench.soak.office import AT_EACH, BY_API, Office, plan
from tests.bench.soak.truth import VISITS, Truth, Wrong, judge, judge_sums
from tests.bench.soak.wish import Wish
from tests.fleet.office import OFFICE, PLAN
from tests.journeys.house import events_in

BOARDS = {one.id: one.roles for one in PLAN.devices}
SPARED_FROM = 0.6
SPARED = frozenset({"receive-1", "link-1", "send", "supply", "serve"})
# One of each kind lives undisturbed for the last part of a run, so that it is seen what it holds.
READY_WITHIN_S, DRAINED_WITHIN_S = 900.0, 900.0
LOOK_S, TELL_S = 0.2, 10.0
PAGE = 200


@dataclass
class Soak:
    """One run. What came of it is in `wrong`; the figures are read off the rest."""

    folder: Path
    wish: Wish
    wrong: Wrong = field(default_factory=Wrong)
    offices: list[Office] = field(default_factory=list)
    clerks: list[ApiClerk] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    drained_s: float = 0.0

    async def live(self) -> "Soak":
        """From the first start to the last word."""
        async with a_soak_house(self.folder, self.wish.database, self.wish.processes) as self.house:
            passwords, secrets = self.set_up()
            if self.wish.spoilt:
                self.house.fleet.programs["receive"] = "tests.bench.soak.spoilt"
            await self.house.start()
            watching = asyncio.create_task(held.watch(self.house))
            boards = Boards(self.folder / "boards", "127.0.0.1", self.house.way.port)
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.house.port}") as client:
                try:
                    await self.open(passwords, secrets, client, boards)
                    await self.work()
                    await self.drain()
                    watching.cancel()
                    await self.judge(client, secrets)
                finally:
                    for task in self.tasks:
                        task.cancel()
                    await boards.stop()
        return self

    def set_up(self) -> tuple[dict[str, str], dict[str, str]]:
        """All offices; the passwords of devices, and a token for each office."""
        at_ms, passwords, secrets = now_ms() - 3_600_000, {}, {}
        for number in range(self.wish.devices // AT_EACH):
            name = f"xa-{number:02d}"
            passwords |= set_up_office(self.house.store, plan(name), at_ms)
            scopes = frozenset({Scope.READ, Scope.CALL})
            secrets[name] = tokens.issue(self.house.store, name, scopes, None, 2, now_ms()).secret
        if self.wish.boards:
            passwords |= set_up_office(self.house.store, PLAN, at_ms)
        return passwords, secrets

    async def open(
        self, passwords: dict[str, str], secrets: dict[str, str], client: httpx2.AsyncClient, boards: Boards
    ) -> None:
        """Devices are switched on, boards plugged in; people come when all are welcomed."""
        port = self.house.fleet.broker.devices_port
        self.offices = [Office(name, passwords, port, self.wish.seed, self.wish.pace_s) for name in secrets]
        self.tasks = [task for office in self.offices for task in office.lives()]
        await boards.start()
        for device, roles in (BOARDS if self.wish.boards else {}).items():
            board = await boards.plug_in(device, passwords[device], roles)
            self.witnesses[device] = Witness(board)
        await until(
            "all devices are welcomed", lambda: all(one.epoch is not None for one in self.devices), READY_WITHIN_S
        )
        keyed = [one.board for one in self.witnesses.values()]
        await until("all boards read their keys", lambda: all(one.keys for one in keyed), READY_WITHIN_S)
        if "serve" in self.wish.processes:
            self.clerks = [self.clerk(office, client, secrets) for office in self.offices]

    @property
    def devices(self) -> list[Any]:
        """All that are no boards."""
        return [one for office in self.offices for one in office.devices.values()]

    @property
    def said(self) -> int:
        """How many events they have said."""
        return sum(len(one.said) for one in self.devices)

    def clerk(self, office: Office, client: httpx2.AsyncClient, secrets: dict[str, str]) -> ApiClerk:
        """Who calls by the API at the last counter of this office, and sends on to the first."""
        press = office.buttons[BY_API - 1].press
        counters = f"{office.name}-q{BY_API}", f"{office.name}-q1"
        return ApiClerk(office.name, *counters, client, secrets[office.name], random.Random(office.name), press)

    async def work(self) -> None:
        """People work while everything fails; then those who call by the API come to an end."""
        people = [task for office in self.offices for task in office.people()]
        calling = [asyncio.create_task(clerk.work()) for clerk in self.clerks]
        boards = [asyncio.create_task(one.watch()) for one in self.witnesses.values()]
        acting = [asyncio.create_task(one.act(random.Random(device))) for device, one in self.witnesses.items()]
        self.tasks += [*people, *calling, *boards, *acting]
        dice = random.Random(self.wish.seed)
        self.evil = Misfortune(self.house, self.devices, list(self.witnesses.values()), dice, self.wish.every_s)
        telling = asyncio.create_task(self.tell())
        self.tasks.append(telling)
        began_s = time.monotonic()
        if self.wish.seconds >= held.LONG_S / 5:
            await self.evil.reign(began_s + SPARED_FROM * self.wish.seconds)
            self.evil.spared = SPARED
        await self.evil.reign(began_s + self.wish.seconds)
        await until(f"{self.wish.enough} events were said", lambda: self.said >= self.wish.enough, READY_WITHIN_S)
        if self.wish.spoilt:
            await until("enough was spoilt", (self.folder / "spoilt").exists, READY_WITHIN_S)
        self.wrong.strange += [
            f"a task of the soak failed: {task.exception()!r}"
            for task in self.tasks
            if task.done() and not task.cancelled() and task.exception()
        ]
        self.wrong.strange += await all_serve(self.witnesses) if self.witnesses else []
        for task in (*people, *acting, telling):
            task.cancel()
        for clerk in self.clerks:
            clerk.leaving = True
        await asyncio.wait_for(asyncio.gather(*calling, return_exceptions=True), DRAINED_WITHIN_S)

    async def tell(self) -> None:
        """Where we are, on standard error."""
        began_s = time.monotonic()
        while True:
            await asyncio.sleep(TELL_S)
            gone_s, waiting = time.monotonic() - began_s, sum(one.waiting for one in self.devices)
            faults = self.evil.happened.total()
            say(f"soak: {gone_s:.0f} of {self.wish.seconds:.0f} s, {self.said} events, {waiting} wait, {faults} faults")

    async def drain(self) -> None:
        """All is well now: everything arrives, and is linked."""
        began_s = time.monotonic()
        say("soak: all is well now; waiting for what is still on its way")
        try:
            await until("all devices have got their receipts", self.is_drained, DRAINED_WITHIN_S)
            await until("all is linked", self.is_linked, DRAINED_WITHIN_S)
        except AssertionError as problem:
            self.wrong.lost.append(str(problem))
        self.drained_s = time.monotonic() - began_s

    async def is_drained(self) -> bool:
        """Whether nobody holds an event that the fleet has not; the boards' way goes through this very loop."""
        return not any(one.waiting for one in self.devices) and not await asyncio.to_thread(self.unseen)

    def unseen(self) -> list[str]:
        """What people saw at the boards and the fleet does not have."""
        return self.of_boards().get("lost", [])

    def of_boards(self) -> dict[str, list[str]]:
        """What is wrong with the boards' events."""
        return judge_boards(lambda kind: events_in(self.house.store, kind), self.witnesses) if self.witnesses else {}

    def is_linked(self) -> bool:
        """Whether nothing waits for a linker."""
        if self.wish.hastens:
            with suppress(Exception):
                link_marked(self.house.store, now_ms() + TAKEN_FOR_MS)
        with self.house.store.reading() as connection:
            return not windows.marked(connection, RULES, 1 << 62)

    async def judge(self, client: httpx2.AsyncClient, secrets: dict[str, str]) -> None:
        """What was done against the tables, what they add up to, and what the API says."""
        say("soak: what was done against what is there")
        said = {key: event for one in self.devices for key, event in one.said.items()}
        apart = OFFICE if self.witnesses else ""
        for look in (
            lambda: judge(self.house.store, Truth(said, self.clerks, apart)),
            lambda: judge_sums(self.house.store, now_ms()),
            lambda: Wrong(**{"lost": [], "doubled": [], **self.strange_too(self.of_boards())}),
        ):
            self.add(await asyncio.to_thread(look))  # who stays connected meanwhile wants answers of this loop
        self.wrong.strange += [sentence for clerk in self.clerks for sentence in clerk.wrong]
        self.wrong.strange += [*self.house.died, *held.grows(self.house.lives)]
        if self.clerks:
            await self.judge_pages(client, secrets)

    @staticmethod
    def strange_too(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """What came in another order is strange."""
        return {
            **{name: told for name, told in found.items() if name in ("lost", "doubled")},
            "strange": [*found.get("strange", []), *found.get("reordered", [])],
        }

    def add(self, found: Wrong) -> None:
        """To what is wrong already."""
        for name, told in vars(found).items():
            getattr(self.wrong, name).extend(told)

    async def judge_pages(self, client: httpx2.AsyncClient, secrets: dict[str, str]) -> None:
        """The API tells each visit once, and nothing else."""
        with self.house.store.reading() as connection:
            rows = list(every(connection, VISITS))
        for office, secret in secrets.items():
            for day in {row.day for row in rows if row.office == office}:
                wanted = sorted(row.id for row in rows if (row.office, row.day) == (office, day))
                found = sorted(await visits_told(client, office, day, secret))
                if wanted != found:
                    self.wrong.strange.append(f"{office} {day}: {len(wanted)} visits, its API tells {len(found)}")


async def visits_told(client: httpx2.AsyncClient, office: str, day: str, secret: str) -> list[str]:
    """The visits of a day, as a program reads them page by page."""
    told: list[str] = []
    asked: dict[str, str | int] = {"day": day, "limit": PAGE}
    while True:
        said = await client.get(f"/api/v1/offices/{office}/visits", params=asked, headers=bearer(secret), timeout=60)
        body = said.raise_for_status().json()
        told += [one["id"] for one in body["items"]]
        if body["next"] is None:
            return told
        asked["cursor"] = body["next"]


async def until(what: str, look: Callable[[], object], within_s: float) -> None:
    """Wait until this is so. Raises AssertionError, which says what is not."""
    end_s = time.monotonic() + within_s
    while not (await found if isinstance(found := look(), Awaitable) else found):
        if time.monotonic() > end_s:
            raise AssertionError(f"expected within {within_s:g} s: {what}")
        await asyncio.sleep(LOOK_S)


def say(text: str) -> None:
    """On standard error, a line each."""
    print(text, file=sys.stderr, flush=True)

"""A clerk without a keypad: a program that calls by the API, and asks again until it is answered."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2

AGAIN_S = 0.3
TIMEOUT_S = 15.0
VISIT_S, NOBODY_S = (0.5, 3.0), (0.5, 2.0)
SENT_ON = 0.25


@dataclass
class ApiClerk:
    """At one counter. `called` are (visit, service, number) that it was answered, `ended` how each of them ended."""

    office: str
    counter: str
    to_counter: str
    client: httpx2.AsyncClient
    secret: str
    dice: random.Random
    press: Callable[[int], object]
    called: list[tuple[str, str, int]] = field(default_factory=list)
    ended: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    replayed: int = 0
    wrong: list[str] = field(default_factory=list)
    leaving: bool = False

    async def work(self) -> None:
        """Call, serve, and finish or send on, until told to leave."""
        while not self.leaving:
            found = await self.ask("next")
            if found is None or found["number"] is None:
                await asyncio.sleep(self.dice.uniform(*NOBODY_S))
                continue
            self.called.append((found["visit"], found["service"], found["number"]))
            await asyncio.sleep(self.dice.uniform(*VISIT_S))
            sends = self.dice.random() < SENT_ON
            if sends:
                await self.ask("transfer", {"to_counter": self.to_counter})
            else:
                await self.ask("finish")
                self.press(self.dice.randint(1, 5))
            self.ended[found["visit"]] = "transfer" if sends else "done"

    async def ask(self, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """Ask under one key until there is an answer; None if the answer is that it cannot be."""
        key = str(UUID(int=self.dice.getrandbits(128)))
        while True:
            self.asked += 1
            try:
                said = await self.client.post(
                    f"/api/v1/counters/{self.counter}/{verb}",
                    json=body,
                    headers={**bearer(self.secret), "Idempotency-Key": key},
                    timeout=TIMEOUT_S,
                )
            except httpx2.HTTPError:
                await asyncio.sleep(AGAIN_S)
                continue
            self.replayed += said.headers.get("Idempotency-Replayed") == "true"
            if said.status_code == httpx2.codes.OK:
                found: dict[str, Any] = said.json()
                return found
            if said.status_code < 500:
                self.wrong.append(f"{self.counter} {verb}: expected an answer, found {said.status_code} {said.text}")
                return None
            await asyncio.sleep(AGAIN_S)


def bearer(secret: str) -> dict[str, str]:
    """How a program says who it is."""
    return {"Authorization": f"Bearer {secret}"}

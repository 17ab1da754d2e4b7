"""What every route of the API shares, and where a request finds it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from fleet.api.problems import Problem
from fleet.flows.past_days import Memory
from fleet.flows.virtual_device import VirtualDevice
from fleet.store.database import Store

MINUTE_MS = 60_000
REMEMBERED = 10_000


class Pace:
    """How often each token may call: `most` requests at once, which grow again within a minute. Of this process."""

    def __init__(self, most: int, clock: Callable[[], int]) -> None:
        self.most = most
        self.clock = clock
        self.lock = threading.Lock()
        self.left: dict[str, tuple[float, int]] = {}

    def step(self, token: str) -> dict[str, str]:
        """One request more; the headers that say how many are left. Raises Problem."""
        now_ms = self.clock()
        with self.lock:
            left, seen_ms = self.left.pop(token, (float(self.most), now_ms))
            left = min(float(self.most), left + max(0, now_ms - seen_ms) * self.most / MINUTE_MS)
            admitted = left >= 1
            self.left[token] = (left - 1 if admitted else left, now_ms)
            while len(self.left) > REMEMBERED:  # the one who called longest ago has all its requests again
                del self.left[next(iter(self.left))]
        headers = {"RateLimit-Limit": str(self.most), "RateLimit-Remaining": str(int(max(0.0, left - 1)))}
        if not admitted:
            after_s = max(1, round((1 - left) * 60 / self.most + 0.5))
            raise Problem("too-many", {**headers, "Retry-After": str(after_s)}, most=self.most, after=after_s)
        return headers


@dataclass(frozen=True)
class Door:
    """One application. `clock` gives UTC milliseconds; `server` is the virtual device under which programs act;
    `memory` holds the days that plans are tried on; `network` says where devices reach the broker, and a claim holds
    for `claim_hours`; a rollout to `approval_from` devices or more is approved by a second person.
    """

    store: Store
    clock: Callable[[], int]
    pace: Pace
    server: Callable[[], VirtualDevice]
    biggest_body: int
    memory: Memory
    network: Callable[[], dict[str, object]]
    claim_hours: float
    approval_from: int


def door_of(request: Request) -> Door:
    """The application that this request came to."""
    door: Door = request.app.state.door
    return door

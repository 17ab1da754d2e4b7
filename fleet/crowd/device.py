"""A device at the level of the protocol: it comes, is welcomed, remembers what happens and says it until it is stored.

It has no task of its own: somebody looks at it each second. What it does not do: orders, updates, secrets, reserves.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from fleet.clock import now_ms
from fleet.crowd.delivery import BOOT, Delivery
from fleet.crowd.line import UNACKNOWLEDGED_AT_MOST, Line
from fleet.domain.crowd import Stand
from protocols.events import Event, NumberCalled, encode_event
from protocols.identity import event_id
from protocols.message import Message, ProtocolError, decode
from protocols.presence import Alive, Health, Hello, Welcome
from protocols.receipt import Receipt
from protocols.state import State

if TYPE_CHECKING:
    from fleet.crowd.ground import Ground

BACK_OFF_FROM_S, BACK_OFF_AT_MOST_S = 1.0, 60.0
WELCOME_S, WELCOME_AT_MOST_S = 10.0, 3_600.0
HEALTH_EVERY_S = 60.0
# The numbers of `firmware/link.py` and `firmware/running.py`; a test holds both together.
NEVER_S = float("inf")
HEAP_FREE, FLASH_FREE = 64_000, 500_000
FIRMWARE, BOARD = "0.9", "simulated"


class Device:
    """One of them. `told_state` hears each state; without it they are not even read."""

    __slots__ = (
        "ahead_ms", "config", "connect_s", "delivery", "epoch", "failures", "ground", "health_s", "hello_s",
        "is_welcome", "line", "name", "nonce", "number", "roles", "started_s", "told_state", "welcome_s",
    )  # fmt: skip

    def __init__(self, ground: "Ground", stand: Stand, connect_s: float) -> None:
        self.ground = ground
        self.number, self.name, self.roles = stand.number, stand.id, stand.roles
        self.delivery = Delivery()
        self.epoch: int | None = None
        self.config: int | None = None
        self.line: Line | None = None
        self.is_welcome = False
        self.failures = 0
        self.ahead_ms = 0
        self.connect_s, self.hello_s, self.health_s = connect_s, NEVER_S, NEVER_S
        self.started_s = connect_s
        self.welcome_s = WELCOME_S
        self.nonce = ""
        self.told_state: Callable[[State], None] | None = None

    # What happens to it

    def did(self, kind: type[Event], **more: object) -> str | None:
        """Something happened here; its identity. None: it never had an epoch, and remembers nothing."""
        if self.epoch is None:
            return None
        now_s, seq = time.monotonic(), self.delivery.next_seq
        event = encode_event(kind(up=self.up_ms(now_s), at=now_ms() + self.ahead_ms, **more))
        body = json.dumps({**event, "seq": seq}, sort_keys=True, separators=(",", ":")).encode()
        self.ground.truth.add(self.number, self.epoch, seq, kind.KIND, body)
        self.delivery.remember(body, now_s)
        self.ground.seen.said += 1
        self.ground.seen.called += kind is NumberCalled
        self.fill()
        return event_id(self.name, self.epoch, BOOT, seq)

    def want(self, message: Message) -> bool:
        """Wish for something now; False while there is no connection."""
        if self.line is None or not self.is_welcome:
            return False
        self.ground.seen.wants += 1
        self.line.say("want", message.to_bytes())
        return True

    def cut(self) -> None:
        """The network goes."""
        if self.line is not None:
            self.line.end("cut off")

    # What it does by itself

    def look(self, now_s: float) -> None:
        """About each second: whatever is due."""
        line = self.line
        if line is None:
            if now_s >= self.connect_s:
                self.connect_s = NEVER_S
                self.ground.begin(self.connect())
            return
        line.look(now_s)
        if not line.is_greeted:
            return
        if now_s >= self.hello_s:
            self.say_hello(now_s)
        if now_s >= self.health_s:
            self.health_s = now_s + HEALTH_EVERY_S
            line.say("health", self.health(now_s), qos=0)
        if self.delivery.held:
            self.fill()

    async def connect(self) -> None:
        """Try it once."""
        ground = self.ground
        try:
            async with asyncio.timeout(ground.connect_within_s):
                host, port, tls, source = ground.way(self.number)
                loop, secret = asyncio.get_running_loop(), ground.password(self.name)
                await loop.create_connection(
                    lambda: Line(self, ground.five, secret), host, port, ssl=tls, local_addr=source
                )
        except OSError as problem:  # TimeoutError is one
            self.again(str(problem) or "no answer")

    def again(self, reason: str) -> None:
        """Come back later, and ever later."""
        self.ground.refused(reason)
        self.connect_s = time.monotonic() + back_off_s(self.failures, self.ground.chance.random())
        self.failures += 1

    # What it hears

    def connected(self, line: Line) -> None:
        """There is a path to the broker."""
        self.line = line

    def came(self) -> None:
        """The broker took us."""
        assert self.line is not None  # noqa: S101 (it is by this line that we hear it)
        self.ground.seen.connections += 1
        self.ground.seen.connected += 1
        self.delivery.start()
        self.line.say("alive", Alive().to_bytes(), retain=True)
        self.nonce = f"{self.ground.chance.getrandbits(64):016x}"
        self.welcome_s = WELCOME_S
        now_s = time.monotonic()
        self.health_s = now_s + HEALTH_EVERY_S * self.ground.chance.random()
        self.say_hello(now_s)

    def say_hello(self, now_s: float) -> None:
        """Our birth, again and again until we are welcomed."""
        assert self.line is not None  # noqa: S101 (nothing is due without one)
        self.hello_s = now_s + self.welcome_s
        self.welcome_s = min(2 * self.welcome_s, WELCOME_AT_MOST_S)
        hello = Hello(
            firmware=FIRMWARE,
            board=BOARD,
            roles=list(self.roles),
            epoch=self.epoch,
            boot=BOOT,
            reset="power",
            config=self.config,
            nonce=self.nonce,
            up=self.up_ms(now_s),
        )
        self.line.say("hello", hello.to_bytes(), retain=True)

    def told(self, name: str, payload: bytes) -> None:
        """The fleet said something. What cannot be read is left aside, as a device does."""
        try:
            if name == "receipt":
                self.stored(decode(Receipt, payload))
            elif name == "state" and self.told_state is not None:
                self.told_state(decode(State, payload))
            elif name == "welcome":
                self.welcomed(decode(Welcome, payload))
            elif name == "config":
                self.configured(json.loads(payload).get("version"))
        except (ProtocolError, ValueError):
            self.ground.refused(f"{name} cannot be read")

    def welcomed(self, welcome: Welcome) -> None:
        """The fleet knows us, and has told us the time."""
        if welcome.nonce != self.nonce or self.line is None:
            return
        self.ahead_ms = welcome.now - now_ms()
        self.hello_s, self.failures = NEVER_S, 0
        if self.epoch is None:
            self.epoch = welcome.epoch
        if not self.is_welcome:
            self.is_welcome = True
            self.ground.seen.online += 1

    def configured(self, version: int | None) -> None:
        """We have this now, and say so."""
        if version != self.config and self.epoch is not None:
            self.config = version
            self.hello_s = time.monotonic()

    def stored(self, receipt: Receipt) -> None:
        """The fleet has these."""
        self.failures = 0
        if receipt.epoch == self.epoch and receipt.boot == BOOT:
            now_s = time.monotonic()
            self.ground.has_stored(self.delivery.receipt(receipt, now_s), now_s)

    def lost(self, line: Line, reason: str) -> None:
        """The connection is over."""
        self.line = None
        if line.is_greeted:
            self.ground.seen.connected -= 1
        if self.is_welcome:
            self.is_welcome = False
            self.ground.seen.online -= 1
        self.again(reason)

    def fill(self) -> None:
        """Send what may be sent now."""
        line, delivery = self.line, self.delivery
        if line is None or not line.is_greeted or self.epoch is None:
            return
        now_s = time.monotonic()
        while len(line.unheard) < UNACKNOWLEDGED_AT_MOST:
            resends = delivery.sent
            batch = delivery.next(self.epoch, now_s, line.unheard)
            if batch is None:
                return
            payload, first, last = batch
            self.ground.seen.resent += max(0, min(resends, last) - first + 1)
            delivery.departed(first, last, line.say("events", payload), now_s)

    def up_ms(self, now_s: float) -> int:
        """Milliseconds since it was switched on."""
        return max(0, int((now_s - self.started_s) * 1000))

    def health(self, now_s: float) -> bytes:
        """How it is."""
        waits = len(self.delivery.held)
        return Health(up=self.up_ms(now_s), heap_free=HEAP_FREE, flash_free=FLASH_FREE, outbox=waits).to_bytes()


def back_off_s(failures: int, chance: float) -> float:
    """Any time below a bound that doubles with every second failure, as the firmware waits."""
    return chance * min(BACK_OFF_AT_MOST_S, BACK_OFF_FROM_S * float(1 << min(failures // 2, 10)))

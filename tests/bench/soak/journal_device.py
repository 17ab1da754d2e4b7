"""A device that speaks to a real broker: the shipping outbox and delivery, on flash in memory, over a plain socket.

It remembers before it sends, sends until a receipt covers it, and after a power cut finds on its flash what was not
covered. `said` is the truth: every event that it ever remembered, under its identity.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from firmware.delivery import Delivery
from firmware.outbox import LIMIT_BYTES, Outbox
from fleet.clock import now_ms
from protocols.event import Event, encode_event
from protocols.identity import event_id
from protocols.message import Message, ProtocolError, decode
from protocols.presence import Alive, Hello
from protocols.receipt import Receipt
from protocols.state import State
from tests.bench.soak.line import KEEPALIVE_S, Line
from tests.firmware.fresh_flash import Nor

FLASH_BLOCKS = 64
PING = b"\xc0\0"
PING_EVERY_S, LOOK_S = 20.0, 0.5
WELCOME_S, WELCOME_AT_MOST_S = 10.0, 3_600.0
# As the link of the firmware: twice as long until the next hello.
AGAIN_S, AGAIN_AT_MOST_S = 0.3, 8.0
UNACKNOWLEDGED_AT_MOST = 10
Key = tuple[str, int, int, int]


class JournalDevice:
    """One device. `told_state` hears each state; `said` is all that it ever remembered, stored by the fleet or not."""

    def __init__(self, name: str, password: str, port: int, roles: tuple[str, ...], seed: int) -> None:
        self.name, self.password, self.port, self.roles = name, password, port, roles
        self.flash = Nor(FLASH_BLOCKS)
        self.epoch: int | None = None
        self.boot = 0
        self.said: dict[Key, dict[str, Any]] = {}
        self.told_state: Callable[[State], None] = lambda _: None
        self.line: Line | None = None
        self.is_welcome = False
        self.connections = 0
        self.dice = random.Random(seed)
        self.power_on()

    def power_on(self) -> None:
        """A boot: what flash has is what there is."""
        self.boot += 1
        self.booted_s = time.monotonic()
        self.outbox = Outbox("", self.epoch, self.boot, LIMIT_BYTES, self.flash, self.name)
        self.delivery = Delivery(self.outbox)

    def power_cut(self) -> None:
        """Everything but flash is gone, the connection too; it boots at once."""
        self.cut()
        self.power_on()

    def cut(self) -> None:
        """The connection is lost."""
        if self.line is not None:
            self.line.transport.abort()

    @property
    def up_ms(self) -> int:
        """Milliseconds since it booted."""
        return int((time.monotonic() - self.booted_s) * 1000)

    @property
    def waiting(self) -> int:
        """How many events it still holds."""
        return self.outbox.waiting()

    def did(self, kind: type[Event], **more: Any) -> str | None:
        """Something happened here; its identity once it is on flash. None: nobody ever gave it an epoch yet."""
        if self.epoch is None:
            return None
        event = encode_event(kind(up=self.up_ms, at=now_ms(), **more))
        seq = self.outbox.append(event)
        self.said[self.name, self.epoch, self.boot, seq] = event
        self.fill()
        return event_id(self.name, self.epoch, self.boot, seq)

    def want(self, message: Message) -> bool:
        """Wish for something now; False while there is no connection."""
        if self.line is None or not self.line.is_greeted or not self.is_welcome:
            return False
        self.line.say("want", message.to_bytes())
        return True

    async def live(self) -> None:
        """Connect, stay, and come back, for ever."""
        failures = 0
        while True:
            with suppress(OSError):
                loop = asyncio.get_running_loop()
                _, line = await loop.create_connection(lambda: Line(self), "127.0.0.1", self.port)
                self.line, self.is_welcome = line, False
                self.connections += 1
                await self.stay(line)
                failures = 0 if line.is_greeted else failures
            self.line = None
            failures += 1
            await asyncio.sleep(self.dice.uniform(0, min(AGAIN_AT_MOST_S, AGAIN_S * 2**failures)))

    async def stay(self, line: Line) -> None:
        """On this connection, until it is lost or its broker silent."""
        pinged_s = time.monotonic()
        try:
            while not line.over.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(line.over.wait(), LOOK_S)
                now_s = time.monotonic()
                if now_s - line.heard_s > 1.5 * KEEPALIVE_S:
                    return
                if now_s - pinged_s > PING_EVERY_S:
                    line.transport.write(PING)
                    pinged_s = now_s
                if line.is_greeted and not self.is_welcome and now_s > self.hello_again_s:
                    self.say_hello()
                self.fill()
        finally:
            line.transport.abort()

    def came(self, line: Line) -> None:
        """The broker took us."""
        self.delivery.start(line.unacknowledged)
        line.say("alive", Alive().to_bytes(), retain=True)
        self.welcome_s = WELCOME_S
        self.say_hello()

    def say_hello(self) -> None:
        """Our birth, again and again until we are welcomed."""
        assert self.line is not None
        self.hello_again_s = time.monotonic() + self.welcome_s
        self.welcome_s = min(2 * self.welcome_s, WELCOME_AT_MOST_S)
        self.nonce = f"{self.boot}-{self.connections}-{self.dice.randrange(1 << 30)}"
        hello = Hello(
            firmware="0.9",
            board="simulated",
            roles=list(self.roles),
            epoch=self.epoch,
            boot=self.boot,
            nonce=self.nonce,
            up=self.up_ms,
        )
        self.line.say("hello", hello.to_bytes(), retain=True)

    def told(self, name: str, payload: bytes) -> None:
        """The fleet said something."""
        if name == "welcome":
            said = json.loads(payload)
            if said.get("nonce") == self.nonce:
                self.is_welcome = True
                if self.epoch is None:
                    self.epoch = said["epoch"]
                    self.outbox.adopt(self.epoch)
        elif name == "receipt":
            self.delivery.receipt(decode(Receipt, payload), self.up_ms)
        elif name == "state":
            with suppress(ProtocolError):
                self.told_state(decode(State, payload))
            return
        self.fill()

    def fill(self) -> None:
        """Send what may be sent now."""
        line = self.line
        if line is None or not line.is_greeted or line.over.is_set() or self.epoch is None:
            return
        while len(line.unacknowledged) < UNACKNOWLEDGED_AT_MOST:
            sending = self.delivery.next(self.up_ms)
            if sending is None:
                return
            self.delivery.departed(sending, line.say("events", sending.payload), self.up_ms)

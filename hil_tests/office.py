"""The office of a rig: a real broker, the fleet's workers, and the way between them and the boards.

Boards reach the broker through a wire with switches, at the address under which the rig's boards find this computer. So
the network can be taken from any board, and no broker of ours listens to strangers.
"""

import asyncio
import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.clock import now_ms
from fleet.domain.claims import Wanted
from fleet.flows.claim import make_claims
from fleet.flows.enrol import broker_passwords
from fleet.laptop.mosquitto import Mosquitto
from fleet.provisioning.claims import Claim, claims_of
from fleet.store.rows import every, sql
from hil_tests import lines_heard
from tests.firmware.bad_wire import Wire
from tests.fleet.office import OFFICE
from tests.fleet.workers.house import FLEET_PASSWORD, House, Loop, two_ports

SOON_S = max(120.0, lines_heard.SOON_S)
LOOK_S = 0.05
HERE = "127.0.0.1"
CLAIM_HOURS = 24
MANY_A_MINUTE = "UPDATE offices SET simulated_pace = 30"
# Five who rate within a minute are children at play elsewhere: a burst, and in no score.
EVENTS = sql("SELECT device, epoch, boot, seq, kind, body FROM events")
HEALTH = sql("SELECT health FROM devices WHERE id = :device")


@dataclass(frozen=True)
class Stored:
    """An event that the fleet has stored."""

    device: str
    epoch: int
    boot: int
    seq: int
    kind: str
    body: dict[str, Any]

    @property
    def key(self) -> tuple[str, int, int, int]:
        """Its identity."""
        return self.device, self.epoch, self.boot, self.seq


class Office:
    """The small office of the tests, with everything that runs in one."""

    def __init__(self, folder: Path, loop: Loop, host: str = HERE) -> None:
        self.loop, self.host = loop, host
        self.house = House(folder, Mosquitto(folder / "broker", *two_ports()), loop)
        self.house.all_workers()
        self.house.doorkeeper()
        with self.house.store.writing() as connection:
            connection.exec_driver_sql(MANY_A_MINUTE)
        self.wire = Wire()
        loop.do(self.wire.start(self.house.broker.devices_port, "" if host != HERE else HERE))

    def claim(self, roles: Collection[str], counter: str | None) -> Claim:
        """The right to become a device of these roles there."""
        wanted = [Wanted(None, tuple(roles), OFFICE, counter)]
        (made,) = make_claims(self.house.store, wanted, "rig", CLAIM_HOURS, now_ms())
        network = {"host": self.host, "port": self.wire.port, "protocol": 5}
        return next(claims_of(made.line(network), "made"))

    def events(self, devices: Collection[str], *kinds: str) -> list[Stored]:
        """What these devices did, in the order of their boots and numbers; of these kinds, or of all."""
        with self.house.store.reading() as connection:
            rows = [Stored(*row[:5], json.loads(row[5])) for row in every(connection, EVENTS)]
        found = [one for one in rows if one.device in devices and (not kinds or one.kind in kinds)]
        return sorted(found, key=lambda one: one.key)

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What stands in the store."""
        return self.house.rows(statement, **values)

    def until(self, what: str, look: Callable[[], Any], within_s: float = SOON_S) -> Any:
        """Wait until the fleet knows this, and return it; else say what was awaited."""
        ends = time.monotonic() + within_s
        while not (found := look()):
            if time.monotonic() > ends:
                raise AssertionError(f"expected within {within_s:g} s: {what}; found {found!r}")
            time.sleep(LOOK_S)
        return found

    def way(self, on: bool) -> None:
        """Let nothing through between boards and broker, and close nothing; or go on."""
        self.loop.loop.call_soon_threadsafe(self.wire.resume if on else self.wire.pause)

    def broker(self, on: bool) -> None:
        """Kill the broker, or start it again."""
        self.loop.do(self._start_broker() if on else self._kill_broker())

    def close(self) -> None:
        """Everything ends."""
        self.loop.do(self.wire.stop())
        self.house.close()

    async def _kill_broker(self) -> None:
        broker = self.house.broker
        if broker.watching is not None:
            broker.watching.cancel()
        assert broker.process is not None
        broker.process.kill()
        await broker.process.wait()

    async def _start_broker(self) -> None:
        broker = self.house.broker
        broker.write(broker_passwords(self.house.store, FLEET_PASSWORD))
        await broker.launch()
        broker.watching = asyncio.create_task(broker.watch())

"""What people and the fleet itself decide is an event too: each server process is a virtual device, `srv-…`."""

import json
import threading
from collections.abc import Callable
from itertools import count

from sqlalchemy import Connection

from fleet.domain import timing
from fleet.domain.day import day_of
from fleet.domain.ways import SERVERS
from fleet.store import devices, inbox, ledger, windows
from fleet.store.database import Store
from fleet.store.inbox import EventRow, Life
from fleet.store.places import OfficeRow
from protocols.events import Event, encode_event
from protocols.identity import event_id


class VirtualDevice:
    """One server process as a device: a new epoch at each start, numbers in memory."""

    def __init__(self, store: Store, name: str, now_ms: int) -> None:
        self.id = SERVERS + name
        with store.writing() as connection:
            devices.add_device(connection, self.id, (), "", now_ms, kind="server")
            self.epoch = devices.next_epoch(connection, self.id)
            inbox.lock_boot(connection, self.life, now_ms)
            ledger.no_deed(connection)  # whoever comes first makes this process a device
        self.started_ms = now_ms
        self.numbers = count(1)  # each is taken by one thread alone

    @property
    def life(self) -> Life:
        """This run of the process."""
        return Life(self.id, self.epoch, 1)

    def up_ms(self, now_ms: int) -> int:
        """Milliseconds since the process began; a clock that was set back does not make it negative."""
        return max(0, now_ms - self.started_ms)

    def record(
        self,
        connection: Connection,
        event: Event,
        now_ms: int,
        office: OfficeRow | None = None,
        counter: str | None = None,
    ) -> str:
        """Store an event in the caller's transaction; its identity. A number of a rolled back event stays unused.

        With an office it belongs to that office's day (and counter), and is linked like an event of a board there.
        """
        seq = next(self.numbers)
        data = encode_event(event)
        data["seq"] = seq
        body = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        place = (None, None) if office is None else (office.id, counter)
        row = EventRow(*self.life, seq, event.KIND, body, None, event.up, event.at, now_ms, timing.DEVICE, *place)
        inbox.add_events(connection, [row], now_ms)
        if office is not None:
            windows.touch(connection, [(office.id, day_of(now_ms, office.timezone), self.life, seq, seq)])
        return event_id(self.id, self.epoch, 1, seq)


def begins_later(store: Store, name: str, clock: Callable[[], int]) -> Callable[[], VirtualDevice]:
    """The virtual device of this process under this name, which begins when somebody acts for the first time."""
    lock = threading.Lock()
    begun: list[VirtualDevice] = []

    def server() -> VirtualDevice:
        with lock:
            if not begun:
                begun.append(VirtualDevice(store, name, clock()))
            return begun[0]

    return server

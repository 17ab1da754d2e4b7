"""Thirty days of an office on each of its boards: shipping firmware on the VM, in 128 KiB, in virtual time.

The fleet is the real one (its flows on a database in a file), before it a broker in memory; the people press 300 times
a day from 07:30 on, Monday to Friday. What is left of the heap after each day is the figure, and that no event is
missing.
"""

import heapq
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fleet.flows import instruct
from fleet.flows.leases import wants_leases
from fleet.flows.link import link_marked
from fleet.flows.presence import healthy, welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival, Called
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.flows.show_calls import show
from fleet.laptop import firmware_tree, flash_image
from fleet.laptop.boards import HEAP
from fleet.laptop.call_display import OVER, PLAY, STATE, frame
from fleet.laptop.office import OFFICE
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.rows import every, sql
from protocols.improv import Frames
from protocols.message import Message, decode
from protocols.presence import Health, Hello
from protocols.state import Show
from protocols.topics import up
from protocols.want import Want
from tests.bench.figures import figure, progress
from tests.bench.virtual.broker import Broker
from tests.bench.virtual.chance import Chance

DAYS = 30
VISITS = 300
DEVICE = "b-1"
BOARD = Path(__file__).parents[1] / "on_micropython" / "month_board.py"
BEGINS = datetime(2026, 11, 12, 6, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
# A Thursday: on Fridays a printer holds the leases of four days.
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
OPENS_MS, OPEN_MS = 90 * MINUTE_MS, 8 * HOUR_MS
LOOKED_AT_MS = 17 * HOUR_MS
# 23:00, when all is at rest.
QUEUES_EVERY_MS = 5 * MINUTE_MS
WIRE_MS = 8
PIECE_BYTES = 256
# A board's network keeps what nobody has read yet outside of the heap; here it is inside.
NUMBERS = 120
CLIP_MS, CLIPS_OF_A_CALL = 450, 8
# A chime, "number", a letter, three digits, "counter", a number.
ASK_PAPER, ASK_DONE = b"\x10\x04\x04", b"\x1dr\x01"


def run(days: int = DAYS) -> None:
    """Live through the month on all boards at once, as far as there are cores, and print the figures."""
    boards = sorted({device.roles for device in OFFICE.devices})
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for roles, lived in zip(boards, pool.map(live, boards, [days] * len(boards)), strict=True):
            board = " ".join(roles)
            for day, free in enumerate(lived.free, 1):
                figure("month_heap_free_bytes", free, "bytes", 1, roles=board, day=day)
            figure("month_heap_growth_bytes", lived.free[0] - min(lived.free[1:]), "bytes", days, roles=board)
            figure("month_events", lived.stored, "events", days, roles=board)
            figure("month_events_missing", lived.missing, "events", days, roles=board)
            figure("month_restarts", lived.restarts, "boots", days, roles=board)


@dataclass(frozen=True)
class Lived:
    """What a month was like on one board; `free`: bytes of the heap after each day."""

    free: list[int]
    stored: int
    missing: int
    restarts: int


def live(roles: tuple[str, ...], days: int) -> Lived:
    """One board's month."""
    with tempfile.TemporaryDirectory() as folder:
        month = Month(Path(folder), roles)
        month.live(days)
        return Lived(month.free, month.stored(), month.missing(), len(month.boots) - 2)


class Month:
    """The world of one board."""

    def __init__(self, folder: Path, roles: tuple[str, ...], visits: int = VISITS) -> None:
        self.folder = folder
        self.roles = roles
        self.visits = visits
        self.now = 0
        self.up = True
        self.free: list[int] = []
        self.boots: list[str] = []
        self.traces: list[str] = []
        self._cable = Frames()
        self.expected = {"ticket": 0, "printed": 0, "scan": 0, "call": 0, "finish": 0, "rating": 0}
        self.clips = self.spoken = 0
        self._agenda: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._noted = 0
        self._outgoing: list[str] = []
        self._random = random.Random(1)
        self.store = Store(f"sqlite:///{folder / 'motcua.sqlite'}")
        self.store.migrate()
        password = self._set_up()
        self.broker = Broker(self, lambda _: None, Chance(1, "broker"))
        self.broker.fleet = self
        self._peer: Wire | None = None
        self.image = folder / "b-1.flash"
        flash_image.create_image(self.image, DEVICE, password, "broker", 1883, 5)

    def _set_up(self) -> str:
        plan = OfficePlan(
            office=OfficeRow("nha", OFFICE.name, OFFICE.hotline),
            services=[(one.id, one.prefix, one.name) for one in OFFICE.services],
            counters=[CounterPlan("quay-1", "Quầy 1", tuple(one.id for one in OFFICE.services))],
            devices=[DevicePlan(DEVICE, self.roles, "quay-1")],
        )
        return set_up_office(self.store, plan, self.utc())[DEVICE]

    # Time

    def utc(self) -> int:
        """The fleet's clock."""
        return int(BEGINS.timestamp() * 1000) + self.now

    def at(self, when: int, do: Callable[..., None], *args: Any) -> None:
        """Note something."""
        self._noted += 1
        heapq.heappush(self._agenda, (when, self._noted, do, args))

    def after(self, ms: int, do: Callable[..., None], *args: Any) -> None:
        """Note something for later."""
        self.at(self.now + ms, do, *args)

    def live(self, days: float) -> None:
        """Let the days go by."""
        for day in range(math.ceil(days)):
            self.at(day * DAY_MS, self._day, BEGINS + timedelta(days=day))
        self.at(0, self._queues)
        vm = self._plug_in()
        heard: list[dict[str, Any]] = []
        assert vm.stdin is not None and vm.stdout is not None
        while self.now < days * DAY_MS:
            line = vm.stdout.readline()
            if not line:
                raise AssertionError(f"the VM ended on day {self.now // DAY_MS + 1}; it said:\n{self._said()}")
            told = line.startswith((b"{", b"["))
            self._hear_cable(b"" if told else line)
            if not told:
                continue
            said = json.loads(line)
            if isinstance(said, dict):
                heard.append(said)
                continue
            self.now = max(self.now, said[0])
            for one in heard:
                self._hear(one)
            heard.clear()
            self._go_on(said[1])
            vm.stdin.write(("".join(self._outgoing) + json.dumps([self.now, self._horizon()]) + "\n").encode())
            vm.stdin.flush()
            self._outgoing = []
        vm.kill()
        vm.wait()

    def _plug_in(self) -> subprocess.Popen[bytes]:
        tree = firmware_tree.build(self.folder / "firmware")
        environment = dict(os.environ, MOTCUA_FLASH=str(self.image), MICROPYPATH=".frozen")
        with (self.folder / "said").open("w") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "fleet.laptop.vm", tree / firmware_tree.ROM, "-X", f"heapsize={HEAP}", BOARD],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
            )

    def _said(self) -> str:
        return (self.folder / "said").read_text(errors="replace")[-2000:]

    def _horizon(self) -> int:
        return self._agenda[0][0] if self._agenda else self.now

    def _go_on(self, until: int | None) -> None:
        """Let things happen until one of them reaches the board, or it has waited long enough."""
        while self._agenda and not self._outgoing and (until is None or self._agenda[0][0] <= until):
            when, _, do, args = heapq.heappop(self._agenda)
            self.now = max(self.now, when)
            do(*args)
        if not self._outgoing and until is not None:
            self.now = max(self.now, until)

    # The board's lines

    def tell(self, **line: Any) -> None:
        """Something reaches the board."""
        self._outgoing.append(json.dumps(line) + "\n")

    def _hear(self, said: dict[str, Any]) -> None:
        if "boot" in said:
            self.boots.append(said["boot"])
            self._drop()
        elif "heap" in said:
            self.free.append(said["heap"])
            progress(f"month: {' '.join(self.roles)}, day {len(self.free)}: {said['heap']} bytes free")
        elif said.get("uart") == "printer":
            data = bytes.fromhex(said["bytes"])
            if data.endswith(ASK_DONE):
                self.after(1_500, self._feed, "printer", "00")
            elif data == ASK_PAPER:
                self.after(5, self._feed, "printer", "12")
        elif said.get("uart") == "voice":
            self._voice(bytes.fromhex(said["bytes"]))
        elif "net" in said:
            self._network(said["net"])

    def _hear_cable(self, line: bytes) -> None:
        """A line that is none of ours: a frame, or a part of one, or else a trace. The fault is an event too.

        No bytes: ours go on, so what has begun is no frame.
        """
        if line:
            self._cable.feed(line)
        else:
            self._cable.idle()
        chatter, self._cable.chatter = self._cable.chatter.strip(), b""
        if chatter:
            self.traces.append(chatter.decode(errors="replace"))

    def _voice(self, order: bytes) -> None:
        """The module that speaks: it is there, and says of each clip when it is over."""
        if order[3] == STATE:
            self.after(10, self._feed, "voice", frame(STATE, 0x0200).hex())
        elif order[3] == PLAY:
            self.spoken += 1
            self.after(CLIP_MS, self._feed, "voice", frame(OVER, self.spoken & 0xFFFF).hex())

    def _network(self, data: str | None) -> None:
        if data == "":
            self._peer = Wire(self)
            self.broker.connected(self._peer)
        elif data is None:
            self._drop()
        elif self._peer is not None:
            self.after(WIRE_MS, self._peer.from_device, bytes.fromhex(data))

    def _drop(self) -> None:
        peer, self._peer = self._peer, None
        if peer is not None:
            peer.lose()

    def _feed(self, uart: str, data: str) -> None:
        self.tell(uart=uart, bytes=data)

    # The people

    def _day(self, day: datetime) -> None:
        self.at(self.now + LOOKED_AT_MS, lambda: self.tell(heap=True))
        self.after(18 * HOUR_MS + 1_000, self._tell_everything)
        if day.isoweekday() > 5:
            return
        for n in range(self.visits):
            self.at(self.now + OPENS_MS + n * OPEN_MS // self.visits + self._random.randrange(20_000), self._visit, n)

    def _visit(self, n: int) -> None:
        if "printer" in self.roles:
            self._press(f"service_{n % len(OFFICE.services) + 1}")
            self._expect("ticket", "printed")
        if "keypad" in self.roles:
            self._press("key_next")
            self.after(40_000, self._press, "key_finish")
            self._expect("call", "finish")
        if "reader" in self.roles:
            self.after(20_000, self._feed, "scanner", f"H15.50.05.13-261008-{n:04d}\r".encode().hex())
            self._expect("scan")
        if "rating" in self.roles:
            self._press(f"score_{n % 5 + 1}")
            self._expect("rating")

        if "display" in self.roles:
            called = Called(
                "nha", "quay-1", OFFICE.services[0].id, n + 1, f"kp-1/1/{self.now}/1", self.utc(), again=False
            )
            for _, state in show(self.store, called, self.utc()):
                self._say("state", state)
            self.clips += CLIPS_OF_A_CALL

    def _press(self, pin: str) -> None:
        self.tell(pin=pin, level=0)
        self.after(120, lambda: self.tell(pin=pin, level=1))

    def _expect(self, *kinds: str) -> None:
        for kind in kinds:
            self.expected[kind] += 1

    # The fleet

    def hear(self, name: str, payload: bytes) -> None:
        """The device published this on `up/<name>`."""
        if name == "hello":
            self._say("welcome", welcome(self.store, DEVICE, decode(Hello, payload), self.utc()))
            config = instruct.config_for(self.store, DEVICE, self.utc())
            assert config is not None
            self.broker.to_device("config", config.to_dict(), 1, retain=True)
            self._tell_everything()
        elif name == "events":
            received = receive(self.store, [Arrival(up(DEVICE, "events"), payload)], self.utc())
            for _, receipt in received.receipts:
                self._say("receipt", receipt, 0)
        elif name == "health":
            healthy(self.store, {DEVICE: (decode(Health, payload), self.utc())}, self.utc())
        elif name == "want":
            self._wanted(decode(Want, payload))

    def _wanted(self, want: Want) -> None:
        if want.want == "numbers":
            link_marked(self.store, self.utc())
            state = instruct.more_leases(self.store, DEVICE, NUMBERS, self.utc())
        else:
            number = self.expected["call"] % 9_999 + 1
            show = Show(
                service=OFFICE.services[0].id,
                number=number,
                label=f"A{number:03d}",
                want=want.id,
                expires=self.utc() + MINUTE_MS,
            )
            state = instruct.state_with(self.store, DEVICE, self.utc(), show=show)
        if state is not None:
            self._say("state", state)

    def _tell_everything(self) -> None:
        state = instruct.whole_state(self.store, DEVICE, NUMBERS, self.utc())
        assert state is not None
        self._say("state", state)

    def _queues(self) -> None:
        self.after(QUEUES_EVERY_MS, self._queues)
        found = instruct.queues(self.store, "nha", self.utc())
        if found is not None and wants_leases(self.roles):
            self._say("state", instruct.state_with(self.store, DEVICE, self.utc(), queue=found[0]))

    def _say(self, name: str, message: Message, qos: int = 1) -> None:
        self.broker.to_device(name, message.to_dict(), qos)

    # The verdict

    def kinds(self) -> dict[str, int]:
        """How many events of each kind are stored."""
        with self.store.reading() as connection:
            rows = every(connection, sql("SELECT kind, COUNT(*) AS n FROM events WHERE device = 'b-1' GROUP BY kind"))
        return {row.kind: row.n for row in rows}

    def stored(self) -> int:
        """How many events the fleet has of this board."""
        return sum(self.kinds().values())

    def missing(self) -> int:
        """How many of those that people made are not among them, or there too often; and of the clips of calls."""
        kinds = self.kinds()
        return sum(abs(n - kinds.get(kind, 0)) for kind, n in self.expected.items()) + abs(self.clips - self.spoken)


class Wire:
    """The board's connection as the broker sees it."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.lost = False
        self._free = 0
        self.hear: Callable[[bytes], None] = lambda _: None
        self.ended: Callable[[], None] = lambda: None

    def from_device(self, data: bytes) -> None:
        """Bytes arrived at the broker."""
        if not self.lost:
            self.hear(data)

    def to_device(self, data: bytes) -> None:
        """The broker says something; it arrives piece by piece, as the board has room for it."""
        arrives = max(self.month.now + WIRE_MS, self._free)
        for at in range(0, len(data), PIECE_BYTES):
            self.month.at(arrives, self._reach, data[at : at + PIECE_BYTES])
            arrives += 1
        self._free = arrives

    def lose(self) -> None:
        """It is over."""
        if not self.lost:
            self.lost = True
            if self.month._peer is self:
                self.month.tell(net=None)
            self.ended()

    def _reach(self, data: bytes) -> None:
        if not self.lost:
            self.month.tell(net=data.hex())

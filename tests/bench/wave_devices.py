"""Thousands of devices in one process, at the level of the protocol: each says hello, and fetches what it is assigned.

They speak MQTT 3.1.1 and ask as the firmware does: the document of the release, then its image, a few pieces in flight,
one that does not come again. They check lengths and the hash of the image, and no signature. Run as a process
of its own, `python -m tests.bench.wave_devices '<Wave as JSON>'`, it prints what happened as one JSON line.
"""

import asyncio
import base64
import hashlib
import json
import struct
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

PIECE_BYTES, WINDOW = 1024, 3
AGAIN_S, LOOK_S = 20.0, 1.0
KEEPALIVE_S = 0
# Nobody else has to speak in time here; the load alone is measured.
READY, GO = "ready", "go"
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 0x10, 0x20, 0x30, 0x40, 0x82, 0x90


@dataclass(frozen=True)
class Wave:
    """Who comes: devices `name-0`, `name-1` …, so many a second; `fetches`: the part of an image that each takes.

    `again`: how often each comes; `pause_s`: between two times. `release`: what they were assigned before
    (`sequence`, `length` and `sha256` of its document), so that they say no hello; once all are there this is said,
    and none fetches it before the word to go.
    """

    port: int
    password: str
    name: str
    devices: int
    a_second: float
    fetches: float = 1.0
    again: int = 1
    pause_s: float = 0.0
    within_s: float = 3600.0
    release: dict[str, Any] | None = None


@dataclass
class Lived:
    """What all of them lived through; times in milliseconds."""

    there: int = 0
    welcomes_ms: list[float] = field(default_factory=list)
    assigned_ms: list[float] = field(default_factory=list)
    pieces_ms: list[float] = field(default_factory=list)
    pieces: int = 0
    asked_again: int = 0
    image_bytes: int = 0
    whole: int = 0
    wrong: int = 0
    missing: int = 0
    seconds: float = 0.0


class Client(asyncio.Protocol):
    """One connection of one device."""

    def __init__(self, device: "Device") -> None:
        self.device = device
        self.held = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        name = self.device.name
        body = text("MQTT") + bytes([4, 0xC2]) + struct.pack(">H", KEEPALIVE_S)
        transport.write(packet(CONNECT, body + text(name) + text(name) + text(self.device.wave.password)))

    def data_received(self, data: bytes) -> None:
        held = self.held
        held += data
        at = 0
        while (found := packet_at(held, at)) is not None:
            kind, begin, at = found
            self.take(kind, bytes(held[begin:at]))
        del held[:at]

    def take(self, kind: int, body: bytes) -> None:
        """A packet from the broker."""
        if kind == CONNACK:
            if body[1]:
                raise ConnectionRefusedError(f"{self.device.name}: expected to be let in, found code {body[1]}")
            self.transport.write(packet(SUBSCRIBE, b"\0\1" + text(f"mc/1/{self.device.name}/down/+") + b"\1"))
        elif kind == SUBACK:
            self.device.came()
        elif kind & 0xF0 == PUBLISH:
            length = int.from_bytes(body[:2], "big")
            begin = 2 + length
            if kind & 6:
                self.transport.write(packet(PUBACK, body[begin : begin + 2]))
                begin += 2
            self.device.told(body[2 : 2 + length].rsplit(b"/", 1)[1].decode(), body[begin:])

    def say(self, name: str, message: dict[str, object], retain: bool = False) -> None:
        """Publish, at least once."""
        head = text(f"mc/1/{self.device.name}/up/{name}") + b"\0\2"
        self.transport.write(packet(PUBLISH | 2 | retain, head + json.dumps(message).encode()))


class Device:
    """What a device does: hello, until it is welcomed; and whatever release it is assigned then."""

    def __init__(self, wave: Wave, name: str, lived: Lived, go: asyncio.Event) -> None:
        self.wave, self.name, self.lived, self.go = wave, name, lived, go
        self.assigned: dict[str, Any] | None = None
        self.boot = 0
        self.over = asyncio.Event()
        self.client: Client | None = None

    async def live(self, begins_s: float) -> None:
        """Come, as often as is wanted."""
        for _ in range(self.wave.again):
            await asyncio.sleep(max(0.0, begins_s - time.monotonic()))
            begins_s = time.monotonic() + self.wave.pause_s
            self.boot += 1
            self.over.clear()
            self.fetching: str | None = None
            self.assigned = None
            loop = asyncio.get_running_loop()
            _, self.client = await loop.create_connection(lambda: Client(self), "127.0.0.1", self.wave.port)
            while not self.over.is_set():
                try:
                    await asyncio.wait_for(self.over.wait(), AGAIN_S)
                except TimeoutError:
                    self.ask_again()
            self.client.transport.close()

    def came(self) -> None:
        """The broker took us."""
        assert self.client is not None
        self.came_s = time.monotonic()
        if self.wave.release is not None:
            self.lived.there += 1
            self.assigned = self.wave.release
            return
        self.nonce = f"{self.name}-{self.boot}"
        self.is_welcome = False
        application = {"sequence": 0, "mpy": "6.3", "room": 327_680, "root": 1}
        hello = {"firmware": "0.9", "board": "simulated", "roles": ["rating"], "epoch": 1, "boot": self.boot}
        more = {"reset": "power", "config": 1, "nonce": self.nonce, "up": 2_000, "application": application}
        self.client.say("hello", {**hello, **more}, retain=True)

    def told(self, name: str, payload: bytes) -> None:
        """The fleet said something."""
        if name == "welcome" and not self.is_welcome and json.loads(payload).get("nonce") == self.nonce:
            self.is_welcome = True
            self.lived.welcomes_ms.append(self.since_ms(self.came_s))
        elif name == "release" and self.assigned is None:
            signed = json.loads(json.loads(payload)["signed"])
            self.assigned = {**signed["release"], "sequence": signed["sequence"]}
            self.lived.assigned_ms.append(self.since_ms(self.came_s))
            if not self.wave.fetches:
                self.over.set()
            elif self.go.is_set():
                self.begin()
        elif name == "file":
            self.piece(json.loads(payload))

    def begin(self) -> None:
        """Fetch what was assigned."""
        if self.assigned is not None:
            self.fetch(f"release/{self.assigned['sequence']}", self.assigned["length"], self.assigned["sha256"])

    def fetch(self, name: str, length: int, sha256: str, part: float = 1.0) -> None:
        """Begin with a file, or the part of it that is wanted."""
        self.fetching, self.length, self.sha256 = name, length, sha256
        self.ends = min(length, -(-int(length * part) // PIECE_BYTES) * PIECE_BYTES)
        self.next, self.got = 0, 0
        self.asked: dict[int, float] = {}
        self.early: dict[int, bytes] = {}
        self.content = bytearray()
        self.ask()

    def ask(self) -> None:
        """A few pieces in flight."""
        while self.next < self.ends and len(self.asked) < WINDOW:
            self.say_wanted(self.next)
            self.next += PIECE_BYTES

    def say_wanted(self, offset: int) -> None:
        """Ask for the piece from here."""
        assert self.client is not None
        self.asked[offset] = time.monotonic()
        length = min(PIECE_BYTES, self.ends - offset)
        self.client.say("file", {"name": self.fetching, "offset": offset, "length": length})

    def ask_again(self) -> None:
        """What did not come, once more."""
        if self.client is None or self.fetching is None:
            return
        for offset, at_s in list(self.asked.items()):
            if time.monotonic() - at_s >= AGAIN_S:
                self.lived.asked_again += 1
                self.say_wanted(offset)

    def piece(self, said: dict[str, object]) -> None:
        """A piece came; whole files are looked at."""
        offset = int(str(said["offset"]))
        if said["name"] != self.fetching or offset not in self.asked:
            return
        self.lived.pieces_ms.append(self.since_ms(self.asked.pop(offset)))
        data = base64.b64decode(str(said["data"]))
        if not data:
            self.lived.missing += 1
            self.over.set()
            return
        self.lived.pieces += 1
        self.early[offset] = data
        while len(self.content) in self.early:
            self.content += self.early.pop(len(self.content))
        if len(self.content) >= self.ends:
            self.has_all()
        else:
            self.ask()

    def has_all(self) -> None:
        """A file is here, as far as it was wanted."""
        content = bytes(self.content)
        if self.ends == self.length and hashlib.sha256(content).hexdigest() != self.sha256:
            self.lived.wrong += 1
            self.over.set()
        elif self.fetching is not None and self.fetching.startswith("image/"):
            self.lived.image_bytes += len(content)
            self.lived.whole += 1
            self.over.set()
        else:
            release = json.loads(content.split(b"\n\n", 1)[1])
            path = next(path for path in release["targets"] if path.startswith("simulated-"))
            target = release["targets"][path]
            sha256 = target["hashes"]["sha256"]
            self.fetch(f"image/{sha256}", target["length"], sha256, self.wave.fetches)

    def since_ms(self, moment_s: float) -> float:
        """Milliseconds since then."""
        return (time.monotonic() - moment_s) * 1000


def text(value: str) -> bytes:
    """A text as MQTT writes it."""
    raw = value.encode()
    return struct.pack(">H", len(raw)) + raw


def packet(kind: int, body: bytes) -> bytes:
    """A packet: its kind, its length in groups of seven bits, its body."""
    length, head = len(body), bytearray([kind])
    while True:
        length, low = length >> 7, length & 0x7F
        head.append(low | (0x80 if length else 0))
        if not length:
            return bytes(head) + body


def packet_at(held: bytearray, at: int) -> tuple[int, int, int] | None:
    """The packet that begins here: its kind, where its body begins and ends; None while it is not whole."""
    length = shift = 0
    for begin in range(at + 1, min(at + 5, len(held))):
        length |= (held[begin] & 0x7F) << shift
        shift += 7
        if not held[begin] & 0x80:
            end = begin + 1 + length
            return (held[at], begin + 1, end) if end <= len(held) else None
    return None


async def lived_by_all(wave: Wave) -> Lived:
    """All devices come, one after the other, and live until they have what they want."""
    lived, go, began_s = Lived(), asyncio.Event(), time.monotonic()
    devices = [Device(wave, f"{wave.name}-{n}", lived, go) for n in range(wave.devices)]
    lives = [asyncio.create_task(one.live(began_s + n / wave.a_second)) for n, one in enumerate(devices)]
    if wave.release is not None:
        await told_to_go(lived, wave.devices)
    go.set()
    for one in devices:
        one.begin()
    _, late = await asyncio.wait(lives, timeout=wave.within_s)
    for task in late:
        task.cancel()
    for task in lives:
        if task not in late:
            task.result()
    lived.seconds = time.monotonic() - began_s
    return lived


async def told_to_go(lived: Lived, devices: int) -> None:
    """Say when all are there, and wait for the word."""
    while lived.there < devices:
        await asyncio.sleep(LOOK_S)
    print(READY, flush=True)
    await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(lived_by_all(Wave(**json.loads(sys.argv[1])))))))

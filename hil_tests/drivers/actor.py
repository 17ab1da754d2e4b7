"""Hands and a meter by the actor, the second Pico: the journeys' protocols over its cable."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress

from firmware.hardware.pins_pico import PINS
from fleet.provisioning.cable import Cable
from hil_tests.actor.lines import PIECE_BYTES
from hil_tests.actor.pins import HANDS, LINES
from hil_tests.drivers.actor_link import ANSWER_S, ActorError, ActorLink, ActorRefused, Noticed
from hil_tests.lines_heard import LinesHeard
from hil_tests.target import Current

SAMPLE_MS = 10


class Actor:
    """Hands, eyes, parts and a meter at one device.

    `roles` say which lines the wires are; `lines` joins others than the actor's own table does. `relay`: how the
    device's power is wired, such as "nc high"; None where nothing switches it.
    """

    def __init__(
        self,
        cable: Cable,
        roles: tuple[str, ...],
        relay: str | None = None,
        lines: Mapping[str, str] = LINES,
        name: str = "hands",
    ) -> None:
        self.seen = LinesHeard(name)
        self.has_power_switch = relay is not None
        self._relay = relay
        self.cuts: list[Noticed] = []  # "cut" and "back", by the actor's clock
        self.wires = wires_of(roles, lines)
        self._lines = {wire: line for line, wire in self.wires.items()}
        self._lamps: dict[str, bool] = {}
        self._paper = bytearray()
        self._guard = threading.Lock()
        self.link = ActorLink(cable, self._notice)
        self.open()

    def open(self) -> None:
        """Begin, or begin again with an actor that was away. Raises ActorError."""
        self.link.open()
        if self._relay is not None:
            self.link.ask("relay", *self._relay.split(" "))
        if self._lines.get("printer") == "display":  # a keypad's: nobody answers there
            self.link.ask("printer", "manner", "silent")
        self._look()

    def press(self, key: str, ms: int = 80) -> None:
        """Press a key and let it go; its contact does not bounce."""
        self.bounce(key, (ms,))

    def bounce(self, key: str, times_ms: tuple[int, ...]) -> None:
        """Press it for the first time, open it for the second, close it for the third …"""
        self.seen.note(f"press {key} {' '.join(map(str, times_ms))} ms")
        self.link.ask("press", self._wire(key), *times_ms, within_s=ANSWER_S + sum(times_ms) / 1000)

    def hold(self, key: str) -> None:
        """Press a key."""
        self.seen.note(f"hold {key}")
        self.link.ask("hold", self._wire(key))

    def release(self, key: str) -> None:
        """Let a key go."""
        self.seen.note(f"release {key}")
        self.link.ask("release", self._wire(key))

    def scan(self, text: str) -> None:
        """Hold a code before the reader."""
        self.seen.note(f"scan {text}")
        data = text.encode()
        *before, last = [data[at : at + PIECE_BYTES].hex() for at in range(0, len(data), PIECE_BYTES)]
        for piece in before:
            self.link.ask("scan", "more", piece)
        self.link.ask("scan", last)

    def lamps(self) -> dict[str, bool]:
        """The lamps that were ever on or off, and how they are."""
        self._look()
        with self._guard:
            return dict(self._lamps)

    def paper(self) -> bytes:
        """All that the printer was sent since the last call."""
        with self._guard:
            data, self._paper = bytes(self._paper), bytearray()
        return data

    def printer(self, what: str, value: str) -> None:
        """Take its paper out, open its cover …: `paper out`, `cover open`, `trouble hot`, `manner silent`."""
        self.link.ask("printer", what, value)

    def power(self, on: bool) -> None:
        """Switch the device's power by the relay, and that of the reader, which hangs on it."""
        if not on:
            self.link.ask("scanner", "power", "lost")
        self.link.ask("power", "on" if on else "off")

    def cut(self, for_ms: int, after_ms: int = 0, by: str = "now") -> None:
        """Cut the power at a moment that the actor waits for: `now`, `eye <line> <level>`, `bytes <line> <count>`."""
        kind, *rest = by.split(" ")
        words = [kind, *([self._wire(rest[0]), *rest[1:]] if rest else [])]
        self.link.ask("cut", for_ms, after_ms, *words)

    def current(self, seconds: float) -> Current:
        """Measure what the device draws, for so long. Raises ActorRefused where no meter answers."""
        self.link.ask("meter", "start", SAMPLE_MS)
        time.sleep(seconds)
        count, mean, least, most = [int(word) for word in self.link.ask("meter", "read")[:4]]
        self.link.ask("meter", "stop")
        return Current(mean / 1000, least / 1000, most / 1000, count)

    def close(self) -> None:
        """Let go of everything."""
        with suppress(ActorError):  # one that is gone lets go by itself
            self.link.ask("release", "all")
        self.link.close()

    def _wire(self, line: str) -> str:
        wire = line if line in HANDS else self.wires.get(line)
        if wire is None:
            raise ActorRefused(f"line {line}: expected one that is wired ({', '.join(sorted(self.wires))}), found none")
        return wire

    def _look(self) -> None:
        for word in self.link.ask("look"):
            wire, _, told = word.partition("=")
            if wire in self._lines:
                self._see(wire, told.split(",")[0] == "1")

    def _notice(self, noticed: Noticed) -> None:
        """In the thread of the link."""
        kind, *words = noticed.words
        if kind == "eye":
            self._see(words[0], words[1] == "1")
        elif kind == "printer":
            self._take(bytes.fromhex(words[1]))
        elif kind != "scanner":
            if kind in ("cut", "back"):
                self.cuts.append(noticed)
            self.seen.note(" ".join(noticed.words))

    def _take(self, data: bytes) -> None:
        """The device said this to its printer, or to its display."""
        if self._lines.get("printer") == "display":
            self.seen.hear(b"display " + data)
            return
        with self._guard:
            self._paper += data
        self.seen.say(f"paper {len(data)}")

    def _see(self, wire: str, lit: bool) -> None:
        line = self._lines.get(wire)
        with self._guard:
            changed = line is not None and self._lamps.get(line, False) != lit
            if line is not None:
                self._lamps[line] = lit
        if changed:
            self.seen.say(f"{line} {'on' if lit else 'off'}")


def wires_of(roles: tuple[str, ...], lines: Mapping[str, str] = LINES) -> dict[str, str]:
    """{line: wire} of a device with these roles; of two lines on one wire the first has it."""
    own = {line for role in roles for line in PINS[role]}
    found: dict[str, str] = {}
    for line, wire in lines.items():
        if line in own and wire not in found.values():
            found[line] = wire
    return found

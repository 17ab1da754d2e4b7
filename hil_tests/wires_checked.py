"""Is each wire of a rig right? The device lights one lamp after another and the actor looks; the actor presses one key
after another and the device looks; each serial line is asked something and answers. So a swapped wire names its other
end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.laptop.package import BOARDS
from fleet.provisioning.installing import restart
from fleet.provisioning.probing import probe
from fleet.provisioning.raw_repl import RawRepl, ReplError
from hil_tests import wire_scripts
from hil_tests.actor.pins import EYES, HANDS, SERIAL
from hil_tests.drivers.actor import Actor
from hil_tests.drivers.actor_link import ActorRefused
from hil_tests.lines_heard import NotHeard

QUESTIONS = {"printer": b"\x10\x04\x04", "scanner": b"\x7e\x00\x07\x01\x00\x00\x01\xab\xcd"}
# Paper? Which mode? Both are answered at once, by a few bytes.
PRESS_MS = 60
LOOK_S = 3.0
CUT_MS = 500
MEASURE_S = 0.5
RIGHT, WRONG, SKIPPED = "right", "wrong", "not checked"


@dataclass(frozen=True)
class Verdict:
    """What was found of one wire: `line` of the device, `wire` of the actor."""

    wire: str
    line: str
    result: str
    found: str = ""


class WireCheck:
    """A check of all wires between an actor and the device at this prompt. `look_s`: how long something may take."""

    def __init__(self, actor: Actor, repl: RawRepl, look_s: float = LOOK_S) -> None:
        self._actor, self._repl, self._look_s = actor, repl, look_s
        self._wires = actor.wires  # of the lines that its roles have

    def run(self) -> Iterator[Verdict]:
        """One verdict after another; the device begins anew at the end. Raises ReplError, PortError, ActorError."""
        self._begin()
        for line, wire in sorted(self._wires.items(), key=lambda one: one[1]):
            if wire in EYES:
                yield self._lamp(line, wire)
            elif wire in HANDS:
                yield self._key(line, wire)
            elif line in QUESTIONS:
                yield self._serial(line, wire)
            elif wire in SERIAL:
                yield Verdict(wire, line, SKIPPED, "what hangs there says nothing")
        yield self._meter()
        power = self._power()
        yield power
        if power.result != RIGHT:  # else it has begun anew already
            restart(self._repl)

    def _begin(self) -> None:
        self._repl.enter()
        found = probe(self._repl)
        if found.board is None:
            raise ReplError(f"expected one of {', '.join(sorted(BOARDS))}, found {found.machine}")
        family = BOARDS[found.board].family
        keys = sorted(line for line, wire in self._wires.items() if wire in HANDS)
        name = None if family == "simulated" else found.board
        self._repl.run(wire_scripts.start(family, name, keys))

    def _lamp(self, line: str, wire: str) -> Verdict:
        for level in (1, 0):  # whatever the firmware left there, it is dark now
            self._repl.run(wire_scripts.light(line, level))
        self._actor.lamps()
        seen = self._actor.seen.place
        self._repl.run(wire_scripts.light(line, 1))
        try:
            self._actor.seen.expect(" on$", seen, self._look_s)
        except NotHeard:
            return Verdict(wire, line, WRONG, "the actor sees no light: is the wire there, and the ground?")
        finally:
            self._repl.run(wire_scripts.light(line, 0))
        return verdict(wire, line, sorted(self._seen(seen, " on$")), "the actor sees it at")

    def _key(self, line: str, wire: str) -> Verdict:
        self._actor.link.ask("press", wire, PRESS_MS)
        moved = {word.partition("=")[0] for word in self._repl.run(wire_scripts.edges(2)).decode().split()}
        if not moved:
            return Verdict(wire, line, WRONG, "the device feels no press: is the wire there, and the ground?")
        return verdict(wire, line, sorted(moved), "the device feels it at")

    def _serial(self, line: str, wire: str) -> Verdict:
        before = self._came(wire)
        heard = self._repl.run(wire_scripts.ask(line, QUESTIONS[line])).decode().strip()
        if heard:
            return Verdict(wire, line, RIGHT)
        if self._came(wire) == before:
            return Verdict(wire, line, WRONG, "the actor hears nothing: tx of the device to rx of the actor?")
        return Verdict(wire, line, WRONG, "the device hears no answer: tx of the actor to rx of the device?")

    def _meter(self) -> Verdict:
        try:
            told = self._actor.current(MEASURE_S)
        except ActorRefused:
            return Verdict("meter", "", SKIPPED, "no INA219 answers")
        found = f"{told.mean_ma:.1f} mA"
        return Verdict("meter", "", RIGHT if told.mean_ma > 1 else WRONG, found)

    def _power(self) -> Verdict:
        """A lamp that is lit goes out when the power is cut."""
        line = next((line for line, wire in self._wires.items() if wire in EYES), None)
        if line is None or not self._actor.has_power_switch:
            return Verdict("relay", "", SKIPPED, "no relay was named, or no lamp is wired")
        self._repl.run(wire_scripts.light(line, 1))
        seen = self._actor.seen.place
        self._actor.cut(for_ms=CUT_MS)
        try:
            self._actor.seen.expect(f"^{line} off", seen, self._look_s)
        except NotHeard:
            return Verdict("relay", "", WRONG, "the device stays alive: another contact, or power by another way?")
        return Verdict("relay", "", RIGHT)

    def _seen(self, since: int, pattern: str) -> set[str]:
        return {one.text.split(" ")[0] for one in self._actor.seen.lines[since:] if one.text.endswith(pattern[:-1])}

    def _came(self, wire: str) -> str:
        """How much has come on this line."""
        return self._actor.link.ask("came", wire)[0]


def verdict(wire: str, line: str, found: list[str], where: str) -> Verdict:
    """Whether exactly this line moved."""
    if found == [line]:
        return Verdict(wire, line, RIGHT)
    return Verdict(wire, line, WRONG, f"{where} {', '.join(found)}")

"""The bench speaks with the firmware at a cable: objects in Improv frames, asked by a number and answered by the same.

What the device says is a stranger's: its texts are shortened and made printable here, once, before anybody sees them.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from fleet.provisioning.cable import Cable
from fleet.provisioning.untrusted import shown
from protocols import improv
from protocols.message import ProtocolError

ANSWER_S = 5.0
TAKEN_S = 2.0
TRY_S = 1.0
# A board that is just starting hears nothing for a second or two; it is asked again.
QUIET_S = 0.3
PROMPTS = (b"raw REPL; CTRL-B to exit", b"\n>>> ")
LONGEST_TEXT = 400
AS_IT_IS = ("record", "proof")
# These are checked by their signature, letter by letter.

Said = dict[str, Any]


class ConversationError(Exception):
    """The device does not answer as its protocol says."""


class NoAnswer(ConversationError):
    """Nobody answered in time; the firmware does not run, or is busy with something else."""


class AtPrompt(ConversationError):
    """The board stands at MicroPython's prompt: a byte of ours came at the very moment when it means Ctrl-C there."""


class DeviceRefused(ConversationError):
    """The device says no; `error` is its word, `found` what it found."""

    def __init__(self, do: str, error: str, found: str) -> None:
        super().__init__(f"the board refuses to {do}: {found or error}")
        self.error = error
        self.found = found


class Conversation:
    """A talk with one device. `state` is how far it is on its way to the fleet, `failures` how often that failed, and
    `named` who it says it is, if it is a device already.
    """

    def __init__(self, cable: Cable) -> None:
        self.cable = cable
        self.state: int | None = None
        self.failures = 0
        self.named: str | None = None
        self._begin()
        self._number = 0

    def again(self) -> None:
        """The board began anew: what was half said is forgotten."""
        self.state = None
        self.failures = 0
        self._begin()

    def ask(
        self, do: str, within_s: float = ANSWER_S, line: Callable[[Said], None] = lambda said: None, **what: Any
    ) -> Said:
        """The answer to a request; what is streamed before it goes to `line`, and lengthens the time.

        Raises DeviceRefused, NoAnswer, ConversationError, PortError.
        """
        number = self.say(do, **what)
        ends = self.cable.clock() + within_s
        while True:
            said = self._object(ends - self.cable.clock(), do)
            if said.get("id") != number:
                continue  # of another request, for whose answer nobody waits
            if "ok" not in said:
                line(said)
                ends = self.cable.clock() + within_s
            elif said["ok"] is True:
                return said
            else:
                raise DeviceRefused(do, str(said.get("error", "no reason")), str(said.get("found", "")))

    def say(self, do: str, **what: Any) -> int:
        """Ask without waiting for the answer; the number by which it would be known. Raises NoAnswer, PortError."""
        self._number += 1
        self._send({"do": do, "id": self._number, **what})
        return self._number

    def about(self, within_s: float) -> Said | None:
        """Who the board is; asked again until it answers. None where it is a device on its way, which hears nothing.

        What it said half while it began is no answer. Raises AtPrompt, NoAnswer, ConversationError, PortError.
        """
        ends = self.cable.clock() + within_s
        while True:
            try:
                return self.ask("about", min(TRY_S, max(0.1, ends - self.cable.clock())))
            except DeviceRefused:
                raise
            except ConversationError:
                if self.state in (improv.PROVISIONING, improv.PROVISIONED) or self.failures:
                    return None
                if any(prompt in self._frames.chatter for prompt in PROMPTS):
                    raise AtPrompt(f"expected the firmware to start, {self._heard()}") from None
                if self.cable.clock() >= ends:
                    raise
                self._begin()

    def begun(self, within_s: float) -> None:
        """Wait until a board that was reset says that it began. One that is not heard may have said it before.

        Raises PortError.
        """
        ends = self.cable.clock() + within_s
        while self.state is None and self._next(ends - self.cable.clock()) is not None:
            pass

    def until_connected(self, within_s: float, failed: Callable[[int], None]) -> bool:
        """Wait until the fleet has welcomed the device; `failed` hears of each try that came to nothing.

        False where the time is over. Raises PortError.
        """
        ends = self.cable.clock() + within_s
        while self.state != improv.PROVISIONED:
            left = ends - self.cable.clock()
            if left <= 0:
                return False
            before = self.failures
            self._next(left)
            if self.failures > before:
                failed(self.failures)
        return True

    def _send(self, what: Said) -> None:
        """All pieces of an object, each but the last once the one before was taken."""
        raw = json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()
        frames = list(improv.pieces(improv.REQUEST, raw))
        for piece in frames[:-1]:
            self.cable.write(piece)
            ends = self.cable.clock() + TAKEN_S
            while True:
                found = self._next(ends - self.cable.clock())
                if found is None:
                    raise NoAnswer(f"expected the board to take a piece of {what['do']}, heard nothing")
                if improv.is_taken(*found):
                    break
        self.cable.write(frames[-1])

    def _object(self, within_s: float, do: str) -> Said:
        ends = self.cable.clock() + within_s
        while True:
            found = self._next(ends - self.cable.clock())
            if found is None:
                raise NoAnswer(f"expected an answer to {do}, {self._heard()}")
            kind, data = found
            if kind != improv.RESULT:
                continue
            try:
                command, body = improv.read(data)
                raw = self._objects.take(body) if command == improv.OBJECT else None
                if command == improv.OBJECT and raw is None and body[0] & improv.MORE:
                    self.cable.write(improv.taken())
                said = None if raw is None else json.loads(raw)
            except (ProtocolError, ValueError) as err:
                raise ConversationError(f"expected an object as answer to {do}: {shown(err)}") from None
            if isinstance(said, dict):
                return {shown(name): harmless(value, name in AS_IT_IS) for name, value in said.items()}

    def _next(self, within_s: float) -> tuple[int, bytes] | None:
        """The next frame; what it says of the device's state is noted. None when the time is over."""
        ends = self.cable.clock() + within_s
        while True:
            if self._waiting:
                kind, data = self._waiting.pop(0)
                if kind == improv.STATE and data:
                    self.state = data[0]
                elif kind == improv.ERROR and data and data[0] == improv.NO_CONNECTION:
                    self.failures += 1
                elif kind == improv.RESULT and data[:1] == bytes([improv.ASK_DEVICE]):
                    self.named = device_in(data)
                return kind, data
            left = ends - self.cable.clock()
            if left <= 0:
                return None
            data = self.cable.read(min(left, QUIET_S))
            self._waiting += self._frames.feed(data) if data else self._frames.idle()

    def _heard(self) -> str:
        chatter = shown(self._frames.chatter)
        return f"heard {chatter}" if chatter else "heard nothing"

    def _begin(self) -> None:
        self._frames, self._objects = improv.Frames(), improv.Objects()
        self._waiting: list[tuple[int, bytes]] = []


def device_in(data: bytes) -> str | None:
    """The device that this answer of the standard names; None in one that cannot be read."""
    try:
        texts = improv.read_strings(improv.read(data)[1])
    except ProtocolError:
        return None
    return shown(texts[3]) if len(texts) == 4 else None


def harmless(value: Any, as_it_is: bool = False) -> Any:
    """What a device said, fit to be shown; lists and objects within it too."""
    if isinstance(value, str):
        return value if as_it_is else shown(value, LONGEST_TEXT)
    if isinstance(value, list):
        return [harmless(one) for one in value]
    if isinstance(value, dict):
        return {shown(name): harmless(one) for name, one in value.items()}
    return value


def parts_of(record: str) -> Iterator[tuple[str, str, str]]:
    """(part, result, found) of each line of a self-test's record; nothing of one that cannot be read."""
    try:
        parts = json.loads(record)["parts"]
        rows = [(shown(one["part"], 24), shown(one["result"], 24), shown(one.get("found", ""))) for one in parts]
    except (ValueError, KeyError, TypeError):
        rows = []
    yield from rows

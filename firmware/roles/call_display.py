"""The call display: which calls are shown, which are still to be spoken, and by which clips.

Calls are spoken one after another. One that comes too late to be of use is shown and not spoken; so is what is left
over when more are called than can be said.
"""

from firmware.sparing import const
from protocols.calls import Call

_SHOWN = const(4)
_WAITING = const(6)
_REMEMBERED = const(16)

_CHIME = const(1)
_CALLED = const(2)
_TO_COUNTER = const(3)
_DIGIT = const(10)
_LETTER = const(21)
_COUNTER = const(100)
_LETTERS = const("ABCDEFGHIJKLMNOPQRSTUVWXYZĐĂÂÊÔƠƯ")
# Clips by their numbers, the same in each language's folder: docs/voices.md lists them.


class CallDisplay:
    """`shown` are the last calls, the newest first, one for each counter. Which is newer, `expires` says."""

    def __init__(self) -> None:
        self.shown: "list[Call]" = []
        self._to_say: "list[Call]" = []
        self._known: "list[str]" = []

    def take(self, call: Call, at: "int | None") -> bool:
        """Somebody is called; whether it is news. `at` is UTC, or None while the device has no clock."""
        if call.id in self._known:
            return False
        self._known = self._known[1 - _REMEMBERED :] + [call.id]
        others = []
        for one in self.shown:
            if one.counter != call.counter:
                others.append(one)
            elif one.expires > call.expires:
                return False  # it was overtaken by the next call of its counter
        ahead = 0
        while ahead < len(others) and others[ahead].expires > call.expires:
            ahead += 1
        self.shown = (others[:ahead] + [call] + others[ahead:])[:_SHOWN]
        if fresh(call, at):
            self._to_say = self._to_say[1 - _WAITING :] + [call]
        return True

    def next_to_say(self, at: "int | None") -> "Call | None":
        """The call that is to be spoken now."""
        while self._to_say:
            call = self._to_say.pop(0)
            if fresh(call, at):
                return call
        return None


def fresh(call: Call, at: "int | None") -> bool:
    """Whether it is of use to say it."""
    return at is None or at < call.expires


def clips(call: Call) -> "list[int]":
    """The clips of a call in their order: "Mời số A không một hai, đến quầy số ba"."""
    said = [_CHIME, _CALLED]
    label = call.label.upper()
    for at in range(len(label)):
        letter = label[at : at + 1]
        if letter.isdigit():
            said.append(_DIGIT + int(letter))
        elif letter in _LETTERS:
            said.append(_LETTER + _LETTERS.find(letter))
    if call.counter.isdigit() and 1 <= int(call.counter) <= 99:
        said += [_TO_COUNTER, _COUNTER + int(call.counter)]
    return said

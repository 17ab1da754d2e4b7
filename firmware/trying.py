"""A release on trial, until the fleet has welcomed the device with it, its parts are as sound as before, and its roles
have done their work once, with nobody to see it (`rehearsing`). It is lent.

What it must be as good as was kept with the flip: {"within_s", "parts"}. If it is not, the board goes back by itself;
so it does after three boots (`choosing`), and where no welcome comes in `within_s`.
"""

import asyncio

from firmware.sparing import PRESENCE, const, lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WITHIN_S = const(600)
_SOUND_WITHIN_MS = const(120_000)
# A printer warms up, a reader is asked twice, and a key is known as stuck after half a minute.
_LOOK_MS = const(500)
_LAST_LOOK_MS = const(2_500)
# Before the time of the trial is over: then the part is told as the reason, and not that nobody said welcome.
_REHEARSED_MS = const(10_000)
# Where there was no memory for it just then.
_TRIES = const("update_tries")
_TRIES_AT_MOST = const(3)
# A person may let a device try once more what it gave up. A fleet that never stops asking is not heard for ever.


def start(device) -> None:  # type: ignore[no-untyped-def]
    """A boot. The failures of an application that is not there any more are none of this one's."""
    slots = lent("slots").found(device.board)
    if slots is None:
        return
    if slots.trial is not None:
        if device.trial is None:
            device.trial = device.clock.up() + slots.parts.get("within_s", _WITHIN_S) * 1000
    elif untold(device, slots.returned):
        device.board.keep_failures(0)


def tell(device) -> None:  # type: ignore[no-untyped-def]
    """The outbox is there: tell once what the device could not live with, and hear whom the cable says to believe."""
    slots = lent("slots").found(device.board)
    if slots is None:
        return
    try:
        lent("trust").take_in(device.board)
    except (ValueError, OSError) as err:
        device.fault("trust", str(err))
    back = lent("slots").found(device.board).returned  # another house's counts no more
    if untold(device, back):
        lent("updating").tell(device, back["sequence"], "returned", back["reason"])
        count = tries(device.board, back["sequence"])["count"]
        lent("kept").found(device.board).put(_TRIES, {"sequence": back["sequence"], "count": count, "told": True})


def sound(device) -> None:  # type: ignore[no-untyped-def]
    """This boot has lived for long. If it stands in for what fell again and again, that is given up now."""
    slots, failures = lent("slots").found(device.board), device.board.failures
    if slots is not None and slots.stands_in(failures):
        slots.give_up(fell(failures))
        tell(device)
        lent("presenting", PRESENCE).say_hello(device, device.nonce)


def untold(device, back: "dict[str, Any] | None") -> bool:  # type: ignore[no-untyped-def]
    """Whether this return was never told."""
    return back is not None and not tries(device.board, back["sequence"])["told"]


def tries(board, sequence: int) -> "dict[str, Any]":  # type: ignore[no-untyped-def]
    """How often this release was tried, and whether its return was told."""
    known = lent("kept").found(board).get(_TRIES)
    if type(known) is not dict or known["sequence"] != sequence:
        known = {"sequence": sequence, "count": 0, "told": False}
    return known


def begin(board, sequence: int) -> None:  # type: ignore[no-untyped-def]
    """The next boot tries this one."""
    count = tries(board, sequence)["count"] + 1
    lent("kept").found(board).put(_TRIES, {"sequence": sequence, "count": count, "told": False})


def given_up(board, slots, sequence: int) -> str:  # type: ignore[no-untyped-def]
    """Why this release is not taken once more; "" if it may be. What another stands in for has just fallen here."""
    back = slots.returned
    if slots.stands_in(board.failures) and slots.record()["sequence"] == sequence:
        return fell(board.failures)
    again = back is not None and back["sequence"] == sequence
    return back["reason"] if again and tries(board, sequence)["count"] >= _TRIES_AT_MOST else ""  # type: ignore[no-any-return]


def fell(failures: int) -> str:
    """Why something that was confirmed is given up."""
    return "fell down %d times in a row" % failures


def on_trial(board) -> bool:  # type: ignore[no-untyped-def]
    """Whether this boot tries a release. Whatever else is to be tried waits until that is over."""
    slots = lent("slots").found(board)
    return slots is not None and slots.trial is not None


def welcome(device) -> None:  # type: ignore[no-untyped-def]
    """The fleet has welcomed the device: what else was on trial is the device's, a release if its parts are sound."""
    slots = lent("slots").found(device.board)
    if slots is None or slots.trial is None:
        device.trial = None
    elif device.update is None:
        device.update = Trial(device, slots)
        asyncio.create_task(device.update.run())


def failed(device, reason: str) -> None:  # type: ignore[no-untyped-def]
    """It is not as it shall be: back to the one before, if a release is on trial."""
    device.trial = None
    slots = lent("slots").found(device.board)
    if slots is not None and slots.trial is not None:
        slots.give_back(reason)
        device.end("returned")


class Trial:
    """Stands where an update stands while one is under way."""

    stage = "trial"

    def __init__(self, device, slots) -> None:  # type: ignore[no-untyped-def]
        self._device = device
        self._slots = slots
        self.sequence = slots.trial
        self._until = device.trial

    def take(self, data: "dict[str, Any]") -> None:
        """Nothing was asked for."""

    def progress(self) -> "dict[str, Any]":
        """As of an update."""
        return {"sequence": self.sequence, "stage": self.stage}

    def lost(self) -> None:
        """The connection is lost; another one will do."""

    async def run(self) -> None:
        """Wait until all is as it was, and the fleet is there; else go back."""
        device, up = self._device, self._device.clock.up
        parts, until = lent("sound_parts"), min(up() + _SOUND_WITHIN_MS, self._until - _LAST_LOOK_MS)
        while not device.end_reason:
            worse, wait_ms = parts.worse(self._slots.parts.get("parts", {}), parts.states(device)), _LOOK_MS
            if not worse and device.online and device.welcomed:
                trouble = await lent("rehearsing").trouble(device)
                if trouble is None:
                    self._confirm()
                    return
                worse, wait_ms = [trouble[0]], _REHEARSED_MS
                until = up() if trouble[1] else until
            if worse and up() >= until:
                failed(device, "not as before: " + ", ".join(worse))
                return
            await asyncio.sleep_ms(wait_ms)

    def _confirm(self) -> None:
        device = self._device
        lent("trust").Trust(device.board).confirmed(self.sequence)
        self._slots.confirm()
        lent("updating").tell(device, self.sequence, "confirmed")
        device.trial = device.update = None
        lent("presenting", PRESENCE).say_hello(device, device.nonce)

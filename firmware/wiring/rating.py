"""The rating buttons' lines: a key and a lamp for each score, and a lamp that says a rating is awaited.

A score's lamp is a promise: the press is kept. How long a key was held is part of what is kept, so it lights when the
key comes up. That the board has felt the finger the other lamp says, which is turned over while a key is down. Lamps
that blink ask for the reason of the rating just given.
"""

import gc

from firmware.drivers.keys import Keys
from firmware.drivers.lamp import Lamp
from firmware.roles.rating_buttons import LONGEST_HELD_MS, OWN_ARMED_MS, RatingButtons, keys
from firmware.sparing import const, lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from protocols.rating_state import Armed

_THANKS_MS = const(1_500)
_BLINK_MS = const(300)
_COUNT_EVERY = const(20)
# What a power cut forgets is no more than that many presses of a statistic.


class RatingWiring:
    """Runs the role, with as many keys as the scale has scores."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        scores = range(1, device.config.scale + 1)
        self._device = device
        self._role = RatingButtons()
        self._keys = Keys(board.inputs(keys(device.config.scale)), device)
        self._lamps = [Lamp(board.output("lamp_%d" % score)) for score in scores]
        self._armed = Lamp(board.output("lamp_armed"))
        self._presses = bytearray(len(self._lamps))
        self._asking: "Any" = None  # what asks for a reason is lent
        self._inviting = False
        device.bounces = self._keys.bounces
        device.on_state.append(("armed", "rating_state.Armed", self._take_armed))
        device.on_finish.append(self._take_finish)
        self.turns = 0
        self.poke = self._keys.wake

    async def run(self) -> None:
        """Serve presses, first the one that woke the board; how long that key was held nobody knows."""
        woken_by = self._device.board.woken_by(keys(len(self._lamps)))
        if woken_by is not None:
            self._report(int(woken_by.split("_")[1]), None, 0)
        while True:
            self.turns += 1
            now = self._device.clock.up()
            self._armed.set(self._role.invites(now) != self._role.felt())
            self._invite(now)
            change = await self._keys.change(self._due_ms(now))
            if change is None:
                self._report_held()
                continue
            score = int(change.name.split("_")[1])
            if change.pressed:
                self._role.pressed(score, change.up)
            else:
                held_ms = self._role.released(score, change.up)
                if held_ms is not None:
                    self._report(score, held_ms, change.up)

    def sound(self) -> "dict[str, int]":
        """How its parts are, in the numbers of `sound_parts`."""
        return {"rating": 1, "rating keys": int(self._keys.sound())}

    def _due_ms(self, now: int) -> "int | None":
        """How long until a held key, the right to rate or a question is over."""
        due = self._role.due_ms(now)
        if self._asking is None or now >= self._asking.ends:
            return due
        asked = self._asking.due_ms(now)
        return asked if due is None else min(due, asked)

    def _report_held(self) -> None:
        up = self._device.clock.up()
        score = self._role.held_too_long(up)
        if score is not None:
            self._report(score, LONGEST_HELD_MS, up)

    def _report(self, score: int, held_ms: "int | None", up: int) -> None:
        config = self._device.config
        at = self._device.clock.at(up)
        asking = self._asking
        if asking is not None and asking.is_reason(score, up - (held_ms or 0)):
            event = asking.reason(score, up, at)
            self._stop_asking(up)
        else:
            asking = None
            event = self._role.rating(score, held_ms, config.scale, config.scale_version, up, at)
        kept = self._device.record(event)
        if asking is None and kept is not None:
            self._role.answered = event.armed
            self._ask(event, kept, up)
        self._invite(up)
        if kept is not None:
            self._lamps[score - 1].pulse(_THANKS_MS)
        self._count(score)

    def _ask(self, given, identity: str, up: int) -> None:  # type: ignore[no-untyped-def]
        """Ask for the reason, where that is wished. What asks is there only meanwhile."""
        device = self._device
        told = device.config.rating
        self._asking = None
        if told.get("reasons") and device.identity.epoch is not None:  # without one the rating has no identity yet
            try:
                asking = lent("roles.asking_reasons", "protocols.rating")
                self._asking = asking.ask(told, given, identity, up, _THANKS_MS)
            except MemoryError:
                gc.collect()  # the rating is kept; its reason can be done without
        if self._asking is not None:
            device.awake_until = self._asking.ends

    def _invite(self, now: int) -> None:
        """The lamps of the reasons blink while it is asked; afterwards what asked is let go, with the last finger."""
        asking = self._asking
        inviting = asking is not None and asking.invites(now)
        if inviting != self._inviting:
            self._inviting = inviting
            for place in range(len(self._lamps)):
                if not inviting:
                    self._lamps[place].set(False)
                elif place < len(asking.reasons):
                    self._lamps[place].blink((asking.ends - now) // (2 * _BLINK_MS) + 1, _BLINK_MS)
        if asking is not None and now >= asking.ends and not self._role.felt():
            self._asking = None

    def _count(self, score: int) -> None:
        """Now and then look whether one of the keys is never pressed."""
        self._presses[score - 1] += 1
        if sum(self._presses) >= _COUNT_EVERY:
            counted = dict(zip(keys(len(self._presses)), self._presses))  # noqa: B905
            self._presses = bytearray(len(self._presses))
            lent("stuck_keys").count(self._device, counted)

    def _take_armed(self, armed: "Armed") -> None:
        at = self._device.clock.at()
        if at is not None:
            up = self._device.clock.up()
            before = self._role.finish
            self._role.arm_from(armed, at - up, up)
            self._for_another(before, up)
            self._keys.wake()

    def _take_finish(self, finish: str, up: int) -> None:
        """This board's own keypad closed a visit."""
        before = self._role.finish
        self._role.arm(finish, up + OWN_ARMED_MS)
        self._for_another(before, up)
        self._keys.wake()

    def _for_another(self, before: "str | None", up: int) -> None:
        """The right to rate goes to somebody else: the last one is asked no longer."""
        if self._asking is not None and before != self._role.finish:
            self._stop_asking(up)

    def _stop_asking(self, up: int) -> None:
        """Nobody is awaited any more; a board on a battery may sleep."""
        self._asking.end(up)
        self._device.awake_until = up

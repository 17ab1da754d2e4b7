"""The rating buttons' lines: a key and a lamp for each score, and a lamp that says a rating is awaited."""

from firmware.drivers.keys import Keys
from firmware.drivers.lamp import Lamp
from firmware.roles.rating_buttons import LONGEST_HELD_MS, OWN_ARMED_MS, RatingButtons
from firmware.sparing import const
from protocols.state import State

_SCORES = const((1, 2, 3, 4, 5))
_THANKS_MS = const(1_500)


class RatingWiring:
    """Runs the role."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        self._device = device
        self._role = RatingButtons()
        self._inputs = board.inputs(["score_%d" % score for score in _SCORES])
        self._keys = Keys(self._inputs, device.clock)
        self._lamps = {score: Lamp(board.output("lamp_%d" % score)) for score in _SCORES}
        self._armed = Lamp(board.output("lamp_armed"))
        device.on_state.append(self._take_state)
        device.on_finish.append(self._take_finish)
        self.turns = 0
        self.poke = self._keys.wake

    async def run(self) -> None:
        """Serve presses."""
        while True:
            self.turns += 1
            now = self._device.clock.up()
            self._armed.set(self._role.armed(now) is not None)
            change = await self._keys.change(self._role.due_ms(now))
            if change is None:
                self._report_held()
                continue
            score = int(change.name.split("_")[1])
            if change.pressed:
                if score <= self._device.config.scale:
                    self._role.pressed(score, change.up)
            else:
                held_ms = self._role.released(score, change.up)
                if held_ms is not None:
                    self._report(score, held_ms, change.up)

    def _report_held(self) -> None:
        up = self._device.clock.up()
        score = self._role.held_too_long(up)
        if score is not None:
            self._report(score, LONGEST_HELD_MS, up)

    def _report(self, score: int, held_ms: int, up: int) -> None:
        config = self._device.config
        at = self._device.clock.at(up)
        if self._device.record(self._role.rating(score, held_ms, config.scale, config.scale_version, up, at)):
            self._lamps[score].pulse(_THANKS_MS)

    def _take_state(self, state: State) -> None:
        at = self._device.clock.at()
        if state.armed is not None and at is not None:
            self._role.arm_from(state.armed, at - self._device.clock.up())
            self._keys.wake()

    def _take_finish(self, finish: str, up: int) -> None:
        """This board's own keypad closed a visit."""
        self._role.arm(finish, up + OWN_ARMED_MS)
        self._keys.wake()

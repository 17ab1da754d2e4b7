"""The counter keypad's lines: four keys, a display on a serial line, and a lamp that says somebody is served."""

import asyncio

from firmware.drivers.keys import Keys
from firmware.drivers.lamp import Lamp
from firmware.flash_files import read_json, remove, write_json
from firmware.roles.counter_keypad import IDLE, CounterKeypad, Serving
from firmware.sparing import const
from protocols.state import State

KEYS = ["key_next", "key_recall", "key_no_show", "key_finish"]
_SERVING_FILE = const("/serving.json")
_FULL = const("FULL")
_BLINK_MS = const(250)


class KeypadWiring:
    """Runs the role. Who is served is kept on flash: a clerk may finish after the power came back."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        self._device = device
        kept = read_json(board.root + _SERVING_FILE)
        self._role = CounterKeypad(Serving(*kept) if type(kept) is list and len(kept) == 3 else None)
        self._keys = Keys(board.inputs(KEYS), device)
        self._display = board.uart("display")
        self._lamp = Lamp(board.output("lamp_serving"))
        device.on_state.append(self._take_state)
        self.turns = 0
        self.poke = self._keys.wake

    async def run(self) -> None:
        """Serve keys."""
        self._show()
        while True:
            self.turns += 1
            change = await self._keys.change(self._role.due_ms(self._device.clock.up()))
            if change is not None and change.pressed:
                await self._press(change.name, change.up)
            elif self._role.due_ms(self._device.clock.up()) == 0:
                self._from_reserve(self._device.clock.up())

    async def _press(self, key: str, up: int) -> None:
        at = self._device.clock.at(up)
        serving = self._role.serving
        if key == "key_next":
            self._next(up)
        elif key == "key_recall":
            await self._keep(self._role.recall(up, at), serving)
        elif key == "key_no_show":
            await self._keep(self._role.no_show(up, at), serving)
        elif key == "key_finish":
            finish = await self._keep(self._role.finish(up, at), serving)
            if finish is not None and self._device.identity.epoch is not None:  # without one it has no identity yet
                for take in self._device.on_finish:
                    take(finish, up)

    def _next(self, up: int) -> None:
        if not self._role.may_ask():
            self._show()  # finish or no-show come first
            return
        want = self._device.want("next", called=self._role.called())
        if want is None:
            self._from_reserve(up)
        else:
            self._role.ask(want, up)

    def _from_reserve(self, up: int) -> None:
        config = self._device.config
        prefixes = {key.service: key.prefix for key in config.services} if config else {}
        self._called(self._role.from_reserve(up, self._device.clock.at(up), prefixes))

    def _called(self, call) -> None:  # type: ignore[no-untyped-def]
        """The call is on flash before the number is on the display. One that found no room did not happen."""
        kept = call is None or self._device.record(call) is not None
        if not kept:
            self._role.uncall()
        self._show(kept)
        self._save()

    async def _keep(self, event, serving) -> "str | None":  # type: ignore[no-untyped-def]
        """Keep what a key did and show it; a key that means nothing now makes the display blink.

        Where there is no room for it, it did not happen: the key may be pressed again.
        """
        if event is None:
            self._write(IDLE)
            await asyncio.sleep_ms(_BLINK_MS)
            self._show()
            return None
        kept = self._device.record(event)
        if kept is None:
            self._role.serve(serving)
        self._show(kept is not None)
        self._save()
        return kept

    def _show(self, kept: bool = True) -> None:
        self._write(self._role.text if kept else _FULL)
        self._lamp.set(self._role.serving is not None)

    def _write(self, text: str) -> None:
        self._display.write(text.encode() + b"\r")

    def _save(self) -> None:
        one = self._role.serving
        if one is None:
            remove(self._device.board.root + _SERVING_FILE)
        else:
            write_json(self._device.board.root + _SERVING_FILE, [one.service, one.number, one.label])

    def _take_state(self, state: State) -> None:
        if state.reserve is not None:
            self._role.keep_reserve(state.reserve)
        if state.show is not None:
            before = self._role.text
            call = self._role.answer(state.show, self._device.clock.up(), self._device.clock.at())
            if call is not None or self._role.text != before:
                self._called(call)
            self._keys.wake()

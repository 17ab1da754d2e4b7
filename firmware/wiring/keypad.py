"""The counter keypad's lines: four keys, a display on a serial line, and a lamp that says somebody is served.

Held for a second, "next" pauses the counter, "no-show" parks the resident, and "finish" sends the resident on. "Recall"
with nobody at the counter brings back whoever was parked first.
"""

import asyncio

from firmware.drivers.keys import Keys
from firmware.drivers.lamp import Lamp
from firmware.flash_files import read_json, remove, write_json
from firmware.letting_go import let_go
from firmware.roles.counter_keypad import IDLE, CounterKeypad, Serving
from firmware.sparing import const, lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.counter_state import Reserve, Show

KEYS = ["key_next", "key_recall", "key_no_show", "key_finish"]
_SERVING_FILE = const("/serving.json")
_FULL = const("FULL")
_HERE = const("HERE")
_BLINK_MS = const(250)
_LAMP_MS = const(150)
_LONG_MS = const(1_000)
_DAY_MS = const(86_400_000)
_STORED_MS = const(200)
# So often it is looked whether the fleet has stored all that was called.


class KeypadWiring:
    """Runs the role. Who is served and who is parked is kept on flash: a clerk may go on after the power came back."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        self._device = device
        self._role = CounterKeypad(*kept_state(read_json(board.root + _SERVING_FILE)))
        self._keys = Keys(board.inputs(KEYS), device)
        self._display = board.uart("display")
        self._lamp = Lamp(board.output("lamp_serving"))
        self._held: "tuple[str, int] | None" = None
        self._staffed_until: "int | None" = None
        device.on_state.append(("reserve", "counter_state.Reserve", self._take_reserve))
        device.on_state.append(("show", "counter_state.Show", self._take_show))
        device.shows.append(self._say_here)
        self.turns = 0
        self.poke = self._keys.wake

    async def run(self) -> None:
        """Serve keys."""
        self._show()
        while True:
            self.turns += 1
            up = self._device.clock.up()
            change = await self._keys.change(self._due_ms(up))
            up = self._device.clock.up()
            if change is not None:
                await self._take(change)
            elif self._held is not None and up - self._held[1] >= _LONG_MS:
                held, self._held = self._held, None
                await self._press_long(held[0], held[1])
            elif self._role.due_ms(up) == 0:
                self._from_reserve(up)
            elif self._staffed_until is not None and up >= self._staffed_until:
                self._staff("", None)  # the day is over
            self._say_reserve()

    def sound(self) -> "dict[str, int]":
        """How its parts are, in the numbers of `sound_parts`."""
        return {"keypad": 1, "keypad keys": int(self._keys.sound())}

    async def rehearse(self) -> None:
        """Show once more what is shown. Raises what that raises."""
        self._show()

    def _due_ms(self, up: int) -> "int | None":
        """How long until the fleet has had its time to answer, a key is held for long, or nobody is signed in."""
        dues = [self._role.due_ms(up)]
        if self._held is not None:
            dues.append(max(0, self._held[1] + _LONG_MS - up))
        if self._staffed_until is not None:
            dues.append(max(0, self._staffed_until - up))
        if self._role.unsaid is not None and self._device.online:
            dues.append(_STORED_MS)
        waits = [due for due in dues if due is not None]
        return min(waits) if waits else None

    async def _take(self, change) -> None:  # type: ignore[no-untyped-def]
        """A key moved. What it does depends on how long it is held; a key that means but one thing does it at once."""
        held = self._held
        if held is not None and (change.pressed or change.name == held[0]):
            # It came up, or another went down while it was held.
            self._held = None
            long = not change.pressed and change.held_ms >= _LONG_MS
            await (self._press_long if long else self._press)(held[0], held[1])
        if change.pressed and change.name == "key_recall":
            await self._press(change.name, change.up)
        elif change.pressed:
            self._held = change.name, change.up

    async def _press(self, key: str, up: int) -> None:
        at = self._device.clock.at(up)
        before = self._role.as_it_is()
        if key == "key_next":
            if not self._role.paused or await self._aside("work", up):
                self._next(up)
        elif key == "key_recall":
            if self._role.serving is None and self._role.parked:
                await self._aside("bring_back", up)
            else:
                await self._keep(self._role.recall(up, at), before)
        elif key == "key_no_show":
            await self._keep(self._role.no_show(up, at), before)
        elif key == "key_finish":
            finish = await self._keep(self._role.finish(up, at), before)
            if finish is not None and self._device.identity.epoch is not None:  # without one it has no identity yet
                for take in self._device.on_finish:
                    take(finish, up)

    async def _press_long(self, key: str, up: int) -> None:
        """What a key does that is held: the display and the lamp say so while the finger is still on it."""
        if key == "key_next":
            await self._aside("work" if self._role.paused else "pause", up)
        elif await self._aside("park" if key == "key_no_show" else "transfer", up):
            self._lamp.blink(2 if key == "key_no_show" else 3, _LAMP_MS)

    async def _aside(self, what: str, up: int) -> "str | None":
        """Something rare: what knows of it is let go afterwards."""
        before = self._role.as_it_is()
        aside = lent("roles.setting_aside")
        event = getattr(aside, what)(self._role, up, self._device.clock.at(up))
        del aside
        kept = await self._keep(event, before)
        del event
        let_go("protocols.queue_events")
        return kept

    def _next(self, up: int) -> None:
        if not self._role.may_ask():
            self._show()  # finish or no-show come first
            return
        want = self._device.want("next", called=self._role.called(), reserve=self._role.held)
        if want is None:
            self._from_reserve(up)
        else:
            self._role.ask(want, up)

    def _from_reserve(self, up: int) -> None:
        self._called(self._role.from_reserve(up, self._device.clock.at(up)))

    def _say_reserve(self) -> None:
        """Say which reserve is here, when the fleet has stored all that was called before."""
        device, role = self._device, self._role
        if role.unsaid is not None and device.online and not device.outbox.waiting():
            device.say("reserve", {"id": role.unsaid}, 1)
            role.said()

    def _called(self, call) -> None:  # type: ignore[no-untyped-def]
        """The call is on flash before the number is on the display. One that found no room did not happen."""
        kept = call is None or self._device.record(call) is not None
        if not kept:
            self._role.uncall()
        self._show(kept)
        self._save()

    async def _keep(self, event, before) -> "str | None":  # type: ignore[no-untyped-def]
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
            self._role.put_back(before)
        self._show(kept is not None)
        self._save()
        return kept

    def _show(self, kept: bool = True) -> None:
        self._write(self._role.text if kept else _FULL)
        self._lamp.set(self._role.serving is not None)

    def _say_here(self, here: bool) -> None:
        """A technician looks for this device."""
        self._write(_HERE if here else self._role.text)

    def _write(self, text: str) -> None:
        self._display.write(text.encode() + b"\r")

    def _save(self) -> None:
        role = self._role
        path = self._device.board.root + _SERVING_FILE
        if role.serving is None and not role.paused and not role.parked:
            remove(path)
            return
        serving, *parked = [
            None if one is None else [one.service, one.number, one.label] for one in [role.serving] + role.parked
        ]
        write_json(path, [serving, role.paused, parked])

    def _take_reserve(self, reserve: "Reserve") -> None:
        self._role.keep_reserve(reserve)
        self._keys.wake()

    def _take_show(self, show: "Show") -> None:
        up, at = self._device.clock.up(), self._device.clock.at()
        if show.doing is not None:
            if lent("roles.setting_aside").follow(self._role, show, at):
                self._show()
                self._save()
            let_go("protocols.queue_events")
            self._keys.wake()
            return
        if show.want is None and show.number is None:
            self._staff(show.label, up + (_DAY_MS if at is None else min(_DAY_MS, show.expires - at)))
            return
        before = self._role.text
        call = self._role.answer(show, up, at)
        if call is not None or self._role.text != before:
            self._called(call)
        self._keys.wake()

    def _staff(self, label: str, until: "int | None") -> None:
        """Who is signed in here, and until when that holds."""
        before = self._role.text
        self._role.staffed(label)
        self._staffed_until = until if label else None
        if self._role.text != before:
            self._show()
        self._keys.wake()


def kept_state(kept):  # type: ignore[no-untyped-def]
    """(serving, paused, parked) as the file says: of whoever was served alone, or of all three."""
    if type(kept) is not list or len(kept) != 3:
        return None, False, []
    if type(kept[0]) is str:
        return Serving(*kept), False, []
    serving, paused, parked = kept
    return (None if serving is None else Serving(*serving)), paused is True, [Serving(*one) for one in parked]

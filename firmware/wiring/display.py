"""The call display's lines: LEDs or a display of text, and a module that speaks. Where it is dumb, calls are shown."""

import asyncio

from firmware.drivers.dfplayer import SILENT, Player
from firmware.roles.call_display import CallDisplay, clips
from firmware.sparing import const
from firmware.waiting import happens
from protocols.calls import Call
from protocols.display import Display
from protocols.message import ProtocolError

_ASK_AGAIN_MS = const(60_000)
_IDLE = const("----")
_HERE = const("HERE")


class DisplayWiring:
    """Runs the role."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        self._device = device
        self._role = CallDisplay()
        self._has = has = Display.from_dict(device.config.display)
        self._leds = self._panel = self._voice = None
        if has.show in ("matrix", "segments"):
            from firmware.drivers.max7219 import Chain

            self._leds = Chain(board.shifter("matrix"), has.modules, has.light, has.show == "segments")
        elif has.show == "text":
            self._panel = board.uart("panel")
        if has.voice == "dfplayer":
            self._voice = Player(board.uart("voice"), device.clock)
        self._speaks = False
        self._asked: "int | None" = None
        self._news = asyncio.Event()
        device.on_state.append(("calls", "[]", self._take_calls))
        device.shows.append(self._show)
        self.turns = 0
        self.poke = self._news.set

    async def run(self) -> None:
        """Speak the calls, one after another; they are shown when they come."""
        self._show()
        await self._find_voice()
        while True:
            self.turns += 1
            await happens(self._news, None)
            self._news.clear()
            while True:
                call = self._role.next_to_say(self._device.clock.at())
                if call is None:
                    break
                await self._find_voice()
                if self._speaks:
                    await self._say(clips(call))

    def sound(self) -> "dict[str, int]":
        """How its parts are, in the numbers of `sound_parts`."""
        return {"display": 1, "voice": 2 if self._speaks else 1}

    async def rehearse(self) -> None:
        """Find the clips of a call, and show once more what is shown. Raises what that raises."""
        clips(Call(id="none", label="A001", counter="1", expires=0))
        self._show()

    async def _say(self, numbers: "list[int]") -> None:
        """The same clips of each language. One that its folder lacks is left out."""
        for folder in self._has.languages:
            for number in numbers:
                self.turns += 1
                if await self._voice.play(folder, number) == SILENT:  # type: ignore[union-attr]
                    self._speaks = False
                    self._tell_silence()
                    return

    async def _find_voice(self) -> None:
        """Look whether the module is there, now and then while it is not."""
        up = self._device.clock.up()
        if self._voice is None or self._speaks or (self._asked is not None and up - self._asked < _ASK_AGAIN_MS):
            return
        self._asked = up
        self._speaks = await self._voice.begin(self._has.volume)
        if not self._speaks:
            self._tell_silence()

    def _tell_silence(self) -> None:
        self._device.fault("voice", "does not answer: calls are shown, and not spoken")

    def _show(self, here: bool = False) -> None:
        """The calls; or, for a technician who looks for this device, that it is here."""
        shown = [] if here else self._role.shown
        idle = _HERE if here else _IDLE
        if self._leds is not None:
            self._leds.show(shown[0].label if shown else idle, shown[0].counter if shown else "")
        elif self._panel is not None:
            lines = ["%s %s" % (one.label, one.counter) for one in shown] or [idle]
            self._panel.write(("\x0c" + "\r\n".join(lines) + "\r\n").encode())

    def _take_calls(self, calls) -> None:  # type: ignore[no-untyped-def]
        """The fleet says who is called. What is no call is left aside."""
        at = self._device.clock.at()
        changed = False
        for data in calls:
            try:
                changed = self._role.take(Call.from_dict(data), at) or changed
            except ProtocolError:
                pass
        if changed:
            self._show()
            self._news.set()

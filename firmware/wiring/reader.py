"""The barcode reader's lines: a serial line from the scanner, two lamps and a buzzer."""

from firmware.drivers.lamp import Lamp
from firmware.drivers.scanner import Frames
from firmware.roles.barcode_reader import BarcodeReader
from firmware.sparing import const
from firmware.waiting import happens
from protocols.state import State

_LAMP_MS = const(400)
_BEEP_MS = const(80)
_DEFAULT_SENIOR_YEARS = const(75)


class ReaderWiring:
    """Runs the role."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        self._device = device
        self._role = BarcodeReader()
        self._frames = Frames()
        self._uart = board.uart("scanner")
        self._ok = Lamp(board.output("lamp_ok"))
        self._unknown = Lamp(board.output("lamp_unknown"))
        self._buzzer = Lamp(board.output("buzzer"))
        device.on_state.append(self._take_state)
        self.turns = 0
        self.poke = self._uart.changed.set

    async def run(self) -> None:
        """Serve readings."""
        while True:
            self.turns += 1
            await happens(self._uart.changed, self._frames.due_ms(self._device.clock.up()))
            now = self._device.clock.up()
            frames = self._frames.feed(self._uart.take(), now)
            ended = self._frames.idle(now)
            if ended is not None:
                frames.append(ended)
            for frame, length in frames:
                self._read(frame, length, now)

    def _read(self, frame: bytearray, length: int, up: int) -> None:
        device = self._device
        at = device.clock.at(up)
        years = device.config.senior_years if device.config else _DEFAULT_SENIOR_YEARS
        event = self._role.read(frame, length, up, at, device.day_keys, years)
        for place in range(len(frame)):
            frame[place] = 0  # it may have been a card
        if event is None or device.record(event) is None:
            return
        if event.what == "citizen":
            for take in device.on_citizen:
                take(event.holder, event.senior, up)
        if event.what == "unknown":
            self._say_unknown()
        else:
            self._say_ok(1)

    def _say_ok(self, beeps: int) -> None:
        self._ok.pulse(_LAMP_MS)
        self._buzzer.blink(beeps, _BEEP_MS)

    def _say_unknown(self) -> None:
        self._unknown.pulse(_LAMP_MS)
        self._buzzer.blink(2, _BEEP_MS)

    def _take_state(self, state: State) -> None:
        """The fleet says what it makes of a scan."""
        at = self._device.clock.at()
        if state.tone is None or at is None or at >= state.tone.expires:
            return
        if state.tone.tone == "accepted":
            self._say_ok(1)
        elif state.tone.tone == "due_soon":
            self._unknown.pulse(_LAMP_MS)
            self._say_ok(3)
        else:
            self._say_unknown()

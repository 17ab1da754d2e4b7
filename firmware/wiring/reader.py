"""The barcode reader's lines: a serial line from and to the scanner, two lamps and a buzzer."""

import gc

from firmware.drivers.lamp import Lamp
from firmware.drivers.scanner import Frames, Repeats
from firmware.letting_go import let_go
from firmware.sparing import const, lent
from firmware.waiting import happens
from protocols.event import encode_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.reader_state import DayKey, Tone

_LAMP_MS = const(400)
_BEEP_MS = const(80)
_LONG_BEEP_MS = const(600)
_REPEAT_S = const(3)
_SAMPLE = const(b"H15.50.05.13-261008-0001\r")

AGAIN_MS = 60_000
_TRIES_IN_SILENCE = const(2)
# A scanner may start later than the board. One that never answers is one that takes no commands.

_NOISE_MS = const(60_000)
_NOISE = const(20)
# Nobody holds so many unknown codes before a reader in a minute: the line is bad, and must not fill the outbox.


class ReaderWiring:
    """Runs the role."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        self._device = device
        self._frames = Frames()
        self._repeats = Repeats()
        self._uart = board.uart("scanner")
        self._ok = Lamp(board.output("lamp_ok"))
        self._unknown = Lamp(board.output("lamp_unknown"))
        self._buzzer = Lamp(board.output("buzzer"))
        self._reader = None
        self._set_up_at: "int | None" = None
        self._silences = 0
        self._trouble: "str | None" = None  # it was never set up, or never answered
        self._noise_since = self._noises = 0
        self._day_keys: "list[DayKey]" = []
        device.on_state.append(("day_key", "[reader_state.DayKey]", self._take_keys))
        device.on_state.append(("tone", "reader_state.Tone", self._take_tone))
        self.turns = 0
        self.poke = self._uart.changed.set

    async def run(self) -> None:
        """Serve readings."""
        clock = self._device.clock
        while True:
            self.turns += 1
            early = b""
            if self._reader != self._device.config.reader:
                self._reader, self._set_up_at, self._silences = self._device.config.reader, clock.up(), 0
            if self._set_up_at is not None and clock.up() >= self._set_up_at:
                early = await self._set_up()
            else:
                await happens(self._uart.changed, self._frames.due_ms(clock.up()))
            now = clock.up()
            frames = self._frames.feed(early + self._uart.take(), now)
            for frame, length in frames:
                self._read(frame, length, now)

    def sound(self) -> "dict[str, int]":
        """How its parts are, in the numbers of `sound_parts`."""
        return {"reader": 2 if self._trouble == "" else 1}

    async def rehearse(self) -> None:
        """Read a code that nobody holds before the reader. Raises what reading it raises."""
        up = self._device.clock.up()
        for frame, length in Frames().feed(_SAMPLE, up):
            encode_event(self._decide(frame, length, up)[0])

    async def _set_up(self) -> bytes:
        """Make the scanner what the configuration says; what it does not do is told once. Codes that came meanwhile.

        The code for it is there only while it is needed.
        """
        from protocols.reader import Reader

        reader = Reader.from_dict(dict(self._reader or {}))
        del Reader
        trouble, early, again = "", b"", False
        if reader.scanner != "plain":
            driver = lent("drivers.gm65")
            scanner = driver.Gm65(self._uart, self._device.clock)
            trouble = await scanner.set_up(reader)
            early = scanner.heard
            self._silences += trouble == driver.SILENT
            if trouble == driver.SILENT and reader.scanner == "auto":
                trouble, again = None, self._silences < _TRIES_IN_SILENCE
            else:
                again = trouble != ""
            del driver, scanner
        let_go("protocols.reader")
        self._set_up_at = self._device.clock.up() + AGAIN_MS if again else None
        if trouble and trouble != self._trouble:
            self._device.fault("scanner", trouble)
        self._trouble = trouble
        return early

    def _read(self, frame: bytearray, length: int, up: int) -> None:
        device = self._device
        within_ms = device.config.reader.get("repeat_s", _REPEAT_S) * 1000
        event, tone = None, ""
        if not self._repeats.again(frame, length, up, within_ms):
            try:
                event, tone = self._decide(frame, length, up)
            except MemoryError:
                gc.collect()  # a full heap is often one in pieces; a code is worth a second try
                event, tone = self._decide(frame, length, up)
        for place in range(len(frame)):
            frame[place] = 0  # it may have been a card
        if event is None or (event.what == "unknown" and self._is_noise(up)):
            return
        if device.record(event) is None:
            self._buzzer.blink(1, _LONG_BEEP_MS)  # no room: it did not happen, so no lamp says that it did
            return
        if event.what == "citizen":
            for take in device.on_citizen:
                take(event.holder, event.senior, up)
        self._say(tone)

    def _decide(self, frame: bytearray, length: int, up: int):  # type: ignore[no-untyped-def]
        """What this is, and its tone. What knows it is let go at once."""
        from protocols.reader import Reader

        device = self._device
        try:
            marks = device.config.reader.get("marks", Reader.marks)
            years = device.config.senior_years
            at = device.clock.at(up)
            return lent("roles.barcode_reader").read(frame, length, up, at, self._day_keys, years, marks)
        finally:
            del Reader
            let_go(*_KNOWS)

    def _is_noise(self, up: int) -> bool:
        """Whether so much came that is no code that the line must be bad."""
        if up - self._noise_since >= _NOISE_MS:
            self._noise_since, self._noises = up, 0
        self._noises += 1
        if self._noises == _NOISE + 1:
            self._device.fault("scanner", "sends what is no code, again and again")
        return self._noises > _NOISE

    def _say(self, tone: str, because: "str | None" = None) -> None:
        """By lamp and buzzer: one short for accepted, two for unknown, three for due soon; a long one for wrong.

        Two long ones, and the lamp of what is unknown blinks: the dossier is late. Six short ones, and the lamp of what
        is accepted blinks: more was asked for once.
        """
        late, asked = because == "overdue", because == "supplemented"
        if tone != "unknown" and tone != "wrong":
            self._ok.blink(3 if asked else 1, _LAMP_MS)
        if tone != "accepted":
            self._unknown.blink(3 if late else 1, _LAMP_MS)
        beeps = 2 if late else 6 if asked else {"unknown": 2, "due_soon": 3}.get(tone, 1)
        self._buzzer.blink(beeps, _LONG_BEEP_MS if late or tone == "wrong" else _BEEP_MS)

    def _take_keys(self, keys) -> None:  # type: ignore[no-untyped-def]
        self._day_keys = list(keys)

    def _take_tone(self, tone: "Tone") -> None:
        """The fleet says what it makes of a scan. That it agrees is seen, and not heard once more."""
        at = self._device.clock.at()
        if at is None or at >= tone.expires:
            return
        if tone.tone == "accepted":
            self._ok.pulse(_LAMP_MS)
        else:
            self._say(tone.tone, tone.because)


_KNOWS = (
    "protocols.reader",
    "protocols.dossier_code",
    "protocols.scan_events",
    "protocols.signing",
    "protocols.ticket_code",
    "protocols.wording",
)
# What only the reading of a code needs.

"""A current meter INA219 between the supply and the device: averages, extremes and the last samples.

Its shunt voltage comes in steps of 10 µV, so with the usual 0.1 Ω in steps of 0.1 mA; the bus voltage in steps of 4 mV.
"""

ADDRESS = 0x40
SHUNT_OHM_THOUSANDTHS = 100
KEPT = 240
# Samples in the ring.

_CONFIG, _SHUNT, _BUS = 0, 1, 2
_SET = 0x1BBF
# 16 V, ±160 mV on the shunt (1.6 A), eight readings for each sample of both (4.3 ms), on and on.
_SHUNT_STEP_NV = 10_000


class Meter:
    """`read(register)` and `write(register, word)` speak with the chip and raise OSError where there is none."""

    def __init__(self, chip) -> None:  # type: ignore[no-untyped-def]
        self._chip = chip
        self.ring: "list[int]" = []
        self.start()

    def start(self) -> None:
        """Forget what was measured."""
        self.ring = []
        self.count = self.sum_ua = 0
        self.least_ua: "int | None" = None
        self.most_ua: "int | None" = None

    def set_up(self) -> None:
        """Tell the chip what to measure. Raises OSError."""
        self._chip.write(_CONFIG, _SET)

    def sample(self) -> int:
        """One more, in µA. Raises OSError."""
        raw = self._chip.read(_SHUNT)
        now_ua = (raw - 0x10000 if raw & 0x8000 else raw) * _SHUNT_STEP_NV // SHUNT_OHM_THOUSANDTHS
        self.count += 1
        self.sum_ua += now_ua
        self.least_ua = now_ua if self.least_ua is None else min(self.least_ua, now_ua)
        self.most_ua = now_ua if self.most_ua is None else max(self.most_ua, now_ua)
        self.ring.append(now_ua)
        if len(self.ring) > KEPT:
            self.ring.pop(0)
        return now_ua

    def millivolts(self) -> int:
        """The voltage behind the shunt. Raises OSError."""
        return int(self._chip.read(_BUS) >> 3) * 4

    def told(self) -> "list[str]":
        """How many, average, least and most in µA, and mV. Raises OSError."""
        if not self.count:
            return ["0", "0", "0", "0", str(self.millivolts())]
        average = self.sum_ua // self.count
        return [str(one) for one in (self.count, average, self.least_ua, self.most_ua, self.millivolts())]

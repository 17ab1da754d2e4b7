"""An office of the soak: ten devices, residents who take numbers, clerks at keypads, and one who calls by the API."""

import asyncio
import random

from firmware.outbox import OutboxFull
from fleet.crowd.roles import Buttons, Keypad, Printer, StateHeard
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan
from fleet.store.places import OfficeRow
from protocols import events
from tests.bench.soak.journal_device import JournalDevice

SERVICES = (("ho-tich", "A", "Hộ tịch"), ("dat-dai", "B", "Đất đai"))
COUNTERS, KEYPADS, PRINTERS = 4, 3, 2
BY_API = COUNTERS
# The last counter has no keypad.
AT_EACH = PRINTERS + KEYPADS + COUNTERS + 1
VISIT_S, NOBODY_S = (0.5, 4.0), (0.5, 2.0)
RATES, COMES = 0.6, 0.9


def plan(name: str) -> OfficePlan:
    """The office of this name."""
    counters = [f"{name}-q{n}" for n in range(1, COUNTERS + 1)]
    services = tuple(service for service, _, _ in SERVICES)
    return OfficePlan(
        office=OfficeRow(name, f"Xã {name}", "1022"),
        services=SERVICES,
        counters=[CounterPlan(one, f"Quầy {n}", services) for n, one in enumerate(counters, 1)],
        devices=[
            *(DevicePlan(f"{name}-may-{n}", ("printer",), None) for n in range(1, PRINTERS + 1)),
            *(DevicePlan(f"{name}-ban-{n}", ("keypad", "reader"), counters[n - 1]) for n in range(1, KEYPADS + 1)),
            *(DevicePlan(f"{name}-nut-{n}", ("rating",), one) for n, one in enumerate(counters, 1)),
            DevicePlan(f"{name}-sanh", ("display",), None),
        ],
    )


class Office:
    """One of them, with its people. `pace`: how many seconds between residents at each printer, on average."""

    def __init__(self, name: str, passwords: dict[str, str], port: int, seed: int, pace_s: float) -> None:
        self.name = name
        self.dice = random.Random(f"{seed} {name}")
        self.pace_s = pace_s
        made = [
            JournalDevice(one.id, passwords[one.id], port, one.roles, self.dice.randrange(1 << 30))
            for one in plan(name).devices
        ]
        self.devices = {one.name.removeprefix(f"{name}-"): one for one in made}
        self.printers = [Printer(self.devices[f"may-{n}"]) for n in range(1, PRINTERS + 1)]
        self.keypads = [Keypad(self.devices[f"ban-{n}"]) for n in range(1, KEYPADS + 1)]
        self.buttons = [Buttons(self.devices[f"nut-{n}"]) for n in range(1, COUNTERS + 1)]
        heard: dict[str, StateHeard] = {
            **{f"may-{n}": one.told for n, one in enumerate(self.printers, 1)},
            **{f"ban-{n}": one.told for n, one in enumerate(self.keypads, 1)},
            **{f"nut-{n}": one.told for n, one in enumerate(self.buttons, 1)},
        }
        for name, told in heard.items():
            self.devices[name].told_state = told

    def lives(self) -> list[asyncio.Task[None]]:
        """Its devices, switched on."""
        return [asyncio.create_task(one.live()) for one in self.devices.values()]

    def people(self) -> list[asyncio.Task[None]]:
        """Everybody here but who calls by the API; until cancelled."""
        residents = [asyncio.create_task(self.residents_at(one)) for one in self.printers]
        return residents + [asyncio.create_task(self.clerk_at(n)) for n in range(KEYPADS)]

    async def residents_at(self, printer: Printer) -> None:
        """They come when they like."""
        while True:
            await asyncio.sleep(self.dice.expovariate(1 / self.pace_s))
            with_full_flash_refused(printer.take, self.dice.choice(SERVICES)[0])

    async def clerk_at(self, n: int) -> None:
        """Call, serve, finish; again and again. Who was called is served to the end, even after the last word."""
        keypad = self.keypads[n]
        while True:
            number = await keypad.next()
            if number is None:
                await asyncio.sleep(self.dice.uniform(*NOBODY_S))
                continue
            who = {"service": number.service, "number": number.number}
            if with_full_flash_refused(keypad.device.did, events.NumberCalled, **who):
                keypad.called = number
                await asyncio.sleep(self.dice.uniform(*VISIT_S))
                self.serve(n, who)
                await asyncio.sleep(self.dice.uniform(*VISIT_S) / 4)
                if self.dice.random() < RATES:
                    with_full_flash_refused(self.buttons[n].press, self.dice.randint(1, 5))

    def serve(self, n: int, who: dict[str, object]) -> None:
        """A dossier is scanned, and the visit ends; or nobody came."""
        device = self.keypads[n].device
        if self.dice.random() > COMES:
            with_full_flash_refused(device.did, events.NoShow, **who)
            return
        code = f"H15.50.05.13-261008-{self.dice.randrange(10_000):04d}"
        with_full_flash_refused(device.did, events.CodeScanned, what="dossier", code=code)
        with_full_flash_refused(device.did, events.VisitFinished, **who)


def with_full_flash_refused(do: object, *given: object, **more: object) -> object:
    """Do it; a device whose flash is full says so, and takes nothing more."""
    assert callable(do)
    try:
        return do(*given, **more)
    except OutboxFull:
        return None

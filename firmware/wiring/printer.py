"""The ticket printer's lines: twelve service keys and a priority key, a printer on a serial line, two lamps."""

import gc

from firmware import printing
from firmware.drivers import escpos
from firmware.drivers.keys import Keys
from firmware.drivers.lamp import Lamp
from firmware.leases import Leases
from firmware.roles.ticket_printer import TicketPrinter, paper
from firmware.waiting import happens
from protocols.state import ServiceKey, State
from protocols.ticket_events import PaperSeen, PrintFailed, TicketPrinted

KEYS = ["service_%d" % button for button in range(1, 13)] + ["priority"]
ANSWER_MS = 3_000
STATUS_MS = 300
STATUS_KNOWN_MS = 2_000
# One that has answered before is given longer: it may be busy, and taken for dumb it costs a number.
LOOK_MS = 60_000
LOOK_WHILE_OUT_MS = 5_000
ASK_AGAIN_MS = 30_000


class PrinterWiring:
    """Runs the role. One ticket at a time: a press while paper comes out waits its turn."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        self._device = device
        self._role = TicketPrinter()
        self._leases = device.leases = Leases(board.root, device.identity.boot)
        self._keys = Keys(board.inputs(KEYS), device.clock)
        self._uart = board.uart("printer")
        self._ready = Lamp(board.output("lamp_ready"))
        self._fault = Lamp(board.output("lamp_fault"))
        self._asked: "dict[str, int]" = {}
        self._paper = "unknown"
        device.on_state.append(self._take_state)
        device.on_citizen.append(self._role.citizen)
        self.turns = 0
        self.poke = self._keys.wake

    async def run(self) -> None:
        """Serve presses; look at the paper now and then."""
        await self._settle()
        await self._look()
        self._ready.set(self._paper != escpos.OUT)
        while True:
            self.turns += 1
            change = await self._keys.change(LOOK_WHILE_OUT_MS if self._paper == escpos.OUT else LOOK_MS)
            if change is None:
                await self._look()
            elif change.pressed and change.name == "priority":
                self._role.priority(change.up)
            elif change.pressed:
                await self._press(int(change.name.split("_")[1]), change.up)

    async def _press(self, button: int, up: int) -> None:
        device = self._device
        key = self._service(button)
        if key is None:
            self._refuse("printer", "no service on key %d" % button)
            return
        if self._paper != "unknown":
            await self._look()  # the roll may have ended since the last look, and a number is not taken for nothing
        if self._paper == escpos.OUT:
            self._refuse("paper", "a press found no paper")
            return
        at = device.clock.at(up)
        lease = self._leases.lease_for(key.service, at)
        if lease is None:
            self._refuse("leases", "no numbers left for " + key.service)
            self._want_numbers(key.service)
            return
        ticket = self._role.ticket(lease, self._leases.take(lease), up, at)
        printing.begin(device.board.root, ticket.service, ticket.number)
        if device.record(ticket) is None:
            printing.end(device.board.root)
            self._refuse("outbox", "full")
            return
        self._fault.set(False)
        self._print(ticket, lease, key.name)
        await self._printed(ticket)
        if self._leases.few(key.service, at):
            self._want_numbers(key.service)

    def _print(self, ticket, lease, name: str) -> None:  # type: ignore[no-untyped-def]
        device = self._device
        self._uart.take()
        try:
            data = paper(ticket, lease, name, device.config, device.fresh_queue())
        except MemoryError:
            gc.collect()
            data = paper(ticket, lease, name, device.config, None)
        self._uart.write(data + escpos.ASK_DONE)

    async def _printed(self, ticket) -> None:  # type: ignore[no-untyped-def]
        """Tell whether the paper came out. An unknown end is told as such; nothing is ever printed twice."""
        answer = await self._answer(escpos.is_queued, ANSWER_MS)
        if answer is None:
            await self._look()
            self._fault.set(True)
            self._tell(ticket.service, ticket.number, "no paper" if self._paper == escpos.OUT else "no answer")
        else:
            self._tell(ticket.service, ticket.number, None)
            self._see_paper(escpos.paper(answer))

    def _tell(self, service: str, number: int, problem: "str | None") -> None:
        """What became of a ticket."""
        up = self._device.clock.up()
        at = self._device.clock.at(up)
        if problem is None:
            self._device.record(TicketPrinted(service=service, number=number, up=up, at=at))
        else:
            self._device.record(PrintFailed(service=service, number=number, reason=problem, up=up, at=at))
        printing.end(self._device.board.root)

    async def _settle(self) -> None:
        """The last boot ended in the middle of a ticket: find out what became of it.

        Where only the board began anew, the printer may still owe that ticket's answer beside the one to our question:
        then it has printed it. A printer that lost its power too answers once, or sends noise; then nobody knows.
        """
        unfinished = printing.unfinished(self._device.board.root)
        if unfinished is None:
            return
        self._uart.write(escpos.ASK_DONE)
        answers, until = 0, self._device.clock.up() + ANSWER_MS
        while answers < 2 and self._device.clock.up() < until:
            await happens(self._uart.changed, until - self._device.clock.up())
            answers += len([byte for byte in self._uart.take() if escpos.is_queued(byte)])
        if answers > 1 and self._device.board.reset_reason != "power":
            self._tell(unfinished[0], unfinished[1], None)
            return
        self._uart.write(escpos.LET_GO)
        self._tell(unfinished[0], unfinished[1], "uncertain")

    async def _look(self) -> None:
        """Ask the printer for its paper. A printer that does not answer has paper for all we know."""
        self._uart.take()
        self._uart.write(escpos.ASK_PAPER)
        answer = await self._answer(escpos.is_real_time, STATUS_MS if self._paper == "unknown" else STATUS_KNOWN_MS)
        self._see_paper(escpos.paper(answer) if answer is not None else "unknown")

    async def _answer(self, wanted, within_ms: int) -> "int | None":  # type: ignore[no-untyped-def]
        """The byte that answers our question, among others that may come."""
        until = self._device.clock.up() + within_ms
        while True:
            left = until - self._device.clock.up()
            if left <= 0:
                return None
            await happens(self._uart.changed, left)
            for byte in self._uart.take():
                if wanted(byte):
                    return byte

    def _see_paper(self, state: str) -> None:
        if state == self._paper:
            return
        self._paper = self._device.paper = state
        up = self._device.clock.up()
        self._device.record(PaperSeen(state=state, up=up, at=self._device.clock.at(up)))
        self._ready.set(state != escpos.OUT)
        self._fault.set(state == escpos.OUT)

    def _refuse(self, part: str, reason: str) -> None:
        """No ticket: the lamp says so at once, the fleet hears of it."""
        self._fault.set(True)
        self._device.fault(part, reason)

    def _want_numbers(self, service: str) -> None:
        up = self._device.clock.up()
        if up - self._asked.get(service, -ASK_AGAIN_MS) >= ASK_AGAIN_MS and self._device.want("numbers", service):
            self._asked[service] = up

    def _service(self, button: int) -> "ServiceKey | None":
        for key in self._device.config.services:
            if key.button == button:
                return key
        return None

    def _take_state(self, state: State) -> None:
        if state.leases is not None:
            self._leases.replace(state.leases)
            self._asked.clear()
            self._fault.set(self._paper == escpos.OUT)

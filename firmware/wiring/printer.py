"""The ticket printer's lines: twelve service keys, one for priority, one to print again, a printer, two lamps."""

from firmware import printing
from firmware.drivers import escpos
from firmware.drivers.keys import Keys
from firmware.drivers.lamp import Lamp
from firmware.drivers.printer import UNKNOWN, Printer
from firmware.leases import Leases
from firmware.letting_go import let_go
from firmware.roles.ticket_printer import TicketPrinter
from firmware.sparing import const, lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from protocols.config import ServiceKey
    from protocols.printer_state import Queue

KEYS = ["service_%d" % button for button in range(1, 13)] + ["priority", "reprint"]
_ANSWER_MS = const(3_000)
_DOTS_PER_MS = const(0.4)
# A printer answers when all is on paper; slow ones print 50 mm in a second.
_METRE_DOTS = const(8_000)
_TRIAL_HELD_MS = const(3_000)
_WRITING = const("firmware.writing")
# Let go after each ticket: it takes 10 KB of the 64-bit VM's heap.
_EVENTS = const("protocols.ticket_events")
# Let go each time: the printer takes longer.
PLAIN = {"text": "ascii", "qr": "native"}
# What takes the least memory.

LOOK_MS = 60_000
_LOOK_WHILE_OUT_MS = const(5_000)
_ASK_AGAIN_MS = const(30_000)


class PrinterWiring:
    """Runs the role. One ticket at a time: a press while paper comes out waits its turn."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        board = device.board
        self._device = device
        self._role = TicketPrinter()
        self._leases = device.leases = Leases(board.root, device.identity.boot)
        self._keys = Keys(board.inputs(KEYS), device)
        self._printer = Printer(board.uart("printer"), device.clock, self)
        self._fed = 0
        self._ready = Lamp(board.output("lamp_ready"))
        self._fault = Lamp(board.output("lamp_fault"))
        self._asked: "dict[str, int]" = {}
        self._paper, self._trouble = UNKNOWN, ""
        self._last = None
        self._reprint_since = 0
        self._silent = False
        self._queue: "Queue | None" = None
        device.on_state.append(("leases", "[printer_state.Lease]", self._take_leases))
        device.on_state.append(("queue", "printer_state.Queue", self._take_queue))
        device.on_citizen.append(self._role.citizen)
        device.printer = self
        self.busy = False
        self.turns = 0
        self.poke = self._keys.wake

    async def run(self) -> None:
        """Serve presses; look at the printer now and then."""
        await self._settle()
        await self._look()
        if not self._device.config.hotline:
            self._device.fault("config", "tickets without a hotline")
        self._tell_ready()
        while True:
            self.turns += 1
            self.busy = False
            change = await self._keys.change(_LOOK_WHILE_OUT_MS if self._stopped() else LOOK_MS)
            self.busy = True
            if change is None and not self._device.orders:
                await self._look()
                self._tell_silence()
            elif change is None:
                await self._obey(*self._device.orders[0])
                del self._device.orders[0]
                if self._device.orders:
                    self._keys.wake()
            elif change.name == "reprint":
                await self._reprint(change)
            elif change.pressed and change.name == "priority":
                self._role.priority(change.up)
            elif change.pressed:
                await self._press(int(change.name.split("_")[1]), change.up)

    def sound(self) -> "dict[str, int]":
        """How its parts are, in the numbers of `sound_parts`."""
        return {"printer": 1 if self._paper == UNKNOWN else 2, "printer keys": int(self._keys.sound())}

    async def rehearse(self) -> None:
        """A ticket without a number and without paper, between two others. Raises what printing it raises."""
        await lent("rehearsing").in_turn(self._device, self.poke)

    async def _press(self, button: int, up: int) -> None:
        for key in self._device.config.services:
            if key.button == button:
                await self._give(key, up)
                return
        self._refuse("printer", "no service on key %d" % button)

    async def _give(self, key: "ServiceKey", up: int, order: "str | None" = None, priority: bool = False) -> str:
        """The next number of this service, on paper; or why not, in a word. An order is answered before it prints."""
        device = self._device
        stopped = await self._stopped_by()
        if stopped:
            return stopped
        at = device.clock.at(up)
        lease = self._leases.lease_for(key.service, at)
        if lease is None:
            self._refuse("leases", "no numbers left for " + key.service)
            self._want_numbers(key.service)
            return "no_numbers"
        if priority:
            self._role.has_priority(up)
        taken = self._role.ticket(lease, self._leases.take(lease), up, at)
        let_go(_EVENTS)
        printing.begin(device.board.root, taken.service, taken.number)
        if device.record(taken) is None:
            printing.end(device.board.root)
            self._refuse("outbox", "full")
            return "full"
        self._fault.set(False)
        if order is not None:
            lent("commanding").answer(device, order, "", {"service": taken.service, "number": taken.number})
        self._last = taken, lease, key.name
        await self._print(taken, lease, key.name, False)
        if self._leases.few(key.service, at):
            self._want_numbers(key.service)
        return ""

    async def _obey(self, order: str, verb: str, arguments: "dict[str, Any]") -> None:
        """Somebody far away wants a paper; or a release on trial none."""
        if verb == "rehearse":
            await self._rehearse(arguments)
            return
        if verb == "test_print":
            stopped = await self._stopped_by()
            if not stopped:
                await self._trial()
        else:
            stopped = "unknown_service"
            for key in self._device.config.services:
                if key.service == arguments["service"]:
                    up = self._device.clock.up()
                    stopped = await self._give(key, up, order, arguments.get("priority", False))
                    break
            if not stopped:
                return  # it was answered
        found = {"found": self._trouble} if self._trouble else None
        lent("commanding").answer(self._device, order, stopped, found)

    async def _rehearse(self, heard: "dict[str, Any]") -> None:
        """The way of a ticket, from its lease to the bytes, which go nowhere."""
        stage, printer = lent("rehearsing"), self._printer
        self._printer = Printer(stage.NoLine(), self._device.clock, self)
        try:
            taken, lease, name = stage.ticket(self._device, self._leases)
            del stage
            await self._put(self._paper_of(taken, lease, name, False), escpos.ASK_DONE)
        except Exception as err:
            heard["error"] = err
        finally:
            self._printer = printer
            let_go(_EVENTS)
            heard["done"].set()

    async def _trial(self) -> None:
        """A page of all ways to print."""
        from firmware.writing.trial_page import pieces

        await self._printer.send(pieces(self._device.identity.device))
        let_go(_WRITING)
        let_go("protocols.trial_page")

    async def _reprint(self, change) -> None:  # type: ignore[no-untyped-def]
        """The staff's key: the last ticket once more; held for three seconds, a page of all ways to print."""
        if change.pressed:
            self._reprint_since = change.up
            return
        held = change.up - self._reprint_since >= _TRIAL_HELD_MS
        if not held and self._last is None:
            self._refuse("printer", "no ticket to print again since power came")
        elif not await self._stopped_by():
            if held:
                await self._trial()
            else:
                taken, lease, name = self._last  # type: ignore[misc]
                await self._print(taken, lease, name, True)

    async def _stopped_by(self) -> str:
        """Look before: the roll may have ended since the last look, and a number is not taken for nothing.

        What is in the way, in a word; "" if nothing is.
        """
        if self._paper != UNKNOWN:
            await self._look()
        if self._paper == escpos.OUT:
            self._refuse("paper", "a press found no paper")
            return "no_paper"
        if self._trouble:
            self._refuse("printer", "a press found the printer: " + self._trouble)
            return "printer"
        return ""

    async def _print(self, taken, lease, name: str, again: bool) -> None:  # type: ignore[no-untyped-def]
        """Print, and tell whether the paper came out. An unknown end is told as such; nothing comes twice unasked."""
        config = self._device.config
        asks = config.printer.get("status", True)
        paper = self._paper_of(taken, lease, name, again)
        fed, problem = await self._put(paper, escpos.ASK_DONE if asks else b"")
        if problem:
            self._device.fault("font", problem)
        self._fed += fed
        if self._fed >= _METRE_DOTS:
            self._tell_paper()
        if not asks:
            printing.end(self._device.board.root)
            return
        answer = await self._printer.answer(escpos.is_queued, _ANSWER_MS + int(fed / _DOTS_PER_MS))
        if answer is None:
            await self._look()
            self._fault.set(True)
            problem = "no paper" if self._paper == escpos.OUT else self._trouble or "no answer"
            self._tell(taken.service, taken.number, problem)
        else:
            self._tell(taken.service, taken.number, None, again)
            self._see(escpos.paper(answer), "")

    async def _put(self, paper, done: bytes):  # type: ignore[no-untyped-def]
        """Write a paper, if need be a plain one: the dots it took, and what could not be done."""
        printer = self._device.config.printer
        try:
            return await self._write(paper, printer, done)
        except MemoryError:
            # A plain ticket after the beginning of a fine one; its number is what matters.
            return await self._write(paper, dict(printer, **PLAIN), done)

    async def _write(self, paper, printer, done: bytes):  # type: ignore[no-untyped-def]
        """Write a paper as this printer needs it: the dots it took, and what could not be done."""
        from firmware.writing.pens import pen_for

        pen = pen_for(printer)
        del pen_for
        try:
            await self._printer.send(pen.pieces(paper), done)
            return pen.fed, pen.problem
        finally:
            pen.close()
            del pen
            let_go(_WRITING)

    def _paper_of(self, taken, lease, name: str, again: bool):  # type: ignore[no-untyped-def]
        """The words of a ticket; what found them is let go before they are written."""
        from firmware.writing.ticket_paper import ticket_paper

        try:
            return ticket_paper(taken, lease, name, self._device.config, self._fresh_queue(), again)
        finally:
            del ticket_paper
            let_go(_WRITING)
            let_go("protocols.ticket_code")

    def _tell(self, service: str, number: int, problem: "str | None", again: bool = False) -> None:
        """What became of a ticket."""
        from protocols.ticket_events import PrintFailed, TicketPrinted

        up = self._device.clock.up()
        at = self._device.clock.at(up)
        if problem is None:
            self._device.record(TicketPrinted(service=service, number=number, copy=again, up=up, at=at))
        else:
            self._device.record(PrintFailed(service=service, number=number, reason=problem, up=up, at=at))
        del PrintFailed, TicketPrinted
        let_go(_EVENTS)
        printing.end(self._device.board.root)

    async def _settle(self) -> None:
        """The last boot ended in the middle of a ticket: find out what became of it.

        Where only the board began anew, the printer may still owe that ticket's answer beside the one to our question:
        then it has printed it. A printer that lost its power too answers once, or sends noise; then nobody knows.
        """
        unfinished = printing.unfinished(self._device.board.root)
        if unfinished is None:
            return
        self._printer.write(escpos.ASK_DONE)
        answers = await self._printer.answers(2, _ANSWER_MS)
        if answers > 1 and self._device.board.reset_reason != "power":
            self._tell(unfinished[0], unfinished[1], None)
            return
        self._printer.write(escpos.let_go())
        self._tell(unfinished[0], unfinished[1], "uncertain")

    async def _look(self) -> None:
        """Ask the printer how it is, unless it is known to say nothing."""
        config = self._device.config
        if config.printer.get("status", True):
            await self._printer.look()
            self._see(self._printer.paper, self._printer.trouble)

    def _tell_silence(self) -> None:
        """A printer that would answer and does not, though it had a minute to start: told once, until it answers."""
        silent = self._paper == UNKNOWN and self._device.config.printer.get("status", True)
        if silent and not self._silent:
            self._device.fault("printer", "does not answer")
        self._silent = silent

    def _see(self, paper: str, trouble: str) -> None:
        """Tell what changed; the lamps say whether there will be tickets."""
        if paper == self._paper and trouble == self._trouble:
            return
        if trouble and trouble != self._trouble:
            self._device.fault("printer", trouble)
        before, self._paper, self._trouble = self._paper, paper, trouble
        if paper != before:
            self._device.paper = paper
            self._tell_paper(before)
        self._tell_ready()
        self._fault.set(self._stopped())

    def _tell_paper(self, before: str = "") -> None:
        """How the paper is; the roll's length is learned on the way."""
        from firmware.writing import roll

        root = self._device.board.root
        self._fed = roll.fed(root, self._fed)
        if before and self._paper == escpos.OUT:
            roll.ended(root)
        elif before == escpos.OUT and self._paper != UNKNOWN:
            roll.begun(root)
            self._fed = 0
        left = roll.left(root)
        del roll
        let_go(_WRITING)
        if before or left is not None:
            from protocols.ticket_events import PaperSeen

            up = self._device.clock.up()
            self._device.record(PaperSeen(state=self._paper, metres_left=left, up=up, at=self._device.clock.at(up)))
            del PaperSeen
            let_go(_EVENTS)

    def _stopped(self) -> bool:
        """Whether nothing can be printed."""
        return self._paper == escpos.OUT or self._trouble != ""

    def _tell_ready(self) -> None:
        """The lamp says that a press gives a ticket: there is paper, and there are numbers."""
        self._ready.set(not self._stopped() and len(self._leases.ids()) > 0)

    def _refuse(self, part: str, reason: str) -> None:
        """No ticket: the lamp says so at once, the fleet hears of it."""
        self._fault.set(True)
        self._device.fault(part, reason)

    def _want_numbers(self, service: str) -> None:
        up = self._device.clock.up()
        if up - self._asked.get(service, -_ASK_AGAIN_MS) >= _ASK_AGAIN_MS and self._device.want("numbers", service):
            self._asked[service] = up

    def _fresh_queue(self) -> "Queue | None":
        """The queues of the office, unless what we know of them is stale."""
        at = self._device.clock.at()
        return self._queue if self._queue and at is not None and at < self._queue.expires else None

    def _take_queue(self, queue: "Queue") -> None:
        self._queue = queue

    def _take_leases(self, leases) -> None:  # type: ignore[no-untyped-def]
        self._leases.replace(leases, self._device.clock.at())
        self._asked.clear()
        self._fault.set(self._stopped())
        self._tell_ready()

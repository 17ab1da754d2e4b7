"""What every role of a device shares: its identity, clock, configuration, and the ways to tell the fleet something."""

import asyncio
import gc

from firmware.clock import Clock
from firmware.outbox import LIMIT_BYTES, Outbox, OutboxFull
from firmware.sparing import CUTTING, WISHES, const, lent
from protocols.event import Event, encode_event
from protocols.identity import event_id
from protocols.message import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from protocols.config import Config
    from protocols.message import Message
    from protocols.welcome import Welcome

_FAULT_EVERY_MS = const(60_000)
_REASON_LETTERS = const(200)
_LINE_LETTERS = const(90)
_LOG_BYTES = const(448)
_WANTS_PER_BOOT = const(1 << 20)


class Device:
    """One boot of one device. Roles call `record` and `want`, and put themselves into `on_state` and `on_finish`.

    `shows`: who can say on a display that the device is here, and takes it back. `printer` does `orders`, one by one.

    Of `on_state`: the name of a part of the state; the message of the contract that it is read as, which is loaded for
    that moment, such as `rating_state.Armed` or `[printer_state.Lease]`, a list that is read item by item (without a
    name: plain values); and who takes it.
    """

    config: "Config | None"

    def __init__(self, board) -> None:  # type: ignore[no-untyped-def]
        self.board = board
        self.clock = Clock(board.ticks, board.ticks_diff)
        enrolling = lent("enrolling")
        self.identity = enrolling.start_boot(board)
        self.network = enrolling.read_network(board, self.identity.device, self.identity.slot is not None)
        self.awake_until = 0  # up ms: a role awaits somebody's answer
        self.trial: "int | None" = None  # up ms: until then the fleet must have welcomed us with this configuration
        self.reverted: "dict[str, Any] | None" = None
        lent("configuration").start(self)
        lent("running").look(self, "start")
        self.rescue = why_rescue(board)
        self.outbox = open_outbox(board, self.identity, self.rescue is not None)
        self.leases = None
        self.paper: "str | None" = None
        self.refused: "dict[str, object] | None" = None
        self.update: "Any" = None  # an application on its way to this board, or one on trial
        self.wirings: "list[Any]" = []  # the roles that run
        self.bounces = None
        self.online = False
        self.welcomed = False
        self.nonce = ""  # of this connection's hello
        self.health_due = False
        self.outgoing: "list[tuple[str, bytes, int]]" = []
        self.woken = asyncio.Event()
        self.ended = asyncio.Event()
        self.end_reason = ""
        self.wakes: "int | None" = None  # UTC ms, where it is about to sleep
        self.on_state: "list[tuple[str, str, Any]]" = []
        self.on_finish: "list" = []  # type: ignore[type-arg]
        self.on_citizen: "list" = []  # type: ignore[type-arg]
        self.shows: "list" = []  # type: ignore[type-arg]
        self.printer: "Any" = None
        self.orders: "list[tuple[str, str, dict[str, Any]]]" = []  # for the printer, the first is being done
        self.answers: "list[tuple[str, bytes]]" = []  # to orders
        self.here_until = 0
        self.lines: "list[Any]" = [0, b""]  # how many bytes of them there were, and the last of these
        self._told: "dict[str, int]" = {}  # of each part of the state, by which version
        self._wants = 0
        self._faults: "dict[str, int]" = {}
        gc.collect()  # what was lent for the start leaves room for what stays

    # Telling the fleet

    def record(self, event: "Event | dict[str, Any]") -> "str | None":
        """Keep the event, or its plain values: on flash when the call returns. Its identity; None when it is full."""
        try:
            seq = self._append(event)
        except OutboxFull:
            return None
        self.woken.set()
        return event_id(self.identity.device, self.identity.epoch or 0, self.identity.boot, seq)

    def _append(self, event: "Event | dict[str, Any]") -> int:
        try:
            return self.outbox.append(encode_event(event) if isinstance(event, Event) else event)
        except MemoryError:
            gc.collect()  # a full heap is often one in pieces; an event is worth a second try
            return self.outbox.append(encode_event(event) if isinstance(event, Event) else event)

    def fault(self, part: str, reason: str) -> None:
        """Tell that a part failed; the same part at most once a minute.

        In plain values: this is told where there is no room left, and a device that is well never loads the message.
        """
        up = self.clock.up()
        if up - self._faults.get(part, -_FAULT_EVERY_MS) >= _FAULT_EVERY_MS:
            self._faults[part] = up
            told = {"kind": "fault", "part": part, "reason": reason[:_REASON_LETTERS], "up": up}
            at = self.clock.at(up)
            if at is not None:
                told["at"] = at
            self.record(told)
            self.log(part + ": " + reason)

    def log(self, text: str) -> None:
        """Keep a line of what happens, for those who ask for the log. It costs no memory but its own."""
        print(text)
        try:
            line = b"%d %s\n" % (self.clock.up(), text[:_LINE_LETTERS].encode())
            self.lines = [self.lines[0] + len(line), (self.lines[1] + line)[-_LOG_BYTES:]]
        except MemoryError:
            pass

    def want(
        self,
        what: str,
        service: "str | None" = None,
        called: "tuple[str, int] | None" = None,
        reserve: "int | None" = None,
    ) -> "int | None":
        """Ask the fleet for something now: the wish's id, or None without a connection."""
        if not self.online:
            return None
        self._wants += 1
        wish = self.identity.boot * _WANTS_PER_BOOT + self._wants
        lent("wishing", *WISHES).wish(self, wish, what, service, called, reserve)
        return wish

    def say(self, name: str, message: "Message | dict[str, Any]", qos: int) -> None:
        """Send a message, or its plain values, on `up/<name>` while there is a connection; it is not kept."""
        if self.online:
            self.outgoing.append((name, to_json(message) if type(message) is dict else message.to_bytes(), qos))
            self.woken.set()

    # Being told

    def welcome(self, welcome: "Welcome") -> None:
        """The fleet knows us: its time, and our epoch. So it takes what we say of our health for this boot's."""
        self.clock.hear(welcome.now)
        self.welcomed = self.health_due = True
        if welcome.epoch != self.identity.epoch or not self.identity.settled:
            new = welcome.epoch != self.identity.epoch
            lent("enrolling").adopt(self.board, self.identity, welcome.epoch)
            if new:
                self.outbox.adopt(welcome.epoch)
        self._told.clear()
        if self.trial is not None and not self.end_reason:
            lent("trial").welcome(self)
        if welcome.report:
            self._report(welcome.generation)

    def _report(self, generation: int) -> None:
        """The fleet was restored and asks for our leases. A board without its roles holds them all the same."""
        leases = self.leases
        if leases is None:
            from firmware.leases import Leases

            leases = Leases(self.board.root, self.identity.boot)
        leases.report(generation, lambda held: self.say("held", held, 1))

    def take_state(self, payload: "bytes | memoryview") -> None:
        """Something live; what is older than the last of its kind is left aside."""
        lent("telling_roles", CUTTING).tell(self, payload, self._told)

    def take_config(self, payload: bytes) -> bool:
        """What we shall be, if it can be; whether the fleet is to welcome us once more with it."""
        return lent("configuration").take(self, payload)  # type: ignore[no-any-return]

    def end(self, reason: str) -> None:
        """Let the application start anew, for this reason."""
        self.end_reason = self.end_reason or reason
        self.ended.set()


def why_rescue(board) -> "str | None":  # type: ignore[no-untyped-def]
    """Why this boot runs without roles; None if it is one like any other. The rescue is loaded when needed."""
    if not board.failures:
        return None
    from firmware.rescue import due, why

    return why(board) if due(board) else None


def open_outbox(board, identity, rescue: bool):  # type: ignore[no-untyped-def]
    """The outbox. In rescue a device must come up even where it can not be opened."""
    try:
        outbox = Outbox(board.root, identity.epoch, identity.boot, LIMIT_BYTES, board.region("events"), identity.device)
        if outbox.newest[0] >= identity.boot:
            lent("enrolling").come_after(board, identity, outbox.newest[0])
        outbox.boot = identity.boot
        return outbox
    except Exception:
        if not rescue:
            raise
        from firmware.rescue import NoOutbox

        return NoOutbox()

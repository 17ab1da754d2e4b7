"""One board on its way from bare to enrolled; each step may be the last one, and the next time goes on from there.

    look → (MicroPython) → claim from the book → firmware → offer → self-test → label → keep → welcomed by the fleet

The claim is bound in the book before anything is written to the board, and `keeping` stands there before the board may
have its identity. So a board that comes again gets the same claim, or is waited for; never a second one.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from fleet.provisioning import installing
from fleet.provisioning.advice import advice_for
from fleet.provisioning.boards_known import JTAG, NATIVE
from fleet.provisioning.book import BOUND, ENROLLED, KEEPING, Book, BookError, Page
from fleet.provisioning.conversation import (
    Conversation,
    ConversationError,
    DeviceRefused,
    NoAnswer,
    Said,
    parts_of,
)
from fleet.provisioning.installing import InstallError
from fleet.provisioning.ports import BACK_WITHIN_S, Cable, PortError, PortGone
from fleet.provisioning.raw_repl import NoMicroPython, RawRepl, ReplError

GREET_S = 1.5
# Firmware that runs answers within a tenth of this.
START_S = 30.0
TEST_S = 120.0
# A part of the self-test may wait for a person's hand; the time counts from the last line.
SEEN = ("lamps",)
# Parts that only a person's eyes can judge; buttons and readers judge themselves.
LABEL_S = 20.0
KEEP_S = 15.0
CONNECT_S = 120.0
# A first TLS handshake over Wi-Fi, with a rotation of the key behind it, and two tries that came to nothing.

Value = TypeVar("Value")
Report = Callable[[str, str, float | None], None]
# A step, a note on it, and how much of it is done.


@dataclass(frozen=True)
class Result:
    """What became of a board. `outcome` is enrolled, already or failed; `advice` a word of `advice.ADVICE`."""

    port: str
    outcome: str
    hw: str = ""
    device: str = ""
    claim: str = ""
    place: str = ""
    seconds: float = 0.0
    why: str = ""
    advice: str = ""
    parts: tuple[tuple[str, str, str], ...] = ()

    @property
    def good(self) -> bool:
        """Whether the board is a device of the fleet."""
        return self.outcome in ("enrolled", "already")


@dataclass
class Means:
    """What the bench has for every board. `files_of` gives a package by board and roles; `put_on` is how MicroPython
    comes onto a board that has none; `somebody_looks`: a person presses keys, and sees what shines.
    """

    book: Book
    files_of: Callable[[str, tuple[str, ...]], Mapping[str, bytes]]
    wifi: Callable[[], tuple[str | None, str | None]] = lambda: (None, None)
    put_on: Callable[[Cable, Report], None] | None = None
    somebody_looks: bool = False
    test: bool = True
    connect_s: float = CONNECT_S
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    clock: Callable[[], float] = time.monotonic


class Stranger(Exception):
    """The board is a device that this book knows nothing of."""


class UnknownBoard(Exception):
    """The board is of a type that motcua has no firmware for."""


class TestFailed(Exception):
    """A part of the board does not work."""


class NotConnected(Exception):
    """The board does not get to the fleet."""


@dataclass
class OneBoard:
    """The work at one cable."""

    cable: Cable
    means: Means
    report: Report
    hw: str = ""
    page: Page | None = None
    parts: list[tuple[str, str, str]] = field(default_factory=list)
    began: float = 0.0

    def __post_init__(self) -> None:
        self._repl = RawRepl(self.cable)

    def work(self) -> Result:
        """All steps; never raises for what a board, a cable or a person does."""
        self.began = self.means.clock()
        try:
            self.cable.open(BACK_WITHIN_S)
            return self._result(self._steps())
        except Stranger as problem:
            return self._failed(problem, "stranger")
        except UnknownBoard as problem:
            return self._failed(problem, "unknown_board")
        except TestFailed as problem:
            return self._failed(problem, "test")
        except NotConnected as problem:
            return self._failed(problem, "network")
        except (PortError, ReplError, ConversationError, InstallError, BookError) as problem:
            return self._failed(problem, advice_for(problem))
        finally:
            self.cable.close()

    def _steps(self) -> str:
        self.report("looking", "", None)
        talk = Conversation(self.cable)
        try:
            about = talk.about(GREET_S)
        except NoAnswer:
            about = None
        if about is not None:
            self._bind(str(about.get("hw", "")))
        found = self._look()
        if found.device is not None:
            self._known(found.hw, found.device)
        else:
            self._firmware(found)
        self._restart()
        self.report("starting", "", None)
        talk.again()
        if found.device is None:
            about = self._through_reset(partial(talk.about, START_S))
            if about is None:  # its image keeps its identity where no file is
                self._known(found.hw, None)
            else:
                self._offer(talk, self._bind(str(about.get("hw", ""))))
                talk.again()
        return self._connect(talk)

    def _look(self) -> installing.Probed:
        """What MicroPython says of the board; it is put on where there is none."""
        try:
            self._repl.enter()
        except NoMicroPython:
            if self.means.put_on is None:
                raise
            self.report("flashing", "", None)
            self.means.put_on(self.cable, self.report)
            self.cable.reopen(BACK_WITHIN_S)
            self._through_reset(self._repl.enter)
        return installing.probe(self._repl)

    def _known(self, hw: str, device: str | None) -> None:
        """The board is a device: one of this book's, or one to be left as it was. Raises Stranger."""
        page = self.means.book.page(hw)
        if page is None or page.step == BOUND or (device is not None and page.claim.device != device):
            self._restart()
            raise Stranger(f"the board is the device {device or 'of somebody'}, which this book did not enrol")
        self.hw, self.page = hw, page

    def _firmware(self, found: installing.Probed) -> None:
        """A claim, and the firmware of its roles."""
        if found.board is None:
            raise UnknownBoard(f"expected a board that motcua knows, found {found.machine}")
        page = self._bind(found.hw)
        if found.frozen:
            return
        files = self.means.files_of(found.board, page.claim.roles)
        if found.start and installing.differs(self._repl, files):
            # The application's modules fill the heap until the board begins anew without them.
            installing.take_away_start(self._repl)
            self._restart()
            self._through_reset(self._repl.enter)
        self.report("installing", "", 0.0)
        installing.install(self._repl, files, lambda done, of: self.report("installing", "", done / of))

    def _restart(self) -> None:
        """Begin anew; a board with USB of its own goes away a moment later, and comes back under some name."""
        installing.restart(self._repl)
        if self.cable.port.kind.way in (NATIVE, JTAG):
            self.cable.reopen(BACK_WITHIN_S)

    def _through_reset(self, act: Callable[[], Value]) -> Value:
        """Do this with a board that begins anew: its port may vanish in the middle, once or twice."""
        ends = self.means.clock() + BACK_WITHIN_S
        while True:
            try:
                return act()
            except PortGone:
                if self.means.clock() >= ends:
                    raise
                self.cable.reopen(BACK_WITHIN_S)

    def _bind(self, hw: str) -> Page:
        if not 0 < len(hw) <= installing.LONGEST_HW or not set(hw) <= set("0123456789abcdef"):
            raise InstallError(f"expected the chip's own number in hexadecimal, found {hw or 'none'}")
        self.hw = hw
        self.page = self.means.book.bind(hw, self.means.now_ms())
        return self.page

    def _offer(self, talk: Conversation, page: Page) -> None:
        claim, book = page.claim, self.means.book
        self.report("offering", "", None)
        talk.ask("offer", claim=claim.with_wifi(*self.means.wifi()))
        if self.means.test:
            self._test(talk)
        self.report("labelling", "", None)
        try:
            talk.ask("label", LABEL_S)
        except DeviceRefused:
            pass  # most boards have no printer; the page of claims prints labels, too
        self.report("keeping", "", None)
        book.step(self.hw, KEEPING)
        talk.ask("keep", KEEP_S)

    def _test(self, talk: Conversation) -> None:
        self.report("testing", "", None)
        told = talk.ask(
            "selftest", TEST_S, partial(self._line, talk), now=self.means.now_ms(), hands=self.means.somebody_looks
        )
        record, proof = str(told.get("record", "")), str(told.get("proof", ""))
        self.parts = list(parts_of(record)) or self.parts
        self.means.book.keep_record(f"{proof}-{self.hw}", {"record": record, "proof": proof})
        bad = [f"{part}: {found}" for part, result, found in self.parts if result == "fail"]
        if bad:
            raise TestFailed("; ".join(bad))

    def _line(self, talk: Conversation, line: Said) -> None:
        """A part is done, or asks: for the time, or whether a person sees what it does."""
        part, result, found = (str(line.get(name, "")) for name in ("part", "result", "found"))
        self.report("testing", f"{part}: {result} {found}".strip(), None)
        if result == "ask" and part == "clock":
            talk.say("seen", part=part, now=self.means.now_ms())
        elif result == "ask" and part in SEEN and self.means.somebody_looks:
            talk.say("seen", part=part, result="pass")

    def _connect(self, talk: Conversation) -> str:
        """Wait for the welcome; the board restarts first, and its port may go and come back."""
        self.report("connecting", "", None)
        assert self.page is not None  # noqa: S101 (nobody gets here without a claim)
        before = self.page.step == ENROLLED
        ends = self.means.clock() + self.means.connect_s
        while True:
            try:
                left = ends - self.means.clock()
                if talk.until_connected(left, lambda n: self.report("connecting", f"{n}", None)):
                    break
                raise NotConnected(f"the board found no way to the fleet within {self.means.connect_s:g} s")
            except PortGone:
                self.cable.reopen(max(0.0, min(BACK_WITHIN_S, ends - self.means.clock())))
                talk.again()
        if not before:
            self.means.book.step(self.hw, ENROLLED, self._seconds(), self._tested())
        return "already" if before else "enrolled"

    def _seconds(self) -> float:
        return round(self.means.clock() - self.began, 1)

    def _tested(self) -> str:
        results = {result for _, result, _ in self.parts}
        return next((word for word in ("fail", "ask", "pass") if word in results), "")

    def _failed(self, problem: Exception, advice: str) -> Result:
        return self._result("failed", str(problem), advice)

    def _result(self, outcome: str, why: str = "", advice: str = "") -> Result:
        claim: Any = None if self.page is None else self.page.claim
        return Result(
            self.cable.path,
            outcome,
            self.hw,
            "" if claim is None else claim.device,
            "" if claim is None else claim.id,
            "" if claim is None else claim.place,
            self._seconds(),
            why,
            advice,
            tuple(self.parts),
        )

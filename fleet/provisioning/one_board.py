"""One board on its way from bare to enrolled; each step may be the last one, and the next time goes on from there.

    look → (MicroPython) → claim from the book → firmware → offer → self-test → label → keep → welcomed by the fleet

The claim is bound in the book before anything is written to the board, and `keeping` stands there before the board may
have its identity. So a board that comes again gets the same claim, or is waited for; never a second one.
"""

from dataclasses import dataclass, field
from typing import Any

from fleet.provisioning import installing
from fleet.provisioning.advice import advice_for
from fleet.provisioning.book import BookError
from fleet.provisioning.book_lines import BOUND, ENROLLED, Page
from fleet.provisioning.cable import BACK_WITHIN_S, Cable
from fleet.provisioning.conversation import Conversation, ConversationError
from fleet.provisioning.means import Means
from fleet.provisioning.offering import Parts, offer
from fleet.provisioning.ports import PortError, PortGone
from fleet.provisioning.probing import InstallError, Probed, is_hw
from fleet.provisioning.raw_repl import RawRepl, ReplError
from fleet.provisioning.results import PRINTER, Report, Result
from fleet.provisioning.self_test import PartFailed
from fleet.provisioning.waking import Waking

GREET_S = 1.5
# Firmware that runs answers within a tenth of this.


class Stranger(Exception):
    """The board is a device that this book knows nothing of."""


class UnknownBoard(Exception):
    """The board is of a type that motcua has no firmware for."""


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
    parts: Parts = field(default_factory=list)
    began: float = 0.0

    def __post_init__(self) -> None:
        self._repl = RawRepl(self.cable)
        self._waking = Waking(self.cable, self._repl)

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
        except PartFailed as problem:
            return self._failed(problem, "test")
        except NotConnected as problem:
            return self._failed(problem, "network")
        except (PortError, ReplError, ConversationError, InstallError, BookError) as problem:
            return self._failed(problem, advice_for(problem))
        finally:
            self.cable.close()
            self.means.codes.none(self.hw)

    def _steps(self) -> str:
        self.report("looking", "", None)
        talk = Conversation(self.cable)
        try:
            about = talk.about(GREET_S)
        except ConversationError:  # no firmware, or an older one; MicroPython will say who it is
            about = None
        if about is not None:
            self._bind(str(about.get("hw", "")))
        found = self._waking.look(None if self.means.put_on is None else self._put_on)
        if found.device is not None:
            self._known(found.hw, found.device)
        else:
            self._firmware(found)
        self._waking.restart()
        self.report("starting", "", None)
        talk.again()
        if found.device is None:
            about = self._waking.started(talk)
            if about is None:  # its image keeps its identity where no file is
                self._known(found.hw, talk.named)
            else:
                offer(talk, self.means, self._bind(str(about.get("hw", ""))), self.report, self.parts)
                talk.again()
        return self._connect(talk)

    def _put_on(self) -> None:
        """MicroPython, onto a board that has none."""
        assert self.means.put_on is not None  # noqa: S101 (whoever calls this has looked)
        self.report("flashing", "", None)
        self.means.put_on(self.cable, self.report)

    def _known(self, hw: str, device: str | None) -> None:
        """The board is a device: one of this book's, or one to be left as it was. Raises Stranger."""
        page = self.means.book.page(hw)
        if page is None or page.step == BOUND or (device is not None and page.claim.device != device):
            self._waking.restart()
            raise Stranger(f"the board is the device {device or 'of somebody'}, which this book did not enrol")
        self.hw, self.page = hw, page

    def _firmware(self, found: Probed) -> None:
        """A claim, and the firmware of its roles."""
        if found.board is None:
            raise UnknownBoard(f"expected a board that motcua knows, found {found.machine}")
        page = self._bind(found.hw)
        if not found.frozen:
            self._install(found, page)
        if self.means.trust is not None:
            installing.bring(self._repl, installing.TRUST, self.means.trust)

    def _install(self, found: Probed, page: Page) -> None:
        """The firmware of its roles, onto a board where it is not part of the image."""
        assert found.board is not None  # noqa: S101 (whoever calls this has looked)
        files = self.means.files_of(found.board, page.claim.roles)
        if found.start and installing.differs(self._repl, files):
            installing.take_away_start(self._repl)
            self._waking.prompt_again()
        self.report("installing", "", 0.0)
        installing.install(self._repl, files, lambda done, of: self.report("installing", "", done / of))

    def _bind(self, hw: str) -> Page:
        if not is_hw(hw):
            raise InstallError(f"expected the chip's own number in hexadecimal, found {hw or 'none'}")
        self.hw = hw
        self.page = self.means.book.bind(hw, self.means.now_ms())
        if self.means.test and PRINTER in self.page.claim.roles and self.page.step != ENROLLED:
            self.means.codes.expect(hw)
        return self.page

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

"""The mailer: letters that are due are handed to the mail server, a few in one conversation."""

import logging
import time
from collections.abc import Callable

from fleet.clock import now_ms
from fleet.domain.retrying import Outcome
from fleet.flows import mails
from fleet.flows.mails import Ready
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.mail_server import MailServer, MailSettingsUnfit, ServerRefused
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
TIDY_EVERY_S = 60.0
LIMIT_S = 30.0
IN_A_ROW = 5
# Six times the limit is less than what a letter is taken for.


class Mailer(Worker):
    """Sends letters. Any number of these may run: a letter is sent by one at a time."""

    name = "mailer"

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], int] = now_ms,
        limit_s: float = LIMIT_S,
        look_s: float = LOOK_EVERY_S,
    ) -> None:
        super().__init__()
        self.store = store
        self.settings = settings
        self.clock = clock
        self.limit_s = limit_s
        self.look_s = look_s
        self.tidied_s: float | None = None
        self.complained = ""

    def round(self) -> None:
        """Look once for letters that are due."""
        self.stopping.wait(self.look_s)
        if self.tidied_s is None or time.monotonic() - self.tidied_s >= TIDY_EVERY_S:
            self.tidied_s = time.monotonic()
            self.gave_up(mails.tidy(self.store, self.clock()), mails.TOO_LATE)
        waiting, due = mails.waiting(self.store, self.clock())
        if due == 0 or self.stopping.is_set():
            return
        try:
            server = MailServer.of(self.settings)
        except MailSettingsUnfit as problem:
            self.complain(f"{waiting} letters wait: {problem}")
            return
        ready = mails.take(self.store, server.sender, self.clock(), IN_A_ROW)
        if ready:
            self.send(server, ready)

    def send(self, server: MailServer, ready: list[Ready]) -> None:
        """Send these, in order, while the server listens."""
        left = list(ready)
        try:
            with server.session(self.limit_s) as session:
                self.complained = ""
                while left and not session.over and not self.stopping.is_set():
                    one = left.pop(0)
                    self.tried(one, session.send(one.message, one.row.address))
        except ServerRefused as problem:
            self.complain(f"the mail server: {problem}")
            while left:
                self.tried(left.pop(0), Outcome(False, str(problem)))
        finally:
            for one in left:
                mails.give_back(self.store, one.row)

    def tried(self, one: Ready, outcome: Outcome) -> None:
        """Note what came of it."""
        result = mails.tried(self.store, one.row, outcome, self.clock())
        if result.state == "dead":
            log.warning("mailer: letter %d (%s) is %s", one.row.id, one.row.about, result.said.partition(":")[0])

    def gave_up(self, many: int, why: str) -> None:
        """So many were given up without a try."""
        if many:
            log.warning("mailer: %d letters are given up: %s", many, why)

    def complain(self, sentence: str) -> None:
        """Say it once, until all is well again."""
        if sentence != self.complained:
            log.warning("mailer: %s; `motcua mail list` shows what waits", sentence)
        self.complained = sentence

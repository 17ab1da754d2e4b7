"""A board's self-test as the bench sees it: what it says is told, the time it asks for is said, and a person is asked.

The code that one board's printer printed is what another board's reader shall read, if that has no printer itself.
"""

import re
from collections.abc import Callable

from fleet.provisioning.book_lines import Page
from fleet.provisioning.conversation import Conversation, Said, parts_of
from fleet.provisioning.hands import Question
from fleet.provisioning.means import Means
from fleet.provisioning.results import ASK, FAIL, PRINTER, READER, PartSaid

TEST_S = 120.0
# From one line to the next: a printer, or a broker that does not answer.
WAIT_S = 300
# A person serves many boards: so long each waits for his finger, his code and his eyes.
CODE = re.compile(r"\bMCT-[0-9A-F]{4}-[0-9A-F]{4}\b")


class PartFailed(Exception):
    """A part of the board does not work."""


class SelfTest:
    """The test of one board. `told` hears each line; `parts` is what the record says in the end."""

    def __init__(self, talk: Conversation, means: Means, page: Page, told: Callable[[PartSaid], None]) -> None:
        self._talk = talk
        self._means = means
        self._page = page
        self._told = told
        self.parts: list[tuple[str, str, str]] = []

    def run(self) -> None:
        """Have it test itself, and keep the record for the fleet. Raises PartFailed, ConversationError, PortError."""
        means, hands = self._means, self._means.person is not None
        told = self._talk.ask(
            "selftest",
            TEST_S + (WAIT_S if hands else 0),
            self._line,
            hands=hands,
            wait_s=WAIT_S,
            code=self._code_of_another() if hands else None,
            now=means.now_ms(),
        )
        record, proof = str(told.get("record", "")), str(told.get("proof", ""))
        self.parts = list(parts_of(record))
        means.book.keep_record(f"{proof}-{self._page.hw}", {"record": record, "proof": proof})
        bad = [f"{part}: {found}" for part, result, found in self.parts if result == FAIL]
        if bad:
            raise PartFailed("; ".join(bad))

    def _code_of_another(self) -> str | None:
        """What a reader shall read that has no printer at its side, but one at this bench."""
        roles = self._page.claim.roles
        if READER not in roles or PRINTER in roles:
            return None
        return self._means.codes.for_reader(alive=self._talk.cable.check) or None

    def _line(self, line: Said) -> None:
        said = PartSaid(*(str(line.get(name, "")) for name in ("part", "result", "found", "code")))
        self._told(said)
        if said.part == PRINTER:
            self._note_code(said)
        if not line.get("answers"):
            return
        if said.part == "clock":
            self._talk.say("seen", part=said.part, now=self._means.now_ms())
        elif self._means.person is not None:
            self._ask_person(said)

    def _note_code(self, said: PartSaid) -> None:
        code = CODE.search(said.found)
        if code is not None and said.result != FAIL:
            self._means.codes.printed(self._page.hw, code.group())
        else:
            self._means.codes.none(self._page.hw)

    def _ask_person(self, said: PartSaid) -> None:
        assert self._means.person is not None  # noqa: S101 (whoever calls this has looked)
        question = Question(self._talk.cable.path, self._page.claim.device, said.part, said.found)
        word = self._means.person(question, WAIT_S, self._talk.cable.check)
        self._talk.say("seen", part=said.part, result=word or ASK)

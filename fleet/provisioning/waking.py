"""A board is brought to its prompt, and to the start of its firmware; on the way it may vanish and come back."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from fleet.provisioning import installing
from fleet.provisioning.boards_known import JTAG, NATIVE
from fleet.provisioning.cable import BACK_WITHIN_S, Cable
from fleet.provisioning.conversation import AtPrompt, Conversation, NoAnswer, Said
from fleet.provisioning.ports import PortGone
from fleet.provisioning.probing import Probed, probe
from fleet.provisioning.raw_repl import NoMicroPython, RawRepl

BEGUN_S = 3.0
# From its reset until its firmware says that it began. A board with USB of its own may say so before anybody listens.
START_S = 30.0
STARTS = 3

Value = TypeVar("Value")
log = logging.getLogger(__name__)


@dataclass
class Waking:
    """What is done at one cable to begin a board anew."""

    cable: Cable
    repl: RawRepl

    def look(self, put_on: Callable[[], None] | None) -> Probed:
        """What MicroPython says of the board; `put_on` puts it on where there is none. Raises ReplError, PortError."""
        try:
            self.repl.enter()
        except NoMicroPython:
            if put_on is None:
                raise
            put_on()
            self.cable.reopen(BACK_WITHIN_S)
            self.through_reset(self.repl.enter)
        return probe(self.repl)

    def restart(self) -> None:
        """Begin anew; a board with USB of its own goes away a moment later, and comes back under some name."""
        gone = self.cable.port.kind.way in (NATIVE, JTAG)
        try:
            installing.restart(self.repl)
        except PortGone:  # it was quicker than the last word of the prompt
            gone = True
        if gone:
            self.cable.reopen(BACK_WITHIN_S)

    def prompt_again(self) -> None:
        """Begin anew without `main.py`, which was taken away: its modules fill the heap until then."""
        self.restart()
        self.through_reset(self.repl.enter)

    def started(self, talk: Conversation) -> Said | None:
        """Who the board is once its firmware runs; None where it is a device. Raises ConversationError, PortError.

        It is asked when it has said that it began: a byte that means Ctrl-C to MicroPython may come a moment too early,
        and then it is begun once more.
        """
        for _ in range(STARTS):
            self.through_reset(partial(talk.begun, BEGUN_S))
            try:
                return self.through_reset(partial(talk.about, START_S))
            except AtPrompt as problem:
                log.warning("%s is restarted: %s", self.cable.path, problem)
                self.repl.enter()
                self.restart()
                talk.again()
        raise NoAnswer("expected the firmware to start, found MicroPython's prompt each time")

    def through_reset(self, act: Callable[[], Value]) -> Value:
        """Do this with a board that begins anew: its port may vanish in the middle, once or twice."""
        ends = self.cable.clock() + BACK_WITHIN_S
        while True:
            try:
                return act()
            except PortGone:
                if self.cable.clock() >= ends:
                    raise
                self.cable.reopen(BACK_WITHIN_S)

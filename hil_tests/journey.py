"""One journey on one target: what it does, sees and waits for, and what it leaves as evidence."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fleet.laptop.paper import Paper
from fleet.laptop.slip import DOTS_80_MM, Slip
from hil_tests.office import SOON_S, Office, Stored
from hil_tests.rig import Rig
from hil_tests.stream import Told, differences, told_of
from hil_tests.target import Hands, Stand

STREAMS = Path(__file__).with_name("streams")
KEEP = os.environ.get("KEEP_STREAMS") == "1"
# Writes what came in place of comparing it; the difference is read in the commit.


class Journey:
    """`moments` is the host's own word; the boards' logs and what was seen stand beside it in the evidence."""

    def __init__(self, rig: Rig, name: str) -> None:
        self.rig, self.name = rig, name
        self.began_s = time.monotonic()
        self.places = {id(log): log.place for log in self.logs()}
        for stand in rig.target.stands:
            self.until_its_boot_is_stored(stand)
        self.before = {one.key for one in self.all_events()}
        self.moments: list[tuple[float, str]] = []
        self.figures: dict[str, float] = {}
        self.slips: list[tuple[float, Slip]] = []
        self.told: Told = []
        for stand in rig.target.stands:
            if stand.hands is not None:
                stand.hands.paper()  # what lies there is of somebody before

    @property
    def office(self) -> Office:
        """Where it happens."""
        return self.rig.office

    @property
    def counter(self) -> Stand:
        """The board at the counter."""
        assert self.rig.counter is not None
        return self.rig.counter

    @property
    def lobby(self) -> Stand:
        """The printer."""
        assert self.rig.lobby is not None
        return self.rig.lobby

    def logs(self) -> list[Any]:
        """All logs of the boards, and of what was seen at them."""
        stands = self.rig.target.stands
        return [one.board.log for one in stands] + [one.hands.seen for one in stands if one.hands]

    def say(self, text: str) -> None:
        """A moment of the journey."""
        self.moments.append((time.monotonic(), text))

    def until_its_boot_is_stored(self, stand: Stand) -> None:
        """What happened before the last boot of this board is with the fleet, and that boot itself."""
        boot, device = self.rig.boot_of(stand), self.rig.device(stand)
        self.office.until(
            f"boot {boot} of {device}", lambda: any(one.boot == boot for one in self.office.events([device], "boot"))
        )

    def events(self, *kinds: str) -> list[Stored]:
        """What the boards did in this journey, as the fleet has stored it."""
        return [one for one in self.all_events(*kinds) if one.key not in self.before]

    def all_events(self, *kinds: str) -> list[Stored]:
        """The same, of all journeys on this target."""
        return self.office.events(self.rig.places, *kinds)

    def until_stored(self, kind: str, count: int) -> list[Stored]:
        """Wait until so many of them are stored since the beginning of this journey."""
        self.office.until(f"{count} events {kind}", lambda: len(self.events(kind)) >= count)
        return self.events(kind)

    def until(self, what: str, look: Callable[[], Any]) -> Any:
        """Wait until the fleet knows this."""
        found = self.office.until(what, look)
        self.say(what)
        return found

    def sees(self, stand: Stand, pattern: str, since: int) -> float:
        """Wait until this is seen at a board; when it was."""
        return hands_of(stand).seen.expect(pattern, since, SOON_S).at_s

    def paper_of(self, stand: Stand) -> Slip:
        """Wait for the slip that comes out there."""
        head, data = Paper(DOTS_80_MM, chinese=True), b""

        def cut() -> bool:
            nonlocal data
            fresh = hands_of(stand).paper()
            data += fresh
            head.feed(fresh)
            return bool(head.roll.slips)

        self.office.until("a slip comes out", cut)
        slip = head.roll.slips[-1]
        self.slips.append((time.monotonic(), slip))
        return slip

    @contextmanager
    def without(self, switch: Callable[[bool], None]) -> Iterator[None]:
        """While this lasts, that is off; afterwards it is on, and the boards are back at the broker."""
        switch(False)
        try:
            yield
        finally:
            switch(True)
        if switch == self.office.broker:
            since_s = time.monotonic()
            for stand in self.rig.target.stands:
                self.rig.ready(stand, since_s)

    def same_as_elsewhere(self, *kinds: str) -> None:
        """The events of these kinds are those that every other target has told. Raises AssertionError."""
        self.told = told_of(self.events(*kinds), self.rig.places)
        file = STREAMS / f"{self.name}.json"
        if KEEP:
            file.write_text(json.dumps(self.told, ensure_ascii=False, indent=1) + "\n")
        wrong = differences(json.loads(file.read_text()), self.told)
        assert not wrong, f"{self.name} on {self.rig.target.name} is not what {file.name} says:\n  " + "\n  ".join(
            wrong
        )


def hands_of(stand: Stand) -> Hands:
    """The hands at a board; a journey that needs them has asked for them."""
    assert stand.hands is not None, f"{stand.board.name}: expected hands, found none"
    return stand.hands

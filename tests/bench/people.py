"""Residents who come to a counter one after another, told by its devices in batches as the firmware makes them."""

from collections.abc import Sequence

from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from tests.fleet.office import NINE, Speaker

EVENTS_OF_A_VISIT = 5
DAY_MS = 8 * 3_600_000


class People:
    """Residents who come one after another, are served at one counter and rate; told in batches."""

    def __init__(self, store: Store, step_ms: int, devices: Sequence[str] = ("tp-1", "q-1", "nut-1")) -> None:
        self.store = store
        self.step_ms = step_ms
        self.came = 0
        self.printer, self.keypad, self.buttons = map(Speaker, devices)

    def come(self, people: int) -> None:
        """So many more, whose events are stored."""
        arrivals = self.told(people)
        for first in range(0, len(arrivals), 500):
            receive(self.store, arrivals[first : first + 500], NINE)

    def told(self, people: int) -> list[Arrival]:
        """So many more, and what their devices say."""
        speakers = (self.printer, self.keypad, self.buttons)
        before = [speaker.next for speaker in speakers]
        for _ in range(people):
            self.one()
        return [
            Arrival(speaker.topic, speaker.batch(*range(first, min(first + 8, speaker.next))))
            for speaker, begin in zip(speakers, before, strict=True)
            for first in range(begin, speaker.next, 8)
        ]

    def one(self) -> None:
        """A resident takes a number, is called, hands a dossier in, is done, and rates."""
        at = NINE + self.came * self.step_ms * EVENTS_OF_A_VISIT
        service = ("ho-tich", "dat-dai")[self.came // 9_999 % 2] if self.came < 19_998 else f"s{self.came // 9_999}"
        number = self.came % 9_999 + 1
        self.came += 1

        def told(event: type[Event], ms: int, **fields: object) -> Event:
            return event(up=ms - NINE, at=ms, **fields)  # type: ignore[arg-type]

        step = self.step_ms
        self.printer.does(told(events.TicketTaken, at, service=service, number=number, lease="l"))
        self.keypad.does(told(events.NumberCalled, at + step, service=service, number=number))
        code = f"H15.50.05.13-261008-{number:04d}"
        self.keypad.does(told(events.CodeScanned, at + 2 * step, what="dossier", code=code))
        seq = self.keypad.does(told(events.VisitFinished, at + 3 * step))
        armed = f"{self.keypad.device}/1/1/{seq}"
        self.buttons.does(told(events.RatingGiven, at + 4 * step, score=4, scale=5, armed=armed))

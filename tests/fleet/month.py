"""Days of the small office in which people came, waited, were served and pressed: as its devices tell them."""

from collections.abc import Iterable
from datetime import date
from random import Random

from fleet.domain.calendars import Calendar
from fleet.domain.day import midnight
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from protocols import events
from tests.fleet.office import Speaker

MIN = 60_000
A_BATCH = 6
SERVICES = ("ho-tich", "ho-tich", "ho-tich", "dat-dai")
SCORES = (5, 5, 4, 4, 4, 5, 3, 5, 4, 2, 5, 4, 1, 5)


def working_days(first: date, last: date) -> list[date]:
    """The working days from one to another."""
    calendar = Calendar()
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    return [day for day in days if calendar.is_working_day(day)]


def serve(store: Store, days: Iterable[date], a_day: int, rated: float = 0.5, seed: int = 1) -> None:
    """So many people on each of these days, one in so many of whom rate; the last of a day does not come."""
    chance = Random(seed)
    for day in days:
        boot = day.toordinal()
        printer, keypad, buttons = (Speaker(name, boot=boot) for name in ("tp-1", "q-1", "nut-1"))
        start = midnight(day, "Asia/Ho_Chi_Minh") + 8 * 60 * MIN
        free = start
        for number in range(1, a_day + 1):
            service = chance.choice(SERVICES)
            taken = start + int(number * 400 / (a_day + 1) * chance.uniform(0.9, 1.0)) * MIN
            printer.does(events.TicketTaken(service=service, number=number, lease="l", up=taken - start, at=taken))
            called = max(taken + chance.randint(10, 200) * 1000, free)
            keypad.does(events.NumberCalled(service=service, number=number, up=called - start, at=called))
            free = called + int(chance.gammavariate(4, 1.6) * MIN)
            if number == a_day and a_day > 3:
                keypad.does(events.NoShow(service=service, number=number, up=free - start, at=free))
                continue
            done = events.VisitFinished(service=service, number=number, up=free - start, at=free)
            finish = f"q-1/1/{boot}/{keypad.does(done)}"
            if chance.random() < rated:
                pressed = free + 7_000
                rating = events.RatingGiven(
                    score=chance.choice(SCORES), scale=5, armed=finish, held_ms=90, up=pressed - start, at=pressed
                )
                buttons.does(rating)
        told = [
            Arrival(speaker.topic, speaker.batch(*range(first, min(first + A_BATCH, speaker.next)), oldest=0))
            for speaker in (printer, keypad, buttons)
            for first in range(0, speaker.next, A_BATCH)
        ]
        receive(store, told, free + MIN)
        link_marked(store, free + MIN)

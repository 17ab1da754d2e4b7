"""Visits of past days of an office, as the linker leaves them: the same every time."""

from datetime import date, timedelta
from random import Random

from fleet.domain.clerk_sessions import ClerkSession
from fleet.domain.day import bounds
from fleet.domain.linked import RatingSeen, VisitSeen
from fleet.flows import count_waits
from fleet.store import places, windows
from fleet.store.database import Store
from fleet.store.day_parts import RATINGS, SESSIONS, VISITS, DayParts
from fleet.store.places import ServiceRow
from fleet.store.rows import run, sql

OFFICE, MIN = "tan-an", 60_000
COUNTERS = {"ta-1": "civil", "ta-2": "land"}
SERVICES = (("civil", "A", "Hộ tịch, chứng thực", 4.0, 6.0), ("land", "B", "Đất đai, môi trường", 11.0, 18.0))
SET_LINKED = sql("UPDATE windows SET linked = marked WHERE office = :office")


def lived(store: Store, last: date, days: int, visits: int = 24) -> None:
    """So many working days until this one, each with so many visits, half of them rated."""
    with store.writing() as connection:
        place = places.office(connection, OFFICE)
        assert place is not None
        services = [ServiceRow(id, OFFICE, name, prefix, at) for at, (id, prefix, name, _, _) in enumerate(SERVICES)]
        places.save_services(connection, services)
        worked = [one for one in (last - timedelta(days=n) for n in range(days)) if one.weekday() < 5]
        for one in worked:
            day = one.isoformat()
            seen, ratings = of_day(day, visits)
            parts = DayParts(connection, OFFICE, day)
            parts.save(VISITS, [], seen)
            parts.save(RATINGS, [], ratings)
            parts.save(SESSIONS, [], [session(day, counter, n) for n, counter in enumerate(COUNTERS, 1)])
            windows.mark(connection, [(OFFICE, day)])
            count_waits.count_whole(connection, place, day, seen)
        run(connection, SET_LINKED, office=OFFICE)


def of_day(day: str, visits: int) -> tuple[list[VisitSeen], list[RatingSeen]]:
    """The visits of a day from half past seven on, longest waits in the middle of the morning."""
    chance, start_ms = Random(day), bounds(day, "Asia/Ho_Chi_Minh")[0] + 450 * MIN
    seen, ratings = [], []
    for counter, (service, _, _, serves, waits) in zip(COUNTERS, SERVICES, strict=True):
        called_ms = start_ms
        for number in range(1, visits // 2 + 1):
            wait = chance.gammavariate(2, waits / 2) * (1.6 if 4 <= number <= 8 else 0.7)
            took = chance.gammavariate(3, serves / 3)
            ended_ms = called_ms + int(took * MIN)
            finish = f"{counter}-k/1/1/{2 * number + 1}"
            seen.append(
                VisitSeen(
                    f"{counter}-k/1/1/{2 * number}", counter, service, number, called_ms, False, int(wait * MIN),
                    finished_ms=ended_ms, outcome="done", closed_by=finish, finish=finish, about=service,
                    rated=number % 2 == 0, session=f"{counter}-k/1/1/1",
                )
            )  # fmt: skip
            if number % 2 == 0:
                score = 5 if wait < 25 else chance.choice((2, 4))
                visit, id = seen[-1].id, f"{counter}-b/1/1/{number}"
                ratings.append(RatingSeen(id, counter, visit, False, score, 5, 1, ended_ms + 5_000, True, None))
            called_ms = ended_ms + int(chance.gammavariate(2, 6) * MIN)
    return seen, ratings


def session(day: str, counter: str, number: int) -> ClerkSession:
    """A clerk who sits at a counter all day."""
    start_ms = bounds(day, "Asia/Ho_Chi_Minh")[0] + 440 * MIN
    return ClerkSession(f"{counter}-k/1/1/1", counter, number, number, start_ms, start_ms + 580 * MIN, "")

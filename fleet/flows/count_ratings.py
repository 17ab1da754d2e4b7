"""Add up the ratings of days that are over; a day whose presses, visits or exclusions changed is added up anew."""

from datetime import date

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.periods import end_of
from fleet.domain.rating_sums import DAY, MONTH, RatingSum, of_day, of_month
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import places, press_tallies, rating_history, rating_sums, retention
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict

DAYS_A_ROUND = 60
# Few at a time, so that linking waits for none of them long.


def count_rating_days(store: Store, now_ms: int) -> int:
    """Add up some days; how many."""
    with store.reading() as connection:
        first = day_of(retention.linked_since_ms(connection), "UTC")
        today = day_in_viet_nam(now_ms).isoformat()
        waiting = rating_sums.to_count(connection, first, today, DAYS_A_ROUND)
    for office, day in waiting:
        count_rating_day(store, office, day)
    return len(waiting)


@again_after_conflict
def count_rating_day(store: Store, office: str, day: str) -> None:
    """Add up a day, and its month anew of its days."""
    with store.writing(alone=False) as connection:
        places.hold(connection, office)
        if not rating_sums.is_stale(connection, office, day):
            return
        rating_sums.save(connection, office, DAY, day, sum_of_day(connection, office, day))
        begins = f"{day[:7]}-01"
        ends = end_of("month", date.fromisoformat(begins)).isoformat()
        days = rating_sums.sums(connection, [office], DAY, begins, ends)
        rating_sums.save(connection, office, MONTH, begins, of_month([days[one] for one in sorted(days)]))
        rating_sums.counted(connection, office, day)


def sum_of_day(connection: Connection, office: str, day: str) -> RatingSum:
    """A day as its presses tell it."""
    came = rating_history.counted(connection, [office], day, day)[office]
    return of_day(day, came, press_tallies.reasons(connection, office, day, day))

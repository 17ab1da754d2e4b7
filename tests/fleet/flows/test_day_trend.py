"""The day beside a usual one, from visits that were linked; read once, and anew when something was linked."""

from sqlalchemy import event

from fleet.domain.day_trend import LEAST_DAYS, Band
from fleet.flows.day_trend import WEEKS, Trends
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from protocols import events
from tests.fleet.office import NINE, OFFICE, Speaker

MIN = 60_000
WEEK = 7 * 24 * 60 * MIN
TODAY = NINE + WEEKS * WEEK
# The devices stand there since nine o'clock of the first Monday.
ZONE = "Asia/Ho_Chi_Minh"


def live(store: Store, speakers: dict[str, Speaker], nine: int, calls: dict[int, float | None]) -> None:
    """Everybody comes at nine; each is called so many minutes later, or waits still."""
    held = []
    for device in ("tp-1", "q-1"):
        for number, minute in calls.items():
            told = {"service": "ho-tich", "number": number}
            if device == "tp-1":
                at, happened = nine, events.TicketTaken
                told |= {"lease": "l", "priority": ""}
            elif minute is not None:
                at, happened = nine + int(minute * MIN), events.NumberCalled
            else:
                continue
            speaker = speakers.setdefault(device, Speaker(device))
            seq = speaker.does(happened(up=at - NINE, at=at, **told))
            held.append(Arrival(speaker.topic, speaker.batch(seq)))
    receive(store, held, nine + 60 * MIN)
    link_marked(store, nine + 60 * MIN)


def test_the_day_stands_beside_the_same_weekday_of_the_last_weeks(store: Store) -> None:
    trends, speakers = Trends(store), {}
    for week in range(LEAST_DAYS + 3, 3, -1):
        live(store, speakers, TODAY - week * WEEK, {1: 10, 2: 20, 3: 31})
    live(store, speakers, TODAY - WEEK * 2 + WEEK // 7, {1: 5})  # another weekday
    live(store, speakers, TODAY, {1: 4, 2: 8, 3: 12, 4: 16, 5: 20, 6: None})
    now = trends.look(OFFICE, TODAY + 25 * MIN)
    assert now.trend is not None and (now.trend.days, now.trend.weekday, now.trend.waiting_now) == (LEAST_DAYS, 1, 1)
    nine, half_past = now.trend.halves
    assert (nine.begins_min, nine.waiting, nine.wait_min, nine.called) == (540, 6, 12.0, 5)
    assert (nine.usual_waiting, nine.usual_wait_min) == (Band(3.0, 3.0, 3.0), Band(15.0, 15.0, 15.0))
    assert (half_past.waiting, half_past.usual_waiting) == (None, Band(1.0, 1.0, 1.0))
    assert now.trend.stand == "fewer"


def test_past_days_are_read_once_and_what_was_linked_since_is_seen(store: Store) -> None:
    trends, speakers, asked = Trends(store), {}, []
    for week in range(LEAST_DAYS, 0, -1):
        live(store, speakers, TODAY - week * WEEK, {1: 10, 2: 20})
    assert trends.trend(OFFICE, ZONE, TODAY).days == LEAST_DAYS
    event.listen(store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert trends.trend(OFFICE, ZONE, TODAY + MIN) == trends.trend(OFFICE, ZONE, TODAY)
    assert asked and not [one for one in asked if "FROM visits" in one]
    live(store, speakers, TODAY - 5 * WEEK, {1: 10})
    assert trends.trend(OFFICE, ZONE, TODAY + MIN).days == LEAST_DAYS + 1

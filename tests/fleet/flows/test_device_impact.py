"""What is to be mended first is what delays most residents; a counter whose buttons say nothing is found."""

from fleet.flows.device_health import DeviceEyes, devices_seen
from fleet.flows.device_impact import coming_to
from fleet.flows.link import link_marked
from fleet.flows.presence import healthy, seen
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from protocols.presence import Alive, Health
from tests.fleet.office import NINE, OFFICE, Speaker

MIN = 60_000
WEEK = 7 * 24 * 60 * MIN
ZONE = "Asia/Ho_Chi_Minh"


def say(store: Store, speaker: Speaker, now_ms: int, *what: Event) -> None:
    for event in what:
        receive(store, [Arrival(speaker.topic, speaker.batch(speaker.does(event), oldest=0))], now_ms)


def taken(number: int, at_ms: int) -> Event:
    return events.TicketTaken(service="ho-tich", number=number, lease="l", up=at_ms - NINE + WEEK, at=at_ms)


def test_troubles_are_ordered_by_the_residents_that_they_delay(store: Store) -> None:
    for device in ("tp-1", "q-1", "q-2", "nut-1", "nut-2"):
        seen(store, device, Alive(), NINE)
    printer = Speaker("tp-1")
    say(store, printer, NINE + 30 * MIN, *(taken(n, NINE + n * MIN) for n in range(1, 13)))
    link_marked(store, NINE + 30 * MIN)
    now = NINE + 40 * MIN
    with store.reading() as connection:
        coming = coming_to(connection, OFFICE, ZONE, now)
        later = coming_to(connection, OFFICE, ZONE, NINE + WEEK)
    assert (coming.arriving, coming.waiting) == ({"ho-tich": 12.0}, {"ho-tich": 12})
    assert later.arriving == {"ho-tich": 12.0}, "as at this hour a week ago"

    healthy(store, {"tp-1": (Health(up=now, heap_free=70_000, paper="out"), now)}, now)
    seen(store, "q-1", Alive(gone=True), now)
    seen(store, "nut-1", Alive(gone=True), now)
    found = {one.id: one for one in devices_seen(store, now)}
    costs = {device: [(one.trouble, one.delayed) for one in found[device].problems] for device in found}
    assert costs["tp-1"] == [("paper_out", 12.0)], "nobody else gives numbers"
    assert costs["q-1"] == [("lost", 24 * 0.25 / 2)], "the other counter takes over"
    assert costs["nut-1"] == [("lost", 0.0)]
    assert (found["tp-1"].state, found["q-1"].state, found["q-2"].state) == ("degraded", "lost", "online")

    seen(store, "q-2", Alive(gone=True), now + 1)
    found = {one.id: one for one in devices_seen(store, now + 1)}
    assert [one.delayed for one in found["q-1"].problems] == [24.0], "now there is no other"


def test_a_counter_that_serves_while_its_buttons_say_nothing(store: Store) -> None:
    keypad, buttons = Speaker("q-1"), Speaker("nut-1")
    for device in ("nut-1", "nut-2"):
        seen(store, device, Alive(), NINE)
    for n in range(1, 91):
        called = NINE + n * 3 * MIN
        say(
            store,
            keypad,
            called,
            events.NumberCalled(service="ho-tich", number=n, up=called - NINE, at=called),
            events.VisitFinished(up=called - NINE + 2 * MIN, at=called + 2 * MIN),
        )
        if n <= 60 and n % 3:
            at = called + 2 * MIN + 5000
            say(store, buttons, called, events.RatingGiven(score=5, scale=5, held_ms=200, up=at - NINE, at=at))
    now = NINE + 280 * MIN
    link_marked(store, now)
    eyes = DeviceEyes(store)
    for _ in range(2):  # the second look remembers
        found = {one.id: one for one in eyes.look(now)}
        (silent,) = found["nut-1"].problems
        assert (silent.trouble, silent.n, silent.delayed) == ("silent_rating", 31, 0.0)
        assert found["nut-1"].state == "degraded"
        assert found["nut-2"].problems == ()

"""Linking: what an event costs while its day grows, and the same where each delivery links the whole day anew."""

import tempfile
import time
from pathlib import Path
from statistics import median

from fleet.flows.link import link_window
from fleet.flows.presence import welcome
from fleet.store import windows
from fleet.store.database import Store
from tests.bench import link_backlog
from tests.bench.figures import figure, progress
from tests.bench.people import DAY_MS, EVENTS_OF_A_VISIT, People
from tests.fleet.office import DAY, NINE, OFFICE, PLAN, hello, open_office

SIZES = (100, 1_000, 10_000, 100_000)
COMPARED = (1_000, 100_000)
DELIVERIES = 60
VISITS_OF_A_DELIVERY = 2
# A delivery: what an office tells within a second or a minute, linked as soon as it is there.
WHOLE_ROUNDS = 3


def run() -> None:
    """Days of all sizes, each in a database of its own; the two ways in turn."""
    live, whole = {}, {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            progress(f"link: a day of {size} events")
            live[size], whole[size] = measure(Path(folder), size)
        for way, cost, n in (("touched", live, DELIVERIES), ("whole day", whole, WHOLE_ROUNDS)):
            figure("link_events_per_s", 1 / cost[size], "events/s", n, events_of_the_day=size, way=way)
    small, large = COMPARED
    for way, cost in (("touched", live), ("whole day", whole)):
        figure("link_growth_ratio", cost[large] / cost[small], "ratio", DELIVERIES, of=COMPARED, way=way)
    link_backlog.measure()


def measure(folder: Path, size: int) -> tuple[float, float]:
    """Seconds for one event of a delivery to a day of so many events: only what was touched, and the whole day."""
    store, _ = open_office(folder)
    for device in PLAN.devices:
        welcome(store, device.id, hello(), NINE)
    people = People(store, DAY_MS // (size + DELIVERIES * VISITS_OF_A_DELIVERY * EVENTS_OF_A_VISIT))
    people.come(size // EVENTS_OF_A_VISIT)
    link_window(store, OFFICE, DAY, NINE)
    touched = []
    for _ in range(DELIVERIES):
        people.come(VISITS_OF_A_DELIVERY)
        touched.append(linked_in(store, VISITS_OF_A_DELIVERY * EVENTS_OF_A_VISIT))
    whole = []
    for _ in range(WHOLE_ROUNDS):
        with store.writing() as connection:
            windows.mark(connection, [(OFFICE, DAY)])
        whole.append(linked_in(store, size))
    store.close()
    of_a_delivery = VISITS_OF_A_DELIVERY * EVENTS_OF_A_VISIT
    return median(touched) / of_a_delivery, median(whole) / of_a_delivery


def linked_in(store: Store, at_least: int) -> float:
    """Seconds to link what is marked."""
    began = time.perf_counter()
    linked = link_window(store, OFFICE, DAY, NINE)
    took = time.perf_counter() - began
    assert linked is not None and linked.events >= at_least
    return took

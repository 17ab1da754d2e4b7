"""What crowded offices say, as packets of MQTT 5: visits at counters, and numbers that are taken at a large office."""

from fleet.flows.presence import welcome
from fleet.flows.set_up_office import set_up_office
from fleet.mqtt_packets import publish
from fleet.store.database import Store
from protocols.events import TicketTaken
from tests.bench.large_office import LargeOffice
from tests.bench.link_backlog import plan
from tests.bench.people import EVENTS_OF_A_VISIT, People
from tests.bench.receiving.load import WINDOW
from tests.fleet.office import NINE, PLAN, hello

OFFICES = 8
STEP_MS = 100
# Between what happens at a counter: a day takes many of them.
VISITS_A_NUMBER = 50
# So often somebody comes to the large office.


class CrowdedOffices:
    """The offices beside the large one; `made` is how many events the last packets hold."""

    def __init__(self, store: Store, large: LargeOffice) -> None:
        self.large = large
        self.people = [crowd_at(store, number) for number in range(OFFICES)]
        self.made = 0
        self.came = 0

    def visits_of(self, events: float) -> int:
        """About so many events."""
        return round(events / EVENTS_OF_A_VISIT)

    def packets(self, visits: int) -> list[bytes]:
        """So many more visits, the offices in turn."""
        said: list[tuple[str, bytes]] = []
        self.made = visits * EVENTS_OF_A_VISIT
        for _ in range(visits):
            said += [(one.topic, one.payload) for one in self.people[self.came % OFFICES].told(1)]
            self.came += 1
            if self.came % VISITS_A_NUMBER == 0:
                said.append(self.a_number())
                self.made += 1
        return [publish(True, topic, payload, 1, False, n % WINDOW + 1) for n, (topic, payload) in enumerate(said)]

    def a_number(self) -> tuple[str, bytes]:
        """Somebody takes one at the large office."""
        large = self.large
        large.numbers += 1
        event = TicketTaken(up=large.numbers, at=large.now_ms, service="ho-tich", number=large.numbers, lease="l")
        return large.printer.topic, large.printer.batch(large.printer.does(event), oldest=0)


def crowd_at(store: Store, number: int) -> People:
    """The people of a small office that is set up for them."""
    set_up_office(store, plan(number), NINE - 3_600_000)
    names = [f"{one.id}-{number}" for one in PLAN.devices[:2]] + [f"nut-1-{number}"]
    for device in names:
        welcome(store, device, hello(), NINE)
    return People(store, STEP_MS, names)

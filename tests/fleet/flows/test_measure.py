"""What the metrics tell of all devices together, counted by the database."""

from prometheus_client import REGISTRY

from fleet.flows.measure import measure_devices
from fleet.flows.presence import healthy, seen
from fleet.store.database import Store
from protocols.presence import Alive, Health
from tests.fleet.office import NINE, PLAN


def test_devices_and_what_they_hold_are_counted(store: Store) -> None:
    health = {device: (Health(up=1, heap_free=70_000, outbox=n), NINE) for device, n in (("tp-1", 3), ("q-1", 4))}
    healthy(store, health, NINE)
    for device in ("tp-1", "q-1"):
        seen(store, device, Alive(state="online"), NINE)
    seen(store, "q-2", Alive(gone=True), NINE)
    measure_devices(store)
    counts = {name: told("motcua_devices", presence=name) for name in ("online", "lost", "never")}
    assert counts == {"online": 2, "lost": 1, "never": len(PLAN.devices) - 3}
    assert told("motcua_device_outbox_events") == 7


def told(name: str, **labels: str) -> float | None:
    """What a metric says now."""
    return REGISTRY.get_sample_value(name, labels)

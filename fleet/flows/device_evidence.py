"""Gather the life of a device for its sheet: from the registry, the broker's keys, its own words and its days."""

from sqlalchemy import Connection

from fleet.domain.alerts_now import AlertNow
from fleet.domain.device_days import DaySum
from fleet.domain.device_evidence import BenchTest, ClaimThen, Evidence, FirmwareThen, KeyThen
from fleet.flows.alerts import as_shown
from fleet.flows.device_health import as_told, device_history
from fleet.flows.device_months import device_month
from fleet.flows.device_registry import done_with
from fleet.flows.see_releases import updates_of
from fleet.store import alerts, claims, device_days, device_events, device_keys, incidents, selftests
from fleet.store.database import Store

DONE_SHOWN = 200
TESTS_SHOWN = 60
ALERTS_SHOWN = 60


def evidence(store: Store, device: str, now_ms: int) -> Evidence:
    """What is known of a device; of one that nobody knows nothing is."""
    history = device_history(store, device, now_ms)
    month = device_month(store, device, now_ms)
    with store.reading() as connection:
        key = device_keys.keys_of(connection, device)
        return Evidence(
            claims=tuple(
                ClaimThen(one.id, one.made_by, one.made_ms, one.used_ms, one.used_hw or "", one.withdrawn_ms)
                for one in claims.of_device(connection, device)
            ),
            done=done_with(connection, device, DONE_SHOWN),
            key=None if key is None else KeyThen(key.slot, key.since_ms, key.hw or ""),
            incidents=tuple(incidents.of_device(connection, device)),
            bench=tuple(
                BenchTest(one.at_ms, one.claim, one.hw, one.firmware, one.passed, one.by, one.proof)
                for one in selftests.of_device(connection, device, TESTS_SHOWN)
            ),
            tests=tuple(as_told(one) for one in device_events.tests_of(connection, device, TESTS_SHOWN)),
            firmware=firmware_of(connection, device),
            updates=updates_of(connection, device),
            history=history,
            month=month,
            alerts=alerts_about(connection, device),
        )


def firmware_of(connection: Connection, device: str) -> tuple[FirmwareThen, ...]:
    """What ran on it, as far back as its days are kept."""
    found: dict[str, FirmwareThen] = {}
    for row in device_days.days_of(connection, device, ""):
        known = found.get(row.firmware, FirmwareThen(row.firmware, row.day, row.day, DaySum()))
        found[row.firmware] = FirmwareThen(row.firmware, known.first, row.day, known.sums + row.sums)
    return tuple(sorted(found.values(), key=lambda one: (one.last, one.first), reverse=True))


def alerts_about(connection: Connection, device: str) -> tuple[AlertNow, ...]:
    """The last alerts that were about this device, wherever it stood."""
    found = alerts.about_device(connection, device, ALERTS_SHOWN)
    return tuple(shown for one in found for shown in as_shown(connection, one.office, [one]))

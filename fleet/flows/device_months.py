"""The last thirty days of devices, and of each firmware: days that are over as they were added up, today as it is."""

from sqlalchemy import Connection

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import bounds, day_of, later
from fleet.domain.device_days import DaySum
from fleet.domain.device_month import DAYS, DeviceMonth, month_of
from fleet.domain.firmware_health import FirmwareHealth, firmware_health
from fleet.flows.fold_device_days import Hours, sums_of
from fleet.store import device_days, devices
from fleet.store.database import Store


def device_month(store: Store, device: str, now_ms: int) -> DeviceMonth:
    """How a device was, day by day; days that are not added up yet are read as they are stored."""
    today = day_of(now_ms, VIET_NAM)
    names = [later(today, n - DAYS + 1) for n in range(DAYS)]
    sums: dict[str, DaySum] = {}
    with store.reading() as connection:
        row = devices.device(connection, device)
        if row is None:
            return month_of({}, names)
        for one in device_days.days_of(connection, device, names[0]):
            sums[one.day] = sums.get(one.day, DaySum()) + one.sums
        stood, hours = devices.places(connection, [device])[device], Hours(connection)
        for day in [name for name in names if name not in sums and name >= later(today, -1)]:
            start, end = bounds(day, VIET_NAM)
            for its in sums_of(connection, row, stood, hours, start, min(end, now_ms)).values():
                sums[day] = sums.get(day, DaySum()) + its
    return month_of(sums, names)


def months_of(connection: Connection, now_ms: int) -> dict[str, DaySum]:
    """What the days of each device add up to that are over, without reasons."""
    found: dict[str, DaySum] = {}
    for _, _, device, sums in device_days.by_firmware(connection, first_day(now_ms)):
        found[device] = found.get(device, DaySum()) + sums
    return found


def firmware_now(store: Store, now_ms: int) -> tuple[FirmwareHealth, ...]:
    """How each firmware did on each kind of board in thirty days that are over, the most used first."""
    sums: dict[tuple[str, str], DaySum] = {}
    ran: dict[tuple[str, str], set[str]] = {}
    with store.reading() as connection:
        for firmware, board, device, its in device_days.by_firmware(connection, first_day(now_ms)):
            sums[firmware, board] = sums.get((firmware, board), DaySum()) + its
            ran.setdefault((firmware, board), set()).add(device)
    found = [firmware_health(*key, ran[key], its) for key, its in sums.items() if its.hours]
    return tuple(sorted(found, key=lambda one: (-one.sums.hours, one.firmware, one.board)))


def first_day(now_ms: int) -> str:
    """The first of the thirty days that are over."""
    return later(day_of(now_ms, VIET_NAM), -DAYS)

"""What a fleet of so many devices needs, computed from what was measured of one device and of one event.

Everything is of the fullest minute of a Monday, or of the moment in which all devices of a power cut come back; a core
counts as full where it is busy for the share `full` of its time, since the minute after next may be fuller.
"""

from math import ceil

from fleet.domain import plan_figures as of
from fleet.domain.crowd import AT_EACH
from fleet.domain.office_rhythm import HOUR_MIN, MOST_A_MINUTE
from fleet.domain.planned import YEARS, Asked, Machines, Part, Plan, Return, Rhythm, Room

SECOND_US, SECOND_MS, MEGA, KILO = 1_000_000, 1_000, 1_000_000, 1_000
HOURS_S = 3_600
SERVER_MB = 4_096
# Of the system, PostgreSQL's processes and its cache, beside what the database's pages would like.


def plan(asked: Asked) -> Plan:
    """What so many devices need."""
    rhythm = rhythm_of(asked)
    parts, room = parts_of(asked, rhythm), room_of(asked, rhythm)
    return Plan(asked, rhythm, parts, back_of(asked), room, machines_of(asked, parts, room))


def rhythm_of(asked: Asked) -> Rhythm:
    """By the model of a made day, and the firmware's own clocks."""
    visits_a_day = asked.devices * asked.events / of.EVENTS_A_VISIT
    visits_s = visits_a_day * MOST_A_MINUTE / HOUR_MIN
    events_s, health_s = visits_s * of.EVENTS_A_VISIT, asked.devices / of.HEALTH_EVERY_S
    pings_s = asked.devices / of.PING_EVERY_S
    told_s = visits_s * of.TOLD_A_VISIT + events_s
    acknowledged = of.PACKET_BYTES + of.PACKET_BYTES
    return Rhythm(
        offices=ceil(asked.devices / AT_EACH),
        visits_a_day=visits_a_day,
        visits_s=visits_s,
        events_s=events_s,
        health_s=health_s,
        pings_s=pings_s,
        messages_s=events_s + told_s + visits_s + health_s,
        bytes_s=pings_s * (3 * of.PACKET_BYTES + 2 * of.PING_BYTES)
        + health_s * (of.HEALTH_BYTES + acknowledged)
        + events_s * (of.EVENT_BYTES + acknowledged)
        + told_s * (of.TOLD_BYTES + acknowledged),
    )


def parts_of(asked: Asked, rhythm: Rhythm) -> tuple[Part, ...]:
    """The processes of the fleet, the broker and the database."""
    live, health = rhythm.events_s / SECOND_MS, rhythm.health_s / SECOND_US
    broker = asked.devices * of.BROKER_IDLE_US.value / SECOND_US + live * of.EVENT_BROKER_MS.value
    receive = health * of.HEALTH_RECEIVER_US.value + live * of.EVENT_RECEIVER_MS.value
    link, send = live * of.EVENT_LINKER_MS.value, live * of.EVENT_SENDER_MS.value
    look = live * asked.open_pages * of.LOOK_MS.value
    database = health * of.HEALTH_DATABASE_US.value + live * of.EVENT_DATABASE_MS.value
    return (
        several("broker", broker, asked, asked.devices * of.BROKER_DEVICE_KB.value / KILO),
        several("receive", receive, asked, of.RECEIVER_MB.value),
        several("link", link, asked, of.LINKER_MB.value),
        Part("send", send, 1, of.SENDER_MB.value, at_most_one=True),
        several("serve", look, asked, of.PAGES_MB.value),
        Part("postgresql", database, 1, SERVER_MB),
    )


def several(name: str, cores: float, asked: Asked, each_mb: float) -> Part:
    """As many processes of one thread as keep each core free enough."""
    count = max(1, ceil(cores / asked.full))
    return Part(name, cores, count, each_mb if name == "broker" else each_mb * count)


def back_of(asked: Asked) -> Return:
    """After a power cut, or a broker that started anew."""
    devices = ceil(asked.devices * asked.returning)
    broker_s, sender_s, database_s = (
        devices * one.value / SECOND_MS for one in (of.COMES_BROKER_MS, of.COMES_SENDER_MS, of.COMES_DATABASE_MS)
    )
    return Return(devices, broker_s, sender_s, database_s)


def room_of(asked: Asked, rhythm: Rhythm) -> Room:
    """Of disks; events are kept for some days, visits and their sums for good."""
    visits_m = rhythm.visits_a_day * asked.days / MEGA
    events_m = visits_m * of.EVENTS_A_VISIT
    kept_m = events_m * min(asked.kept, 365 * YEARS) / 365
    rows = (kept_m + visits_m * YEARS) * MEGA
    return Room(
        events_gb=kept_m * of.EVENT_MB.value / KILO,
        visits_gb_a_year=visits_m * (of.VISIT_MB.value + of.HOURS_MB.value + of.SUMS_MB.value) / KILO,
        archives_gb_a_year=events_m * of.ARCHIVE_MB.value / KILO,
        backup_gb=rows * of.BACKUP_BYTES.value / MEGA / KILO,
        backup_h=rows / of.BACKUP_ROWS * of.BACKUP_S.value / HOURS_S,
        log_mb_s=rhythm.events_s * of.EVENT_LOG_KB.value / KILO + rhythm.health_s * of.HEALTH_LOG_BYTES.value / MEGA,
        flushes_s=rhythm.events_s * of.EVENT_FLUSHES.value,
    )


def machines_of(asked: Asked, parts: tuple[Part, ...], room: Room) -> Machines:
    """Cores that are busy, with the room that shall stay free; memory of all processes; the disk after ten years."""
    cores = sum(one.cores for one in parts) / asked.full
    memory_gb = sum(one.memory_mb for one in parts) / KILO
    disk_gb = room.after(YEARS) + YEARS * room.archives_gb_a_year + room.backup_gb
    return Machines(cores, memory_gb, disk_gb, max(1, ceil(cores / asked.cores), ceil(memory_gb / asked.memory_gb)))

"""Offices, counters and services."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from fleet.domain.place_rules import BadPlace
from fleet.domain.unfit import Expected
from fleet.store import rows
from fleet.store.rows import every, one, portions, run, run_each, sql

OFFICE = sql("""
    SELECT id, name, hotline, timezone, generation, scan_opens_visit, simulated_pace, restored_ms, ticket_url, texts,
        sign_in_required, thanks, is_public
    FROM offices WHERE id = :id""")
HOLD = sql("SELECT id FROM offices WHERE id = :id")
OFFICES = sql("""
    SELECT id, name, hotline, timezone, generation, scan_opens_visit, simulated_pace, restored_ms, ticket_url, texts,
        sign_in_required, thanks, is_public
    FROM offices ORDER BY name""")
OFFICES_NAMED = sql("""
    SELECT id, name, hotline, timezone, generation, scan_opens_visit, simulated_pace, restored_ms, ticket_url, texts,
        sign_in_required, thanks, is_public
    FROM offices WHERE id IN :offices ORDER BY id""").bindparams(bindparam("offices", expanding=True))
RESTORED = sql("UPDATE offices SET generation = generation + 1, restored_ms = :now_ms")
SAVE_OFFICE = sql("""
    INSERT INTO offices (id, name, hotline, timezone, generation, scan_opens_visit, simulated_pace, valid_from_ms,
        ticket_url, texts, sign_in_required, thanks, is_public)
    VALUES (:id, :name, :hotline, :timezone, :generation, :scan_opens_visit, :simulated_pace, :now_ms,
        :ticket_url, :texts, :sign_in_required, :thanks, :is_public)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, hotline = excluded.hotline,
        simulated_pace = excluded.simulated_pace""")
SET_TICKETS = sql("UPDATE offices SET hotline = :hotline, ticket_url = :url, texts = :texts WHERE id = :id")
SET_THANKS = sql("UPDATE offices SET thanks = :thanks WHERE id = :id")
REQUIRE_SIGN_IN = sql("UPDATE offices SET sign_in_required = :required WHERE id = :id")
PUBLISH = sql("UPDATE offices SET is_public = :is_public WHERE id = :id")
SERVICES = sql("""
    SELECT id, office, name, prefix, position, target_wait_s FROM services WHERE office = :office ORDER BY position""")
SERVICES_OF = sql("""
    SELECT id, office, name, prefix, position, target_wait_s FROM services WHERE office IN :offices
    ORDER BY office, position""").bindparams(bindparam("offices", expanding=True))
SAVE_SERVICE = sql("""
    INSERT INTO services (office, id, name, prefix, position, target_wait_s)
    VALUES (:office, :id, :name, :prefix, :position, :target_wait_s)
    ON CONFLICT (office, id) DO UPDATE SET name = excluded.name, prefix = excluded.prefix,
        position = excluded.position, target_wait_s = excluded.target_wait_s""")
COUNTERS = sql("""
    SELECT id, office, name, position, closed_ms FROM counters WHERE office = :office ORDER BY position, id""")
ALL_COUNTERS = sql("SELECT id, office, name, position, closed_ms FROM counters ORDER BY office, position")
COUNTER = sql("SELECT id, office, name, position, closed_ms FROM counters WHERE id = :id")
SAVE_COUNTER = sql("""
    INSERT INTO counters (id, office, name, position) VALUES (:id, :office, :name, :position)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, position = excluded.position
    WHERE counters.office = excluded.office""")
SET_POSITION = sql("UPDATE counters SET position = :position WHERE id = :id")
CLOSE_COUNTER = sql("UPDATE counters SET closed_ms = :closed_ms WHERE id = :id")
SET_OFFICE = sql("""
    UPDATE offices SET name = :name, hotline = :hotline, is_public = :is_public, sign_in_required = :sign_in_required,
        scan_opens_visit = :scan_opens_visit
    WHERE id = :id""")
SKILLS = sql("""
    SELECT s.counter, s.service, s.helping FROM counters c JOIN counter_services s ON s.counter = c.id
    WHERE c.office = :office ORDER BY c.position, s.service""")
SKILLS_OF_OTHERS = sql("""
    SELECT s.service FROM counter_days d JOIN counter_services s ON s.counter = d.counter
    WHERE d.office = :office AND d.day = :day AND d.state <> 'paused' AND d.counter <> :counter""")
SAVE_SKILL = sql("""
    INSERT INTO counter_services (counter, service, helping) VALUES (:counter, :service, :helping)
    ON CONFLICT (counter, service) DO UPDATE SET helping = excluded.helping""")
FORGET_SKILLS = sql("DELETE FROM counter_services WHERE counter = :counter")
QUEUE = sql("SELECT queue FROM offices WHERE id = :office")
SET_QUEUE = sql("UPDATE offices SET queue = :queue WHERE id = :office")


@dataclass(frozen=True)
class OfficeRow:
    """An office."""

    id: str
    name: str
    hotline: str
    timezone: str = "Asia/Ho_Chi_Minh"
    generation: int = 1
    scan_opens_visit: bool = False
    simulated_pace: float | None = None
    restored_ms: int | None = None
    ticket_url: str = ""
    texts: str = "{}"
    sign_in_required: bool = False
    thanks: str = ""
    is_public: bool = False


@dataclass(frozen=True)
class ServiceRow:
    """A service of an office."""

    id: str
    office: str
    name: str
    prefix: str
    position: int
    target_wait_s: int = 900


@dataclass(frozen=True)
class CounterRow:
    """A counter of an office. Since `closed_ms` nobody works there any more."""

    id: str
    office: str
    name: str
    position: int
    closed_ms: int | None = None


def office(connection: Connection, office_id: str) -> OfficeRow | None:
    """One office."""
    row = one(connection, OFFICE, id=office_id)
    return None if row is None else OfficeRow(*row)


def hold(connection: Connection, office_id: str) -> None:
    """Nobody else decides about this office's queue, leases and linked days until the transaction ends."""
    rows.hold(connection, HOLD, id=office_id)


def offices(connection: Connection) -> list[OfficeRow]:
    """All offices, by name."""
    return [OfficeRow(*row) for row in every(connection, OFFICES)]


def offices_named(connection: Connection, ids: Iterable[str]) -> list[OfficeRow]:
    """The offices of these ids."""
    return [OfficeRow(*row) for some in portions(ids) for row in every(connection, OFFICES_NAMED, offices=some)]


def restored(connection: Connection, now_ms: int) -> None:
    """The database is a copy of an earlier one: each office begins another generation."""
    run(connection, RESTORED, now_ms=now_ms)


def services(connection: Connection, office_id: str) -> list[ServiceRow]:
    """The services of an office in their order."""
    return [ServiceRow(*row) for row in every(connection, SERVICES, office=office_id)]


def services_of(connection: Connection, offices: Iterable[str]) -> list[ServiceRow]:
    """The services of these offices, each office's in their order."""
    return [ServiceRow(*row) for some in portions(offices) for row in every(connection, SERVICES_OF, offices=some)]


def counters(connection: Connection, office_id: str) -> list[CounterRow]:
    """The counters of an office in their order, also those that were closed for good."""
    return [CounterRow(*row) for row in every(connection, COUNTERS, office=office_id)]


def all_counters(connection: Connection) -> list[CounterRow]:
    """The counters of every office."""
    return [CounterRow(*row) for row in every(connection, ALL_COUNTERS)]


def open_counters(connection: Connection, office_id: str) -> list[CounterRow]:
    """The counters of an office at which somebody may work."""
    return [one for one in counters(connection, office_id) if one.closed_ms is None]


def counter(connection: Connection, counter_id: str) -> CounterRow | None:
    """One counter."""
    row = one(connection, COUNTER, id=counter_id)
    return None if row is None else CounterRow(*row)


def skills(connection: Connection, office_id: str) -> dict[str, dict[str, bool]]:
    """By counter the services that it calls for, and whether it only helps with them when it has nothing else to do."""
    found: dict[str, dict[str, bool]] = {}
    for row in every(connection, SKILLS, office=office_id):
        found.setdefault(row.counter, {})[row.service] = bool(row.helping)
    return found


def queue_policy(connection: Connection, office_id: str) -> str:
    """The rules of an office's queue as JSON."""
    row = one(connection, QUEUE, office=office_id)
    return "{}" if row is None else str(row.queue)


def set_queue_policy(connection: Connection, office_id: str, policy: str) -> None:
    """The rules of an office's queue, as JSON."""
    run(connection, SET_QUEUE, office=office_id, queue=policy)


def skills_of_others(connection: Connection, office_id: str, day: str, counter: str) -> set[str]:
    """The services that other counters of the office call for, of those that work today and do not pause."""
    rows = every(connection, SKILLS_OF_OTHERS, office=office_id, day=day, counter=counter)
    return {row.service for row in rows}


def save_office(connection: Connection, row: OfficeRow, now_ms: int) -> None:
    """Add an office, or give it these names."""
    run(connection, SAVE_OFFICE, **vars(row), now_ms=now_ms)


def set_tickets(connection: Connection, office_id: str, hotline: str, ticket_url: str, texts: str) -> None:
    """What stands on an office's tickets; `texts` as JSON."""
    run(connection, SET_TICKETS, id=office_id, hotline=hotline, url=ticket_url, texts=texts)


def set_thanks(connection: Connection, office_id: str, thanks: str) -> None:
    """What whoever has rated is given for it."""
    run(connection, SET_THANKS, id=office_id, thanks=thanks)


def require_sign_in(connection: Connection, office_id: str, required: bool) -> None:
    """Whether a counter of this office calls nobody before a clerk has signed in there."""
    run(connection, REQUIRE_SIGN_IN, id=office_id, required=required)


def save_services(connection: Connection, rows: Sequence[ServiceRow]) -> None:
    """Add these services, or give them these values."""
    run_each(connection, SAVE_SERVICE, [vars(row) for row in rows])


def save_counter(connection: Connection, row: CounterRow, service_ids: Sequence[str]) -> None:
    """Add a counter that calls for these services."""
    keep_counter(connection, row)
    save_skills(connection, row.id, dict.fromkeys(service_ids, False))


def keep_counter(connection: Connection, row: CounterRow) -> None:
    """Add a counter, or give it this name and place. Raises BadPlace for the id of another office's counter."""
    if not run(connection, SAVE_COUNTER, id=row.id, office=row.office, name=row.name, position=row.position):
        text = f"counter: expected an id of its own, found {row.id!r}, which is a counter of another office"
        raise BadPlace(text, "id", Expected.ONCE, found=row.id)


def close_counter(connection: Connection, counter_id: str, closed_ms: int | None) -> None:
    """Nobody works at this counter since then; None: somebody may."""
    run(connection, CLOSE_COUNTER, id=counter_id, closed_ms=closed_ms)


def order_counters(connection: Connection, ids: Sequence[str]) -> None:
    """The counters stand in this order."""
    run_each(connection, SET_POSITION, [{"id": one, "position": position} for position, one in enumerate(ids)])


def set_office(connection: Connection, row: OfficeRow) -> None:
    """Give an office its name and what staff decide of it."""
    run(
        connection,
        SET_OFFICE,
        id=row.id,
        name=row.name,
        hotline=row.hotline,
        is_public=row.is_public,
        sign_in_required=row.sign_in_required,
        scan_opens_visit=row.scan_opens_visit,
    )


def save_skills(connection: Connection, counter: str, service_ids: Mapping[str, bool]) -> None:
    """A counter calls for these services, too; True where it only helps."""
    rows = [{"counter": counter, "service": service, "helping": helping} for service, helping in service_ids.items()]
    run_each(connection, SAVE_SKILL, rows)


def set_skills(connection: Connection, counter: str, service_ids: Mapping[str, bool]) -> None:
    """A counter calls for these services and no others."""
    run(connection, FORGET_SKILLS, counter=counter)
    save_skills(connection, counter, service_ids)


def publish(connection: Connection, office_id: str, is_public: bool) -> None:
    """Whether everybody may see how this office is doing."""
    run(connection, PUBLISH, id=office_id, is_public=is_public)

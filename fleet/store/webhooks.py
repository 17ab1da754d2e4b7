"""Addresses that are told of what happens, and what each is yet to be told, in order. Their secrets lie sealed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.retrying import Tried
from fleet.store.device_keys import fleet_key
from fleet.store.rows import every, one, run, run_each, sql

IN_CLEAR = "whsec_"
# So begin those of before they were sealed.
COLUMNS = "id, url, secret, events, office, created_ms, paused, since_ms"
DELIVERY = "id, endpoint, kind, subject, body, state, attempts, next_ms, said, tried_ms"
ADD = sql("""
    INSERT INTO webhook_endpoints (url, secret, events, office, created_ms, taken_until_ms, since_ms)
    VALUES (:url, :secret, :events, :office, :created_ms, 0, :created_ms) RETURNING id""")
SEAL = sql("UPDATE webhook_endpoints SET secret = :held WHERE id = :id AND secret = :clear")
ALL = sql(f"SELECT {COLUMNS} FROM webhook_endpoints ORDER BY id")  # noqa: S608
LISTENING = sql(f"SELECT {COLUMNS} FROM webhook_endpoints WHERE NOT paused ORDER BY id")  # noqa: S608
PAUSE = sql("UPDATE webhook_endpoints SET paused = :paused, since_ms = :now_ms WHERE id = :id AND paused <> :paused")
REMOVE = sql("DELETE FROM webhook_endpoints WHERE id = :id")
REMOVE_DELIVERIES = sql("DELETE FROM webhook_deliveries WHERE endpoint = :id")
TAKEN_AT_MOST_MS = 240_000
# Nobody takes one for so long: what is taken until later was taken by a clock that was ahead, and is free.
TAKE = sql("""
    UPDATE webhook_endpoints SET taken_until_ms = :until_ms
    WHERE id = :id AND NOT taken_until_ms BETWEEN :now_ms AND :latest_ms""")
GIVE_BACK = sql("UPDATE webhook_endpoints SET taken_until_ms = 0 WHERE id = :id")
SAY = sql("""
    INSERT INTO webhook_deliveries (endpoint, kind, subject, body, state, attempts, next_ms, said)
    VALUES (:endpoint, :kind, :subject, :body, 'waiting', 0, 0, '') ON CONFLICT (endpoint, kind, subject) DO NOTHING""")
HEAD = sql(f"""
    SELECT {DELIVERY} FROM webhook_deliveries WHERE endpoint = :endpoint AND state = 'waiting'
    ORDER BY id LIMIT 1""")  # noqa: S608
TRIED = sql("""
    UPDATE webhook_deliveries SET state = :state, attempts = :attempts, next_ms = :next_ms, said = :said,
        tried_ms = :now_ms WHERE id = :id""")
LAST = sql(f"""
    SELECT {DELIVERY} FROM webhook_deliveries WHERE endpoint = :endpoint ORDER BY id DESC LIMIT :most""")  # noqa: S608
FORGET = sql("DELETE FROM webhook_deliveries WHERE state <> 'waiting' AND tried_ms < :before_ms")
# What of a day is over (or rated) and was not told to this address.
VISITS = """
    SELECT v.id, v.counter, v.service, v.number, v.called_ms, v.finished_ms, v.outcome, v.wait_ms FROM visits v
    WHERE v.office = :office AND v.day = :day AND v.finished_ms >= :since_ms {condition} AND NOT EXISTS (
        SELECT 1 FROM webhook_deliveries d WHERE d.endpoint = :endpoint AND d.kind = :kind
            AND d.subject = v.office || '/' || v.day || '/' || v.id)
    ORDER BY v.finished_ms, v.id"""
UNTOLD = {
    "visit.closed": sql(VISITS.format(condition="")),
    "visit.rated": sql(VISITS.format(condition="AND v.rated")),
}
DUE = sql("SELECT code FROM dossiers WHERE due_on >= :first AND due_on <= :last ORDER BY due_on, code")


@dataclass(frozen=True)
class EndpointRow:
    """An address and what it is told of. `events` are words with spaces between; `secret` is sealed."""

    id: int
    url: str
    secret: str
    events: str
    office: str | None
    created_ms: int
    paused: bool = False
    since_ms: int = 0


@dataclass(frozen=True)
class DeliveryRow:
    """Something that an address is told."""

    id: int
    endpoint: int
    kind: str
    subject: str
    body: str
    state: str
    attempts: int
    next_ms: int
    said: str
    tried_ms: int | None


def add(connection: Connection, url: str, secret: str, events: str, office: str | None, now_ms: int) -> int:
    """Keep a new address; its id."""
    held = fleet_key(connection).seal(place_of(url), secret.encode())
    row = one(connection, ADD, url=url, secret=held, events=events, office=office, created_ms=now_ms)
    assert row is not None  # noqa: S101
    return int(row.id)


def endpoints(connection: Connection) -> list[EndpointRow]:
    """All addresses, the oldest first."""
    return [EndpointRow(*row) for row in every(connection, ALL)]


def listening(connection: Connection) -> list[EndpointRow]:
    """The addresses that are told of what happens now, the oldest first."""
    return [EndpointRow(*row) for row in every(connection, LISTENING)]


def secret_of(connection: Connection, endpoint: EndpointRow) -> str:
    """What we sign with for this address. Raises FleetKeyWrong."""
    if endpoint.secret.startswith(IN_CLEAR):
        return endpoint.secret
    return fleet_key(connection).open(place_of(endpoint.url), endpoint.secret).decode()


def seal(connection: Connection, endpoint: EndpointRow) -> int:
    """Seal its secret where it lies in the clear; how many that were."""
    if not endpoint.secret.startswith(IN_CLEAR):
        return 0
    held = fleet_key(connection).seal(place_of(endpoint.url), endpoint.secret.encode())
    return run(connection, SEAL, id=endpoint.id, held=held, clear=endpoint.secret)


def place_of(url: str) -> str:
    """Under which name the fleet key seals a secret: no device is called like that."""
    return f"webhook to {url}"


def pause(connection: Connection, endpoint: int, paused: bool, now_ms: int) -> None:
    """The address is told nothing for now, or again of what happens from now on."""
    run(connection, PAUSE, id=endpoint, paused=paused, now_ms=now_ms)


def remove(connection: Connection, endpoint: int) -> bool:
    """The address is told nothing any more; False if there is none."""
    run(connection, REMOVE_DELIVERIES, id=endpoint)
    return run(connection, REMOVE, id=endpoint) == 1


def take(connection: Connection, endpoint: int, now_ms: int, until_ms: int) -> bool:
    """Take this address for oneself until then; False if another worker has it."""
    values = {"now_ms": now_ms, "until_ms": until_ms, "latest_ms": now_ms + TAKEN_AT_MOST_MS}
    return run(connection, TAKE, id=endpoint, **values) == 1


def give_back(connection: Connection, endpoint: int) -> None:
    """Another may take it."""
    run(connection, GIVE_BACK, id=endpoint)


def say(connection: Connection, endpoint: int, kind: str, bodies: Iterable[tuple[str, str]]) -> None:
    """The address is to be told these (subject, body), each once."""
    run_each(
        connection,
        SAY,
        [{"endpoint": endpoint, "kind": kind, "subject": subject, "body": body} for subject, body in bodies],
    )


def head(connection: Connection, endpoint: int) -> DeliveryRow | None:
    """What this address is told next."""
    row = one(connection, HEAD, endpoint=endpoint)
    return None if row is None else DeliveryRow(*row)


def tried(connection: Connection, delivery: int, tried: Tried, now_ms: int) -> None:
    """What came of a try."""
    run(connection, TRIED, id=delivery, now_ms=now_ms, **vars(tried))


def last(connection: Connection, endpoint: int, most: int) -> list[DeliveryRow]:
    """What an address was told last, the newest first."""
    return [DeliveryRow(*row) for row in every(connection, LAST, endpoint=endpoint, most=most)]


def forget(connection: Connection, before_ms: int) -> None:
    """What was told or given up before then is forgotten."""
    run(connection, FORGET, before_ms=before_ms)


def untold(connection: Connection, endpoint: EndpointRow, kind: str, office: str, day: str) -> list[Any]:
    """The visits of a day of which this address was not told, and which ended since it is there."""
    return list(
        every(
            connection,
            UNTOLD[kind],
            endpoint=endpoint.id,
            kind=kind,
            office=office,
            day=day,
            since_ms=max(endpoint.created_ms, endpoint.since_ms),
        )
    )


def due(connection: Connection, first: str, last: str) -> list[str]:
    """The codes of the dossiers that are due on these days."""
    return [row.code for row in every(connection, DUE, first=first, last=last)]

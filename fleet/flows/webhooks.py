"""Other programs are told of what happens: in the order in which it happened to each address, at least once.

What is to be told is written in the transaction of its cause. Each has an id that stays the same when it is told again.
Signed as the Standard Webhooks convention says: HMAC-SHA256 over id, time and body. Never a score.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.day import later
from fleet.domain.dossier_course import DUE_WITHIN_DAYS, Warned
from fleet.domain.retrying import Outcome, after, rests
from fleet.domain.unfit import Expected, Unfit, refuse
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.push_dossiers import courses
from fleet.store import day_lists, dossiers, ledger, places, webhooks
from fleet.store.database import Store
from fleet.store.webhooks import DeliveryRow, EndpointRow

OF_ALERTS = ("alert.opened", "alert.again", "alert.acknowledged", "alert.closed", "alert.summary")
FLEET_LOST, FLEET_BACK = "fleet.lost", "fleet.back"
ROLLOUT_STOPPED, ROLLOUT_SETTLED = "rollout.stopped", "rollout.settled"
OF_FLEET = (FLEET_LOST, FLEET_BACK, ROLLOUT_STOPPED, ROLLOUT_SETTLED)
EVENTS = ("visit.closed", "visit.rated", "dossier.due_soon", *OF_ALERTS, *OF_FLEET)
TEST = "test"
SECRET = "whsec_"  # noqa: S105 (how such a secret begins)
URL_AT_MOST = 500
TAKEN_FOR_MS = 120_000
KEPT_MS = 7 * 86_400_000


class WebhookUnfit(Unfit):
    """An address cannot be told as asked; the text says why."""


def add(store: Store, url: str, events: frozenset[str], office: str | None, now_ms: int) -> tuple[int, str]:
    """Tell this address of these events from now on: its id, and the secret, shown once. Raises WebhookUnfit."""
    with store.reading() as connection:
        offices = [one.id for one in places.offices(connection)]
    refuse(wrong_with(url, events, office, offices))
    secret = SECRET + base64.b64encode(secrets.token_bytes(32)).decode()
    with store.writing() as connection:
        number = webhooks.add(connection, url, secret, " ".join(sorted(events)), office, now_ms)
        said = {"host": urlsplit(url).hostname, "events": events, "office": office}
        ledger.note(connection, What.WEBHOOK_ADD, number, office, became=said)
        return number, secret


def wrong_with(
    url: str, events: Collection[str], office: str | None, offices: Collection[str]
) -> Iterator[WebhookUnfit]:
    """What is no address, or would carry a password into logs; what is no event and no office."""
    parts = split(url)
    if parts is None or len(url) > URL_AT_MOST or not url.isascii() or not url.isprintable() or " " in url:
        text = "url: expected an address such as https://example.vn/motcua, found something else"
        yield WebhookUnfit(text, "url", Expected.ADDRESS, most=URL_AT_MOST)
    elif parts.username is not None or parts.password is not None:
        text = "url: expected an address without name and password, found one with them"
        yield WebhookUnfit(text, "url", Expected.BARE)
    strange = sorted(set(events) - set(EVENTS))
    if strange or not events:
        text = f"event: expected one of {', '.join(EVENTS)}, found {strange[0][:40] if strange else 'none'!r}"
        yield WebhookUnfit(text, "events", Expected.CHOICE if strange else Expected.NEEDED)
    if office is not None and office not in offices:
        text = f"office: expected one of {', '.join(offices) or 'none'}, found {office[:40]!r}"
        yield WebhookUnfit(text, "office", Expected.CHOICE)


def split(url: str) -> SplitResult | None:
    """The parts of an address; None of what is none."""
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def endpoints(store: Store) -> list[EndpointRow]:
    """All addresses, the oldest first."""
    with store.reading() as connection:
        return webhooks.endpoints(connection)


def listening(store: Store) -> list[EndpointRow]:
    """The addresses that are told of what happens now."""
    with store.reading() as connection:
        return webhooks.listening(connection)


def pause(store: Store, endpoint: int, paused: bool, now_ms: int) -> None:
    """Tell an address nothing for now, or again; what happens meanwhile it is not told later. Raises WebhookUnfit."""
    last(store, endpoint, 1)
    with store.writing() as connection:
        webhooks.pause(connection, endpoint, paused, now_ms)
        ledger.note(connection, What.WEBHOOK_PAUSE if paused else What.WEBHOOK_RESUME, endpoint)


def remove(store: Store, endpoint: int) -> None:
    """The address is told nothing any more; what it was yet to be told is forgotten. Raises WebhookUnfit."""
    with store.writing() as connection:
        if not webhooks.remove(connection, endpoint):
            raise WebhookUnfit(f"webhook: expected the number of one, found {endpoint}")
        ledger.note(connection, What.WEBHOOK_REMOVE, endpoint)


def last(store: Store, endpoint: int, most: int) -> list[DeliveryRow]:
    """What an address was told last. Raises WebhookUnfit."""
    with store.reading() as connection:
        if endpoint not in [one.id for one in webhooks.endpoints(connection)]:
            raise WebhookUnfit(f"webhook: expected the number of one, found {endpoint}")
        return webhooks.last(connection, endpoint, most)


def say_test(store: Store, endpoint: int, now_ms: int) -> None:
    """The address is told that this is a test, after all that it is yet to be told. Raises WebhookUnfit."""
    last(store, endpoint, 1)
    with store.writing() as connection:
        body = said(TEST, now_ms, {"endpoint": endpoint})
        webhooks.say(connection, endpoint, TEST, [(f"{now_ms}-{secrets.token_hex(4)}", body)])
        ledger.note(connection, What.WEBHOOK_TEST, endpoint)


def note_visits(connection: Connection, office: str, day: str) -> None:
    """In the transaction that linked a day: who is to be told of visits that are over, or rated."""
    for endpoint in webhooks.listening(connection):
        if endpoint.office not in (None, office):
            continue
        for kind in sorted(set(endpoint.events.split()) & set(webhooks.UNTOLD)):
            rows = webhooks.untold(connection, endpoint, kind, office, day)
            codes = day_lists.dossiers_of(connection, office, day, [row.id for row in rows])
            bodies = []
            for row in rows:
                data = {"id": row.id, "office": office, "day": day, "counter": row.counter, "service": row.service}
                data["number"] = row.number
                if kind == "visit.closed":
                    data |= {"called": moment(row.called_ms), "finished": moment(row.finished_ms)}
                    data |= {"outcome": row.outcome, "wait_s": None if row.wait_ms is None else row.wait_ms / 1000}
                    data["dossiers"] = codes.get(row.id, [])
                # When it was rated is not told: whoever saw the resident leave would know whose press it was.
                at_ms = row.finished_ms if kind == "visit.closed" else None
                bodies.append((f"{office}/{day}/{row.id}", said(kind, at_ms, data)))
            webhooks.say(connection, endpoint.id, kind, bodies)


def note_due(store: Store, now_ms: int) -> None:
    """Who is to be told of dossiers that are due today or tomorrow, once for each day on which one is due."""
    with store.reading() as connection:
        listening = [
            one for one in webhooks.listening(connection) if "dossier.due_soon" in one.events.split() and not one.office
        ]
    if not listening:
        return
    today = day_in_viet_nam(now_ms)
    with store.writing() as connection:
        codes = webhooks.due(connection, today.isoformat(), later(today.isoformat(), DUE_WITHIN_DAYS))
        found = list(dossiers.dossiers_by_code(connection, codes).values())
        bodies = []
        for course in courses(connection, found, today):
            one = course.dossier
            if Warned.DUE_SOON in course.warnings and one.due_on is not None:
                data = {
                    "code": one.code,
                    "organisation": one.organisation,
                    "due_on": one.due_on.isoformat(),
                    "days_left": (one.due_on - today).days,
                    "state": one.state,
                }
                bodies.append((f"{one.code}/{one.due_on}", said("dossier.due_soon", now_ms, data)))
        for endpoint in listening:
            webhooks.say(connection, endpoint.id, "dossier.due_soon", bodies)


def said(kind: str, at_ms: int | None, data: Mapping[str, object]) -> str:
    """A message as it is sent."""
    timestamp = {} if at_ms is None else {"timestamp": moment(at_ms)}
    return json.dumps({"type": kind, **timestamp, "data": data}, ensure_ascii=False, separators=(",", ":"))


def next_for(store: Store, endpoint: int, now_ms: int) -> DeliveryRow | None:
    """What this address is to be told now; None while nothing waits, or the last try was not long ago."""
    with store.reading() as connection:
        found = webhooks.head(connection, endpoint)
    return None if found is None or rests(found.next_ms, now_ms) else found


def take(store: Store, endpoint: int, now_ms: int) -> bool:
    """Take an address, so that no other worker tells it anything meanwhile."""
    with store.writing() as connection:
        return webhooks.take(connection, endpoint, now_ms, now_ms + TAKEN_FOR_MS)


def give_back(store: Store, endpoint: int) -> None:
    """Another worker may take it."""
    with store.writing() as connection:
        webhooks.give_back(connection, endpoint)


def tried(store: Store, delivery: DeliveryRow, outcome: Outcome, now_ms: int) -> None:
    """What came of a try: told; to be tried again later; or given up, and what came after it is told."""
    with store.writing() as connection:
        webhooks.tried(connection, delivery.id, after(delivery.attempts, outcome, now_ms), now_ms)


def forget_old(store: Store, now_ms: int) -> None:
    """What was told or given up a week ago is forgotten."""
    with store.writing() as connection:
        webhooks.forget(connection, now_ms - KEPT_MS)


def secret_of(store: Store, endpoint: EndpointRow) -> str:
    """What we sign with for this address. Raises FleetKeyWrong."""
    with store.reading() as connection:
        return webhooks.secret_of(connection, endpoint)


def signed(secret: str, delivery: DeliveryRow, now_ms: int) -> dict[str, str]:
    """The headers by which the address knows who tells it, what, and when."""
    identity, second = f"msg_{delivery.endpoint}_{delivery.id}", str(now_ms // 1000)
    return {
        "webhook-id": identity,
        "webhook-timestamp": second,
        "webhook-signature": signature(secret, identity, second, delivery.body),
    }


def signature(secret: str, identity: str, second: str, body: str) -> str:
    """The signature of a message."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET), validate=True)
    except binascii.Error:
        raise WebhookUnfit("secret: expected one that begins with whsec_, found something else") from None
    digest = hmac.new(key, f"{identity}.{second}.{body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def moment(ms: int) -> str:
    """UTC milliseconds as RFC 3339."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""What a resident says on the page of their ticket is an event of this process, tied to the finish of their visit.

Only whoever has just pressed is asked why the rating was low: they are handed a proof of their press, and nobody else
who holds the ticket's code, such as a clerk who has scanned it, can learn what was pressed.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from fleet.domain.nine_criteria import ASKED, MOST
from fleet.domain.satisfaction import QUIET_MS
from fleet.flows.page_scale import PageScale, page_scale
from fleet.flows.ticket_page import Held, NoTicket, held_by
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import places, resident
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.resident import VisitRow
from protocols.events import Event, QuestionAnswered, RatingGiven, RatingReason

PROOF_LETTERS = 16
Server = Callable[[], VirtualDevice]


class NothingAsked(ValueError):
    """The page does not ask this of the visit, or asks for another answer."""


@dataclass(frozen=True)
class Over:
    """A visit that is over, and what its page has heard already."""

    held: Held
    visit: VisitRow
    finish: str
    said: list[tuple[str, Event]]
    scale: PageScale


@again_after_conflict
def rate(store: Store, server: Server, text: str, score: int, now_ms: int) -> str | None:
    """Rate the visit; the proof of a low press, by which its reason may be told.

    A later press replaces the first within the quiet time; after that, and where buttons were pressed, nothing is
    recorded. Raises NoTicket, NothingAsked.
    """
    device = server()
    with store.writing(alone=False) as connection:
        over = visit_over(connection, text, now_ms)
        if not 1 <= score <= over.scale.levels:
            raise NothingAsked
        before = [event for _, event in over.said if isinstance(event, RatingGiven)]
        first_ms = min((event.at or 0 for event in before), default=None)
        if now_ms - first_ms > QUIET_MS if first_ms is not None else over.visit.rated:
            return None
        event = RatingGiven(
            score=score,
            scale=over.scale.levels,
            scale_version=over.scale.version,
            armed=over.finish,
            up=device.up_ms(now_ms),
            at=now_ms,
        )
        press = device.record(connection, event, now_ms, over.held.office, over.visit.counter)
        return proof_of(over.held, press) if score in over.scale.low else None


def reasons_for(store: Store, text: str, proof: str, now_ms: int) -> tuple[str, ...]:
    """The reasons that are offered to whoever made this press; none if it is not theirs, or they gave one."""
    with store.reading() as connection:
        try:
            over = visit_over(connection, text, now_ms)
        except (NoTicket, NothingAsked):
            return ()
        press = press_of(over.held, proof)
        told = [event.rating for _, event in over.said if isinstance(event, RatingReason)]
        return () if press is None or press in told else over.scale.reasons


@again_after_conflict
def give_reason(store: Store, server: Server, text: str, proof: str, reason: str, now_ms: int) -> None:
    """Say why the press was low. Raises NoTicket, NothingAsked."""
    device = server()
    with store.writing(alone=False) as connection:
        over = visit_over(connection, text, now_ms)
        press = press_of(over.held, proof)
        if press is None or reason not in over.scale.reasons:
            raise NothingAsked
        if any(isinstance(event, RatingReason) and event.rating == press for _, event in over.said):
            return
        event = RatingReason(reason=reason, armed=over.finish, rating=press, up=device.up_ms(now_ms), at=now_ms)
        device.record(connection, event, now_ms, over.held.office, over.visit.counter)


@again_after_conflict
def answer(store: Store, server: Server, text: str, criterion: int, points: int, now_ms: int) -> None:
    """Answer the question, once. Raises NoTicket, NothingAsked."""
    device = server()
    with store.writing(alone=False) as connection:
        over = visit_over(connection, text, now_ms)
        rated = over.visit.rated or any(isinstance(event, RatingGiven) for _, event in over.said)
        if criterion not in ASKED or not 0 <= points <= MOST or not rated:
            raise NothingAsked
        if any(isinstance(event, QuestionAnswered) for _, event in over.said):
            return
        event = QuestionAnswered(
            criterion=criterion, points=points, finish=over.finish, up=device.up_ms(now_ms), at=now_ms
        )
        device.record(connection, event, now_ms, over.held.office, over.visit.counter)


def visit_over(connection: Connection, text: str, now_ms: int) -> Over:
    """The last visit of a ticket, which is over; nobody else says anything of it meanwhile."""
    held = held_by(connection, text, now_ms)
    places.hold(connection, held.office.id)
    service, number, day = held.leased.service, held.code.number, held.leased.day
    row = resident.ticket(connection, held.office.id, day, service, number)
    visit = resident.last_visit(connection, held.office.id, day, service, number)
    if row is None or row.state != "done" or visit is None or visit.finish is None:
        raise NothingAsked
    said = resident.told_on_pages(connection, held.office.id, visit)
    return Over(held, visit, visit.finish, said, page_scale(connection, held.office, visit.counter, now_ms))


def proof_of(held: Held, press: str) -> str:
    """The press, and what only the fleet can say of it."""
    made = hmac.new(bytes.fromhex(held.leased.secret), f"press:{press}".encode(), sha256).hexdigest()
    return f"{press}.{made[:PROOF_LETTERS]}"


def press_of(held: Held, proof: str) -> str | None:
    """The press that this proves; None if it proves none of this ticket's lease."""
    press = proof.rpartition(".")[0]
    return press if press and hmac.compare_digest(proof_of(held, press).encode(), proof.encode()) else None

"""What the linker makes of events: tickets, visits, ratings, states of counters. All of it can be made again.

Keys begin with the office and its day: each day is linked apart, and two workers never write the same row.
"""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class Ticket(SQLModel, table=True):
    """One number of one service on one day. `state`: waiting, called, parked, done, no_show, replaced, closed.

    `since_ms` is its place in the order, `due_ms` the time of an appointment, `sent_ms` since when whoever was sent on
    waits.
    """

    __tablename__ = "tickets"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    service: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    event: str
    taken_ms: int = ms()
    priority: str = ""
    senior: bool = False
    since_ms: int = ms(default=0)
    due_ms: int | None = ms(default=None)
    sent_ms: int | None = ms(default=None)
    state: str = "waiting"
    waiting_for: str = ""
    waiting_at: str | None = None
    calls: int = 0


class Turn(SQLModel, table=True):
    """The fleet gave this number to a counter: nobody else gets it in this round.

    `round` is how often the ticket had been called before; so the turn is open while the ticket's `calls` is not
    above it. `priority`: it went before others then; `since_ms`: since when the ticket had waited.
    """

    __tablename__ = "turns"
    __table_args__ = (Index("turns_of_counter", "counter", "day"),)

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    service: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    round: int = Field(primary_key=True)
    counter: str
    device: str
    want: int = ms()
    assigned_ms: int = ms()
    priority: bool = False
    since_ms: int = ms(default=0)


class Visit(SQLModel, table=True):
    """One resident at one counter, under the identity of the event that opened it.

    `session`: whose clerk's it was; `about`: for which service, if that is known.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("visits_of_day", "office", "day", "called_ms"),
        Index("visits_of_counter", "office", "day", "counter", "called_ms"),
        Index("visits_by_end", "office", "day", "counter", "finished_ms"),
        Index("visits_of_number", "office", "day", "service", "number"),
        Index("visits_by_finish", "office", "day", "finish"),
    )

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    id: str = Field(primary_key=True, max_length=84)
    counter: str
    service: str | None = None
    number: int | None = None
    called_ms: int = ms()
    finished_ms: int | None = ms(default=None)
    outcome: str | None = None
    finish: str | None = Field(default=None, max_length=84)
    recalls: int = 0
    wait_ms: int | None = ms(default=None)
    rated: bool = False
    estimated: bool = False
    session: str | None = Field(default=None, max_length=84)
    resumed: bool = False
    closed_by: str | None = Field(default=None, max_length=84)
    to_service: str | None = None
    to_counter: str | None = None
    about: str | None = None


class VisitDossier(SQLModel, table=True):
    """This dossier was scanned during this visit."""

    __tablename__ = "visit_dossiers"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    visit: str = Field(primary_key=True, max_length=84)
    code: str = Field(primary_key=True, max_length=64, index=True)
    scanned_ms: int = ms()


class Rating(SQLModel, table=True):
    """One press. `counted` presses make the score; the others keep their reason. `visit` serves statistics only.

    `place` is the how-manieth of the day it was when the fleet learnt of it; published groups are filled in this order,
    so that a press that comes late fills the next group and changes none that was shown.
    """

    __tablename__ = "ratings"
    __table_args__ = (
        Index("ratings_by_place", "office", "day", "place"),
        Index("ratings_of_visit", "office", "day", "visit"),
    )

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    id: str = Field(primary_key=True, max_length=84)
    counter: str | None = None
    visit: str | None = Field(default=None, max_length=84)
    inferred: bool = False
    score: int
    scale: int
    scale_version: int
    pressed_ms: int = ms()
    place: int = 0
    counted: bool = False
    reason: str | None = None


class RatingReason(SQLModel, table=True):
    """What a visitor said was the cause of a rating. `reason`: why it does not count; `place` as that of a rating."""

    __tablename__ = "rating_reasons"
    __table_args__ = (Index("rating_reasons_by_place", "office", "day", "place"),)

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    id: str = Field(primary_key=True, max_length=84)
    counter: str | None = None
    rating: str | None = Field(default=None, max_length=84)
    said: str = Field(max_length=32)
    pressed_ms: int = ms()
    place: int = 0
    counted: bool = False
    reason: str | None = None


class QuestionAnswer(SQLModel, table=True):
    """What a resident answered after a visit, in points of a criterion. `reason` and `place` as those of a rating."""

    __tablename__ = "question_answers"
    __table_args__ = (Index("question_answers_by_place", "office", "day", "place"),)

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    id: str = Field(primary_key=True, max_length=84)
    counter: str | None = None
    visit: str | None = Field(default=None, max_length=84)
    criterion: int
    points: int
    answered_ms: int = ms()
    place: int = 0
    counted: bool = False
    reason: str | None = None


class ClerkSession(SQLModel, table=True):
    """A clerk at a counter, under the identity of the scan that began it. While nothing ended it, the day does."""

    __tablename__ = "clerk_sessions"
    __table_args__ = (Index("clerk_sessions_of_counter", "office", "day", "counter"),)

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    id: str = Field(primary_key=True, max_length=84)
    counter: str
    person: int
    number: int
    began_ms: int = ms()
    ended_ms: int | None = ms(default=None)
    ended_by: str | None = None
    ended_scan: str | None = Field(default=None, max_length=84)


class Unlinked(SQLModel, table=True):
    """An event that belongs to nothing, kept with its reason; never guessed."""

    __tablename__ = "unlinked"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    id: str = Field(primary_key=True, max_length=84)
    kind: str
    reason: str


class CounterDay(SQLModel, table=True):
    """What a counter does: free, serving or paused, and since when."""

    __tablename__ = "counter_days"

    office: str = Field(primary_key=True)
    day: str = Field(primary_key=True, max_length=10)
    counter: str = Field(primary_key=True)
    state: str
    since_ms: int = ms()
    reason: str = ""

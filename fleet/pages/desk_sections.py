"""The sections of a counter's page as values: equal values look the same, so only a changed section is sent.

No value here holds the time of rendering; times that pass are told as the moment they began.
"""

from dataclasses import dataclass

from fleet.domain.desk_now import (
    Aside,
    DeskNow,
    DossierAt,
    Elsewhere,
    NextUp,
    Past,
    ScanRefused,
    Served,
    ServiceAt,
    Step,
    WaitingFor,
)
from fleet.domain.rights import Permission, Person
from fleet.domain.wait_level import WaitLevel

SERVING, PAUSED = "serving", "paused"
REASONS = ("lunch", "break", "meeting", "fault", "other")
# Words of our own for why a counter pauses; the API takes any.


@dataclass(frozen=True)
class State:
    """What the counter does and whom it serves. `clerk`: who is signed in by badge, where the person may know."""

    counter: str
    name: str
    state: str
    since_ms: int | None
    reason: str
    serving: Served | None
    staffed: bool
    clerk: str | None
    own: bool
    sign_in_first: bool


@dataclass(frozen=True)
class Acts:
    """What can be done now, and with what a form says which state it was made for. `may`: the person works here."""

    counter: str
    state: str
    mark: str
    may: bool
    label: str | None
    step: Step | None
    elsewhere: tuple[Elsewhere, ...]
    onward: tuple[ServiceAt, ...]
    sign_in_first: bool


@dataclass(frozen=True)
class Entry:
    """Where a dossier's code may be typed in, or by a scanner that types. `opens`: the code begins a visit.

    `calls`: a number may be typed in, to be called out of its turn.
    """

    counter: str
    mark: str
    may: bool
    opens: bool
    calls: bool


@dataclass(frozen=True)
class Queue:
    """Who is next, and how many wait."""

    next_up: NextUp | None
    services: tuple[WaitingFor, ...]
    waiting: int
    waiting_office: int
    oldest_ms: int | None
    level: WaitLevel
    served_today: int
    serving: bool
    timezone: str


@dataclass(frozen=True)
class SetAside:
    """Who was set aside here, and who did not come."""

    counter: str
    mark: str
    may: bool
    busy: bool
    parked: tuple[Aside, ...]
    no_shows: tuple[Aside, ...]
    timezone: str


@dataclass(frozen=True)
class Lately:
    """The last visits, with the way to why they are what they are."""

    counter: str
    past: tuple[Past, ...]
    timezone: str


Section = State | Acts | Entry | Queue | SetAside | Lately | ScanRefused | tuple[DossierAt, ...] | None


def sections(desk: DeskNow, person: Person) -> dict[str, Section]:
    """The sections that this person may see, in their order, by the name of their template."""
    may = person.may(Permission.WORK_COUNTER)
    own = desk.clerk_id == person.id
    first = desk.sign_in_required and desk.clerk is None
    number = None if desk.serving is None else desk.serving.label
    knows = own or person.may(Permission.SEE_VISITS)
    return {
        "state": State(
            counter=desk.counter,
            name=desk.counter_name,
            state=desk.state,
            since_ms=desk.since_ms,
            reason=desk.reason,
            serving=desk.serving,
            staffed=desk.clerk is not None,
            clerk=desk.clerk if knows else None,
            own=own,
            sign_in_first=first,
        ),
        "scan": desk.scan,
        "dossiers": desk.dossiers,
        "entry": Entry(
            counter=desk.counter,
            mark=desk.mark,
            may=may and (desk.state == SERVING or (desk.scan_opens_visit and desk.state != PAUSED)),
            opens=desk.state != SERVING,
            calls=may and desk.state not in (SERVING, PAUSED) and not (desk.scan_opens_visit or first),
        ),
        "acts": Acts(desk.counter, desk.state, desk.mark, may, number, desk.step, desk.elsewhere, desk.onward, first),
        "queue": Queue(
            next_up=desk.next_up,
            services=desk.services,
            waiting=desk.waiting,
            waiting_office=desk.waiting_office,
            oldest_ms=desk.oldest_ms,
            level=desk.level,
            served_today=desk.served_today,
            serving=desk.state == SERVING,
            timezone=desk.timezone,
        ),
        "aside": SetAside(
            desk.counter, desk.mark, may, desk.state == SERVING, desk.parked, desk.no_shows, desk.timezone
        ),
        "lately": Lately(desk.counter, desk.past, desk.timezone),
    }

"""What a clerk sees of one counter: values, made by `fleet.flows.desk_view` and shown by the pages.

No value here holds a score or a name of anybody; a visit says only whether it was rated.
"""

from dataclasses import dataclass
from datetime import date

from fleet.domain.dossier_course import Warned
from fleet.domain.verdict import Unfit
from fleet.domain.wait_level import WaitLevel


@dataclass(frozen=True)
class ServiceAt:
    """A service as people see it."""

    id: str
    prefix: str
    name: str


@dataclass(frozen=True)
class ClassOf:
    """The class for which a number goes before others, by its name in both languages."""

    name: str
    name_en: str


@dataclass(frozen=True)
class NumberAt:
    """A number as it is called; `service` and `number` are what a form sends back."""

    service: str
    number: int
    label: str
    service_name: str


@dataclass(frozen=True)
class Served:
    """Whom the counter serves. `label` None: the visit began with a scan. `waited_s` None: nobody knows, or resumed."""

    label: str | None
    service_name: str | None
    since_ms: int
    preferred: ClassOf | None
    waited_s: float | None
    recalls: int
    resumed: bool


@dataclass(frozen=True)
class DossierAt:
    """A dossier of the visit. `known`: the mirror has it. `asked`: how often more was asked for.

    `foreign` names whose it is, where that is certainly another organisation; `ready`: its result is to be given.
    """

    code: str
    known: bool = False
    procedure: str = ""
    state: str = ""
    due_on: date | None = None
    asked: int = 0
    warned: tuple[Warned, ...] = ()
    foreign: str | None = None
    ready: bool = False


@dataclass(frozen=True)
class ScanRefused:
    """A code that was just scanned here and is worth nothing. `day`, `place`: when and where a ticket is good."""

    at_ms: int
    unfit: Unfit
    day: str = ""
    place: str = ""


@dataclass(frozen=True)
class NextUp:
    """Whoever would be called now. `due_ms` is the time of an appointment, `dossiers` what is known of the matter."""

    number: NumberAt
    preferred: ClassOf | None
    taken_ms: int | None
    due_ms: int | None
    dossiers: tuple[str, ...]
    seen_before: bool


@dataclass(frozen=True)
class WaitingFor:
    """Those who wait for one of the services that the counter calls."""

    service: ServiceAt
    waiting: int
    helping: bool


@dataclass(frozen=True)
class Aside:
    """A number that is not at the counter now, and since when."""

    number: NumberAt
    since_ms: int


@dataclass(frozen=True)
class Past:
    """A visit of this counter that is over. `rated` None: that is not to be seen yet."""

    id: str
    label: str | None
    service_name: str | None
    called_ms: int
    finished_ms: int
    outcome: str
    rated: bool | None


@dataclass(frozen=True)
class Step:
    """What was done last, which may be taken back: call, resume, work, pause, or how a visit ended; with its event."""

    event: str
    what: str
    label: str | None


@dataclass(frozen=True)
class Elsewhere:
    """Another place to send somebody on to. `working`: a counter there is open and does not pause."""

    service: str | None
    counter: str | None
    prefix: str
    name: str
    working: bool


@dataclass(frozen=True)
class DeskNow:
    """A counter, now. `mark` is what its state is known by; a form that was made under another mark is out of date.

    `clerk` is the number of who is signed in by badge, `clerk_id` whose it is.
    """

    office: str
    office_name: str
    timezone: str
    day: str
    now_ms: int
    pace: float | None
    counter: str
    counter_name: str
    state: str
    since_ms: int | None
    reason: str
    mark: str
    scan_opens_visit: bool
    serving: Served | None
    visit: str | None
    scan: ScanRefused | None
    dossiers: tuple[DossierAt, ...]
    step: Step | None
    sign_in_required: bool
    clerk: str | None
    clerk_id: int | None
    next_up: NextUp | None
    services: tuple[WaitingFor, ...]
    waiting: int
    waiting_office: int
    oldest_ms: int | None
    level: WaitLevel
    served_today: int
    parked: tuple[Aside, ...]
    no_shows: tuple[Aside, ...]
    past: tuple[Past, ...]
    elsewhere: tuple[Elsewhere, ...]
    onward: tuple[ServiceAt, ...]


@dataclass(frozen=True)
class CounterTile:
    """A counter in the list from which a clerk chooses."""

    id: str
    name: str
    state: str
    label: str | None
    services: tuple[str, ...]
    staffed: bool


@dataclass(frozen=True)
class OfficeTiles:
    """The counters of one office."""

    id: str
    name: str
    counters: tuple[CounterTile, ...]

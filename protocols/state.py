"""`down/state`: everything live that a device is told, and `down/config`: what it shall be.

Every part of the state says until when it holds (`expires`, UTC milliseconds). A state carries any of the parts; a part
that is absent stays as it was. A device leaves aside a state whose version is not higher than the last it took.
"""

from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, MAYBE_WORD, WORD, Message, Range, Text

NUMBER = Range(1, 9999)
MINUTES = (Range(0, 1440), None)


class Lease(Message):
    """The right of one printer to give the numbers `first` to `last` of one service on one day.

    `secret` (hex) makes the ticket's token; `since` and `expires` bound the day in UTC milliseconds.
    """

    FIELDS = {
        "id": IDENTITY,
        "service": WORD,
        "prefix": Text(2),
        "day": Text(10),
        "first": NUMBER,
        "last": NUMBER,
        "secret": Text(64),
        "since": COUNT,
        "expires": COUNT,
    }

    id: str
    service: str
    prefix: str
    day: str
    first: int
    last: int
    secret: str
    since: int
    expires: int


class ServiceQueue(Message):
    """How many wait for a service, and what a newcomer is told: half wait less than P50 minutes, 9 of 10 than P90."""

    FIELDS = {"service": WORD, "ahead": COUNT, "p50": MINUTES, "p90": MINUTES}

    service: str
    ahead: int
    p50: "int | None" = None
    p90: "int | None" = None


class Queue(Message):
    """The queues at the device's office."""

    FIELDS = {"services": [ServiceQueue], "expires": COUNT}

    services: "list[ServiceQueue]"
    expires: int


class TicketNumber(Message):
    """A number of a service."""

    FIELDS = {"service": WORD, "number": NUMBER}

    service: str
    number: int


class Reserve(Message):
    """Numbers that only this counter may call while it is cut off."""

    FIELDS = {"numbers": [TicketNumber], "expires": COUNT}

    numbers: "list[TicketNumber]"
    expires: int


class Armed(Message):
    """The next press rates the visit that this finish closed."""

    FIELDS = {"finish": IDENTITY, "expires": COUNT}

    finish: str
    expires: int


class Show(Message):
    """What a keypad or display shows. `number` null: nobody waits. `want` names the wish that it answers."""

    FIELDS = {
        "service": MAYBE_WORD,
        "number": (NUMBER, None),
        "label": Text(8),
        "want": MAYBE_COUNT,
        "expires": COUNT,
    }

    service: "str | None" = None
    number: "int | None" = None
    label: str = ""
    want: "int | None" = None
    expires: int


class Tone(Message):
    """A sound and lamp to give now."""

    FIELDS = {"tone": ("accepted", "unknown", "wrong", "due_soon"), "expires": COUNT}

    tone: str
    expires: int


class DayKey(Message):
    """The key of one office and day under which holders are hashed (hex); lives in RAM only."""

    FIELDS = {"day": Text(10), "key": Text(64), "since": COUNT, "expires": COUNT}

    day: str
    key: str
    since: int
    expires: int


class State(Message):
    """Everything live. `version` rises with each message to this device. `calls` have the fields of `Call`."""

    FIELDS = {
        "version": COUNT,
        "now": COUNT,
        "leases": ([Lease], None),
        "queue": (Queue, None),
        "reserve": (Reserve, None),
        "armed": (Armed, None),
        "show": (Show, None),
        "tone": (Tone, None),
        "day_key": ([DayKey], None),
        "calls": ([dict], None),
    }

    version: int
    now: int
    leases: "list[Lease] | None" = None
    queue: "Queue | None" = None
    reserve: "Reserve | None" = None
    armed: "Armed | None" = None
    show: "Show | None" = None
    tone: "Tone | None" = None
    day_key: "list[DayKey] | None" = None
    calls: "list[dict[str, str | int | bool]] | None" = None


class ServiceKey(Message):
    """A printer's button: which service it gives numbers of, and what stands on the ticket."""

    FIELDS = {"button": Range(1, 12), "service": WORD, "prefix": Text(2), "name": Text(60)}

    button: int
    service: str
    prefix: str
    name: str


class Config(Message):
    """What the device shall be. Never a secret: it is retained by the broker.

    `printer` has the fields of `Printer`, `reader` those of `Reader`, `display` those of `Display`. `sleep_after_s`: a
    battery device sleeps when nothing happened for so long; null: never.
    """

    FIELDS = {
        "version": COUNT,
        "roles": [WORD],
        "office": Text(80),
        "counter": (Text(60), None),
        "hotline": WORD,
        "services": [ServiceKey],
        "scale": Range(2, 5),
        "scale_version": Range(1, 999),
        "senior_years": Range(50, 120),
        "ticket_url": Text(100),
        "texts": dict,
        "printer": dict,
        "reader": dict,
        "sleep_after_s": (Range(3, 3600), None),
        "display": dict,
    }

    version: int
    roles: "list[str]"
    office: str = ""
    counter: "str | None" = None
    hotline: str = ""
    services: "list[ServiceKey]" = []
    scale: int = 5
    scale_version: int = 1
    senior_years: int = 75
    ticket_url: str = ""
    texts: "dict[str, str]" = {}
    printer: "dict[str, str | int | bool]" = {}
    reader: "dict[str, str | int]" = {}
    sleep_after_s: "int | None" = None
    display: "dict[str, object]" = {}

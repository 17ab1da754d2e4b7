"""What a ticket printer is told: the numbers that it may give, and how many wait."""

from protocols.message import COUNT, IDENTITY, NUMBER, WORD, Message, Range, Text

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

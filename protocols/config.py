"""`down/config`: what a device shall be."""

from protocols.message import COUNT, WORD, Message, Range, Text


class ServiceKey(Message):
    """A printer's button: which service it gives numbers of, and what stands on the ticket."""

    FIELDS = {"button": Range(1, 12), "service": WORD, "prefix": Text(2), "name": Text(60)}

    button: int
    service: str
    prefix: str
    name: str


class Config(Message):
    """What the device shall be. Never a secret: it is retained by the broker.

    `printer` has the fields of `Printer`, `reader` those of `Reader`, `display` those of `Display`, `rating` those of
    `Rating`. `sleep_after_s`: a battery device sleeps when nothing happened for so long; null: never.
    `confirm_within_s`: not welcomed within so long, the device goes back to what it was before; 0: it does not.
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
        "rating": dict,
        "confirm_within_s": Range(0, 3600),
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
    rating: "dict[str, object]" = {}
    confirm_within_s: int = 300

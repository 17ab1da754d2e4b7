"""What a barcode reader tells."""

from protocols.event import MAYBE_HOLDER, Event
from protocols.message import COUNT, MAYBE_COUNT, Range, Text


class CodeScanned(Event):
    """The reader read something. A code is kept only of dossiers and tickets, a holder's hash only of citizens.

    `badge`: of the staff, or of somebody who helps at the counters. Whose it is, is told of the staff alone, by a hash
    of the badge's code (`badge_hash`, see `protocols.signing`): it signs a clerk in.
    """

    KIND = "scan"
    FIELDS = {
        "what": ("dossier", "ticket", "badge", "citizen", "unknown"),
        "code": (Text(64), None),
        "holder": MAYBE_HOLDER,
        "senior": bool,
        "length": (Range(0, 4096), None),
        "symbology": (Text(16), None),
        "badge": ("staff", "helper", None),
        "badge_hash": (Text(32), None),
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    what: str
    code: "str | None" = None
    holder: "str | None" = None
    senior: bool = False
    length: "int | None" = None
    symbology: "str | None" = None
    badge: "str | None" = None
    badge_hash: "str | None" = None

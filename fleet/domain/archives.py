"""Archives: what is kept of a month when its rows are deleted, in files that other programs read, by table and month.

Nothing in them leads to anybody: no number of a ticket, no dossier, no card, no clerk, no score beside a moment. So
whoever asks to be forgotten need not be looked for there, and a file is never written again once its rows are gone.

An event belongs to the month in which the fleet received it, which never changes: a month that is over is whole. A
visit belongs to the month of its day.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

from fleet.domain.day import bounds, day_of
from fleet.domain.named_periods import Length, Period, holding, read_period
from fleet.domain.periods import ONE_DAY
from fleet.domain.retention import VIET_NAM, Kept

FORMAT = 1
SCHEMA = 1
# Raise it when a column is added, taken away or means something else; what was written stays as it is.
SETTLED_MS = 3_600_000
# A month is over an hour after its end: whoever stores events then may have had the clock of the last minute.


class BadArchive(ValueError):
    """An archive cannot be written, or is not what was written."""


class Archive(StrEnum):
    """A table of archives."""

    EVENTS = "events"
    VISITS = "visits"
    RATINGS = "ratings"


IN = {
    Kept.EVENTS: Archive.EVENTS,
    Kept.SCANS: Archive.EVENTS,
    Kept.VISITS: Archive.VISITS,
    Kept.RATINGS: Archive.RATINGS,
}
# What must be in its archive before anything of this class is deleted.

TEXT, WHOLE, MOMENT, DAY, TRUTH = "VARCHAR", "BIGINT", "TIMESTAMPTZ", "DATE", "BOOLEAN"
COLUMNS: dict[Archive, dict[str, str]] = {
    Archive.EVENTS: {
        "device": TEXT, "epoch": WHOLE, "boot": WHOLE, "seq": WHOLE, "kind": TEXT,
        "happened": MOMENT, "timing": TEXT, "received": MOMENT, "office": TEXT, "counter": TEXT,
        "service": TEXT, "to_service": TEXT, "to_counter": TEXT, "outcome": TEXT, "what": TEXT,
        "state": TEXT, "metres_left": WHOLE, "part": TEXT, "result": TEXT, "release": TEXT,
        "firmware": TEXT, "reason": TEXT,
    },
    Archive.VISITS: {
        "office": TEXT, "day": DAY, "id": TEXT, "counter": TEXT, "service": TEXT, "about": TEXT,
        "called": MOMENT, "finished": MOMENT, "wait_ms": WHOLE, "outcome": TEXT, "recalls": WHOLE,
        "to_service": TEXT, "to_counter": TEXT, "resumed": TRUTH, "rated": TRUTH, "estimated": TRUTH,
    },
    Archive.RATINGS: {
        "office": TEXT, "month": DAY, "scale_version": WHOLE, "levels": WHOLE, "score": WHOLE, "ratings": WHOLE,
    },
}  # fmt: skip
KEYS: dict[Archive, tuple[str, ...]] = {
    Archive.EVENTS: ("device", "epoch", "boot", "seq"),
    Archive.VISITS: ("office", "day", "id"),
    Archive.RATINGS: ("office", "scale_version", "levels", "score"),
}
# Rows are unique under these, and ordered by them.


@dataclass(frozen=True)
class Manifest:
    """What lies beside an archive: what is in it. `since`: of what is older the database had deleted some already."""

    archive: str
    month: str
    schema: int
    rows: int
    bytes: int
    sha256: str
    made: str
    program: str
    since: str | None
    columns: dict[str, str]

    @property
    def file(self) -> str:
        """The name of the archive itself."""
        return f"{self.archive}-{self.month}.parquet"


def file_of(archive: Archive, month: Period) -> str:
    """The name of an archive."""
    return f"{archive}-{month}.parquet"


def manifest_text(manifest: Manifest) -> str:
    """A manifest as it stands in its file."""
    return json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1) + "\n"


def read_manifest(text: str) -> Manifest:
    """The manifest again. Raises BadArchive."""
    try:
        told = json.loads(text)
        if told.pop("format") != FORMAT:
            raise BadArchive(f"its manifest: expected format {FORMAT}, found one of a newer motcua")
        return Manifest(**told)
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        if isinstance(problem, BadArchive):
            raise
        raise BadArchive("its manifest: expected that of an archive, found something else") from None


def read_month(text: str) -> Period:
    """The month that a text names. Raises BadPeriod, BadArchive."""
    found = read_period(text)
    if found.length != Length.MONTH:
        raise BadArchive(f"expected a month as 2026-03, found {text!r}")
    return found


def month_of(ms: int) -> Period:
    """The month of this moment in Việt Nam."""
    return holding_month(day_of(ms, VIET_NAM))


def holding_month(day: str) -> Period:
    """The month of a day."""
    return read_period(day[:7])


def after(month: Period) -> Period:
    """The next month."""
    return holding(Length.MONTH, month.last + ONE_DAY)


def moments(month: Period) -> tuple[int, int]:
    """The first millisecond of a month, and the first one after it."""
    return bounds(month.first.isoformat(), VIET_NAM)[0], bounds(month.last.isoformat(), VIET_NAM)[1]


def is_over(month: Period, now_ms: int) -> bool:
    """Whether nothing can come into this month any more."""
    return moments(month)[1] + SETTLED_MS <= now_ms


def utc(ms: int) -> str:
    """A moment as a manifest tells it."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"

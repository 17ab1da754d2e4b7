"""Rows of archives: of an event what statistics need and nothing else, of ratings only what may be shown of a month.

A list of what goes in, not of what stays out: a field that somebody adds to an event is in no archive before it stands
here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from fleet.domain.named_periods import Period
from fleet.domain.shown_ratings import Scale, Shown

Row = tuple[Any, ...]
WITH_REASON = frozenset({"boot", "pause", "park", "print_failed", "transfer"})
# Reasons that are words of ours. Those of ratings are shown in groups only; of faults they are text of a device.


class Said(msgspec.Struct):
    """What of an event's body goes into an archive; the columns have the same names and the same order."""

    service: str | None = None
    to_service: str | None = None
    to_counter: str | None = None
    outcome: str | None = None
    what: str | None = None
    state: str | None = None
    metres_left: int | None = None
    part: str | None = None
    result: str | None = None
    release: str | None = None
    firmware: str | None = None
    reason: str | None = None


said_in = msgspec.json.Decoder(Said).decode


def event_row(key: Row, kind: str, body: str, times: Row, place: Row) -> Row:
    """An event under its key, with its times and where the device stood."""
    said = said_in(body)
    if kind not in WITH_REASON:
        said.reason = None
    return (*key, kind, *times, *place, *msgspec.structs.astuple(said))


def rating_rows(office: str, month: Period, shown: Mapping[Scale, Shown]) -> Iterator[Row]:
    """What is shown of an office's month: whole groups of five, by score."""
    for (version, levels), its in sorted(shown.items()):
        for score in range(1, levels + 1):
            yield office, month.first.isoformat(), version, levels, score, its.by_score.get(score, 0)

"""Certificates that the fleet lives by: until when each holds, and when somebody must be told that it ends.

Of one certificate people are told three times at most, and once more when it has ended. Another one in its place, which
holds until another moment, begins anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

DAY_MS = 86_400_000
TOLD_AT_DAYS = (30, 14, 3, 0)
NAME_AT_MOST = 200
TROUBLE_AT_MOST = 200


class Use(StrEnum):
    """What a certificate is there for."""

    PAGES = "pages"
    """Our own pages and API show it."""
    BROKER = "broker"
    """The broker shows it to the fleet."""
    DEVICES = "devices"
    """The broker shows it to devices."""
    AUTHORITY = "authority"
    """Devices believe what it signed."""


@dataclass(frozen=True)
class Certificate:
    """One as it was seen last. `trouble`: why it could not be seen now; then the rest is of before, or not known.

    `told_days`: of which of the days before its end people were told last.
    """

    use: Use
    name: str
    ends_ms: int | None
    seen_ms: int
    trouble: str = ""
    told_days: int | None = None

    def days_left(self, now_ms: int) -> int | None:
        """How many whole days it still holds; below zero: it has ended."""
        return None if self.ends_ms is None else (self.ends_ms - now_ms) // DAY_MS


def stage(certificate: Certificate, now_ms: int) -> int | None:
    """Of which of the days before its end it is time to tell; None: of none yet."""
    if certificate.ends_ms is None:
        return None
    left_ms = certificate.ends_ms - now_ms
    return min((days for days in TOLD_AT_DAYS if left_ms <= days * DAY_MS), default=None)


def is_news(certificate: Certificate, now_ms: int) -> bool:
    """Whether people are to be told now."""
    now = stage(certificate, now_ms)
    return now is not None and (certificate.told_days is None or now < certificate.told_days)


def after_look(before: Mapping[Use, Certificate], seen: Iterable[Certificate]) -> list[Certificate]:
    """What is known after a look: what could not be seen stays what it was, what is another one was never told of."""
    return [joined(before.get(one.use), one) for one in seen]


def joined(before: Certificate | None, seen: Certificate) -> Certificate:
    """One certificate after a look."""
    if before is None:
        return seen
    if seen.trouble:
        return replace(before, trouble=seen.trouble)
    return replace(seen, told_days=before.told_days if before.ends_ms == seen.ends_ms else None)

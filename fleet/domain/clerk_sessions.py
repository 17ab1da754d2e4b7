"""Who serves at which counter: sessions out of scanned badges, in the order in which they were scanned.

A badge that is scanned at a counter signs its clerk in there; scanned there again it signs the clerk out. A clerk is at
one counter, and a counter has one clerk: whoever signs in ends what stood in the way, with a sentence that says why.
What is still open when the day ends, ends with it. When a badge is taken back, so is the session that it began.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from protocols.identity import parse_event_id

Position = tuple[int, str, int, int, int]
# A moment and an identity: where an event stands in the order of its day.
Shift = tuple[Position, str | None]
# From here on this session, or none, is the counter's.

BADGE_AGAIN = "the badge was scanned again"
ELSEWHERE = "the clerk signed in at another counter"
RELIEVED = "another clerk signed in at this counter"
TAKEN_BACK = "the badge was taken back"

UNKNOWN_BADGE = "it is no badge of this office"
NO_LONGER = "the badge did not hold at that moment"


@dataclass(frozen=True)
class Badge:
    """A badge of the staff, known by a hash: who wears it, the clerk's number, and from when until when it holds."""

    hash: str
    person: int
    number: int
    from_ms: int
    to_ms: int | None = None

    def holds(self, ms: int) -> bool:
        """Whether it signs in at this moment."""
        return self.from_ms <= ms and (self.to_ms is None or ms < self.to_ms)


@dataclass(frozen=True)
class ClerkSession:
    """A clerk at a counter. `id` is the scan that began it. While `ended_ms` is None it lasts until the day ends.

    `ended_by` says in words why it ended; `ended_scan` is the scan that ended it, if one did.
    """

    id: str
    counter: str
    person: int
    number: int
    began_ms: int
    ended_ms: int | None = None
    ended_by: str | None = None
    ended_scan: str | None = None


def clerk_label(number: int) -> str:
    """A clerk as displays and lists say it: CB-07, of cán bộ. It has a dash, so that it is like no ticket's number."""
    return f"CB-{number:02d}" if number < 100 else f"C-{number}"


class ClerkSessions:
    """Takes the scans of a day in their order."""

    def __init__(self, badges: Iterable[Badge]) -> None:
        self._badges = {badge.hash: badge for badge in badges}
        self._at: dict[str, ClerkSession] = {}
        self._until: dict[str, int | None] = {}
        self._over: list[ClerkSession] = []

    def scanned(self, scan: str, counter: str, badge_hash: str, ms: int) -> str | None:
        """A badge was scanned at a counter; why that means nothing, or None."""
        badge = self._badges.get(badge_hash)
        if badge is None:
            return UNKNOWN_BADGE
        if not badge.holds(ms):
            return NO_LONGER
        own = next((one for one in self._at.values() if one.person == badge.person), None)
        own = None if own is None else self.at(own.counter, ms)
        if own is not None:
            self._end(own, ms, BADGE_AGAIN if own.counter == counter else ELSEWHERE, scan)
            if own.counter == counter:
                return None
        other = self.at(counter, ms)
        if other is not None:
            self._end(other, ms, RELIEVED, scan)
        self._at[counter] = ClerkSession(scan, counter, badge.person, badge.number, ms)
        self._until[counter] = badge.to_ms
        return None

    def at(self, counter: str, ms: int) -> ClerkSession | None:
        """Who is signed in at this counter at this moment. Moments are asked for in rising order."""
        session = self._at.get(counter)
        until = self._until.get(counter)
        if session is not None and until is not None and until <= ms:
            self._end(session, until, TAKEN_BACK)
            return None
        return session

    def all(self) -> tuple[ClerkSession, ...]:
        """The sessions of the day, after its last event."""
        for session in list(self._at.values()):
            until = self._until[session.counter]
            if until is not None:
                self._end(session, until, TAKEN_BACK)
        return tuple(sorted([*self._over, *self._at.values()], key=lambda one: (one.began_ms, one.id)))

    def _end(self, session: ClerkSession, ms: int, why: str, scan: str | None = None) -> None:
        del self._at[session.counter]
        self._over.append(replace(session, ended_ms=ms, ended_by=why, ended_scan=scan))


def shifts_of(sessions: Iterable[ClerkSession]) -> dict[str, list[Shift]]:
    """Whose each counter was, in order. A badge that is taken back ends its session before that moment's events."""
    shifts: dict[str, list[Shift]] = defaultdict(list)
    for one in sessions:
        shifts[one.counter].append(((one.began_ms, *parse_event_id(one.id)), one.id))
        if one.ended_ms is not None:
            ended = ("", 0, 0, 0) if one.ended_scan is None else parse_event_id(one.ended_scan)
            shifts[one.counter].append(((one.ended_ms, *ended), None))
    return {counter: sorted(one, key=lambda shift: (shift[0], shift[1] or "")) for counter, one in shifts.items()}


def serving(shifts: Sequence[Shift], begin: Position, end: Position | None) -> str | None:
    """The session that a visit belongs to: who was signed in when it began, or who first signed in while it lasted."""
    after = bisect_left(shifts, begin, key=lambda shift: shift[0])
    if after > 0 and shifts[after - 1][1] is not None:
        return shifts[after - 1][1]
    lasting = (session for position, session in shifts[after:] if end is None or position < end)
    return next((session for session in lasting if session is not None), None)

"""Which days an event belongs to, now and before it moved: there it is linked, or linked no more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import bounds, day_of
from fleet.store import device_days, devices, places, windows
from fleet.store.devices import Place
from fleet.store.inbox import Life

NEAR = 64
# Touched numbers that lie so near to each other are written down as one stretch; reading those between costs little.


@dataclass(slots=True)
class Span:
    """While a boot's device stood at one place, and its office had one date: the numbers that were touched of it.

    Of a place that is none no number is kept. `ends_ms` is the first moment beyond.
    """

    begins_ms: int
    ends_ms: int
    earliest_ms: int
    place: Place | None
    seqs: list[int]


NO_END_MS = 1 << 62


class Touches:
    """Gathers touched events of one transaction, and writes them down in stretches.

    `stood` and `timezones`: where devices stood and what time it is there, as far as that is known already.
    """

    def __init__(
        self,
        connection: Connection,
        stood: Mapping[str, list[Place]] | None = None,
        timezones: Mapping[str, str] | None = None,
    ) -> None:
        self.connection = connection
        self.touched: dict[tuple[str, str, Life], list[int]] = defaultdict(list)
        self.stood = dict(stood or {})
        self.timezones = dict(timezones or {})
        self.spans: dict[Life, Span] = {}
        self.earliest_ms: dict[str, int] = {}
        self.days: dict[str, tuple[int, int, str]] = {}

    @property
    def windows(self) -> set[tuple[str, str]]:
        """The (office, day) that were touched."""
        return {(office, day) for office, day, _ in self.touched}

    def add(self, life: Life, seq: int, ms: int) -> Place | None:
        """This event happened at this moment, or was thought to; where the device stood then."""
        span = self.spans.get(life)
        if span is None or not span.begins_ms <= ms < span.ends_ms:
            span = self.spans[life] = self.span(life, ms)
        if ms < span.earliest_ms:
            span.earliest_ms = ms
            self.note_earliest(life.device, ms)
        span.seqs.append(seq)
        return span.place

    def span(self, life: Life, ms: int) -> Span:
        """The one around this moment; nearly always that of the event before."""
        self.note_earliest(life.device, ms)
        place = self.place(life.device, ms)
        if place is None:
            return Span(ms, ms + 1, ms, None, [])
        day = self.day(place.office, ms)
        begins_ms, ends_ms, _ = self.days[place.office]
        stood_until_ms = NO_END_MS if place.to_ms is None else place.to_ms
        seqs = self.touched[place.office, day, life]
        return Span(max(begins_ms, place.from_ms), min(ends_ms, stood_until_ms), ms, place, seqs)

    def note_earliest(self, device: str, ms: int) -> None:
        """Something of this moment is new of the device."""
        self.earliest_ms[device] = min(ms, self.earliest_ms.get(device, ms))

    def save(self) -> None:
        """Write down what was touched."""
        device_days.again(self.connection, {one: day_of(ms, VIET_NAM) for one, ms in self.earliest_ms.items()})
        windows.touch(
            self.connection,
            [
                (office, day, life, first, last)
                for (office, day, life), seqs in sorted(self.touched.items())
                for first, last in stretches(seqs)
            ],
        )

    def place(self, device: str, ms: int) -> Place | None:
        """Where the device stood at this moment."""
        if device not in self.stood:
            self.stood |= devices.places(self.connection, [device])
        return next((place for place in self.stood[device] if place.holds(ms)), None)

    def day(self, office: str, ms: int) -> str:
        """The office's own date at this moment; nearly always that of the event before."""
        start_ms, end_ms, day = self.days.get(office, (0, 0, ""))
        if not start_ms <= ms < end_ms:
            timezone = self.timezone(office)
            day = day_of(ms, timezone)
            self.days[office] = *bounds(day, timezone), day
        return day

    def timezone(self, office: str) -> str:
        """The office's own time."""
        if office not in self.timezones:
            row = places.office(self.connection, office)
            self.timezones[office] = row.timezone if row is not None else "Asia/Ho_Chi_Minh"
        return self.timezones[office]


def stretches(seqs: Iterable[int]) -> list[tuple[int, int]]:
    """The numbers as stretches, from the first to the last of each."""
    result: list[tuple[int, int]] = []
    for seq in sorted(seqs):
        if result and seq - result[-1][1] <= NEAR:
            result[-1] = (result[-1][0], seq)
        else:
            result.append((seq, seq))
    return result

"""Which days an event belongs to, now and before it moved: there it is linked, or linked no more."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import bounds, day_of
from fleet.store import device_days, devices, places, windows
from fleet.store.devices import Place
from fleet.store.inbox import Life

NEAR = 64
# Touched numbers that lie so near to each other are written down as one stretch; reading those between costs little.


class Touches:
    """Gathers touched events of one transaction, and writes them down in stretches."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.touched: dict[tuple[str, str, Life], set[int]] = defaultdict(set)
        self.stood: dict[str, list[Place]] = {}
        self.timezones: dict[str, str] = {}
        self.earliest_ms: dict[str, int] = {}
        self.days: dict[str, tuple[int, int, str]] = {}

    @property
    def windows(self) -> set[tuple[str, str]]:
        """The (office, day) that were touched."""
        return {(office, day) for office, day, _ in self.touched}

    def look_up(self, device_ids: Iterable[str]) -> None:
        """Where these devices stood, at once for all that will be touched."""
        self.stood |= devices.places(self.connection, device_ids)

    def add(self, life: Life, seq: int, ms: int) -> None:
        """This event happened at this moment, or was thought to."""
        self.earliest_ms[life.device] = min(ms, self.earliest_ms.get(life.device, ms))
        place = self.place(life.device, ms)
        if place is not None:
            self.touched[place.office, self.day(place.office, ms), life].add(seq)

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


def stretches(seqs: set[int]) -> list[tuple[int, int]]:
    """The numbers as stretches, from the first to the last of each."""
    result: list[tuple[int, int]] = []
    for seq in sorted(seqs):
        if result and seq - result[-1][1] <= NEAR:
            result[-1] = (result[-1][0], seq)
        else:
            result.append((seq, seq))
    return result

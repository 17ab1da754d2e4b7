"""Numbers that the printer may give: its leases, and how far each is used up, on flash.

A lease's next number is on flash before the number is used, so a cut burns a number at worst and never gives one twice.
With a clock the lease is chosen by its day; without one the printer goes on with the day that it used last.
"""

from firmware.flash_files import make_folder, read_json, write_json
from protocols.message import ProtocolError
from protocols.state import Lease

LEASES_FILE = "/leases.json"
FEW = 5
# Ask for more when fewer than a fifth is left.


class Leases:
    """The leases of one printer. `boot` tells which use was the last, as no clock can."""

    def __init__(self, root: str, boot: int) -> None:
        self._root = root
        self._boot = boot
        self._uses = 0
        self.held: "list[Lease]" = []
        self._next: "dict[str, int]" = {}
        self._used: "dict[str, tuple[int, int]]" = {}
        make_folder(root + "/next")
        try:
            self._take([Lease.from_dict(data) for data in read_json(root + LEASES_FILE) or []])
        except (ProtocolError, AttributeError):
            pass  # spoilt: the fleet sends them again after the hello, and what was used is kept apart

    def ids(self) -> "list[str]":
        """The leases held, for the hello."""
        return [lease.id for lease in self.held]

    def replace(self, leases: "list[Lease]") -> None:
        """The fleet said which leases this printer holds now."""
        if leases != self.held:
            write_json(self._root + LEASES_FILE, [lease.to_dict() for lease in leases])
            self._take(leases)

    def lease_for(self, service: str, at: "int | None") -> "Lease | None":
        """The lease to use next for this service; None if there is none with numbers left."""
        day = self._last_day() if at is None else None
        best = None
        for lease in self.held:
            if lease.service != service or self._next[lease.id] > lease.last:
                continue
            if lease.day != day if at is None else not lease.since <= at < lease.expires:
                continue
            if best is None or (lease.since, lease.first) < (best.since, best.first):
                best = lease
        return best

    def take(self, lease: Lease) -> int:
        """The next number of this lease; it is used up on flash when the call returns."""
        number = self._next[lease.id]
        self._uses += 1
        used = (self._boot, self._uses)
        write_json(self._path(lease.id), {"next": number + 1, "used": used})
        self._next[lease.id] = number + 1
        self._used[lease.id] = used
        return number

    def few(self, service: str, at: "int | None") -> bool:
        """Whether fewer than a fifth of the numbers of this service and day are left."""
        left = granted = 0
        day = self._last_day() if at is None else None
        for lease in self.held:
            if lease.service == service and (lease.day == day if at is None else lease.since <= at < lease.expires):
                granted += lease.last - lease.first + 1
                left += lease.last - self._next[lease.id] + 1
        return left * FEW < granted

    def _take(self, leases: "list[Lease]") -> None:
        self.held = leases
        for lease in leases:
            if lease.id not in self._next:
                kept = read_json(self._path(lease.id))
                sound = type(kept) is dict and type(kept.get("next")) is int
                self._next[lease.id] = max(lease.first, kept["next"]) if sound else lease.first
                self._used[lease.id] = tuple(kept["used"]) if sound else (0, 0)

    def _last_day(self) -> "str | None":
        """The day of the lease that was used last; without any, the first day there is."""
        last = None
        for lease in self.held:
            if self._used[lease.id] > (0, 0) and (last is None or self._used[lease.id] > self._used[last.id]):
                last = lease
        if last is None and self.held:
            last = min(self.held, key=lambda lease: lease.since)
        return last.day if last else None

    def _path(self, lease: str) -> str:
        return self._root + "/next/n" + lease.replace("_", "__").replace("/", "_s")

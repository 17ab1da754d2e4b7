"""Numbers that the printer may give: its leases, and how far each is used up, on flash.

A lease's next number is on flash before the number is used, so a cut burns a number at worst and never gives one twice.
With a clock the lease is chosen by its day; without one the printer goes on with the day that it used last.

Leases stay on flash, one a line, and are looked at when a number is wanted: twelve of them (four services on three
days) are 7 KB of objects in RAM. What is read is read to its end at once: a file that the collector closes inside a
block device's callback crashes the VM, so nothing here is a generator.
"""

import os

from firmware.flash_files import BESIDE, make_folder, read_json, write_json
from protocols.message import ProtocolError, decode
from protocols.state import Lease

LEASES_FILE = "/leases"
FEW = 5
# Ask for more when fewer than a fifth is left.

NEVER = (0, 0)


class Leases:
    """The leases of one printer. `boot` tells which use was the last, as no clock can."""

    def __init__(self, root: str, boot: int) -> None:
        self._root = root
        self._boot = boot
        self._uses = 0
        make_folder(root + "/next")

    def ids(self) -> "list[str]":
        """The leases held, for the hello."""
        ids: "list[str]" = []
        self._each(lambda lease: ids.append(lease.id))
        return ids

    def report(self, generation: int, tell) -> None:  # type: ignore[no-untyped-def]
        """Tell each lease that is held, and its next number; for a fleet that forgot some."""
        from protocols.held import LeaseHeld

        held = len(self.ids())
        if not held:
            tell(LeaseHeld(generation=generation, of=0))
        self._each(lambda lease: tell(LeaseHeld(generation=generation, of=held, lease=lease, next=self._use(lease)[0])))

    def replace(self, leases: "list[Lease]") -> None:
        """The fleet said which leases this printer holds now."""
        same: "list[bool]" = []
        self._each(lambda lease: same.append(lease in leases))
        if len(same) == len(leases) and all(same):
            return
        path = self._root + LEASES_FILE
        with open(path + BESIDE, "wb") as f:
            for lease in leases:
                f.write(lease.to_bytes() + b"\n")
        os.rename(path + BESIDE, path)

    def lease_for(self, service: str, at: "int | None") -> "Lease | None":
        """The lease to use next for this service; None if there is none with numbers left."""
        best = None
        for lease in self._of_day(service, at):
            if self._use(lease)[0] <= lease.last:
                if best is None or (lease.since, lease.first) < (best.since, best.first):
                    best = lease
        return best

    def take(self, lease: Lease) -> int:
        """The next number of this lease; it is used up on flash when the call returns."""
        number, _ = self._use(lease)
        self._uses += 1
        write_json(self._path(lease.id), {"next": number + 1, "used": (self._boot, self._uses)})
        return number

    def few(self, service: str, at: "int | None") -> bool:
        """Whether fewer than a fifth of the numbers of this service and day are left."""
        left = granted = 0
        for lease in self._of_day(service, at):
            granted += lease.last - lease.first + 1
            left += lease.last - self._use(lease)[0] + 1
        return left * FEW < granted

    def _of_day(self, service: str, at: "int | None") -> "list[Lease]":
        """The leases of this service and day; without a clock, of the day used last."""
        day = self._last_day() if at is None else None
        found: "list[Lease]" = []

        def look(lease: Lease) -> None:
            if lease.service == service and (lease.day == day if at is None else lease.since <= at < lease.expires):
                found.append(lease)

        self._each(look)
        return found

    def _last_day(self) -> "str | None":
        """The day of the lease that was used last; without any, the first day there is."""
        days: "list[tuple[tuple[int, int], int, str]]" = []
        self._each(lambda lease: days.append((self._use(lease)[1], -lease.since, lease.day)))
        return max(days)[2] if days else None

    def _use(self, lease: Lease) -> "tuple[int, tuple[int, int]]":
        """The next number of a lease, and (boot, use) of its last one."""
        kept = read_json(self._path(lease.id))
        if type(kept) is dict and type(kept.get("next")) is int:
            return max(lease.first, kept["next"]), tuple(kept["used"])
        return lease.first, NEVER

    def _each(self, look) -> None:  # type: ignore[no-untyped-def]
        """Show each lease to `look`. A spoilt one is passed over: the fleet sends it again after the hello."""
        try:
            with open(self._root + LEASES_FILE, "rb") as f:
                line = f.readline()
                while line:
                    try:
                        look(decode(Lease, line))
                    except ProtocolError:
                        pass
                    line = f.readline()
        except OSError:
            pass  # none came yet

    def _path(self, lease: str) -> str:
        return self._root + "/next/n" + lease.replace("_", "__").replace("/", "_s")

"""Numbers that the printer may give: its leases, and how far each is used up, on flash.

A lease's next number is on flash before the number is used, so a cut burns a number at worst and never gives one twice.
With a clock the lease is chosen by its day; without one the printer goes on with the day that it used last.

All of it is in files: a device that lost them is given another epoch, and with it other numbers.

Leases stay on flash, one a line, and are looked at when a number is wanted: twelve of them (four services on three
days) are 7 KB of objects in RAM. What is read is read to its end at once: a file that the collector closes inside a
block device's callback crashes the VM, so nothing here is a generator.

How far a lease is used is kept for as long as the fleet lists it, and until it has expired. Before that is thrown away
it is written down that no lease which expired so early is ever used again: should the fleet list it once more, it gives
no number twice, but none at all.
"""

import os

from firmware.flash_files import BESIDE, make_folder, read_json, remove, write_json
from firmware.sparing import const
from protocols.message import ProtocolError, decode
from protocols.printer_state import Lease

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LEASES_FILE = const("/leases")
_SPENT_FILE = const("/spent.json")
_FEW = const(5)
# Ask for more when fewer than a fifth is left.

_NEVER = const((0, 0))
_LONGER_MS = const(7 * 86_400_000)
# Leases are granted for three working days; one whose end was not noted is over after this.


class Leases:
    """The leases of one printer. `boot` tells which use was the last, as no clock can."""

    def __init__(self, root: str, boot: int) -> None:
        self._root = root
        self._boot = boot
        self._uses = 0
        self._spent = read_json(root + _SPENT_FILE) or 0
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

    def replace(self, leases: "Iterable[Lease]", at: "int | None" = None) -> None:
        """The fleet said which leases this printer holds now; `at` is UTC milliseconds, if they are known.

        They are gone through more than once, and may be made anew each time: they need not be in RAM together. Where
        one of them can not be read, all stays as it was.
        """
        listed = [lease.id for lease in leases]
        told = iter(leases)
        same: "list[bool]" = []
        self._each(lambda lease: same.append(lease == next(told, None)))
        if len(same) != len(listed) or not all(same):
            path = self._root + _LEASES_FILE
            with open(path + BESIDE, "wb") as f:
                for lease in leases:
                    f.write(lease.to_bytes() + b"\n")
            os.rename(path + BESIDE, path)
        if at is not None:
            self._settle(listed, at)

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
        use = {"next": number + 1, "used": (self._boot, self._uses), "expires": lease.expires}
        write_json(self._path(lease.id), use)
        return number

    def few(self, service: str, at: "int | None") -> bool:
        """Whether fewer than a fifth of the numbers of this service and day are left."""
        left = granted = 0
        for lease in self._of_day(service, at):
            granted += lease.last - lease.first + 1
            left += lease.last - self._use(lease)[0] + 1
        return left * _FEW < granted

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
        return (lease.last + 1 if lease.expires <= self._spent else lease.first), _NEVER

    def _settle(self, listed: "list[str]", at: int) -> None:
        """Keep no longer how far leases were used that are neither listed nor valid."""
        wanted = [self._path(lease) for lease in listed]
        for name in os.listdir(self._root + "/next"):
            path = self._root + "/next/" + name
            if path in wanted:
                continue
            use = read_json(path)
            expires = use.get("expires") if type(use) is dict else 0
            if expires is None:
                use["expires"] = at + _LONGER_MS
                write_json(path, use)
            elif expires <= at:
                if expires > self._spent:
                    write_json(self._root + _SPENT_FILE, expires)
                    self._spent = expires
                remove(path)

    def _path(self, lease: str) -> str:
        return self._root + "/next/n" + lease.replace("_", "__").replace("/", "_s")

    def _each(self, look) -> None:  # type: ignore[no-untyped-def]
        """Show each lease to `look`. A spoilt one is passed over: the fleet sends it again after the hello."""
        try:
            with open(self._root + _LEASES_FILE, "rb") as f:
                line = f.readline()
                while line:
                    try:
                        look(decode(Lease, line))
                    except ProtocolError:
                        pass
                    line = f.readline()
        except OSError:
            pass  # none came yet

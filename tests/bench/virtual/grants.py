"""The numbers that a fleet grants its printer: leases, more of them where few are left, and never one number twice.

A fleet that was restored from a backup does not know what it granted since. It asks its printer, and grants nothing
until that has told (fleet/flows/leases.py). A printer that lost its memory can not tell; a person says how far the
numbers went.
"""

BASE_MS = 1_795_300_000_000
DAY_MS = 86_400_000
NUMBERS = 40
SERVICES = (("a", "A", "Chứng thực"), ("b", "B", "Hộ tịch"))
SECRET = "00" * 16


class Grants:
    """The leases by epoch, and the highest number of each service. `awaited`: the printer has yet to tell."""

    def __init__(self):
        self.awaited = False
        self._leases = {}
        self._highest = {}
        self._told = set()
        self._ever = {}

    def of(self, epoch, stored):
        """What this printer shall hold; more where less than a fifth is left, unless it has yet to tell."""
        held = self._leases.setdefault(epoch, [])
        for service, prefix, _ in SERVICES:
            left = 0
            for lease in held:
                if lease["service"] == service:
                    left += lease["last"] - used(lease, stored)
            if left * 5 < NUMBERS and not self.awaited:
                held.append(self._grant(service, prefix))
        return held

    def copied(self):
        """As it is now, for a backup."""
        return {epoch: list(held) for epoch, held in self._leases.items()}, dict(self._highest)

    def restore(self, backup):
        """As it was then."""
        leases, highest = backup
        self._leases = {epoch: list(held) for epoch, held in leases.items()}
        self._highest = dict(highest)
        self._told = set()
        self.awaited = True

    def revoke(self):
        """The printer can not tell what it held. Somebody looked at the last tickets."""
        if self.awaited:
            self._highest = dict(self._ever)
            self.awaited = False

    def hear(self, epoch, held):
        """The printer tells one of the leases that it holds."""
        lease = held.get("lease")
        if lease is not None:
            self._told.add(lease["id"])
            known = self._leases.setdefault(epoch, [])
            if lease["id"] not in [one["id"] for one in known]:
                known.append(lease)
            service = lease["service"]
            self._highest[service] = max(self._highest.get(service, 0), lease["last"])
        if len(self._told) >= held["of"]:
            self.awaited = False

    def _grant(self, service, prefix):
        first = self._highest.get(service, 0) + 1
        last = first + NUMBERS - 1
        self._highest[service] = last
        self._ever[service] = max(last, self._ever.get(service, 0))
        lease = {"id": "%s%d" % (service, first), "service": service, "prefix": prefix}
        lease.update({"day": "2026-11-22", "first": first, "last": last, "secret": SECRET})
        lease.update({"since": BASE_MS - 9 * DAY_MS, "expires": BASE_MS + 9 * DAY_MS})
        return lease


def used(lease, stored):
    """How far this lease was used, for all that is stored."""
    last = lease["first"] - 1
    for event in stored.values():
        if event["kind"] == "ticket" and event["lease"] == lease["id"]:
            last = max(last, event["number"])
    return last


def keys():
    """The printer's buttons."""
    found = []
    for button, (service, prefix, name) in enumerate(SERVICES):
        found.append({"button": button + 1, "service": service, "prefix": prefix, "name": name})
    return found

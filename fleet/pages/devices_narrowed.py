"""Of many devices a page shows some: those of an office, and so many at once. Of a few it shows all."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fleet.domain.devices_now import DeviceNow

MANY = 100
# An office has fewer. A row takes a kilobyte, and whoever looks on is sent the whole list at each change.
STORE = "-"
# Stands for an office where devices stand nowhere; no id begins so.


@dataclass(frozen=True)
class OfficeCount:
    """An office, how many devices it has, how many of them need somebody. Without a name: in store."""

    id: str
    name: str
    devices: int
    troubled: int


@dataclass(frozen=True)
class Narrowed:
    """The devices that are meant; `offices` to choose from where there are many, `office` the one that was chosen."""

    devices: tuple[DeviceNow, ...]
    offices: tuple[OfficeCount, ...]
    office: str
    page: int

    @property
    def is_whole(self) -> bool:
        """Whether there are so few that all is shown at once."""
        return not self.offices

    def address(self, page: int, path: str = "/devices") -> str:
        """Where another page of the same list is."""
        asked = {"office": self.office} if self.office else {}
        more = urlencode(asked | ({"page": str(page)} if page > 1 else {}))
        return f"{path}?{more}" if more else path


def narrowed(devices: tuple[DeviceNow, ...], office: str, page: int) -> Narrowed:
    """What of these a page shows."""
    if len(devices) <= MANY:
        return Narrowed(devices, (), "", 1)
    offices = counted(devices)
    office = office if office in [one.id for one in offices] else ""
    some = tuple(one for one in devices if office in ("", office_of(one)))
    return Narrowed(some, offices, office, max(1, page))


def counted(devices: Sequence[DeviceNow]) -> tuple[OfficeCount, ...]:
    """The offices with their devices, those in store last."""
    names = {office_of(one): one.office_name or one.office or "" for one in devices if not one.revoked}
    found = [
        OfficeCount(
            office,
            name,
            devices=sum(office_of(one) == office and not one.revoked for one in devices),
            troubled=sum(office_of(one) == office and bool(one.problems) for one in devices),
        )
        for office, name in names.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.id == STORE, one.name, one.id)))


def office_of(device: DeviceNow) -> str:
    """Where it stands, as it is chosen."""
    return device.office or STORE

"""What is planned for, and what the plan says: how much happens, processes, disks, machines."""

from dataclasses import dataclass

YEARS = 10


@dataclass(frozen=True)
class Asked:
    """What is planned for. `events`: of a device on a usual day; `returning`: the share that comes back at once.

    `days`: on which offices work, a year; `kept`: for so many days events are kept; `open_pages`: of each office.
    """

    devices: int
    events: float = 78.0
    returning: float = 1.0
    full: float = 0.6
    cores: int = 8
    memory_gb: int = 32
    days: int = 250
    kept: int = 400
    open_pages: int = 1


@dataclass(frozen=True)
class Rhythm:
    """How much happens: offices, visits of a usual day, and what comes in a second of the fullest minute."""

    offices: int
    visits_a_day: float
    visits_s: float
    events_s: float
    health_s: float
    pings_s: float
    messages_s: float
    bytes_s: float


@dataclass(frozen=True)
class Part:
    """A kind of process: the cores that it keeps busy at the fullest minute, how many there are, and what they hold."""

    name: str
    cores: float
    count: int
    memory_mb: float
    at_most_one: bool = False


@dataclass(frozen=True)
class Return:
    """So many devices come back at once; seconds of one core of each who has to do with it, and thus until all are."""

    devices: int
    broker_s: float
    sender_s: float
    database_s: float

    @property
    def welcome_s(self) -> float:
        """One sender welcomes them one by one, and waits for the database meanwhile."""
        return self.sender_s + self.database_s


@dataclass(frozen=True)
class Room:
    """Gigabytes: in the database when events go as fast as they come, a year more of visits, archives, a backup."""

    events_gb: float
    visits_gb_a_year: float
    archives_gb_a_year: float
    backup_gb: float
    backup_h: float
    log_mb_s: float
    flushes_s: float

    def after(self, years: int) -> float:
        """The database after so many years."""
        return self.events_gb + years * self.visits_gb_a_year


@dataclass(frozen=True)
class Machines:
    """What all of it is: cores, memory, disk, and of how many machines of the size that was asked for."""

    cores: float
    memory_gb: float
    disk_gb: float
    count: int


@dataclass(frozen=True)
class Plan:
    """All of it."""

    asked: Asked
    rhythm: Rhythm
    parts: tuple[Part, ...]
    back: Return
    room: Room
    machines: Machines

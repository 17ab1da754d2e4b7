"""Which backups of a folder are kept: the newest of each of the last days, weeks and months that have one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

NAME = "motcua-%Y-%m-%dT%H-%M-%SZ.zip"
# In the order of names they are in the order of time.


@dataclass(frozen=True)
class Keep:
    """Of so many days, weeks and months the newest backup is kept; of none: all are."""

    days: int = 0
    weeks: int = 0
    months: int = 0

    @property
    def all(self) -> bool:
        """Whether nothing is ever taken away."""
        return not (self.days or self.weeks or self.months)


def name_of(made_ms: int) -> str:
    """The name of the backup of this moment."""
    return f"{datetime.fromtimestamp(made_ms // 1000, UTC):{NAME}}"


def moment_of(name: str) -> datetime | None:
    """When the backup of this name was made; None for a file that is not ours to take away."""
    try:
        moment = datetime.strptime(name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if f"{moment:{NAME}}" == name else None


def kept(names: Iterable[str], keep: Keep) -> set[str]:
    """Which of these backups stay. The newest always does, and whatever has no name of ours."""
    moments = {name: moment_of(name) for name in names}
    ours = sorted(((moment, name) for name, moment in moments.items() if moment is not None), reverse=True)
    stay = {name for name, moment in moments.items() if moment is None}
    if keep.all:
        return set(moments)
    stay |= {name for _, name in ours[:1]}
    stay |= newest_of(ours, keep.days, lambda at: (at.year, at.timetuple().tm_yday))
    stay |= newest_of(ours, keep.weeks, lambda at: at.isocalendar()[:2])
    return stay | newest_of(ours, keep.months, lambda at: (at.year, at.month))


def newest_of(ours: list[tuple[datetime, str]], most: int, span: Callable[[datetime], tuple[int, int]]) -> set[str]:
    """The newest of each of so many spans. They come with the newest first."""
    found: dict[tuple[int, int], str] = {}
    for moment, name in ours:
        found.setdefault(span(moment), name)
    return set(list(found.values())[:most])

"""What is checked: the settings of a fleet, its database if that can be read, and what its processes say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path

from fleet.clock import now_ms
from fleet.domain.findings import Finding, not_asked
from fleet.settings import Settings
from fleet.store.database import Store

Check = Callable[["Subject"], list[Finding]]
NO_DATABASE = "cơ sở dữ liệu chưa đọc được", "the database cannot be read"


@dataclass(frozen=True)
class Answer:
    """What a process said at its watch port; `trouble`: why it said nothing."""

    address: str
    trouble: str = ""
    process: str = ""
    version: str = ""
    lacks: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    ahead_ms: int | None = None
    """By how much its clock is before ours."""


@dataclass(frozen=True)
class Subject:
    """A fleet as a check finds it. `patience_s`: for how long a check waits for somebody else."""

    settings: Settings
    store: Store | None = None
    answers: tuple[Answer, ...] = ()
    backups: Path | None = None
    patience_s: float = 10.0
    clock: Callable[[], int] = now_ms

    def figure(self, name: str) -> float | None:
        """The worst that any process says of this; None: nobody does."""
        return max((one.figures[name] for one in self.answers if name in one.figures), default=None)


def with_store(check: str) -> Callable[[Callable[[Subject, Store], list[Finding]]], Check]:
    """A check that needs the database; without it nobody is asked."""
    skipped = not_asked(check, *NO_DATABASE)

    def made(look: Callable[[Subject, Store], list[Finding]]) -> Check:
        @wraps(look)
        def checked(subject: Subject) -> list[Finding]:
            return [skipped.of()] if subject.store is None else look(subject, subject.store)

        return checked

    return made

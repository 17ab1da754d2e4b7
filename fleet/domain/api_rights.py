"""What a program may do that brings a token: a token has scopes, at one office with all below it or everywhere."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Something that a call of the API asks for."""

    READ = "read"
    WRITE_DOSSIERS = "write-dossiers"
    CALL = "call"
    SCHEDULE_REPORTS = "schedule-reports"
    ALERTS = "alerts"
    COMMAND = "command"
    ENROL = "enrol"
    CONFIGURE = "configure"
    AUDIT = "audit"


@dataclass(frozen=True)
class Caller:
    """A program that showed a good token. `offices` are those that it concerns; None: all, whichever there are."""

    token: str
    name: str
    scopes: frozenset[Scope]
    offices: frozenset[str] | None

    def may(self, scope: Scope) -> bool:
        """Whether the token was given this scope."""
        return scope in self.scopes

    def concerns(self, office: str | None) -> bool:
        """Whether the token holds at this office. What stands nowhere concerns only tokens that hold everywhere."""
        return self.offices is None or office in self.offices

"""What a check-up of a fleet found: each finding says what was found, what was expected, and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Result(StrEnum):
    """How good a finding is, the best first."""

    OK = "ok"
    NOT_ASKED = "not asked"
    WARN = "warn"
    BAD = "bad"


BY_BADNESS = tuple(Result)
EXIT_CODES = {Result.OK: 0, Result.NOT_ASKED: 0, Result.WARN: 3, Result.BAD: 4}
# 1 and 2 are those of a command that could not be done, or was not understood.


@dataclass(frozen=True)
class Said:
    """In one language; `expected` and `remedy` are empty where nothing is to be done."""

    found: str
    expected: str = ""
    remedy: str = ""

    def with_values(self, values: Mapping[str, object]) -> "Said":
        """The sentences with these in their places."""
        return Said(*(one.format(**values) for one in (self.found, self.expected, self.remedy)))


@dataclass(frozen=True)
class Outcome:
    """What a check may come to, in both languages, with places for values."""

    check: str
    result: Result
    vi: Said
    en: Said

    def of(self, **values: object) -> "Finding":
        """It came to this."""
        return Finding(self, values)


@dataclass(frozen=True)
class Finding:
    """What a check came to."""

    outcome: Outcome
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def check(self) -> str:
        """Which check it was."""
        return self.outcome.check

    @property
    def result(self) -> Result:
        """How good it is."""
        return self.outcome.result

    def said(self, language: str) -> Said:
        """In words, in `vi` or `en`."""
        return (self.outcome.vi if language == "vi" else self.outcome.en).with_values(self.values)


def good(check: str, vi: str, en: str) -> Outcome:
    """All is well."""
    return Outcome(check, Result.OK, Said(vi), Said(en))


def not_asked(check: str, vi: str, en: str) -> Outcome:
    """Nobody looked, and why."""
    return Outcome(check, Result.NOT_ASKED, Said(vi), Said(en))


def warn(check: str, vi: tuple[str, str, str], en: tuple[str, str, str]) -> Outcome:
    """It works, and will not for long or not well."""
    return Outcome(check, Result.WARN, Said(*vi), Said(*en))


def bad(check: str, vi: tuple[str, str, str], en: tuple[str, str, str]) -> Outcome:
    """It does not work, or is not safe."""
    return Outcome(check, Result.BAD, Said(*vi), Said(*en))


def worst(findings: Iterable[Finding]) -> Result:
    """How it stands with all of it."""
    return max((one.result for one in findings), key=BY_BADNESS.index, default=Result.OK)

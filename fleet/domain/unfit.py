"""What somebody typed and that can not be: which value it is, and what was expected, for sentences and for forms."""

from collections.abc import Iterable
from enum import StrEnum


class Expected(StrEnum):
    """What a value should have been; pages have a sentence for each, with the bounds of the problem in it."""

    NUMBER = "number"  # least, most
    NEEDED = "needed"
    LINE = "line"  # most: letters
    CHOICE = "choice"
    DAY = "day"
    LATER_DAY = "later_day"  # first
    IDENTIFIER = "identifier"
    ONCE = "once"  # found
    TAKEN = "taken"  # found
    LENGTH = "length"  # least, most: letters
    CODE = "code"
    OTHER_THAN_OLD = "other_than_old"
    NOT_NEW = "not_new"
    TWICE = "twice"
    OWN_RIGHTS = "own_rights"
    NOT_ONESELF = "not_oneself"
    LAST_CHIEF = "last_chief"
    PREFIX = "prefix"
    SOME = "some"
    NOT_BOTH = "not_both"
    FEWER = "fewer"  # most
    NO_DEVICES = "no_devices"  # found
    NOT_WORKING = "not_working"
    NOTHING = "nothing"
    PLAIN = "plain"
    HOUR = "hour"
    LATER_HOUR = "later_hour"  # after
    HOURS_ONCE = "hours_once"  # row
    DAYS_ONCE = "days_once"
    UNIT = "unit"
    WHOLE_PROVINCE = "whole_province"
    ADDRESS = "address"  # most: letters
    BARE = "bare"
    CLOCK = "clock"
    STRETCH = "stretch"
    NOT_ALWAYS = "not_always"
    MAIL = "mail"
    REASON_ONCE = "reason_once"
    NO_BUTTON = "no_button"  # most: levels
    LEVELS = "levels"  # most
    OTHER = "other"  # text: whatever the sentence of the problem says


class Unfit(ValueError):
    """A value that can not be; the text says what was found and expected, `field` which it is, `bounds` what could be.

    `problems` are all that were found at once, this one the first of them.
    """

    def __init__(self, text: str, field: str = "", expected: Expected = Expected.OTHER, **bounds: object) -> None:
        super().__init__(text)
        self.field = field
        self.expected = expected
        self.bounds = bounds if expected is not Expected.OTHER else {"text": text}
        self.problems: tuple[Unfit, ...] = (self,)


def refuse(problems: Iterable[Unfit]) -> None:
    """Raises the first of these, which knows the others; nothing where there is none."""
    found = tuple(problems)
    if found:
        found[0].problems = found
        raise found[0]

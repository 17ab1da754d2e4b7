"""How an office orders its queue: who goes before others, how far, and how often a number is called. It is all data.

No national list of priority persons for one-stop counters exists; each office writes down its own, with the rule that
it rests on and the days from which and until which it holds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from fleet.domain.unfit import Expected, Unfit, refuse

APPOINTMENT, PRIORITY, SENIOR = "appointment", "priority", "senior"
# The words that tickets carry: who has booked; for whom the priority key was pressed; who is old, says the card.
BY_TICKET, TO_FRONT, TO_END = SENT_ON = "ticket", "front", "end"
# Whoever is sent on stands where the number says; or before all classes, within the bounds of priority; or behind all.
CLASS_ID = re.compile(r"[a-z0-9-]{1,32}")
NAME_LETTERS = 80
CLASSES_AT_MOST = 12


class BadPolicy(Unfit):
    """A rule that can not be; the text says what was found and what was expected."""


@dataclass(frozen=True)
class PriorityClass:
    """Who goes before others. `basis` is the rule that says so; it holds from `valid_from` to `valid_to` (ISO days)."""

    id: str
    name: str
    name_en: str = ""
    basis: str = ""
    valid_from: str | None = None
    valid_to: str | None = None

    def holds(self, day: str) -> bool:
        """Whether it is in force on this ISO day; the last day is one on which it is."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


USUAL = (
    PriorityClass(APPOINTMENT, "Đã đặt lịch hẹn", "Has an appointment"),
    PriorityClass(PRIORITY, "Ưu tiên", "Priority"),
    PriorityClass(SENIOR, "Người cao tuổi", "Senior"),
)


@dataclass(frozen=True)
class QueuePolicy:
    """The rules of one office's queue. `classes`: whose comes first goes first.

    `most_in_a_row`: so many calls of a counter in a row may go to the classes while others wait for it. `most_added_s`:
    who was passed by for so long is passed by no more. `calls`: so often is a number called that nobody answers, before
    it stays a no-show. `late_s`: who comes later to an appointment has none. Appointments are `slot_min` apart,
    `per_slot` for a service at a time (0: none are taken), up to `days_ahead` days from today. Numbers are given until
    `grace_min` after the last session of a day. `sent_on`: where somebody stands who is sent on to another service or
    counter.
    """

    classes: tuple[PriorityClass, ...] = field(default=USUAL)
    most_in_a_row: int = 2
    most_added_s: int = 900
    calls: int = 1
    late_s: int = 900
    slot_min: int = 15
    per_slot: int = 1
    days_ahead: int = 6
    grace_min: int = 30
    sent_on: str = BY_TICKET

    def place(self, priority: str, senior: bool, day: str) -> int | None:
        """Which of the classes in force a ticket belongs to, by its place; None to none."""
        for place, one in enumerate(self.classes):
            if one.holds(day) and (one.id == priority or (one.id == SENIOR and senior)):
                return place
        return None

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it, and `read_policy` reads it."""
        return asdict(self)


RANGES = {
    "most_in_a_row": (0, 9),
    "most_added_s": (0, 7200),
    "calls": (1, 9),
    "late_s": (0, 7200),
    "slot_min": (5, 240),
    "per_slot": (0, 99),
    "days_ahead": (0, 60),
    "grace_min": (0, 240),
}


def read_policy(data: Mapping[str, Any]) -> QueuePolicy:
    """The policy that this mapping says; what it leaves out is as usual. Raises BadPolicy; nothing is taken then."""
    known = {one.name for one in fields(QueuePolicy)}
    for name in data:
        if name not in known:
            raise BadPolicy(f"{name}: expected one of {', '.join(sorted(known))}")
    refuse(wrong_with_numbers(data))
    numbers = {name: data[name] for name in (*RANGES, "sent_on") if name in data}
    if "classes" not in data:
        return QueuePolicy(**numbers)
    found = data["classes"]
    if not isinstance(found, list | tuple) or len(found) > CLASSES_AT_MOST:
        text = f"classes: expected a list of at most {CLASSES_AT_MOST}, found {found!r:.80}"
        raise BadPolicy(text, "id", Expected.FEWER, most=CLASSES_AT_MOST)
    classes = tuple(read_class(one) for one in found)
    for place, one in enumerate(classes):
        if one.id in [other.id for other in classes[:place]]:
            raise BadPolicy(
                f"classes: expected each id once, found {one.id!r} twice", "id", Expected.ONCE, found=one.id
            )
    return QueuePolicy(classes=classes, **numbers)


def wrong_with_numbers(data: Mapping[str, Any]) -> Iterator[BadPolicy]:
    """What is wrong with all but the classes."""
    for name, (least, most) in RANGES.items():
        value = data.get(name, least)
        if type(value) is not int or not least <= value <= most:
            text = f"{name}: expected a number from {least} to {most}, found {value!r:.40}"
            yield BadPolicy(text, name, Expected.NUMBER, least=least, most=most)
    if data.get("sent_on", BY_TICKET) not in SENT_ON:
        text = f"sent_on: expected {BY_TICKET}, {TO_FRONT} or {TO_END}, found {data['sent_on']!r:.40}"
        yield BadPolicy(text, "sent_on", Expected.CHOICE)


def read_class(data: Any) -> PriorityClass:
    """One class. Raises BadPolicy."""
    known = [one.name for one in fields(PriorityClass)]
    if not isinstance(data, Mapping) or not set(data) <= set(known):
        raise BadPolicy(f"classes: expected each with {', '.join(known)}, found {data!r:.80}")
    refuse(wrong_with_class(data))
    return PriorityClass(**data)


def wrong_with_class(data: Mapping[str, Any]) -> Iterator[BadPolicy]:
    """What is wrong with a class."""
    name = data.get("id")
    if not isinstance(name, str) or not CLASS_ID.fullmatch(name):
        text = f"classes: expected an id of small letters, digits and dashes, found {name!r:.80}"
        yield BadPolicy(text, "id", Expected.IDENTIFIER)
    for part in ("name", "name_en", "basis"):
        said = data.get(part, "")
        if not isinstance(said, str) or len(said) > NAME_LETTERS or not said.isprintable():
            text = f"{name}.{part}: expected one line of at most {NAME_LETTERS} letters, found {said!r:.100}"
            yield BadPolicy(text, part, Expected.LINE, most=NAME_LETTERS)
    if not str(data.get("name", "")).strip():
        yield BadPolicy(f"{name}.name: expected a name in Vietnamese, found none", "name", Expected.NEEDED)
    days = {part: data.get(part) for part in ("valid_from", "valid_to")}
    wrong = [part for part, day in days.items() if day is not None and not is_day(day)]
    for part in wrong:
        text = f"{name}.{part}: expected a day such as 2026-07-01, found {days[part]!r:.40}"
        yield BadPolicy(text, part, Expected.DAY)
    first, last = days.values()
    if not wrong and first is not None and last is not None and last < first:
        text = f"{name}: expected to hold from a day to a later one, found {first} to {last}"
        yield BadPolicy(text, "valid_to", Expected.LATER_DAY, first=first)


def is_day(value: Any) -> bool:
    """Whether this is an ISO day."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False

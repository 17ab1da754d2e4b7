"""What an office, its counters and its services may be called, and how many there may be: what devices can take."""

import re
from collections.abc import Iterator, Mapping

from fleet.domain.unfit import Expected, Unfit

OFFICE_NAME, PLACE_NAME, HOTLINE = 80, 60, 32
# As long as devices take them: protocols/config.py.
ID = re.compile(r"[a-z0-9-]{1,32}")
PREFIX = re.compile(r"[A-Z]{1,2}")
SERVICES_AT_MOST = 12
# A printer has so many buttons.
COUNTERS_AT_MOST = 99
TARGET_S = (60, 14_400)


class BadPlace(Unfit):
    """An office, a counter or a service can not be so; the text says why."""


def wrong_with_name(what: str, name: object, most: int, field: str = "name") -> Iterator[BadPlace]:
    """What is wrong with a name that stands on tickets and displays."""
    text = f"{what}: expected a name of 1 to {most} characters, found {str(name)[:40]!r} ({len(str(name))})"
    if not isinstance(name, str) or not name.strip():
        yield BadPlace(text, field, Expected.NEEDED)
    elif len(name) > most or not name.isprintable():
        yield BadPlace(text, field, Expected.LINE, most=most)


def wrong_with_office(values: Mapping[str, object]) -> Iterator[BadPlace]:
    """What is wrong with an office; a ticket without a hotline helps nobody."""
    yield from wrong_with_name("office", values["name"], OFFICE_NAME)
    yield from wrong_with_name("hotline", values["hotline"], HOTLINE, "hotline")


def wrong_with_id(what: str, name: object) -> Iterator[BadPlace]:
    """What is wrong with an id that is new."""
    if not isinstance(name, str) or not ID.fullmatch(name):
        text = f"{what}: expected an id of 1 to 32 small letters, digits and dashes, found {str(name)[:40]!r}"
        yield BadPlace(text, "id", Expected.IDENTIFIER)


def wrong_with_service(values: Mapping[str, object], prefixes: Mapping[str, str]) -> Iterator[BadPlace]:
    """What is wrong with a service; `prefixes` are the other services by their letters."""
    yield from wrong_with_name("service", values["name"], PLACE_NAME)
    prefix, target = values["prefix"], values["target_wait_s"]
    if not isinstance(prefix, str) or not PREFIX.fullmatch(prefix):
        text = f"prefix: expected one or two letters from A to Z, found {str(prefix)[:40]!r}"
        yield BadPlace(text, "prefix", Expected.PREFIX)
    elif prefix in prefixes:
        text = f"prefix: expected letters of its own, found {prefix!r}, which {prefixes[prefix]} has"
        yield BadPlace(text, "prefix", Expected.ONCE, found=prefix)
    if type(target) is not int or not TARGET_S[0] <= target <= TARGET_S[1]:
        text = f"target: expected {TARGET_S[0]} to {TARGET_S[1]} seconds, found {str(target)[:40]!r}"
        yield BadPlace(text, "target_wait_s", Expected.NUMBER, least=TARGET_S[0], most=TARGET_S[1])


def wrong_with_skills(calls: list[str], helps: list[str], services: list[str]) -> Iterator[BadPlace]:
    """What is wrong with the services for which a counter calls, and those with which it helps."""
    for field, chosen in (("calls", calls), ("helps", helps)):
        unknown = [one for one in chosen if one not in services]
        if unknown:
            text = f"service: expected one of {', '.join(services)}, found {unknown[0][:40]!r}"
            yield BadPlace(text, field, Expected.CHOICE)
    twice = sorted(set(calls) & set(helps))
    if twice:
        text = f"service: expected {twice[0]!r} to be called for or helped with, found both"
        yield BadPlace(text, "helps", Expected.NOT_BOTH)
    if not calls:
        yield BadPlace("service: expected at least one that the counter calls for, found none", "calls", Expected.SOME)

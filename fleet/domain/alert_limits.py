"""From when on an office is alerted, and when not: its own data, with defaults that suit most."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fleet.domain.alerts import Cause
from fleet.domain.letters import LetterUnfit, refuse_unfit_address
from fleet.domain.unfit import Expected, Unfit, refuse

DAY_MIN = 1440
WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
WINDOWS_AT_MOST = 6
ADDRESSES_AT_MOST = 20
WEEKDAYS = 7
QUANTILES = (50, 90)
LANGUAGES = ("vi", "en")


class BadLimits(Unfit):
    """Limits that can not be; the text says what was found and what was expected."""


@dataclass(frozen=True)
class AlertLimits:
    """The limits of one office.

    `off`: causes of which nobody is alerted. `wait_s`: nobody should wait longer; 0: as each service's own target says.
    `told`: the quantile (50 or 90) of what newcomers are told that is held against it. `closes`: at so many per cent of
    a limit its alert may close. `silent_s`: so long nothing may happen at a free counter for which people wait,
    `serving_s` at one that serves. `ratings`: alerted when so many bad ratings are less likely than this many in
    100,000. `dossiers_at`: from then on the day's dossiers are told, if they are `dossiers` or more. `printer_s`: so
    long a printer may be lost. `calm_s`: so long a cause must be low before its alert closes. `again_min`: what nobody
    has acknowledged is told again after so long; 0: never. `quiet`: stretches of the day in which nothing is told, and
    `quiet_days` whole days (1 is Monday). `mail`: who is told by e-mail, in `language`.
    """

    off: tuple[str, ...] = ()
    wait_s: int = 0
    told: int = 50
    closes: int = 75
    silent_s: int = 600
    serving_s: int = 2700
    ratings: int = 50
    dossiers_at: str = "08:00"
    dossiers: int = 1
    printer_s: int = 120
    calm_s: int = 120
    again_min: int = 30
    quiet: tuple[str, ...] = ("18:00-06:30",)
    quiet_days: tuple[int, ...] = ()
    mail: tuple[str, ...] = ()
    language: str = "vi"

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it, and `read_limits` reads it."""
        return asdict(self)

    def is_on(self, cause: Cause) -> bool:
        """Whether anybody is alerted of this."""
        return cause not in self.off

    def is_quiet(self, ms: int, timezone: str) -> bool:
        """Whether nothing is told at this moment."""
        at = datetime.fromtimestamp(ms / 1000, ZoneInfo(timezone))
        return at.isoweekday() in self.quiet_days or is_within(self.quiet, at.hour * 60 + at.minute)


RANGES = {
    "wait_s": (0, 14_400),
    "closes": (10, 100),
    "silent_s": (30, 7200),
    "serving_s": (30, 14_400),
    "ratings": (1, 5000),
    "dossiers": (1, 10_000),
    "printer_s": (0, 3600),
    "calm_s": (0, 3600),
    "again_min": (0, 1440),
}


def read_limits(data: Mapping[str, Any]) -> AlertLimits:
    """The limits that this mapping says; what it leaves out is as usual. Raises BadLimits; nothing is taken then."""
    known = [one.name for one in fields(AlertLimits)]
    for name in data:
        if name not in known:
            raise BadLimits(f"{name!r:.40}: expected one of {', '.join(known)}")
    lists = {name: listed(name, data[name]) for name in ("off", "quiet", "quiet_days", "mail") if name in data}
    refuse(wrong_with({**data, **lists}))
    return AlertLimits(**{**data, **lists})


def listed(name: str, value: Any) -> tuple[Any, ...]:
    """The different items of a list, in their order. Raises BadLimits."""
    if not isinstance(value, list | tuple) or any(not isinstance(one, str | int) for one in value):
        raise BadLimits(f"{name}: expected a list, found {value!r:.80}", name)
    return tuple(dict.fromkeys(value))


def wrong_with(data: Mapping[str, Any]) -> Iterator[BadLimits]:
    """What is wrong with limits whose lists are tuples."""
    for name, (least, most) in RANGES.items():
        value = data.get(name, least)
        if type(value) is not int or not least <= value <= most:
            text = f"{name}: expected a number from {least} to {most}, found {value!r:.40}"
            yield BadLimits(text, name, Expected.NUMBER, least=least, most=most)
    for name, offered in (("told", QUANTILES), ("language", LANGUAGES)):
        yield from not_among(name, (data.get(name, offered[0]),), offered)
    yield from not_among("off", data.get("off", ()), tuple(Cause))
    at = str(data.get("dossiers_at", "08:00"))
    if not CLOCK.fullmatch(at):
        yield BadLimits(f"dossiers_at: expected a time such as 08:00, found {at!r:.40}", "dossiers_at", Expected.CLOCK)
    yield from wrong_with_quiet(data.get("quiet", ()), data.get("quiet_days", ()))
    yield from wrong_with_addresses(data.get("mail", ()))


def not_among(name: str, values: tuple[Any, ...], offered: tuple[Any, ...]) -> Iterator[BadLimits]:
    """The first of the values that is not offered."""
    for value in values:
        if value not in offered or isinstance(value, bool):
            text = f"{name}: expected one of {', '.join(map(str, offered))}, found {value!r:.40}"
            yield BadLimits(text, name, Expected.CHOICE)
            return


def wrong_with_quiet(quiet: tuple[Any, ...], quiet_days: tuple[Any, ...]) -> Iterator[BadLimits]:
    """What is no stretch; and that there would be no time left to tell anything."""
    stretches = [one for one in quiet if isinstance(one, str) and WINDOW.fullmatch(one) and one[:5] != one[6:]]
    for window in quiet:
        if window not in stretches:
            text = f"quiet: expected stretches such as 18:00-06:30, found {window!r:.40}"
            yield BadLimits(text, "quiet", Expected.STRETCH)
            break
    for day in quiet_days:
        if type(day) is not int or not 1 <= day <= WEEKDAYS:
            text = f"quiet_days: expected numbers from 1 (Monday) to 7, found {day!r:.40}"
            yield BadLimits(text, "quiet_days", Expected.CHOICE)
            break
    if len(quiet) > WINDOWS_AT_MOST:
        text = f"quiet: expected at most {WINDOWS_AT_MOST} stretches, found {len(quiet)}"
        yield BadLimits(text, "quiet", Expected.FEWER, most=WINDOWS_AT_MOST)
    elif len(quiet_days) == WEEKDAYS or all(is_within(tuple(stretches), minute) for minute in range(DAY_MIN)):
        text = "quiet: expected some time that is not quiet, found none; alerts would never be told"
        yield BadLimits(text, "quiet_days" if len(quiet_days) == WEEKDAYS else "quiet", Expected.NOT_ALWAYS)


def wrong_with_addresses(mail: tuple[Any, ...]) -> Iterator[BadLimits]:
    """What is no e-mail address."""
    for address in mail:
        try:
            refuse_unfit_address(str(address))
        except LetterUnfit as problem:
            yield BadLimits(f"mail: {problem}", "mail", Expected.MAIL)
            break
    if len(mail) > ADDRESSES_AT_MOST:
        text = f"mail: expected at most {ADDRESSES_AT_MOST} addresses, found {len(mail)}"
        yield BadLimits(text, "mail", Expected.FEWER, most=ADDRESSES_AT_MOST)


def is_within(windows: tuple[str, ...], minute: int) -> bool:
    """Whether a minute of the day lies in one of these stretches; one that ends before it begins goes past midnight."""
    for window in windows:
        start, end = minute_of(window[:5]), minute_of(window[6:])
        if (start <= minute < end) if start < end else (minute >= start or minute < end):
            return True
    return False


def minute_of(clock: str) -> int:
    """`08:30` in minutes since midnight."""
    return int(clock[:2]) * 60 + int(clock[3:])

"""Public holidays of Việt Nam, and the Saturdays that are worked instead.

By law (Bộ luật Lao động 2019, Điều 112): 1 January, five days of Tết, Giỗ Tổ Hùng Vương on the tenth of the third month
of the lunar calendar, 30 April, 1 May, and 2 September with a day beside it; what falls on a weekend is given back on
the next working day (Điều 111). Which days it is exactly, and what is worked instead, the government announces each
year for civil servants; years that it has announced stand below as announced, other years as the law and custom have
it. What is announced later, or decided anew (24 November, by Nghị quyết 80-NQ/TW of 2026-01-07, once the law says so),
is imported as rows of the calendar, which go before these.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache

from fleet.domain.periods import ONE_DAY

SATURDAY = 6

# Mùng 1 Tết and Giỗ Tổ by the lunar calendar of Việt Nam (UTC+7), after the published method of Hồ Ngọc Đức; 2020 to
# 2026 are as they were kept. Tested against the method.
LUNAR = {
    2020: ("01-25", "04-02"),
    2021: ("02-12", "04-21"),
    2022: ("02-01", "04-10"),
    2023: ("01-22", "04-29"),
    2024: ("02-10", "04-18"),
    2025: ("01-29", "04-07"),
    2026: ("02-17", "04-26"),
    2027: ("02-06", "04-16"),
    2028: ("01-26", "04-04"),
    2029: ("02-13", "04-23"),
    2030: ("02-02", "04-12"),
    2031: ("01-23", "04-01"),
    2032: ("02-11", "04-19"),
    2033: ("01-31", "04-09"),
    2034: ("02-19", "04-28"),
    2035: ("02-08", "04-17"),
    2036: ("01-28", "04-06"),
    2037: ("02-15", "04-24"),
    2038: ("02-04", "04-13"),
    2039: ("01-24", "04-03"),
    2040: ("02-12", "04-20"),
    2041: ("02-01", "04-10"),
    2042: ("01-22", "04-29"),
    2043: ("02-10", "04-19"),
    2044: ("01-30", "04-07"),
    2045: ("02-17", "04-26"),
    2046: ("02-06", "04-15"),
    2047: ("01-26", "04-04"),
    2048: ("02-14", "04-22"),
    2049: ("02-02", "04-11"),
    2050: ("01-23", "04-01"),
}
NEW_YEAR, TET, KINGS = "Tết Dương lịch", "Tết Nguyên đán", "Giỗ Tổ Hùng Vương"
VICTORY, LABOUR, NATION = "Ngày Chiến thắng", "Ngày Quốc tế lao động", "Quốc khánh"

# The working days that civil servants had off, and the Saturday that was worked instead as the day that it names.
# 2024 and 2025: announced by Bộ Lao động – Thương binh và Xã hội; 2026: by Bộ Nội vụ (New Year: văn bản
# 12729/VPCP-KGVX of 2025-12-25); all as the press reported.
ANNOUNCED: dict[int, tuple[tuple[tuple[str, str, str], ...], tuple[tuple[str, str], ...]]] = {
    2024: (
        (
            ("01-01", "01-01", NEW_YEAR),
            ("02-08", "02-14", TET),
            ("04-18", "04-18", KINGS),
            ("04-29", "05-01", VICTORY),
            ("09-02", "09-03", NATION),
        ),
        (("05-04", "04-29"),),
    ),
    2025: (
        (
            ("01-01", "01-01", NEW_YEAR),
            ("01-27", "01-31", TET),
            ("04-07", "04-07", KINGS),
            ("04-30", "05-02", VICTORY),
            ("09-01", "09-02", NATION),
        ),
        (("04-26", "05-02"),),
    ),
    2026: (
        (
            ("01-01", "01-02", NEW_YEAR),
            ("02-16", "02-20", TET),
            ("04-26", "04-27", KINGS),
            ("04-30", "05-01", VICTORY),
            ("08-31", "09-02", NATION),
        ),
        (("01-10", "01-02"), ("08-22", "08-31")),
    ),
}


@cache
def holidays(year: int) -> dict[date, str]:
    """The days off of this year, and what each is for. Of years without a known Tết only the days of the sun's year."""
    if year in ANNOUNCED:
        return {
            day: name
            for first, last, name in ANNOUNCED[year][0]
            for day in days_from(day_of(year, first), day_of(year, last))
        }
    off = dict(by_law(year))
    for day, name in sorted(off.items()):
        if day.isoweekday() >= SATURDAY:  # given back on the next day that is worked
            while day in off or day.isoweekday() >= SATURDAY:
                day += ONE_DAY
            off[day] = name
    return off


@cache
def worked(year: int) -> dict[date, date]:
    """The Saturdays that are worked, each as the day off that it makes up for."""
    return {day_of(year, day): day_of(year, instead) for day, instead in ANNOUNCED.get(year, ((), ()))[1]}


def by_law(year: int) -> Iterator[tuple[date, str]]:
    """The days that the law names. Of Tết, the last day of the old year and four of the new one, as custom has it."""
    yield date(year, 1, 1), NEW_YEAR
    if year in LUNAR:
        tet, kings = (day_of(year, day) for day in LUNAR[year])
        for day in days_from(tet - ONE_DAY, tet + 3 * ONE_DAY):
            yield day, TET
        yield kings, KINGS
    yield date(year, 4, 30), VICTORY
    yield date(year, 5, 1), LABOUR
    national = date(year, 9, 2)
    yield national, NATION
    beside_before = national.isoweekday() in (2, 3, 5, 6)  # so that it joins a weekend or is a day of work
    yield national + (-ONE_DAY if beside_before else ONE_DAY), NATION


def days_from(first: date, last: date) -> Iterator[date]:
    """All days from the first to the last."""
    return (first + n * ONE_DAY for n in range((last - first).days + 1))


def day_of(year: int, day: str) -> date:
    return date.fromisoformat(f"{year}-{day}")

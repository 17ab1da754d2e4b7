"""The lunar calendar of Việt Nam after Hồ Ngọc Đức's published method, to check the table of holidays against."""

from datetime import date
from math import floor, pi, sin

HOURS_EAST = 7
RAD = pi / 180
JULIAN = 1_721_425
MONTH = 29.530588853


def new_moon(k: int) -> int:
    """The day (Julian) of the k-th new moon since 1900, in Việt Nam."""
    t = k / 1236.85
    day = 2_415_020.75933 + 29.53058868 * k + 0.0001178 * t**2 - 0.000000155 * t**3
    day += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t**2) * RAD)
    m = 359.2242 + 29.10535608 * k - 0.0000333 * t**2 - 0.00000347 * t**3
    moon = 306.0253 + 385.81691806 * k + 0.0107306 * t**2 + 0.00001236 * t**3
    f = 21.2964 + 390.67050646 * k - 0.0016528 * t**2 - 0.00000239 * t**3
    terms = (
        (0.1734 - 0.000393 * t, m),
        (0.0021, 2 * m),
        (-0.4068, moon),
        (0.0161, 2 * moon),
        (-0.0004, 3 * moon),
        (0.0104, 2 * f),
        (-0.0051, m + moon),
        (-0.0074, m - moon),
        (0.0004, 2 * f + m),
        (-0.0004, 2 * f - m),
        (-0.0006, 2 * f + moon),
        (0.0010, 2 * f - moon),
        (0.0005, 2 * moon + m),
    )
    day += sum(size * sin(angle * RAD) for size, angle in terms)
    return floor(day + 0.000278 - 0.000265 * t - 0.000262 * t**2 + 0.5 + HOURS_EAST / 24)


def sun(day: int) -> int:
    """In which twelfth of its way the sun is at the beginning of this day."""
    t = (day - 2_451_545.5 - HOURS_EAST / 24) / 36_525
    m = 357.52910 + 35_999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3
    way = 280.46645 + 36_000.76983 * t + 0.0003032 * t**2 + 0.000290 * sin(RAD * 3 * m)
    way += (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(RAD * m) + (0.019993 - 0.000101 * t) * sin(RAD * 2 * m)
    return floor(way % 360 / 30)


def eleventh_month(year: int) -> int:
    """When the month with the winter solstice begins."""
    k = floor((date(year, 12, 31).toordinal() + JULIAN - 2_415_021) / MONTH)
    return new_moon(k - 1) if sun(new_moon(k)) >= 9 else new_moon(k)


def solar(year: int, month: int, day: int) -> date:
    """The date of a day of the lunar year; of months 1 to 10 that are no leap month."""
    before, after = eleventh_month(year - 1), eleventh_month(year)
    k = floor(0.5 + (before - 2_415_021.076998695) / MONTH)
    months = month + 1
    if after - before > 365:
        leap = next(n for n in range(1, 14) if sun(new_moon(k + n)) == sun(new_moon(k + n + 1)))
        months += months >= leap
    return date.fromordinal(new_moon(k + months) + day - 1 - JULIAN)

"""Figures as people read them in either language: a decimal comma in Vietnamese, a point in English; never `-0`."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from fleet.domain.indicators import rounded
from fleet.domain.named_periods import Length, Period

Number = Fraction | Decimal | float | int


def percent_of(share: Number, language: str, places: int = 2) -> str:
    """`87,50 %` of 0.875."""
    return f"{number_of(exact(share) * 100, language, places)} %"


def points_of(points: Number, language: str) -> str:
    """Points, with two decimals."""
    return number_of(points, language, 2)


def days_of(days: Number, language: str) -> str:
    """Days, with two decimals."""
    return number_of(days, language, 2)


def count_of(count: int, language: str) -> str:
    """`12.345` in Vietnamese, `12,345` in English."""
    text = f"{count:,}"
    return text.replace(",", ".") if language == "vi" else text


def number_of(value: Number, language: str, places: int) -> str:
    """A number with so many decimals, halves up, as the official rule has it."""
    number = rounded(exact(value)) if places == 2 else exact(value)
    whole, point, part = f"{float(number):,.{places}f}".partition(".")
    if language == "vi":
        whole, point = whole.replace(",", "."), point and ","
    text = whole + point + part
    return text.removeprefix("-") if not any(c in "123456789" for c in text) else text


def exact(value: Number) -> Fraction:
    """The number, without the noise of a float's last digits."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def shown_day(day: date) -> str:
    """`08/10/2026`."""
    return f"{day:%d/%m/%Y}"


def shown_period(period: Period, language: str) -> str:
    """`Tháng 10/2026`, `October 2026`."""
    first = period.first
    year, week, _ = first.isocalendar()
    quarter = (first.month + 2) // 3
    if language == "vi":
        roman = ("I", "II", "III", "IV")[quarter - 1]
        return {
            Length.DAY: f"Ngày {shown_day(first)}",
            Length.WEEK: f"Tuần {week}/{year} (từ {shown_day(first)} đến {shown_day(period.last)})",
            Length.MONTH: f"Tháng {first.month}/{first.year}",
            Length.QUARTER: f"Quý {roman}/{first.year}",
            Length.YEAR: f"Năm {first.year}",
        }[period.length]
    return {
        Length.DAY: f"{first.day} {MONTHS[first.month - 1]} {first.year}",
        Length.WEEK: f"Week {week} of {year} ({shown_day(first)} to {shown_day(period.last)})",
        Length.MONTH: f"{MONTHS[first.month - 1]} {first.year}",
        Length.QUARTER: f"Quarter {quarter} of {first.year}",
        Length.YEAR: f"{first.year}",
    }[period.length]


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

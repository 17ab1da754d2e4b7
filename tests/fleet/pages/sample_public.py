"""What an office shows everybody, for tests and for looking at the page."""

from datetime import date, timedelta

from fleet.domain.calendars import USUAL, Calendar, DayPlan, Placed
from fleet.domain.named_periods import Period
from fleet.domain.public_now import PublicNow, PublicPeriod
from fleet.flows.report_files import ReportFile
from fleet.pages.public_page import PublicViews
from tests.fleet.pages.sample_lobby import busy_lobby


def busy_public(office: str, now_ms: int) -> PublicNow:
    """In the middle of a morning, before a holiday."""
    lobby = busy_lobby(office, now_ms)
    calendar = Calendar([Placed(0, rule) for rule in USUAL])
    plans = [calendar.plan(date(2026, 11, 23) + timedelta(days=n)) for n in range(7)]
    plans[1] = DayPlan(plans[1].day, (), ("Nghỉ bù ngày truyền thống của địa phương",))
    return PublicNow(
        id=office,
        name=lobby.name,
        hotline=lobby.hotline,
        timezone=lobby.timezone,
        now_ms=now_ms,
        pace=None,
        is_open=True,
        counters_open=5,
        counters=7,
        queues=lobby.queues,
        plans=tuple(plans),
        hours_known=True,
        right=(8, 1240),
    )


def good_period(_: str, period: Period, __: int) -> PublicPeriod:
    """A period of which everything can be told."""
    return PublicPeriod(period, 4321, 516.0, 1302.0, 0.87, 0.9723, 1804, 0.915, 0.902, 0.927, 2115, 0.49)


def views(published: frozenset[str]) -> PublicViews:
    """What the pages show of these offices."""
    return PublicViews(
        offices=lambda: published,
        look=busy_public,
        achieved=good_period,
        data=lambda office, period, _: ReportFile(f"{office}-{period}.csv", "text/csv", b"unit,period\n"),
    )

"""The office's own day."""

from fleet.domain.day import bounds, day_of, later

HCM = "Asia/Ho_Chi_Minh"
MIDNIGHT = 1_794_157_200_000  # 2026-11-09 00:00 in Việt Nam


def test_a_day_begins_at_the_offices_midnight() -> None:
    assert day_of(MIDNIGHT, HCM) == "2026-11-09"
    assert day_of(MIDNIGHT - 1, HCM) == "2026-11-08"
    assert bounds("2026-11-09", HCM) == (MIDNIGHT, MIDNIGHT + 86_400_000)


def test_days_follow_the_calendar() -> None:
    assert later("2026-02-27", 2) == "2026-03-01"

"""motcua bookings."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.fleet.commands.conftest import Motcua, Window, readable


def a_day(motcua: Motcua, data: Path) -> str:
    """A day ahead that has times."""
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    days = [(today + timedelta(days=ahead)).isoformat() for ahead in range(1, 31)]
    motcua("queue", "rules", "tan-an", "--days-ahead", 30, "--data", data)
    return next(
        day for day in days if "08:00" in motcua("bookings", "times", "tan-an", "ho-tich", day, "--data", data).stdout
    )


def test_a_time_is_booked_listed_and_given_back(motcua: Motcua, data: Path, window: Window) -> None:
    day = a_day(motcua, data)
    made = motcua("bookings", "make", "tan-an", "ho-tich", f"{day} 08:00", "--data", data).stdout
    assert made.startswith(f"A001 at {day} 08:00: MC1:")
    assert "08:00  0" in motcua("bookings", "times", "tan-an", "ho-tich", day, "--data", data).stdout
    assert "comes" in motcua("bookings", "list", "tan-an", "--day", day, "--data", data).stdout
    code = made.split()[-1]
    assert motcua("bookings", "cancel", code, "--data", data).stdout == f"A001 at {day} 08:00 is given back\n"
    code_, shown = window("bookings", "list", "tan-an", "--day", day, "--data", data)
    assert (code_, readable(shown), "given back" in shown) == (0, True, True)


def test_what_can_not_be_is_said_in_both_languages(motcua: Motcua, data: Path) -> None:
    day = a_day(motcua, data)
    for asked, said in (
        (("make", "tan-an", "ho-tich", f"{day} 08:01"), ("There is no appointment at", "Không có giờ hẹn nào lúc")),
        (("make", "tan", "ho-tich", f"{day} 08:00"), ("No such office", "Không có điểm tiếp nhận này")),
        (("make", "tan-an", "ho-tich", "tomorrow"), ("expected a time such as 2026-11-24 08:15, found 'tomorrow'",)),
        (("times", "tan-an", "ho-tich", "mai"), ("expected a day such as 2026-11-24, found 'mai'",)),
        (("cancel", "MC1:x"), ("There is no such appointment", "Không có lịch hẹn này")),
    ):
        refused = motcua("bookings", *asked, "--data", data)
        assert refused.exit_code == 1
        for words in said:
            assert words in " ".join(refused.stderr.split())

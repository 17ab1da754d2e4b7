"""Are there rules of the time zones in which offices are, and are they right for Việt Nam?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fleet.commands.checks.subject import Subject
from fleet.domain.findings import Finding, bad, good
from fleet.domain.retention import VIET_NAM
from fleet.flows import check_up

EAST = timedelta(hours=7)
GOOD = good("time-zones", "{which}", "{which}")
MISSING = bad(
    "time-zones",
    (
        "không có {which}",
        "dữ liệu múi giờ",
        "Cài gói tzdata của hệ thống: `apt-get install tzdata`, rồi khởi động lại.",
    ),
    ("no {which}", "data of time zones", "Install tzdata of the system: `apt-get install tzdata`, and start anew."),
)
WRONG = bad(
    "time-zones",
    ("{which} lệch UTC {hours} giờ", "7 giờ", "Cài lại gói tzdata của hệ thống."),
    ("{which} is {hours} hours from UTC", "7 hours", "Install tzdata of the system anew."),
)


def zones(subject: Subject) -> list[Finding]:
    """Those of the offices, and our own."""
    names = {VIET_NAM} | set([] if subject.store is None else check_up.timezones(subject.store))
    now = datetime.fromtimestamp(subject.clock() / 1000, UTC)
    missing = [name for name in sorted(names) if offset(name, now) is None]
    if missing:
        return [MISSING.of(which=", ".join(missing))]
    found = offset(VIET_NAM, now)
    if found is not None and found != EAST:
        return [WRONG.of(which=VIET_NAM, hours=f"{found / timedelta(hours=1):g}")]
    return [GOOD.of(which=", ".join(sorted(names)))]


def offset(name: str, now: datetime) -> timedelta | None:
    """How far this zone is from UTC; None where nobody knows it."""
    try:
        return now.astimezone(ZoneInfo.no_cache(name)).utcoffset()
    except (KeyError, ValueError, OSError):
        return None

"""Is what is over forgotten?"""

from fleet.commands.checks.subject import Subject, with_store
from fleet.domain.findings import Finding, bad, good, warn
from fleet.flows import check_up
from fleet.store.database import Store

HOUR_MS = 3_600_000
LATE_H = 3
# What MotcuaForgetsNothing calls late.
GOOD = good("forgetting", "lần cuối {minutes} phút trước", "{minutes} minutes ago")
NEVER = warn(
    "forgetting",
    ("chưa lần nào", "mỗi giờ một lần", "Khởi động `motcua send`, hoặc chạy `motcua purge` ngay."),
    ("never yet", "once an hour", "Start `motcua send`, or type `motcua purge` now."),
)
LATE = bad(
    "forgetting",
    (
        "lần cuối {hours} giờ trước: khóa ngày sống lâu hơn ngày của chúng",
        "mỗi giờ một lần",
        "Xem `motcua send` và nhật ký của nó; `motcua purge` làm ngay.",
    ),
    (
        "{hours} hours ago: day keys outlive their day",
        "once an hour",
        "Look at `motcua send` and its log; `motcua purge` does it at once.",
    ),
)


@with_store("forgetting")
def forgetting(subject: Subject, store: Store) -> list[Finding]:
    """When that was done last."""
    purged_ms = check_up.last_purge_ms(store)
    if purged_ms is None:
        return [NEVER.of()]
    past_ms = max(0, subject.clock() - purged_ms)
    if past_ms > LATE_H * HOUR_MS:
        return [LATE.of(hours=past_ms // HOUR_MS)]
    return [GOOD.of(minutes=past_ms // 60_000)]

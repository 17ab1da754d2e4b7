"""Ratings of which some are in doubt, and buttons of which one is dead, for tests and for looking at pages."""

from fleet.domain.integrity_now import (
    ButtonNote,
    ButtonsNow,
    Cell,
    DevicePresses,
    ExclusionNow,
    FlagNow,
    IntegrityNow,
)
from fleet.domain.peers import Flag, Signal

MINUTE = 60_000
ZONE = "Asia/Ho_Chi_Minh"
WHO = ("nut-1", "Quầy 1")
DEVICES = (DevicePresses("nut-3", "Quầy 3", 212, 61), DevicePresses("nut-1", "Quầy 1", 402, None))


def doubtful_ratings(office: str, now_ms: int) -> IntegrityNow:
    """Children played twice; one counter's presses come before anybody can have pressed."""
    began = now_ms - 90 * MINUTE
    return IntegrityNow(
        office=office,
        name="Trung tâm Phục vụ hành chính công phường Tân An",
        timezone=ZONE,
        first="2026-10-26",
        last="2026-11-22",
        served=1904,
        rated=811,
        counted=795,
        not_counted=(Cell("no_visit_before", 64), Cell("replaced", 31), Cell("burst", 17), Cell("other", 6)),
        exclusions=(
            ExclusionNow("nut-1/3/7/124", "2026-11-23", "burst", *WHO, began, began + 31_000, 17, 6.0, "", "", ""),
            ExclusionNow(
                "nut-1/3/6/88",
                "2026-11-20",
                "burst",
                *WHO,
                began - 4320 * MINUTE,
                began - 4320 * MINUTE + 55_000,
                9,
                8.2,
                "restore",
                "Một lớp học đến thăm, cô giáo cho các em cùng đánh giá",
                "lan",
            ),
        ),
        flags=(
            FlagNow("Quầy 3", False, Flag(Signal.SOON, "quay-3", 41, 96, 12, 715, 1e-20)),
            FlagNow("Chị Nguyễn Thị Hoa", True, Flag(Signal.RATED, "7", 20, 240, 791, 1664, 1e-12)),
        ),
        devices=DEVICES,
    )


def doubtful_buttons(now_ms: int) -> ButtonsNow:
    """One button that nobody presses any more, one that its device says is stuck."""
    stuck = "down for 42 s: stuck, or something leans on it"
    notes = (
        ButtonNote("nut-3", "Quầy 3", 1, 5, 212, 9.4),
        ButtonNote("nut-1", "Quầy 1", key="5", told=stuck, told_ms=now_ms - 300 * MINUTE),
    )
    return ButtonsNow("tan-an", "Trung tâm Phục vụ hành chính công phường Tân An", ZONE, notes, DEVICES)

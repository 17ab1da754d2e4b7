"""Is it the same time everywhere, and does somebody keep it so?"""

import ctypes
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fleet.commands.checks.subject import Subject
from fleet.domain.findings import Finding, Result, bad, good, warn
from fleet.flows import check_up

APART_MS, FAR_MS = 2_000, 30_000
# A code of a second step holds 30 s; events of one counter are seconds apart.
BACK_MS = 60_000
UNKEPT = 5
TIMEX_BYTES = 512
# More than `struct timex` has anywhere; a mode of 0, which only asks, is all zeros.
GOOD = good("clock", "khớp với {what_vi}", "agrees with {what}")
WHERE = {
    "files": ("hệ thống tệp", "the file system"),
    "database": ("cơ sở dữ liệu", "the database"),
    "processes": ("các tiến trình", "the processes"),
}
APART = warn(
    "clock",
    (
        "lệch {seconds} giây so với {place_vi}",
        "lệch không quá 2 giây",
        "Bật đồng bộ giờ trên cả hai máy: `timedatectl set-ntp true` hoặc chrony.",
    ),
    (
        "{seconds} s away from that of {place}",
        "2 s at most",
        "Have the time kept on both machines: `timedatectl set-ntp true`, or chrony.",
    ),
)
FAR = replace(APART, result=Result.BAD)
BACK = bad(
    "clock",
    (
        "chậm hơn điều mới nhất đã lưu {seconds} giây: đồng hồ đã bị lùi, hoặc trước đó chạy nhanh",
        "giờ sau điều mới nhất đã lưu",
        "Xem `timedatectl`: nếu giờ sai, chỉnh đúng; nếu giờ đúng, không cần làm gì, mục này tự hết sau khoảng đó.",
    ),
    (
        "{seconds} s behind the newest that is kept: it was set back, or was ahead before",
        "a time after the newest that is kept",
        "Look at `timedatectl`. If it is wrong, set it right; if it is right, do nothing: this is over in that time.",
    ),
)
ALONE = warn(
    "clock",
    (
        "không ai giữ giờ của máy này",
        "đồng bộ giờ (NTP)",
        "Bật: `timedatectl set-ntp true`, hoặc cài chrony; mạng kín cần một máy chủ giờ riêng.",
    ),
    (
        "nobody keeps the time of this machine",
        "a time service (NTP)",
        "Switch it on: `timedatectl set-ntp true`, or install chrony; closed networks need a time server of their own.",
    ),
)


def clock(subject: Subject) -> list[Finding]:
    """Compare ours with all others that there are."""
    compared = {place: ms for place, ms in differences(subject).items() if ms is not None}
    found = [apart(place, ms) for place, ms in compared.items() if abs(ms) > APART_MS]
    if subject.store is not None:
        back_ms = check_up.newest_ms(subject.store) - subject.clock()
        found += [BACK.of(seconds=back_ms // 1000)] if back_ms > BACK_MS else []
    found += [ALONE.of()] if is_kept() is False else []
    names_vi, names_en = zip(*(WHERE[place] for place in compared), strict=True) if compared else (("—",), ("—",))
    return found or [GOOD.of(what=", ".join(names_en), what_vi=", ".join(names_vi))]


def differences(subject: Subject) -> dict[str, int | None]:
    """By how many milliseconds others are before us; None where nobody can be asked."""
    told = [one.ahead_ms for one in subject.answers if one.ahead_ms is not None]
    store = subject.store
    return {
        "files": ahead(subject, lambda: written_ms(subject.settings.data)),
        "database": None if store is None else ahead(subject, lambda: check_up.clock_ms(store)),
        "processes": max(told, key=abs, default=None),
    }


def ahead(subject: Subject, look: Callable[[], int | None]) -> int | None:
    """By how much another clock is before ours, which is asked before and after it."""
    before_ms = subject.clock()
    seen_ms = look()
    return None if seen_ms is None else seen_ms - (before_ms + subject.clock()) // 2


def written_ms(folder: Path) -> int | None:
    """When a file was written that is written now; None where none can be."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b".")
            file.flush()
            return os.fstat(file.fileno()).st_mtime_ns // 1_000_000
    except OSError:
        return None


def apart(place: str, ms: int) -> Finding:
    """How far another clock is away."""
    seconds = f"{abs(ms) / 1000:.0f}"
    place_vi, place_en = WHERE[place]
    return (FAR if abs(ms) > FAR_MS else APART).of(seconds=seconds, place=place_en, place_vi=place_vi)


def is_kept() -> bool | None:
    """Whether Linux knows of somebody who keeps its time; None where it does not say."""
    if sys.platform != "linux":
        return None
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    return None if state < 0 else state != UNKEPT

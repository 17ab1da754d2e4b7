"""Appointments: which times there are, and what can not be booked.

A booking knows a code and a number, and nobody: no name, no telephone. Times are the office's hours, in pieces; on days
without appointments ("ngày không hẹn") there are none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fleet.domain.calendars import Calendar
from fleet.domain.queue_policy import QueuePolicy

MINUTE_MS = 60_000

SAID: Mapping[str, tuple[str, str]] = {
    "office": (
        "Không có điểm tiếp nhận này: cần một trong {expected}, nhận được {found}.",
        "No such office: expected one of {expected}, found {found}.",
    ),
    "service": (
        "Không có lĩnh vực này tại đây: cần một trong {expected}, nhận được {found}.",
        "No such service here: expected one of {expected}, found {found}.",
    ),
    "past": ("Giờ hẹn {found} đã qua.", "The time of the appointment, {found}, has passed."),
    "far": (
        "Chỉ nhận hẹn đến ngày {expected}, nhận được {found}.",
        "Appointments are taken up to {expected}, found {found}.",
    ),
    "no_time": (
        "Không có giờ hẹn nào lúc {found}; các giờ trong ngày: {expected}.",
        "There is no appointment at {found}; the times of that day: {expected}.",
    ),
    "full": ("Giờ hẹn {found} đã kín.", "All appointments at {found} are taken."),
    "twice": (
        "Hồ sơ {found} đã có lịch hẹn lúc {expected}.",
        "The dossier {found} has an appointment already, at {expected}.",
    ),
    "numbers": (
        "Chưa cấp được số cho ngày {found}: đã hết số, hoặc máy in phiếu chưa báo số sau khi khôi phục dữ liệu.",
        "No number can be given for {found}: none are left, or printers have yet to tell theirs after a restore.",
    ),
    "none": ("Không có lịch hẹn này: {found}.", "There is no such appointment: {found}."),
    "came": ("Lịch hẹn {found} đã được sử dụng.", "Somebody has come to this appointment: {found}."),
    "code": (
        "Mã hồ sơ không đúng dạng: {found}.",
        "Expected a dossier's code such as H15.50.05.13-261008-0975, found {found}.",
    ),
}


class BadBooking(ValueError):
    """It can not be booked, or not be cancelled. `word` is for programs, `said` for people."""

    def __init__(self, word: str, found: str, expected: str = "") -> None:
        self.word, self.found, self.expected = word, found, expected
        super().__init__(self.said("en"))

    def said(self, language: str) -> str:
        """The sentence, in Vietnamese (`vi`) or English."""
        return SAID[self.word][0 if language == "vi" else 1].format(found=self.found, expected=self.expected)


@dataclass(frozen=True)
class Time:
    """A time that may be booked, UTC milliseconds, and for how many it is still free."""

    at_ms: int
    free: int


def times(calendar: Calendar, day: date, policy: QueuePolicy, booked: Mapping[int, int], now_ms: int) -> list[Time]:
    """The times of a day that lie ahead; `booked`: how many are taken of each. A piece lies whole within a session."""
    if not policy.per_slot or not calendar.plan(day).appointments:
        return []
    length_ms = policy.slot_min * MINUTE_MS
    return [
        Time(at_ms, max(0, policy.per_slot - booked.get(at_ms, 0)))
        for start_ms, end_ms in calendar.spans(day)
        for at_ms in range(start_ms, end_ms - length_ms + 1, length_ms)
        if at_ms > now_ms
    ]


def last_day(today: date, policy: QueuePolicy) -> date:
    """The last day for which appointments are taken today."""
    return today + timedelta(days=policy.days_ahead)

"""An alert as people and programs see it, with a sentence in both languages.

When an alert of ratings opened is told to nobody but by its day: beside the visits of that day it could tell whose
press it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.domain.alert_sights import PAPER
from fleet.domain.alerts import Alert, Cause, Figure
from fleet.domain.incidents import Kind

SAID: dict[tuple[str, str], tuple[str, str]] = {
    (Cause.WAIT, ""): (
        "{where}: có người chờ quá {limit} phút, {waiting} người đang chờ.",
        "{where}: somebody waits longer than {limit} minutes; waiting: {waiting}.",
    ),
    (Cause.WAIT_TOLD, "50"): (
        "{where}: lấy số bây giờ sẽ chờ khoảng {minutes} phút, quá mức {limit} phút.",
        "{where}: whoever takes a number now waits about {minutes} minutes, over the limit of {limit}.",
    ),
    (Cause.WAIT_TOLD, "90"): (
        "{where}: lấy số bây giờ có thể chờ tới {minutes} phút, quá mức {limit} phút.",
        "{where}: whoever takes a number now may wait up to {minutes} minutes, over the limit of {limit}.",
    ),
    (Cause.SILENT, ""): (
        "{where} đang mở nhưng hơn {limit} phút không có thao tác nào, {waiting} người đang chờ.",
        "{where} is open, but nothing has happened there for over {limit} minutes; waiting: {waiting}.",
    ),
    (Cause.RATINGS, ""): (
        "Đánh giá chưa hài lòng nhiều hơn thường lệ: {bad} trên {n} lượt, thường lệ {usual_percent}%.",
        "More residents than usual are dissatisfied: {bad} of {n}, usually {usual_percent}%.",
    ),
    (Cause.DOSSIERS, ""): (
        "Hồ sơ đến hạn hôm nay: {today}; đã quá hạn: {overdue}.",
        "Dossiers due today: {today}; overdue: {overdue}.",
    ),
    (Cause.PRINTER, PAPER): (
        "Máy lấy số {where} hết giấy.",
        "The ticket printer {where} has no paper.",
    ),
    (Cause.PRINTER, "lost"): (
        "Máy lấy số {where} mất kết nối.",
        "The ticket printer {where} is not connected.",
    ),
    (Cause.DARK, ""): (
        "Không thiết bị nào của bộ phận kết nối trong giờ làm việc ({n} thiết bị): kiểm tra điện và mạng tại chỗ.",
        "No device of the office is connected in opening hours ({n} devices): check its power and network.",
    ),
    (Cause.INCIDENT, Kind.FORGED): (
        "Có bên mạo danh thiết bị {where}.",
        "Somebody speaks in the name of the device {where}.",
    ),
    (Cause.INCIDENT, Kind.CLONED): (
        "Khóa của thiết bị {where} đang được dùng ở một bo mạch khác.",
        "The key of the device {where} is used on another board.",
    ),
    (Cause.INCIDENT, Kind.CLAIM_EXPIRED): (
        "Có bo mạch dùng phiếu ghi danh hết giá trị của thiết bị {where}.",
        "A board came with a claim of the device {where} that holds no longer.",
    ),
    (Cause.INCIDENT, Kind.CLAIM_REUSED): (
        "Một bo mạch khác dùng lại phiếu ghi danh của thiết bị {where}.",
        "Another board uses the claim of the device {where}.",
    ),
    (Cause.INCIDENT, Kind.REVOKED_TALKS): (
        "Thiết bị {where} đã thu hồi vẫn cố kết nối.",
        "The device {where} was revoked and still says hello.",
    ),
}
KINDS: dict[str, tuple[str, str]] = {
    Cause.WAIT: ("Chờ quá lâu", "Waiting too long"),
    Cause.WAIT_TOLD: ("Sắp chờ quá lâu", "Will wait too long"),
    Cause.SILENT: ("Quầy không hoạt động", "Counter silent"),
    Cause.RATINGS: ("Đánh giá thấp", "Bad ratings"),
    Cause.DOSSIERS: ("Hồ sơ đến hạn", "Dossiers due"),
    Cause.PRINTER: ("Máy lấy số", "Ticket printer"),
    Cause.DARK: ("Cả bộ phận mất kết nối", "Office dark"),
    Cause.INCIDENT: ("An toàn thiết bị", "Security of a device"),
}
LANGUAGES = ("vi", "en")
VARIED_BY = {Cause.WAIT_TOLD: "of", Cause.PRINTER: "what", Cause.INCIDENT: "what"}
MIN_S = 60


@dataclass(frozen=True)
class AlertNow:
    """An alert of an office. `where` is the name of its service or counter, the id of its device, or empty.

    `opened_ms` and `closed_ms` are None for ratings; `calming`: its cause is low again, and it will close by itself.
    """

    id: int
    office: str
    day: str
    cause: Cause
    subject: str
    where: str
    figures: Mapping[str, Figure]
    opened_ms: int | None
    is_open: bool = True
    calming: bool = False
    acknowledged_ms: int | None = None
    acknowledged_by: str = ""
    closed_ms: int | None = None

    def said(self, language: str) -> str:
        """What it is about, in a sentence."""
        minutes = {"limit": minutes_of(self.figures.get("limit_s", 0), language)}
        variant = str(self.figures.get(VARIED_BY.get(self.cause, ""), ""))
        return SAID[self.cause, variant][place_of(language)].format(where=self.where, **minutes, **self.figures)

    def kind(self, language: str) -> str:
        """What it is, in a few words."""
        return KINDS[self.cause][place_of(language)]


def shown(alert: Alert, office: str, day: str, names: Mapping[Cause, Mapping[str, str]]) -> AlertNow:
    """An alert as it is shown; `names` are those of what alerts of a cause are about, by their ids."""
    tells_moments = alert.cause is not Cause.RATINGS
    return AlertNow(
        id=alert.id,
        office=office,
        day=day,
        cause=alert.cause,
        subject=alert.subject,
        where=names.get(alert.cause, {}).get(alert.subject, alert.subject),
        figures={name: value for name, value in alert.figures.items() if name != "since_ms"},
        opened_ms=alert.opened_ms if tells_moments else None,
        is_open=alert.is_open,
        calming=alert.is_open and alert.low_since_ms is not None,
        acknowledged_ms=alert.acknowledged_ms,
        acknowledged_by=alert.acknowledged_by,
        closed_ms=alert.closed_ms if tells_moments else None,
    )


def minutes_of(seconds: Figure, language: str) -> str:
    """Seconds in minutes; tenths where they are no whole ones, behind the sign of the language."""
    minutes = f"{float(seconds) / MIN_S:.1f}".removesuffix(".0")
    return minutes.replace(".", ",") if language == LANGUAGES[0] else minutes


def place_of(language: str) -> int:
    """Which of the two sentences is in this language; English for any that is not ours."""
    return LANGUAGES.index(language) if language in LANGUAGES else 1

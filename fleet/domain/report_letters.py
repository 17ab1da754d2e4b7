"""The letter that a report comes with: the main figures in words, the file attached, no dossier named."""

from fleet.domain.figures import percent_of, shown_period
from fleet.domain.indicator_texts import NAMES
from fleet.domain.indicators import Item
from fleet.domain.report import Report
from fleet.domain.report_tables import shown, summary

TEXTS = {
    "subject": {"vi": "Báo cáo {period}: {name}", "en": "Report of {period}: {name}"},
    "opening": {
        "vi": (
            "Kính gửi Quý cơ quan,\n\n"
            "Hệ thống motcua gửi kèm báo cáo kết quả phục vụ tại Bộ phận Một cửa\n{name}, {period}."
        ),
        "en": "Attached is the report of how residents were served at the one-stop office\n{name}, {period}.",
    },
    "before": {"vi": "kỳ trước", "en": "before"},
    "closing": {
        "vi": (
            "Tệp kèm theo: {file}. Danh sách mã hồ sơ không gửi qua thư; xem tại trang Báo cáo của đơn vị.\n"
            "Kết quả đánh giá từ nút bấm tại quầy không phải chỉ số SIPAS.\n\n"
            "Thư gửi tự động theo lịch số {number}; xin không trả lời. Muốn thôi nhận, đề nghị báo người quản trị."
        ),
        "en": (
            "Attached: {file}. Codes of dossiers are not sent by mail; they stand on the office's page of reports.\n"
            "Ratings from the buttons at the counters are not SIPAS.\n\n"
            "Sent by itself (schedule {number}); please do not answer. An administrator can end it."
        ),
    },
}
SUBJECT_AT_MOST = 190


def subject_of(report: Report, language: str) -> str:
    """`Báo cáo tháng 10/2026: Phường Tân An`."""
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in report.name).split())
    return TEXTS["subject"][language].format(period=period_of(report, language), name=name)[:SUBJECT_AT_MOST]


def text_of(report: Report, language: str, file: str, number: int) -> str:
    """What stands in the letter."""
    lines = []
    for label, this, before in summary(report, language).rows:
        was = f" ({TEXTS['before'][language]} {shown(before, language)})" if report.earlier.visits else ""
        lines.append(f"- {label.value}: {shown(this, language)}{was}")
    on_time = next(one for one in report.official.items if one.item == Item.ON_TIME)
    if on_time.value is not None:
        lines.append(f"- {NAMES[Item.ON_TIME][language]}: {percent_of(on_time.value, language)}")
    opening = TEXTS["opening"][language].format(name=report.name, period=period_of(report, language))
    closing = TEXTS["closing"][language].format(file=file, number=number)
    return "\n".join((opening, "", *lines, "", closing, ""))


def period_of(report: Report, language: str) -> str:
    """The period within a sentence."""
    shown_one = shown_period(report.period, language)
    return shown_one[:1].lower() + shown_one[1:] if language == "vi" else shown_one

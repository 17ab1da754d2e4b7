"""What is said of a change that was tried: by how much people wait less, how sure that is, and how far to trust it."""

from collections.abc import Iterator
from datetime import date

from fleet.domain.figures import count_of, number_of, percent_of, shown_day
from fleet.domain.what_if import WhatIf

LANGUAGES = ("vi", "en")
WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
FIGURES = {
    "vi": {
        "p50_min": "Một nửa số người chờ không quá",
        "p90_min": "9/10 số người chờ không quá",
        "longest_min": "Người chờ lâu nhất trong ngày",
        "within": "Được gọi trong thời gian mục tiêu",
    },
    "en": {
        "p50_min": "Half wait no longer than",
        "p90_min": "Nine of ten wait no longer than",
        "longest_min": "The longest wait of a day",
        "within": "Called within the target",
    },
}
POINTS = {"vi": " điểm %", "en": " points"}
SENTENCES = {
    "alike": (
        "Thử trên {days} ngày {weekday} gần đây nhất ({first} đến {last}), với chính những người đã đến.",
        "Tried on the last {days} {weekday}s ({first} to {last}), with the people who came on them.",
    ),
    "others": (
        "Chưa có đủ ngày {weekday}, nên thử trên {days} ngày làm việc gần đây nhất ({first} đến {last}).",
        "There are not enough {weekday}s yet, so it was tried on the last {days} days ({first} to {last}).",
    ),
    "few": (
        "Mới có {days} ngày: thêm vài ngày nữa, kết quả có thể khác nhiều.",
        "These are {days} days only: a few more may change the answer much.",
    ),
    "no_ranges": (
        "Từ {days} ngày không tính được khoảng tin cậy; cần ít nhất 3 ngày.",
        "Of {days} days no interval can be made; that takes at least 3.",
    ),
    "checked": (
        "Kiểm tra: những ngày đó, khi mô phỏng lại mà không đổi gì, cho 9/10 số người chờ không quá {before} phút; "
        "thực tế là {real} phút, tức lệch {error} phút.",
        "Checked: served again without any change, nine of ten wait no longer than {before} minutes on these days; "
        "really it was {real} minutes, so this is {error} minutes off.",
    ),
    "rough": (
        "Mô phỏng lệch nhiều so với thực tế, nên chỉ xem kết quả này là ước đoán.",
        "That is far from what happened, so take this answer for a guess.",
    ),
    "uncalled": (
        "Không được gọi trước khi các quầy đóng: {before} người, sau thay đổi {after} người (cộng các ngày).",
        "Not called before the counters closed: {before} people, with the change {after} (all days together).",
    ),
    "as_they_came": (
        "Giả định người dân vẫn đến vào những lúc như đã đến.",
        "People are taken to come at the moments at which they came.",
    ),
}


def said_of(found: WhatIf, planned: date, days: tuple[str, ...], alike: bool, language: str) -> Iterator[str]:
    """What must be known to read the figures, most important first. `days`: the newest first."""
    weekday = WEEKDAYS[language][planned.weekday()]
    first, last = (shown_day(date.fromisoformat(one)) for one in (days[-1], days[0]))
    key = "alike" if alike else "others"
    yield sentence(key, language, days=found.days, weekday=weekday, first=first, last=last)
    if found.ranges is None:
        yield sentence("no_ranges", language, days=found.days)
    elif found.few_days:
        yield sentence("few", language, days=found.days)
    error = number_of(abs(found.error_min), language, 1)
    figures = {
        name: minutes_of(one.p90_min, language) for name, one in (("before", found.before), ("real", found.real))
    }
    yield sentence("checked", language, error=error, **figures)
    if found.is_rough:
        yield sentence("rough", language)
    if found.before.uncalled or found.after.uncalled:
        people = {"before": found.before.uncalled, "after": found.after.uncalled}
        yield sentence("uncalled", language, **{name: count_of(n, language) for name, n in people.items()})
    yield sentence("as_they_came", language)


def shown_rows(found: WhatIf, language: str) -> list[tuple[str, str, str, str, str]]:
    """For each figure (what it is, before, after, the difference, between what that lies; '' where nobody knows)."""
    rows = []
    for name, label in FIGURES[language].items():
        before, after = getattr(found.before, name), getattr(found.after, name)
        between = ""
        if found.ranges is not None:
            ends = (found.ranges[name].low, found.ranges[name].high)
            between = " … ".join(change_of(name, one, language) for one in ends)
        change = change_of(name, found.difference(name), language) + (POINTS[language] if name == "within" else "")
        rows.append((label, value_of(name, before, language), value_of(name, after, language), change, between))
    return rows


def value_of(name: str, value: float, language: str) -> str:
    """A figure with its unit."""
    if name == "within":
        return percent_of(value, language, 0)
    return f"{minutes_of(value, language)} {'phút' if language == 'vi' else 'min'}"


def change_of(name: str, change: float, language: str) -> str:
    """A difference with its sign: minutes, or hundredths of all people."""
    value = change * 100 if name == "within" else change
    shown = number_of(abs(value), language, 0 if name == "within" else 1)
    sign = "" if not any(letter in "123456789" for letter in shown) else "−" if value < 0 else "+"
    return sign + shown


def minutes_of(minutes: float, language: str) -> str:
    """Minutes to a tenth."""
    return number_of(minutes, language, 1)


def clock_of(minute: float) -> str:
    """`08:05`."""
    return f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"


def sentence(key: str, language: str, **values: object) -> str:
    """One of the sentences."""
    return SENTENCES[key][LANGUAGES.index(language)].format(**values)

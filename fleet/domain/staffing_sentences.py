"""What is said of how many counters are needed: what that reaches, what it rests on, where one counter decides."""

from collections.abc import Iterator
from datetime import date

from fleet.domain.figures import number_of, percent_of
from fleet.domain.staffing import OneFewer, Staffing
from fleet.domain.what_if_sentences import LANGUAGES, WEEKDAYS, clock_of

FEW_DAYS = 6
SENTENCES = {
    "least": (
        "Cần ít nhất {least} giờ quầy, so với {planned} giờ quầy đang dự kiến: {least_share} số người được gọi trong "
        "thời gian mục tiêu, so với {planned_share}.",
        "At least {least} counter hours are needed, against {planned} planned now: {least_share} of all people are "
        "called within the target, against {planned_share}.",
    ),
    "not_reached": (
        "Có lúc dù mở hết {counters} quầy vẫn không đạt {goal}: những nửa giờ đó cần thêm quầy, "
        "hoặc hẹn người dân đến vào lúc khác.",
        "At times all {counters} counters together do not reach {goal}: these half hours take more counters, or "
        "appointments at other times.",
    ),
    "rests_on": (
        "Dự báo {people} người, từ {days} ngày đã qua, trong đó {alike} ngày {weekday}.",
        "{people} people are expected, after {days} past days, {alike} of them {weekday}s.",
    ),
    "few": (
        "Mới có {days} ngày: thêm vài ngày nữa, dự báo có thể khác nhiều.",
        "These are {days} days only: a few more may change the forecast much.",
    ),
    "one_all_day": (
        "Một quầy quyết định tất cả: bớt một quầy cả ngày, tỷ lệ được gọi đúng mục tiêu từ {share} còn {without}.",
        "One counter is the whole difference: with one fewer all day {without} are called in time instead of {share}.",
    ),
    "one": (
        "Một quầy quyết định tất cả lúc {begins}–{ends}: với {counters} quầy, {share} được gọi đúng mục tiêu; bớt một "
        "quầy còn {without}.",
        "One counter is the whole difference from {begins} to {ends}: with {counters} counters {share} are called in "
        "time, with one fewer {without}.",
    ),
    "unfinished": (
        "Đã dừng tìm giữa chừng vì tính quá lâu: số quầy này đủ, nhưng có thể chưa phải ít nhất.",
        "The search took too long and was ended: these counters suffice, but fewer might.",
    ),
    "order": ("Thứ tự mở quầy: {names}.", "Counters open in this order: {names}."),
}


def said_of_staffing(
    found: Staffing, day: date, expected: float, days: int, alike: int, order: tuple[str, ...], language: str
) -> Iterator[str]:
    """What must be known of a suggestion, most important first."""
    yield sentence(
        "least",
        language,
        least=number_of(found.hours("least"), language, 1),
        planned=number_of(found.hours("planned"), language, 1),
        least_share=percent_of(found.least.whole, language, 0),
        planned_share=percent_of(found.planned.whole, language, 0),
    )
    if not found.reached:
        yield sentence("not_reached", language, counters=len(order), goal=percent_of(found.goal, language, 0))
    for one in found.differences:
        yield said_of_one(found, one, language)
    weekday = WEEKDAYS[language][day.weekday()]
    yield sentence(
        "rests_on", language, people=number_of(expected, language, 0), days=days, alike=alike, weekday=weekday
    )
    if days < FEW_DAYS:
        yield sentence("few", language, days=days)
    if not found.finished:
        yield sentence("unfinished", language)
    yield sentence("order", language, names=", ".join(order))


def said_of_one(found: Staffing, one: OneFewer, language: str) -> str:
    """Where one counter is the whole difference."""
    shares = {
        "share": percent_of(one.share, language, 0),
        "without": percent_of(one.share_without, language, 0),
    }
    if one.slot is None:
        return sentence("one_all_day", language, **shares)
    slot = found.slots[one.slot]
    times = {"begins": clock_of(slot.begins_min), "ends": clock_of(slot.ends_min)}
    return sentence("one", language, counters=one.counters, **times, **shares)


def sentence(key: str, language: str, **values: object) -> str:
    return SENTENCES[key][LANGUAGES.index(language)].format(**values)

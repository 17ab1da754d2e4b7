"""motcua satisfaction: what people thought of a month, quarter or year, and what that cannot say."""

from collections.abc import Iterator
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.periods import Month, Quarter, Year, period_of
from fleet.commands.shared import Data, Refused, opened, say
from fleet.domain.control_charts import Point, Rule
from fleet.domain.rating_cells import CellScore
from fleet.domain.satisfied import OfficeRank, Satisfied
from fleet.flows import satisfaction as flow
from fleet.flows.import_dossiers import day_in_viet_nam

TEXTS: dict[str, dict[str, str]] = {
    "vi": {
        "until": "tính đến hết ngày {until}",
        "cell": "{share} hài lòng ({low} đến {high}), {n} đánh giá trên thang {scale} mức (bản {version})",
        "none": "chưa đủ năm đánh giá để công bố",
        "rate": "{served} lượt hoàn tất, {rated} được đánh giá ({share})",
        "pressed": "{pressed} lần bấm; không tính: {why}",
        "few": "dưới 5",
        "said": "lý do đánh giá thấp: {why}",
        "bounds": "trong tất cả người được phục vụ: từ {low} đến {high} hài lòng, dù người không đánh giá nghĩ gì",
        "weighed": "nếu họ nghĩ như người khác cùng lĩnh vực: {share} (đại diện cho {of} lượt)",
        "falls": "dưới 90 % hài lòng khi chờ từ {at} phút (sớm nhất từ {earliest}, muộn nhất từ {latest} phút)",
        "no_fall": "không thấy mức hài lòng xuống dưới 90 % khi chờ lâu hơn",
        "rank": "{place:>4}  {who}  {share} ({low} đến {high}), {n} đánh giá{drawn}",
        "drawn": "; ước lượng co về chung {share} ({low} đến {high})",
        "week": "tuần từ {day}: {share} hài lòng, {why}",
        "mean": "tuần từ {day}: trung bình trượt {share} hài lòng, {why}",
        "wait": "ngày {day}: chín phần mười chờ không quá {minutes} phút, {why}",
        "calm": "không tuần hay ngày nào khác thường so với trước",
        "above": "trên giới hạn",
        "below": "dưới giới hạn",
        "run_above": "tám lần liền trên mức chung",
        "run_below": "tám lần liền dưới mức chung",
        "unknown": "–",
    },
    "en": {
        "until": "up to the end of {until}",
        "cell": "{share} satisfied ({low} to {high}), {n} ratings on a scale of {scale} levels (version {version})",
        "none": "not yet five ratings that may be published",
        "rate": "{served} visits finished, {rated} rated ({share})",
        "pressed": "{pressed} presses; not counted: {why}",
        "few": "fewer than 5",
        "said": "reasons for low ratings: {why}",
        "bounds": "of all who were served: {low} to {high} satisfied, whatever those think who did not rate",
        "weighed": "if they think as others at their service do: {share} (speaks for {of} of the visits)",
        "falls": "below 90 % satisfied from a wait of {at} minutes on (earliest from {earliest}, latest from {latest})",
        "no_fall": "satisfaction is not seen to fall below 90 % with longer waits",
        "rank": "{place:>4}  {who}  {share} ({low} to {high}), {n} ratings{drawn}",
        "drawn": "; drawn towards all: {share} ({low} to {high})",
        "week": "week from {day}: {share} satisfied, {why}",
        "mean": "week from {day}: moving mean {share} satisfied, {why}",
        "wait": "{day}: nine of ten waited no longer than {minutes} minutes, {why}",
        "calm": "no week or day was unlike those before it",
        "above": "above the limit",
        "below": "below the limit",
        "run_above": "eight in a row above the centre",
        "run_below": "eight in a row below the centre",
        "unknown": "–",
    },
}
REASONS = {
    "vi": {
        "burst": "bấm dồn dập",
        "replaced": "bấm lại ngay",
        "late": "bấm muộn",
        "other_way": "đã đánh giá cách khác",
        "no_counter": "thiết bị không ở quầy nào",
        "no_finish": "không thấy lượt",
        "no_visit_before": "không có lượt ngay trước",
        "no_clock": "không rõ giờ",
        "several_visits": "có nhiều lượt ngay trước",
        "other": "lý do khác",
    },
    "en": {
        "burst": "bursts",
        "replaced": "replaced at once",
        "late": "late",
        "other_way": "rated another way",
        "no_counter": "at no counter",
        "no_finish": "visit not known",
        "no_visit_before": "no visit just before",
        "no_clock": "without a clock",
        "several_visits": "several visits just before",
        "other": "other",
    },
}

SAID = {
    "vi": {
        "long_wait": "chờ lâu",
        "attitude": "thái độ phục vụ",
        "unclear": "hướng dẫn chưa rõ",
        "paperwork": "giấy tờ, thủ tục rườm rà",
        "late_result": "trả kết quả chậm",
        "portal": "cổng dịch vụ công chậm, lỗi",
        "facilities": "chỗ ngồi, cơ sở vật chất",
        "other": "lý do khác",
    },
    "en": {
        "long_wait": "a long wait",
        "attitude": "how they were treated",
        "unclear": "unclear guidance",
        "paperwork": "papers and procedure",
        "late_result": "the result came late",
        "portal": "the portal is slow or fails",
        "facilities": "seats and rooms",
        "other": "something else",
    },
}
# What residents choose after a low rating; a code of an office's own stands for itself.


def satisfaction(
    unit: Annotated[str, typer.Argument(help="The id of an office, or of a unit above offices.")],
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    by: Annotated[str, typer.Option(help="office, service or counter.")] = "office",
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    data: Data = None,
) -> None:
    """Show how satisfied people were in a period (this month): with intervals, ranks and what stands out."""
    if by not in flow.PARTS:
        raise Refused(f"--by: expected one of {', '.join(flow.PARTS)}, found {by!r}")
    if language not in TEXTS:
        raise Refused(f"language: expected {' or '.join(TEXTS)}, found {language!r}")
    now = now_ms()
    period = period_of(day_in_viet_nam(now), None, None, month, quarter, year)
    with opened(data) as store:
        try:
            found = flow.satisfaction(store, unit, period, by, now)
        except flow.UnknownUnit:
            raise Refused(f"unit: expected the id of a known unit, found {unit!r}") from None
    for line in lines_of(found, language):
        say(line)


def lines_of(found: Satisfied, language: str) -> Iterator[str]:
    """What is said, line by line."""
    texts = TEXTS[language]
    yield f"{found.name} · {found.period} · {texts['until'].format(until=f'{found.until:%d/%m/%Y}')}"
    yield from [said_cell(cell, language) for cell in found.cells] or [texts["none"]]
    rate = found.rated / found.served if found.served else None
    yield texts["rate"].format(served=found.served, rated=found.rated, share=per_cent(rate, language))
    if found.not_counted:
        why = [f"{REASONS[language][one.code]} {texts['few'] if one.n is None else one.n}" for one in found.not_counted]
        yield texts["pressed"].format(pressed=found.pressed, why=", ".join(why))
    if found.said:
        yield texts["said"].format(why=", ".join(f"{SAID[language].get(one, one)} {n}" for one, n in found.said))
    if found.bounds is not None and found.cells:
        low, high = per_cent(found.bounds.low, language), per_cent(found.bounds.high, language)
        yield texts["bounds"].format(low=low, high=high)
    if found.weighed is not None:
        share, of = found.weighed
        yield texts["weighed"].format(share=per_cent(share, language, 0), of=per_cent(of, language, 0))
    yield from said_falls(found, language)
    yield from (said_rank(one, language) for one in found.offices)
    for part in found.parts:
        yield from (f"{part.key or texts['unknown']}: {said_cell(cell, language)}" for cell in part.cells)
    yield from list(said_signals(found, language)) or ([texts["calm"]] if found.weeks or found.waits else [])


def said_cell(cell: CellScore, language: str) -> str:
    """A score with its interval."""
    share, low, high = (per_cent(one, language) for one in (cell.share, cell.low, cell.high))
    values = {"n": cell.n, "scale": cell.scale, "version": cell.scale_version}
    return TEXTS[language]["cell"].format(share=share, low=low, high=high, **values)


def said_falls(found: Satisfied, language: str) -> Iterator[str]:
    """From how long a wait on people are less satisfied."""
    if not found.cells:
        return
    if found.falls.from_s is None:
        yield TEXTS[language]["no_fall"]
        return
    at, earliest, latest = (
        TEXTS[language]["unknown"] if one is None else one // 60
        for one in (found.falls.from_s, found.falls.earliest_s, found.falls.latest_s)
    )
    yield TEXTS[language]["falls"].format(at=at, earliest=earliest, latest=latest)


def said_rank(one: OfficeRank, language: str) -> str:
    """An office's place; a dash for one of too few ratings."""
    texts, its = TEXTS[language], one.ranked
    share, low, high = (per_cent(value, language) for value in (its.positive / its.n, its.low, its.high))
    drawn = ""
    if one.drawn is not None:
        values = (per_cent(value, language) for value in (one.drawn.share, one.drawn.low, one.drawn.high))
        drawn = texts["drawn"].format(**dict(zip(("share", "low", "high"), values, strict=True)))
    place = texts["unknown"] if its.place is None else its.place
    return texts["rank"].format(place=place, who=its.who, share=share, low=low, high=high, n=its.n, drawn=drawn)


def said_signals(found: Satisfied, language: str) -> Iterator[str]:
    """What stands out on the charts."""
    texts = TEXTS[language]
    for week in found.weeks:
        for name, point in (("week", week.share), ("mean", week.mean)):
            if point.rule is not None:
                share = per_cent(point.value, language)
                yield texts[name].format(day=f"{week.monday:%d/%m/%Y}", share=share, why=why_of(point, language))
    for day, point in found.waits:
        if point.rule is not None:
            minutes = round((point.value or 0) / 60)
            yield texts["wait"].format(day=f"{day:%d/%m/%Y}", minutes=minutes, why=why_of(point, language))


def why_of(point: Point, language: str) -> str:
    """Why it stands out."""
    rule: Rule | None = point.rule
    return "" if rule is None else TEXTS[language][rule.value]


def per_cent(share: float | None, language: str, digits: int = 1) -> str:
    """A share as people of this language read it."""
    if share is None:
        return TEXTS[language]["unknown"]
    text = f"{100 * share:.{digits}f}"
    return f"{text.replace('.', ',')} %" if language == "vi" else f"{text} %"

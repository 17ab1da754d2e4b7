"""Alerts as a letter: what opened, in one letter a look; after quiet hours all that happened in them."""

from collections.abc import Sequence

from fleet.domain.alerts_now import AlertNow
from fleet.domain.day import shown_time
from fleet.domain.letters import SUBJECT_AT_MOST

SAID = {
    "vi": {
        "several": "{n} cảnh báo",
        "summary": "{n} cảnh báo trong giờ không báo tin",
        "again": "Nhắc lại: ",
        "at": "{office}, {at}",
        "since": "từ {at}",
        "acknowledged": "{person} đã nhận",
        "closed": "đã hết lúc {at}",
        "over": "đã hết",
        "what": "Mở trang của bộ phận một cửa để xem và bấm “Nhận xử lý”; khi đó hệ thống không nhắc lại nữa.",
    },
    "en": {
        "several": "alerts: {n}",
        "summary": "alerts in quiet hours: {n}",
        "again": "Again: ",
        "at": "{office}, {at}",
        "since": "since {at}",
        "acknowledged": "{person} has seen to it",
        "closed": "over at {at}",
        "over": "over",
        "what": "Open the page of the office to see them and press “I see to it”; then nobody is reminded again.",
    },
}


def letter_of(
    office: str, alerts: Sequence[AlertNow], again: frozenset[int], summary: bool, language: str, timezone: str, ms: int
) -> tuple[str, str]:
    """The subject and the text. `again`: those that were told before; `summary`: after quiet hours."""
    words = SAID[language]
    title = words["summary" if summary else "several"].format(n=len(alerts))
    if len(alerts) == 1 and not summary:
        title = alerts[0].kind(language) + (f" – {alerts[0].where}" if alerts[0].where else "")
    subject = f"motcua · {office}: {title}"
    lines = [words["at"].format(office=office, at=shown_time(ms, timezone)), ""]
    for one in alerts:
        before = words["again"] if one.id in again else ""
        lines += [f"– {before}{one.said(language)}", f"  {', '.join(became(one, words, timezone))}"]
    text = "\n".join([*[line for line in lines if line.strip() or not line], "", words["what"], ""])
    return "".join(letter if letter.isprintable() else " " for letter in subject)[:SUBJECT_AT_MOST], text


def became(one: AlertNow, words: dict[str, str], timezone: str) -> list[str]:
    """Since when, and what became of it."""
    said = []
    if one.opened_ms is not None:
        said.append(words["since"].format(at=shown_time(one.opened_ms, timezone)))
    if one.acknowledged_ms is not None:
        said.append(words["acknowledged"].format(person=one.acknowledged_by))
    if not one.is_open:
        at = words["over"] if one.closed_ms is None else words["closed"]
        said.append(at if one.closed_ms is None else at.format(at=shown_time(one.closed_ms, timezone)))
    return said

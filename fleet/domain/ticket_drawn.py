"""A ticket as it comes out of the printer, line by line: for whoever writes what stands on it.

The device has its own words and its own way to break lines (`firmware/writing`); a test holds both against each other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

WORDS = {
    "title": "PHIẾU SỐ THỨ TỰ",
    "again": "IN LẠI",
    "priority": "ƯU TIÊN",
    "ahead": "Số người chờ trước",
    "wait": "Chờ",
    "soon": "Sắp tới lượt",
    "minutes": "phút",
    "up_to": "có thể tới",
    "hotline": "Đường dây nóng",
    "scan": "Quét mã để theo dõi và đánh giá",
    "not_appointment": "Không phải giấy hẹn trả kết quả",
}
# What a device prints where the office says nothing else.
WIDE, NARROW = 48, 32
# Letters on a line of 80 and of 58 mm.
LARGEST = 5


class Look(StrEnum):
    """How something stands on the paper."""

    TEXT = "text"
    STRONG = "strong"
    TITLE = "title"
    MARK = "mark"
    NUMBER = "number"
    RULE = "rule"
    GAP = "gap"
    CODE = "code"


TIMES_WIDER = {Look.MARK: 2}


@dataclass(frozen=True)
class Sample:
    """The ticket of somebody: `ahead` wait before, half of those wait less than `p50` minutes, most less than `p90`."""

    office: str
    hotline: str
    ticket_url: str
    service: str
    name: str
    label: str
    time: str
    priority: bool = True
    ahead: int = 3
    p50: int = 10
    p90: int = 20


@dataclass(frozen=True)
class Line:
    """A line on the paper; `times` as wide as a letter of the text."""

    look: Look
    text: str = ""
    times: int = 1


def draw_ticket(sample: Sample, texts: Mapping[str, str], columns: int = WIDE) -> list[Line]:
    """The lines of the paper from above."""
    return [line for look, text in parts(sample, texts) for line in lines_of(look, text, columns)]


def parts(sample: Sample, texts: Mapping[str, str]) -> Iterator[tuple[Look, str]]:
    """What stands on it, before it is broken into lines."""
    languages = ["", *languages_of(texts)]

    def word(name: str, language: str) -> str:
        text = texts.get(f"{name}.{language}" if language else name)
        return text if text is not None else "" if language else WORDS.get(name, "")

    def said(name: str) -> list[str]:
        return [text for text in (word(name, language) for language in languages) if text]

    yield Look.STRONG, sample.office
    yield from ((Look.TEXT, text) for text in said("title"))
    yield Look.TITLE, sample.name
    yield from ((Look.STRONG, text) for text in said(sample.service))
    yield Look.NUMBER, sample.label
    if sample.priority:
        yield from ((Look.MARK, text) for text in said("priority"))
    yield Look.RULE, ""
    yield Look.TEXT, sample.time
    yield from ((Look.TEXT, f"{text}: {sample.ahead}") for text in said("ahead"))
    for language in languages:
        if word("wait", language):
            minutes = word("minutes", language) or WORDS["minutes"]
            up_to = word("up_to", language) or WORDS["up_to"]
            yield Look.TEXT, f"{word('wait', language)} {sample.p50} {minutes}, {up_to} {sample.p90} {minutes}"
    yield from ((Look.GAP, ""), (Look.CODE, ""), (Look.GAP, ""))
    if sample.ticket_url:
        yield from ((Look.TEXT, text) for text in said("scan"))
    if sample.hotline:
        yield from ((Look.STRONG, f"{text}: {sample.hotline}") for text in said("hotline"))
    yield from ((Look.TEXT, text) for name in ("not_appointment", "extra") for text in said(name))


def languages_of(texts: Mapping[str, str]) -> list[str]:
    """The languages beside the first, in the order of their letters."""
    return sorted({name.rsplit(".", 1)[1] for name in texts if "." in name})


def lines_of(look: Look, text: str, columns: int) -> list[Line]:
    """A text in as many lines as it needs, about as long as one another."""
    if look in (Look.RULE, Look.GAP, Look.CODE):
        return [Line(look)]
    times = TIMES_WIDER.get(look, 1)
    if look is Look.NUMBER:
        times = max(1, min(LARGEST, columns // len(text)))
    return [Line(look, line, times) for line in broken(text, columns // times)]


def broken(text: str, room: int) -> list[str]:
    """In the fewest lines that fit, and of these the narrowest; a word that no line holds is divided."""
    words = [word[n : n + room] for word in text.split(" ") for n in range(0, len(word), room)]
    if not words:
        return []
    filled = fill(words, room)
    narrow = max(map(len, words))
    return next(lines for width in range(narrow, room + 1) if len(lines := fill(words, width)) == len(filled))


def fill(words: list[str], room: int) -> list[str]:
    """Each line takes as many words as fit."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines

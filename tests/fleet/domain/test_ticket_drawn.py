"""The ticket that staff see while they write is the one that the device prints."""

from hypothesis import given
from hypothesis import strategies as st

from firmware import writing
from firmware.writing import ticket_paper
from firmware.writing.wrapping import wrapped
from fleet.domain.ticket_drawn import NARROW, WIDE, WORDS, Look, Sample, draw_ticket
from protocols.printer_state import Queue, ServiceQueue
from protocols.state import Config, Lease
from protocols.ticket_events import TicketTaken
from protocols.ticket_words import TEXT_AT_MOST, TICKET_WORDS

NOON = 1_795_323_600_000
LEASE = Lease(id="l", service="ct", prefix="A", day="2026-11-22", first=1, last=99, secret="00", since=0, expires=NOON)
LOOKS = {
    writing.TEXT: Look.TEXT,
    writing.STRONG: Look.STRONG,
    writing.TITLE: Look.TITLE,
    writing.MARK: Look.MARK,
    writing.NUMBER: Look.NUMBER,
    writing.RULE: Look.RULE,
    writing.GAP: Look.GAP,
    writing.CODE: Look.CODE,
}
SAID = st.text("aBđẹ 12,:", min_size=1, max_size=TEXT_AT_MOST).map(lambda text: " ".join(text.split())).filter(bool)
TEXTS = st.dictionaries(
    st.sampled_from([*TICKET_WORDS, *(f"{word}.{code}" for word in (*TICKET_WORDS, "ct") for code in ("en", "mtq"))]),
    SAID,
    max_size=12,
)


def printed(texts: dict[str, str], sample: Sample, columns: int) -> list[tuple[Look, str]]:
    """What the firmware makes of it, with the printer's own letters."""
    taken = TicketTaken(
        service="ct", number=7, lease="l", priority="priority", senior=False, holder=None, up=1, at=NOON
    )
    config = Config(
        version=1, roles=["printer"], office=sample.office, hotline=sample.hotline, ticket_url=sample.ticket_url,
        texts=texts,
    )  # fmt: skip
    queue = Queue(services=[ServiceQueue(service="ct", ahead=3, p50=10, p90=20)], expires=NOON)
    found = []
    for what, text in ticket_paper.ticket_paper(taken, LEASE, sample.name, config, queue):
        look = LOOKS[what]
        if look in (Look.RULE, Look.GAP, Look.CODE):
            found.append((look, ""))
            continue
        times = {Look.MARK: 2, Look.NUMBER: max(1, min(5, columns // len(text)))}.get(look, 1)
        found += [(look, line) for line in wrapped(text, len, columns // times)]
    return found


@given(TEXTS, SAID, SAID, st.sampled_from([WIDE, NARROW]), st.sampled_from(["", "https://example.vn/t/"]))
def test_the_ticket_on_the_page_is_the_one_on_paper(
    texts: dict[str, str], office: str, name: str, columns: int, url: str
) -> None:
    sample = Sample(office, "1022", url, "ct", name, "A007", "12:00 22/11/2026")
    lines = draw_ticket(sample, texts, columns)
    assert [(one.look, one.text) for one in lines] == printed(texts, sample, columns)
    assert all(len(one.text) * one.times <= columns for one in lines)


def test_both_know_the_same_words() -> None:
    assert WORDS == ticket_paper.WORDS
    assert {*WORDS, "extra"} == set(TICKET_WORDS)

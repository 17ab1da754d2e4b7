"""What stands on a ticket, in words.

Every word can be replaced by a text of the same name in the configuration, and a text named `<word>.<language>` is
printed beneath it: `title.en`, `ahead.en`. `extra` is a line of the office's own; a service's id names it in the other
languages (`chung-thuc.en`).
"""

from firmware.clock import vietnam_time
from firmware.sparing import const
from firmware.writing import CODE, GAP, MARK, NUMBER, RULE, STRONG, TEXT, TITLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.config import Config
    from protocols.printer_state import Lease, Queue
    from protocols.ticket_events import TicketTaken

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
_MOST_CODE_BYTES = const(213)


def ticket_paper(  # type: ignore[no-untyped-def]
    taken: "TicketTaken", lease: "Lease", name: str, config: "Config", queue: "Queue | None", again: bool = False
):
    """What stands on it, from above. `again`: it is the second paper of this number, and says so."""
    paper = [(STRONG, config.office)]
    paper += said("title", config, TEXT)
    if again:
        paper += said("again", config, MARK)
    paper.append((TITLE, name))
    paper += said(taken.service, config, STRONG)
    paper.append((NUMBER, label(lease.prefix, taken.number)))
    if taken.priority:
        paper += said("priority", config, MARK)
    paper.append((RULE, ""))
    if taken.at is not None:
        paper.append((TEXT, time_text(taken.at)))
    for one in queue.services if queue and not again else []:
        if one.service == taken.service:
            paper += [(TEXT, "%s: %d" % (text, one.ahead)) for _, text in said("ahead", config, TEXT)]
            if one.p50 is not None and one.p90 is not None:
                for language in [""] + languages(config):
                    if word("wait", config, language):
                        paper.append((TEXT, wait_text(config, language, one.p50, one.p90)))
    paper += [(GAP, ""), (CODE, code(taken, lease, config.ticket_url)), (GAP, "")]
    if config.ticket_url:
        paper += said("scan", config, TEXT)
    if config.hotline:
        paper += [(STRONG, text + ": " + config.hotline) for _, text in said("hotline", config, STRONG)]
    return paper + said("not_appointment", config, TEXT) + said("extra", config, TEXT)


def code(taken: "TicketTaken", lease: "Lease", url: str) -> str:
    """What the QR code says: the ticket's code, as a page's address if there is one that fits."""
    from protocols.signing import ticket_token
    from protocols.ticket_code import TicketCode

    proof = ticket_token(lease.secret, lease.id, taken.number)
    code = str(TicketCode(lease.id, taken.number, proof))
    return url + code if len((url + code).encode()) <= _MOST_CODE_BYTES else code


def label(prefix: str, number: int) -> str:
    """A007; from 1000 on with four digits."""
    return "%s%03d" % (prefix, number)


def time_text(at: int) -> str:
    """07:45 21/11/2026, in Việt Nam."""
    year, month, day, hour, minute = vietnam_time(at)
    return "%02d:%02d %02d/%02d/%d" % (hour, minute, day, month, year)


def wait_text(config: "Config", language: str, p50: int, p90: int) -> str:
    """Half wait less than the first, nine of ten less than the second; without a first it is their turn soon."""
    minutes = word("minutes", config, language) or WORDS["minutes"]
    up_to = word("up_to", config, language) or WORDS["up_to"]
    soon = "" if p50 else word("soon", config, language)
    first = soon or "%s %d %s" % (word("wait", config, language), p50, minutes)
    return "%s, %s %d %s" % (first, up_to, p90, minutes) if p90 else first


def said(name: str, config: "Config", size: int) -> "list[tuple[int, str]]":
    """The word in the office's first language, then in its others."""
    texts = [word(name, config, language) for language in [""] + languages(config)]
    return [(size, text) for text in texts if text]


def word(name: str, config: "Config", language: str) -> str:
    """The word in a language; empty if it is not said there."""
    text = config.texts.get(name + "." + language if language else name)
    return text if isinstance(text, str) else "" if language else WORDS.get(name, "")


def languages(config: "Config") -> "list[str]":
    """The languages beside the first that the office's texts name, in the order of their letters."""
    return sorted(set([name.rsplit(".", 1)[1] for name in config.texts if "." in name]))

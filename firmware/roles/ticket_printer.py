"""The ticket printer: a press becomes a number, an event and a paper. It decides; others keep, print and send."""

from firmware.clock import vietnam_time
from firmware.drivers import escpos
from protocols.signing import ticket_token
from protocols.state import Config, Lease, Queue
from protocols.ticket_code import TicketCode
from protocols.ticket_events import TicketTaken

PRIORITY = "priority"
PRIORITY_HOLDS_MS = 10_000
CITIZEN_HOLDS_MS = 30_000
# Long enough to put a card away and press; short enough that the next person does not inherit it.

WORDS = {
    "title": "PHIẾU SỐ THỨ TỰ",
    "priority": "ƯU TIÊN",
    "ahead": "Số người chờ trước",
    "wait": "Thời gian chờ dự kiến",
    "minutes": "phút",
    "up_to": "tối đa",
    "hotline": "Đường dây nóng",
    "scan": "Quét mã để theo dõi và đánh giá",
    "not_appointment": "Phiếu này không thay Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
}


class TicketPrinter:
    """What the next press gets."""

    def __init__(self) -> None:
        self._priority_until = 0
        self._citizen: "tuple[str | None, bool, int]" = (None, False, 0)

    def priority(self, up: int) -> bool:
        """The priority key: the next ticket has priority; pressed again, it has not. Returns which."""
        self._priority_until = 0 if up < self._priority_until else up + PRIORITY_HOLDS_MS
        return self._priority_until > 0

    def citizen(self, holder: "str | None", senior: bool, up: int) -> None:
        """A card was read at this board: the next ticket is its holder's."""
        self._citizen = (holder, senior, up + CITIZEN_HOLDS_MS)

    def ticket(self, lease: Lease, number: int, up: int, at: "int | None") -> TicketTaken:
        """The number is taken; priority and card are used up."""
        holder, senior, until = self._citizen
        if up >= until:
            holder, senior = None, False
        priority = PRIORITY if up < self._priority_until else ""
        self._priority_until = 0
        self._citizen = (None, False, 0)
        return TicketTaken(
            service=lease.service,
            number=number,
            lease=lease.id,
            priority=priority,
            senior=senior,
            holder=holder,
            up=up,
            at=at,
        )


def label(prefix: str, number: int) -> str:
    """A007; from 1000 on with four digits."""
    return "%s%03d" % (prefix, number)


def paper(ticket: TicketTaken, lease: Lease, name: str, config: Config, queue: "Queue | None") -> bytes:
    """The ticket as the printer wants it."""
    words = dict(WORDS)
    words.update({name: text for name, text in config.texts.items() if isinstance(text, str)})
    parts = [escpos.RESET, escpos.CENTRE, escpos.BOLD, escpos.line(config.office), escpos.PLAIN]
    parts += [escpos.line(words["title"]), escpos.size(1, 2), escpos.line(name), escpos.size(5, 5)]
    parts += [escpos.line(label(lease.prefix, ticket.number)), escpos.size(1, 1)]
    if ticket.priority:
        parts += [escpos.BOLD, escpos.size(2, 2), escpos.line(words["priority"]), escpos.size(1, 1), escpos.PLAIN]
    if ticket.at is not None:
        parts.append(escpos.line(time_text(ticket.at)))
    parts += [escpos.line(one) for one in wait_lines(ticket.service, queue, words)]
    parts += [escpos.feed(1), escpos.qr(code(ticket, lease, config.ticket_url)), escpos.feed(1)]
    if config.ticket_url:
        parts.append(escpos.line(words["scan"]))
    if config.hotline:
        parts.append(escpos.line(words["hotline"] + ": " + config.hotline))
    parts += [escpos.line(words["not_appointment"]), escpos.feed(3), escpos.CUT]
    return b"".join(parts)


def time_text(at: int) -> str:
    """07:45 21/11/2026, in Việt Nam."""
    year, month, day, hour, minute = vietnam_time(at)
    return "%02d:%02d %02d/%02d/%d" % (hour, minute, day, month, year)


def wait_lines(service: str, queue: "Queue | None", words: "dict[str, str]") -> "list[str]":
    """How many are ahead, and how long it takes; nothing is said that is not known."""
    for one in queue.services if queue else []:
        if one.service == service:
            lines = ["%s: %d" % (words["ahead"], one.ahead)]
            if one.p50 is not None and one.p90 is not None:
                wait = "%s: %d %s" % (words["wait"], one.p50, words["minutes"])
                lines.append("%s (%s %d %s)" % (wait, words["up_to"], one.p90, words["minutes"]))
            return lines
    return []


def code(ticket: TicketTaken, lease: Lease, url: str) -> str:
    """What the QR code says: the ticket's code, as a page's address if there is one."""
    proof = ticket_token(lease.secret, lease.id, ticket.number)
    return url + str(TicketCode(lease.id, ticket.number, proof))

"""What is on the paper, byte by byte, and whose ticket it is."""

from firmware.drivers import escpos
from firmware.roles.ticket_printer import TicketPrinter
from firmware.writing import orders, tcvn3
from firmware.writing.pens import pen_for
from firmware.writing.ticket_paper import WORDS, label, ticket_paper
from protocols.signing import ticket_token
from protocols.state import Config, Lease, Queue, ServiceQueue
from protocols.ticket_words import TICKET_WORDS

NOON = 1_795_323_600_000
LEASE = Lease(
    id="srv-1/1/1/42",
    service="a",
    prefix="A",
    day="2026-11-22",
    first=1,
    last=99,
    secret="0011",
    since=NOON - 1,
    expires=NOON + 1,
)
CONFIG = Config(version=1, roles=["printer"], office="Một cửa", hotline="1022")


def printed(at=NOON, config=CONFIG, queue=None, role=None):
    ticket = (role or TicketPrinter()).ticket(LEASE, 7, 1000, at)
    return b"".join(list(pen_for(config.printer).pieces(ticket_paper(ticket, LEASE, "Chứng thực", config, queue))))


def test_vietnamese_letters_change_the_page_within_a_word():
    assert tcvn3.text("Đường") == b"\x1bt\x1f\xa7\x1bt\x1e\xad\xeang"
    assert tcvn3.text("ƯU TIÊN") == b"\x1bt\x1f\xadU TI\xaaN"
    assert tcvn3.text("abc 1") == b"abc 1"
    assert tcvn3.text("a\x1b\n€") == b"a???"


def test_every_vietnamese_letter_has_a_place():
    small = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    capital = "ĂÂĐÊÔƠƯÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬÈẺẼÉẸỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴ"
    for letters, page in ((small, b"\x1bt\x1e"), (capital, b"\x1bt\x1f")):
        raw = [tcvn3.text(letter) for letter in letters]
        assert len(letters) == 67 and all([one[:3] == page and len(one) == 4 for one in raw])
        assert len(set([one[3] for one in raw])) == 67


def test_a_ticket_begins_clean_and_ends_cut():
    raw = printed()
    assert raw.startswith(b"\x1b@\x1c.") and raw.endswith(b"\x1dVB\x00")
    assert b"\x1d!\x44A007\n\x1d!\x00" in raw
    assert b"12:00 22/11/2026\n" in raw
    assert b"1022\n" in raw


def test_without_a_clock_no_time_is_printed():
    assert b"/2026" not in printed(at=None)


def test_numbers_have_three_digits_then_four():
    assert (label("A", 7), label("B", 999), label("C", 1000)) == ("A007", "B999", "C1000")


def test_the_wait_is_told_where_it_is_known():
    queue = Queue(services=[ServiceQueue(service="a", ahead=4, p50=12, p90=25)], expires=NOON + 9)
    raw = printed(queue=queue)
    assert b": 4\n" in raw and b" 12 ph" in raw and b" 25 ph" in raw
    only_people = Queue(services=[ServiceQueue(service="a", ahead=4)], expires=NOON + 9)
    assert b": 4\n" in printed(queue=only_people) and b" 12 ph" not in printed(queue=only_people)
    other = Queue(services=[ServiceQueue(service="b", ahead=4)], expires=NOON + 9)
    assert b": 4\n" not in printed(queue=other)
    soon = printed(queue=Queue(services=[ServiceQueue(service="a", ahead=0, p50=0, p90=10)], expires=NOON + 9))
    assert tcvn3.text("Sắp tới lượt, có thể tới 10 phút") + b"\n" in soon and tcvn3.text("Chờ 0") not in soon
    now = printed(queue=Queue(services=[ServiceQueue(service="a", ahead=0, p50=0, p90=0)], expires=NOON + 9))
    assert tcvn3.text("Sắp tới lượt") + b"\n" in now


def test_the_qr_code_carries_the_ticket_with_its_address():
    code = b"MC1:srv-1/1/1/42:7:" + ticket_token("0011", LEASE.id, 7).encode()
    assert orders.order(b"1P0" + code) in printed()
    address = Config(version=1, roles=[], ticket_url="https://m.example/t/")
    assert orders.order(b"1P0https://m.example/t/" + code) in printed(config=address)


def test_an_invitation_to_scan_is_printed_only_where_there_is_a_page():
    invitation = tcvn3.text("Quét mã để theo dõi và đánh giá") + b"\n"
    assert invitation not in printed()
    assert invitation in printed(config=Config(version=1, roles=[], ticket_url="https://m.example/t/"))


def test_the_offices_words_replace_ours():
    raw = printed(config=Config(version=1, roles=[], texts={"title": "HELLO"}))
    assert b"HELLO\n" in raw


def test_words_that_are_no_text_are_left_aside():
    assert printed(config=Config(version=1, roles=[], texts={"title": 5})) == printed(
        config=Config(version=1, roles=[])
    )


def test_priority_is_for_the_next_ticket_only():
    role = TicketPrinter()
    assert role.priority(500)
    assert tcvn3.text("ƯU TIÊN") + b"\n" in printed(role=role)
    assert tcvn3.text("ƯU TIÊN") + b"\n" not in printed(role=role)


def test_priority_pressed_twice_or_long_ago_is_none():
    role = TicketPrinter()
    role.priority(500)
    assert not role.priority(600)
    assert role.ticket(LEASE, 1, 700, None).priority == ""
    role.priority(1_000)
    assert role.ticket(LEASE, 1, 11_000, None).priority == ""


def test_a_card_read_before_is_the_tickets_holder_once():
    role = TicketPrinter()
    role.citizen("14011211fe793803", True, 500)
    ticket = role.ticket(LEASE, 1, 600, None)
    assert (ticket.holder, ticket.senior) == ("14011211fe793803", True)
    assert role.ticket(LEASE, 2, 700, None).holder is None
    role.citizen("14011211fe793803", True, 800)
    assert role.ticket(LEASE, 3, 30_800, None).holder is None


def test_answers_of_the_printer():
    assert [escpos.paper(byte) for byte in (0x12, 0x1E, 0x72, 0x7E)] == ["ok", "low", "out", "out"]
    assert [escpos.paper(byte) for byte in (0x00, 0x03, 0x0C, 0x0F)] == ["ok", "low", "out", "out"]
    assert escpos.is_real_time(0x12) and not escpos.is_queued(0x12)
    assert escpos.is_queued(0x0F) and not escpos.is_real_time(0x0F)


def test_the_fleet_knows_every_word_of_a_ticket():
    assert set(WORDS) | {"extra"} == set(TICKET_WORDS)

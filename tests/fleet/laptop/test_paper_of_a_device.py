"""What the firmware writes and what a printer makes of it were written apart; here they meet."""

import sys

import pytest
import segno
from segno import encoder

from firmware.writing import plain, qr, wrapping
from firmware.writing.pens import pen_for
from firmware.writing.raster import Face, NoFont, open_font
from firmware.writing.ticket_paper import ticket_paper
from fleet.laptop import ticket_font
from fleet.laptop.paper import Paper
from protocols.message import ProtocolError
from protocols.printer import Printer
from protocols.state import Config, Lease, Queue, ServiceQueue
from protocols.ticket_events import TicketTaken
from tests.fleet.laptop.qr_reader import read_qr
from tests.fleet.laptop.test_code_pages import VIETNAMESE

NOON = 1_795_323_600_000
LEASE = Lease(
    id="29f3a6c21b", service="a", prefix="A", day="2026-11-22", first=1, last=99, secret="0011", since=0, expires=NOON
)
NAME = "Bộ phận Một cửa phường Bến Nghé"
ADDRESS = "https://motcua.bennghe.gov.vn/t/"
RASTER = {"text": "raster", "qr": "raster", "width": 384}


@pytest.fixture(autouse=True)
def letters(tmp_path_factory, monkeypatch):
    """The file of letters beside the firmware, as in a tree that was built."""
    folder = tmp_path_factory.getbasetemp() / "letters"
    path = folder / ticket_font.FILE
    if not path.exists():
        path.parent.mkdir(parents=True)
        path.write_bytes(ticket_font.font_file())
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])


def rows_of(text):
    return next(done for done in qr.encode(text) if done)


def written(
    printer, number=12, priority="priority", again=False, office=NAME, service="Hộ tịch – Chứng thực", **config
):
    taken = TicketTaken(service="a", number=number, lease=LEASE.id, priority=priority, up=1, at=NOON)
    config = Config(
        version=1, roles=[], office=office, hotline="028 1022", ticket_url=ADDRESS, printer=printer, **config
    )
    queue = Queue(services=[ServiceQueue(service="a", ahead=4, p50=25, p90=40)], expires=NOON + 9)
    pen = pen_for(printer)
    try:
        pieces = [bytes(one) for one in pen.pieces(ticket_paper(taken, LEASE, service, config, queue, again))]
    finally:
        pen.close()
    return pieces, pen


def slip_of(pieces, width=576):
    paper = Paper(dots=width, chinese=True)
    paper.feed(b"".join(pieces) + b"\x1dV\x00")
    slip = paper.roll.slips[0]
    assert slip.complaints == ()
    return slip


def test_our_codes_are_those_of_another_encoder(monkeypatch):
    # segno adds an empty byte where the text ends on a byte, which no reader minds and the standard does not know.
    monkeypatch.setattr(encoder, "write_padding_bits", lambda buff, _, length: buff.extend([0] * (-length % 8)))
    for length in (1, 14, 15, 26, 42, 60, 62, 63, 84, 85, 106, 107, 122, 130, 152, 153, 180, 181, 200, 213):
        text = ("https://motcua.example/t/" * 9)[:length]
        rows = rows_of(text)
        version = (len(rows) - 17) // 4
        others = [
            segno.make(text, error="m", mode="byte", version=version, mask=mask, boost_error=False, micro=False).matrix
            for mask in range(8)
        ]
        assert rows in [[int("".join(str(int(one)) for one in row), 2) for row in other] for other in others], length


@pytest.mark.parametrize("width", [384, 576])
def test_a_code_that_was_drawn_can_be_read_on_the_paper(width):
    pieces, _ = written(dict(RASTER, width=width, text="ascii"))
    picture = slip_of(pieces, width).picture
    found = code_on(picture)
    assert found.startswith(ADDRESS.encode() + b"MC1:29f3a6c21b:12:")


def code_on(picture):
    """What the code on a slip says: it is the widest thing that begins with a finder of seven modules."""
    dark = picture.point(lambda value: 255 - value)
    for top in range(picture.height):
        box = dark.crop((0, top, picture.width, top + 1)).getbbox()
        if box is None:
            continue
        left, right = box[0], box[2]
        row = [dark.getpixel((x, top)) > 0 for x in range(left, right)]
        size = row.index(False) // 7 if False in row else 0
        if not size or (right - left) % size or ((right - left) // size - 17) % 4 or row.index(False) % 7:
            continue
        side = (right - left) // size
        spots = [
            [dark.getpixel((left + c * size + size // 2, top + r * size + size // 2)) > 0 for c in range(side)]
            for r in range(side)
        ]
        if spots[6][:7] == [True] * 7 and spots[0][-7:] == [True] * 7 and not any(spots[7][:8]):
            return read_qr(spots)
    raise AssertionError("no code on the paper")


def test_a_whole_ticket_of_dots_is_short_enough_and_comes_in_small_pieces():
    pieces, pen = written(RASTER)
    assert sum(map(len, pieces)) < 12_000
    assert max(map(len, pieces)) <= 8 + 6 * 48
    slip = slip_of(pieces, 384)
    assert abs(pen.fed - slip.picture.height) < 200
    assert slip.picture.point(lambda value: 255 - value).getbbox()[0] >= 0


def test_every_letter_is_in_the_file_and_looks_like_no_other():
    with open_font() as file:
        for number in (0, 1):
            face = Face(file, number)
            letters = sorted(VIETNAMESE) + [chr(code) for code in range(0x21, 0x7F)] + list("–—‘’“”…")
            dots = {}
            for letter in letters:
                assert len(face.slots(letter)) == 1, letter
                drawn = b"".join(bytes(strip) for strip in face.strips(letter))
                tops = (face.width(letter), drawn, top_of(face, file, letter))
                assert dots.setdefault(tops, letter) == letter
            assert face.slots("中") == face.slots("?") and face.slots("\u00a0") == face.slots(" ")


def top_of(face, file, letter):
    file.seek(face._index + 5 * face.slots(letter)[0])
    return file.read(5)[3]


def test_accents_are_whole_in_their_rows():
    for face in ticket_font.FACES[:2]:
        for letter in face.letters:
            _, top, _, bottom = ticket_font.font_of(face, letter).getbbox(letter, anchor="ls")
            assert top / ticket_font.FINE >= -face.baseline, letter
            assert bottom / ticket_font.FINE <= face.height - face.baseline, letter


def test_words_are_wrapped_in_every_way_and_at_both_widths():
    office = "Trung tâm Phục vụ hành chính công xã Nguyễn Nghiêm và các xã lân cận thuộc vùng hồ Thác Bà"
    for way in ("tcvn3", "ascii"):
        for width in (384, 576):
            pieces, _ = written({"text": way, "width": width}, office=office, service=office)
            text = slip_of(pieces, width).text
            wanted = office if way == "tcvn3" else plain.plain(office)
            assert text.count(wanted.split(" ")[0]) >= 2
            assert " ".join(text.split()).count(wanted) == 2, text
    for width in (384, 576):
        pieces, _ = written(dict(RASTER, width=width), office=office, service=office)
        widths = [int.from_bytes(one[4:6], "little") for one in pieces if one[:3] == b"\x1dv0"]
        assert max(widths) <= width // 8


def test_lines_are_as_few_and_as_even_as_can_be():
    assert wrapping.wrapped("một hai ba bốn năm", len, 12) == ["một hai ba", "bốn năm"]
    assert wrapping.wrapped("x" * 30 + " y", len, 12) == ["x" * 12, "x" * 12, "x" * 6 + " y"]
    assert wrapping.wrapped(" \n ", len, 12) == []
    assert wrapping.wrapped("a\nb", len, 12) == ["a", "b"]


def test_a_number_too_wide_for_the_paper_is_written_smaller():
    pieces, _ = written(RASTER, number=9999)
    assert max(int.from_bytes(one[4:6], "little") for one in pieces if one[:4] == b"\x1dv0\x03") <= 24
    pieces, _ = written({"text": "ascii", "width": 384}, number=9999)
    assert "A9999" in slip_of(pieces, 384).text


def test_plain_letters_of_all_vietnamese():
    assert plain.plain("Đường Nguyễn Ái Quốc – “ƯU TIÊN”…") == 'Duong Nguyen Ai Quoc - "UU TIEN"...'
    for letter in VIETNAMESE:
        assert plain.plain(letter).isascii() and plain.plain(letter).isalpha(), letter
        assert plain.plain(letter).isupper() == letter.isupper()
    assert plain.plain("e\u0323\u0302") == "e" and plain.plain("中") == "?"


def test_a_printer_with_one_page_has_small_letters_for_most_capitals():
    pieces, _ = written({"text": "tcvn3", "small_page": 27, "capital_page": 27, "width": 384})
    raw = b"".join(pieces)
    assert b"\x1bt\x1b" in raw and b"\x1bt\x1e" not in raw and b"\x1bt\x1f" not in raw
    assert b"PHI\x1bt\x1b\xd5U S" in raw  # PHIếU


def test_other_languages_stand_beneath():
    texts = {
        "title.en": "QUEUE NUMBER",
        "title.fr": "NUMÉRO D’ORDRE",
        "ahead.en": "Ahead of you",
        "a.en": "Civil status",
    }
    pieces, _ = written({}, texts=dict(texts, extra="Mời ngồi chờ"))
    lines = slip_of(pieces).text.split("\n")
    at = lines.index("PHIẾU SỐ THỨ TỰ")
    assert lines[at + 1 : at + 3] == ["QUEUE NUMBER", "NUMÉRO D'ORDRE"]
    assert "Ahead of you: 4" in lines and "Civil status" in lines and "Mời ngồi chờ" in lines


def test_a_ticket_says_what_it_is_and_what_it_is_not():
    lines = slip_of(written({})[0]).text.split("\n")
    for text in ("PHIẾU SỐ THỨ TỰ", "A012", "ƯU TIÊN", "12:00 22/11/2026", "Số người chờ trước: 4"):
        assert text in lines
    assert "Chờ 25 phút, có thể tới 40 phút" in lines and "Đường dây nóng: 028 1022" in lines
    assert "Không phải giấy hẹn trả kết quả" in lines and "IN LẠI" not in lines


def test_a_second_paper_says_so_and_no_wait():
    lines = slip_of(written({}, again=True)[0]).text.split("\n")
    assert "IN LẠI" in lines and "A012" in lines
    assert not [line for line in lines if line.startswith(("Chờ", "Số người"))]


def test_without_a_knife_the_paper_is_fed_further():
    assert b"\x1dV" not in b"".join(written({"cutter": False})[0])
    assert b"".join(written({"cutter": False})[0]).endswith(b"\x1bd\x05")


def test_without_the_file_of_letters_plain_ones_are_written(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(NoFont, match=r"expected the file firmware/fonts/ticket\.font"):
        open_font()
    pieces, pen = written(dict(RASTER, qr="native"))
    assert "Bo phan Mot cua phuong Ben Nghe" in " ".join(slip_of(pieces, 384).text.split())
    assert "expected the file" in pen.problem


def test_an_address_too_long_for_a_code_leaves_the_code():
    pieces, _ = written({}, texts={}, number=1)
    assert slip_of(pieces).codes[0].startswith(ADDRESS.encode())
    taken = TicketTaken(service="a", number=1, lease="x" * 84, up=1)
    lease = Lease.from_dict(dict(LEASE.to_dict(), id="x" * 84))
    config = Config(version=1, roles=[], ticket_url="https://" + "ư" * 92, printer={})
    codes = [text for what, text in ticket_paper(taken, lease, "a", config, None) if text.startswith(("MC1", "http"))]
    assert codes[0].startswith("MC1:")


def test_the_trial_page_shows_every_way_with_its_number():
    from firmware.writing.trial_page import pieces

    text = slip_of(list(pieces("tp-1"))).text
    assert "Đường Nguyễn Ái Quốc" in text and "Duong Nguyen Ai Quoc" in text
    for number in range(1, 9):
        assert f"\n{number}:\n" in text


def test_a_printer_that_no_model_is_like_is_refused():
    assert Printer.from_dict({}).to_dict() == Printer().to_dict()
    for wrong in ({"width": 100}, {"text": "pictures"}, {"cutter": "yes"}):
        with pytest.raises(ProtocolError):
            Printer.from_dict(wrong)

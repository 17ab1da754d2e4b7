from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fleet.laptop.code_pages import BOX, PAGES
from fleet.laptop.dots import CELL_HEIGHT, CELL_WIDTH, Style, cell, font
from fleet.laptop.paper import Paper
from fleet.laptop.slip import DOTS_58_MM, LONGEST_SLIP_DOTS
from fleet.laptop.ticket_picture import ticket_png
from tests.fleet.laptop.qr_reader import read_qr
from tests.fleet.laptop.test_code_pages import VIETNAMESE

CUT = b"\x1dVB\x00"


def encoded(text):
    """Bytes for a printer with pages 30 and 31."""
    raw = b""
    for one in text:
        page = next((page for page in (30, 31) if one in PAGES[page].values()), None)
        if page is None:
            raw += one.encode("ascii")
        else:
            raw += b"\x1bt" + bytes([page, next(byte for byte, other in PAGES[page].items() if other == one)])
    return raw


def printed(raw, **paper):
    roll = Paper(**paper)
    roll.feed(raw)
    return roll.roll.slips


def qr(content, module=4):
    stored = b"\x1d(k" + (len(content) + 3).to_bytes(2, "little") + b"1P0" + content
    return (
        b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C"
        + bytes([module])
        + b"\x1d(k\x03\x001E1"
        + stored
        + b"\x1d(k\x03\x001Q0"
    )


TICKET = (
    b"\x1b@\x1ba\x01"
    + encoded("Bộ phận Một cửa phường Bến Nghé\n")
    + b"\x1d!\x66A012\n\x1d!\x00"
    + qr(b"MC1:may-in-1-7:12:ABCDEFGHJKMNPQRS")
    + encoded("Đường dây nóng: 028 1022\n")
    + CUT
)


def test_a_ticket_can_be_read():
    (slip,) = printed(TICKET)
    assert [line.text for line in slip.lines] == ["Bộ phận Một cửa phường Bến Nghé", "A012", "Đường dây nóng: 028 1022"]
    assert [line.high for line in slip.lines] == [1, 7, 1]
    assert slip.complaints == ()


def test_all_vietnamese_letters_come_out():
    letters = "".join(sorted(VIETNAMESE))
    (slip,) = printed(b"\x1b@" + encoded(letters) + b"\n" + CUT, chinese=False)
    assert slip.text.replace("\n", "") == letters


@pytest.mark.parametrize("bold", [False, True])
def test_every_vietnamese_letter_fits_its_cell_and_looks_like_no_other(bold):
    faces = {}
    for one in VIETNAMESE:
        dots = cell(one, Style(bold=bold))
        assert faces.setdefault(dots.tobytes(), one) == one
        left, top, right, bottom = font(bold).getbbox(one, anchor="ms")
        assert top >= -19 and bottom <= CELL_HEIGHT - 19, one
        assert right - left <= CELL_WIDTH + 2, one
    assert cell("\uffff", Style(bold=bold)).tobytes() not in faces, "the font lacks a letter"


def test_the_qr_code_on_the_paper_says_what_was_sent():
    content = b"https://mc.example/t/MC1:may-in-1-7:12:ABCDEFGHJKMNPQRS"
    (slip,) = printed(qr(content, module=3) + CUT)
    assert slip.codes == (content,)
    box = slip.picture.point(lambda value: 255 - value).getbbox()
    code = slip.picture.crop(box)
    modules = [
        [code.getpixel((column * 3 + 1, row * 3 + 1)) == 0 for column in range(code.width // 3)]
        for row in range(code.height // 3)
    ]
    assert read_qr(modules) == content


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(TICKET)), max_size=6))
def test_a_ticket_in_pieces_is_the_same_ticket(cuts):
    paper, ends = Paper(), sorted(cuts)
    for start, end in zip([0, *ends], [*ends, len(TICKET)], strict=True):
        paper.feed(TICKET[start:end])
    (slip,) = paper.roll.slips
    (whole,) = printed(TICKET)
    assert (slip.text, slip.codes, slip.picture.tobytes()) == (whole.text, whole.codes, whole.picture.tobytes())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"\x10", b"k", b"v0", b"(k", b"!", b"A\n", b"\xff", b"\x00"]))
)
def test_noise_never_stops_the_printer(parts):
    paper = Paper()
    paper.feed(b"".join(parts))
    assert paper.roll.dots == 576


def test_an_unknown_command_is_reported_and_the_text_goes_on():
    (slip,) = printed(b"A\x1bzB\n" + CUT)
    assert (slip.text, slip.complaints) == ("AB", ("unreadable command 1B 7A",))


def test_commands_that_this_printer_has_not_are_skipped_whole():
    (slip,) = printed(b"\x1bp\x00AB\x1d(L\x06\x000p0110\x1bc5\x00\x1dk\x04ABC\x00Z\n" + CUT)
    assert (slip.text, slip.complaints) == ("Z", ())


def test_a_long_line_goes_on_in_the_next():
    (slip,) = printed(b"x" * 40 + b"\n" + CUT, dots=DOTS_58_MM)
    assert [len(line.text) for line in slip.lines] == [32, 8]


def test_in_chinese_mode_high_bytes_pair_up_until_it_is_left():
    (slip,) = printed(b"\x1bt\x1e\xe9\xe9a\n\x1c.\xe9\n" + CUT, chinese=True)
    assert [line.text for line in slip.lines] == [BOX + BOX + "a", "ộ"]


def test_reset_sets_back_size_page_and_place():
    (slip,) = printed(b"\x1bt\x1e\x1d!\x11\x1ba\x02\x1b@\xe9\n" + CUT)
    assert (slip.text, slip.lines[0].high) == ("Θ", 1)
    assert slip.picture.point(lambda value: 255 - value).getbbox()[0] < CELL_WIDTH


def test_text_is_left_centred_or_right():
    (slip,) = printed(b"\x1ba\x00I\n\x1ba\x01I\n\x1ba\x02I\n" + CUT)
    ink = slip.picture.point(lambda value: 255 - value)
    lefts = [ink.crop((0, top, 576, top + 30)).getbbox()[0] for top in (0, 30, 60)]
    assert [left // CELL_WIDTH for left in lefts] == [0, 23, 47]


def test_a_raster_is_printed_dot_by_dot_and_doubled_where_asked():
    eight = b"\x1dv0\x00\x01\x00\x02\x00\xaa\x55"
    (slip,) = printed(eight + CUT)
    assert [slip.picture.getpixel((x, 0)) for x in range(4)] == [0, 255, 0, 255]
    assert [slip.picture.getpixel((x, 1)) for x in range(4)] == [255, 0, 255, 0]
    (slip,) = printed(eight.replace(b"v0\x00", b"v0\x03") + CUT)
    assert [slip.picture.getpixel((x, 3)) for x in range(4)] == [255, 255, 0, 0]


@pytest.mark.parametrize(
    "cut", [b"\x1dV\x00", b"\x1dV\x01", b"\x1dV0", b"\x1dV1", b"\x1dVA\x00", b"\x1dVB\x10", b"\x1bi", b"\x1bm"]
)
def test_each_form_of_the_cut_cuts(cut):
    assert [slip.text for slip in printed(b"1\n" + cut + b"2\n" + cut)] == ["1", "2"]


def test_a_stream_without_a_cut_is_torn_off():
    slips = printed(b"x\n" * 1000)
    assert slips
    assert all(slip.picture.height <= LONGEST_SLIP_DOTS for slip in slips)
    assert "no cut within a metre of paper" in slips[0].complaints


def test_a_code_too_wide_for_the_paper_is_not_printed():
    (slip,) = printed(b"A\n" + qr(b"x" * 100, module=16) + CUT, dots=DOTS_58_MM)
    assert slip.codes == ()
    assert "dots wide on paper of 384" in slip.complaints[0]


def test_the_picture_is_a_png_with_room_around_the_paper():
    (slip,) = printed(TICKET)
    png = ticket_png(slip)
    picture = Image.open(BytesIO(png))
    assert (picture.format, picture.mode) == ("PNG", "RGBA")
    assert picture.width > slip.picture.width and picture.height > slip.picture.height
    assert picture.getpixel((0, 0))[3] == 0
    assert ticket_png(slip) == png

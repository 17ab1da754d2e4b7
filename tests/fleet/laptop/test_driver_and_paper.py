"""The driver of the firmware and the simulated printer were written apart; here they meet."""

import pytest

from firmware.drivers import escpos
from firmware.writing import orders, tcvn3
from fleet.laptop.code_pages import BOX
from fleet.laptop.paper import Paper
from tests.fleet.laptop.test_code_pages import VIETNAMESE


def on_paper(body, chinese=True):
    paper = Paper(chinese=chinese)
    paper.feed(escpos.RESET + body + b"\n" + escpos.CUT)
    (slip,) = paper.roll.slips
    assert slip.complaints == ()
    return slip


@pytest.mark.parametrize("chinese", [True, False], ids=["a clone that wakes up in Chinese mode", "an Epson"])
def test_every_vietnamese_letter_comes_out_as_it_was_meant(chinese):
    for letter in sorted(VIETNAMESE):
        assert on_paper(tcvn3.text("x" + letter + "x"), chinese).text == f"x{letter}x"


def test_the_sentences_of_an_office_come_out():
    for sentence in (
        "Bộ phận Một cửa phường Bến Nghé",
        "PHIẾU SỐ THỨ TỰ",
        "ĐƯỜNG DÂY NÓNG: 028 1022",
        "Ưu tiên: Ủy quyền",
    ):
        assert on_paper(tcvn3.text(sentence)).text == sentence


def test_a_dash_of_a_name_stays_a_dash():
    assert on_paper(tcvn3.text("Hộ tịch – Chứng thực")).text == "Hộ tịch - Chứng thực"


def test_what_no_page_has_becomes_one_question_mark():
    assert on_paper(tcvn3.text("中")).text == "?"
    assert BOX not in on_paper(tcvn3.text("€ 🙂")).text


def test_a_qr_code_says_what_it_was_given():
    code = "MC1:bb7d6b5c29:14:as96jkf8xak9vtgh"
    assert on_paper(orders.qr(code)).codes == (code.encode(),)

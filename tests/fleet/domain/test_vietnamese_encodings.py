import unicodedata

import pytest

from fleet.domain.vietnamese_encodings import CP1258, TCVN3, TCVN3_LETTERS, decode_old, out_of_font

PLAIN = "aăâeêioôơuưyđ"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def vietnamese_letters():
    small = {
        unicodedata.normalize("NFC", letter + tone) for letter in PLAIN for tone in TONES if letter + tone[:1] != "đ"
    }
    small = {letter for letter in small if len(letter) == 1 and not letter.isascii()} | {"đ"}
    return small | {letter.upper() for letter in small}


def test_the_table_has_each_of_the_134_letters_once():
    assert set(TCVN3_LETTERS) == vietnamese_letters()
    assert len(set(TCVN3_LETTERS.values())) == len(TCVN3_LETTERS) == 134


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"B\xb6o Th\xbeng", "Bảo Thắng"),
        (b"M\xad\xeang Kh\xad\xacng", "Mường Khương"),
        (b"B\xb8t X\xb8t", "Bát Xát"),
        (b"Ng\xb5y ti\xd5p nh\xcbn", "Ngày tiếp nhận"),
        (b"\xa7\xacn", "Đơn"),
    ],
)
def test_words_in_tcvn3(raw, text):
    assert decode_old(raw, TCVN3) == text


def test_in_the_font_of_capitals_small_letters_come_out():
    assert decode_old("NGµY TIÕP NHËN".encode("latin-1"), TCVN3) == "NGàY TIếP NHậN"


def test_cp1258_sets_tones_after_their_letters_and_they_are_composed():
    assert decode_old(b"Ma\xde h\xf4\xcc s\xf5", CP1258) == "Mã hồ sơ"
    assert decode_old(b"Nga\xccy ti\xea\xecp nh\xe2\xf2n", CP1258) == "Ngày tiếp nhận"


def test_a_workbook_in_an_abc_font_is_put_into_unicode():
    assert out_of_font("M· hå s¬") == "Mã hồ sơ"
    assert out_of_font("§¬n vÞ xö lý") == "Đơn vị xử lý"


def test_an_unknown_encoding_is_the_callers_mistake():
    with pytest.raises(ValueError, match="cp1258, tcvn3, not 'vni'"):
        decode_old(b"", "vni")

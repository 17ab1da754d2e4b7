import unicodedata

from fleet.laptop.code_pages import BOX, PAGES, TCVN3_CAPITAL, TCVN3_SMALL, letter

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
SMALL = {unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES} - set("aeiouy") | {"đ"}
VIETNAMESE = SMALL | {one.upper() for one in SMALL}


def test_vietnamese_has_134_letters_beyond_ascii():
    assert len(VIETNAMESE) == 134


def test_every_small_letter_stands_once_on_page_30():
    assert sorted(PAGES[TCVN3_SMALL].values()) == sorted(SMALL)


def test_every_capital_letter_stands_once_on_page_31():
    assert sorted(PAGES[TCVN3_CAPITAL].values()) == sorted(one.upper() for one in SMALL)


def test_well_known_places_of_tcvn_3():
    known = {
        0xA8: "ă",
        0xA9: "â",
        0xAA: "ê",
        0xAD: "ư",
        0xAE: "đ",
        0xB8: "á",
        0xCB: "ậ",
        0xD6: "ệ",
        0xE9: "ộ",
        0xFE: "ỵ",
    }
    assert {byte: letter(TCVN3_SMALL, byte) for byte in known} == known
    known = {0xA1: "Ă", 0xA2: "Â", 0xA7: "Đ", 0xAA: "Ê", 0xAB: "Ô", 0xAC: "Ơ", 0xAD: "Ư", 0xE9: "Ộ", 0xFE: "Ỵ"}
    assert {byte: letter(TCVN3_CAPITAL, byte) for byte in known} == known


def test_ascii_is_the_same_on_every_page():
    assert [letter(page, ord("A")) for page in (0, 30, 31, 200)] == ["A"] * 4


def test_page_0_is_the_ibm_page():
    assert letter(0, 0x82) == "é"


def test_an_empty_place_and_an_unknown_page_print_a_box():
    assert letter(TCVN3_SMALL, 0xA1) == BOX
    assert letter(52, 0xC0) == BOX

"""Dossier codes in both orders that are on paper, and what only looks like one."""

from protocols.dossier_code import parse_dossier_code
from protocols.message import ProtocolError

LETTER_LAST = "000.17.22.H56-210531-0001"
LETTER_FIRST = "H15.50.05.13-261008-0975"

GOOD = (
    LETTER_LAST,
    LETTER_FIRST,
    "T.000.17.22.H56-210531-0001",
    "H56-240229-0001",
    "G01.35-250101-12345678",
    "000.00.33.G01-190101-AB12",
    "  " + LETTER_FIRST + "\r\n",
)
BAD = (
    "",
    "-",
    "--",
    "000.17.22.H56-210531",
    "000.17.22.H56-210531-001",
    "000.17.22.H56-210531-0001-2",
    "000.17.22.H56-211331-0001",
    "000.17.22.H56-210230-0001",
    "000.17.22.H56-230229-0001",
    "000.17.22.H56-2105३1-0001",
    "000.17.22.h56-210531-0001",
    "000.17.22-210531-0001",
    "000.H56.22-210531-0001",
    "0000.H56-210531-0001",
    "H56..13-210531-0001",
    "000.17.22.H56-210531-00 1",
    "000.17.22.H56-210531-00é1",
    "H15.50.05.13.20.30-261008-0975",
    "000.17.22.H56-210531-" + "1" * 40,
    "079085012345|123456789|X|01011985|Nam|Y|01012021",
)


def refused(text, today=None):
    try:
        parse_dossier_code(text, today)
    except ProtocolError as err:
        return str(err)
    raise AssertionError("expected a refusal of " + text)


def test_the_older_order_has_its_letters_last():
    code = parse_dossier_code(LETTER_LAST)
    assert (code.organisation, code.letter_first) == ("000.17.22.H56", False)
    assert (code.received, code.serial, code.ministry) == ((2021, 5, 31), "0001", None)


def test_the_newer_order_has_its_letters_first():
    code = parse_dossier_code(LETTER_FIRST)
    assert (code.organisation, code.letter_first, code.received) == ("H15.50.05.13", True, (2026, 10, 8))


def test_a_long_serial_begins_with_its_ministry():
    assert parse_dossier_code("G01.35-250101-12345678").ministry == "12"


def test_good_codes_are_taken_without_what_surrounds_them():
    for text in GOOD:
        assert parse_dossier_code(text).text == text.strip(), text


def test_bad_codes_are_refused_with_a_sentence():
    for text in BAD:
        assert refused(text).startswith("dossier code: expected ")


def test_a_day_to_come_is_refused_when_today_is_known():
    assert "not in the future" in refused(LETTER_FIRST, (2026, 10, 7))
    assert parse_dossier_code(LETTER_FIRST, (2026, 10, 8)).text == LETTER_FIRST

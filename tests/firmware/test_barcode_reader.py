"""What a code is, and that nothing of a person is kept."""

from firmware.roles.barcode_reader import BarcodeReader
from protocols.events import encode_event
from protocols.message import to_json
from protocols.signing import holder_hash
from protocols.state import DayKey

NOON = 1_795_323_600_000
KEY = DayKey(day="2026-11-22", key="11" * 32, since=NOON - 1000, expires=NOON + 1000)
CARD = "079050012345|123456789|Nguyễn Văn An|01011950|Nam|12 Hàng Bài, Hà Nội|01012021"


def read(text, at=NOON, keys=(KEY,), senior_years=75):
    raw = bytearray(text.encode() if type(text) is str else text)
    return BarcodeReader().read(raw, len(raw), 5, at, list(keys), senior_years)


def test_a_dossier_code_is_kept():
    event = read("H15.50.05.13-261008-0975")
    assert (event.what, event.code, event.length) == ("dossier", "H15.50.05.13-261008-0975", None)


def test_a_dossier_of_tomorrow_is_unknown_unless_no_clock_says_so():
    assert read("H15.50.05.13-261123-0975").what == "unknown"
    assert read("H15.50.05.13-261123-0975", at=None).what == "dossier"


def test_a_ticket_is_kept_without_its_address():
    event = read("https://m.example/t/MC1:l-1:7:0123456789abcdef")
    assert (event.what, event.code) == ("ticket", "MC1:l-1:7:0123456789abcdef")


def test_a_badge_is_a_badge_and_no_code():
    event = read("MCB:clerk-17")
    assert (event.what, event.code) == ("badge", None)
    assert b"clerk" not in to_json(encode_event(event))


def test_a_card_leaves_a_hash_and_a_bit():
    event = read(CARD)
    assert (event.what, event.senior, event.code, event.length) == ("citizen", True, None, None)
    assert event.holder == holder_hash(KEY.key, "079050012345")
    sent = to_json(encode_event(event))
    for field in CARD.split("|"):
        assert field.encode() not in sent


def test_the_year_of_birth_decides_the_bit():
    born_1951 = CARD.replace("01011950", "31121951")
    assert read(born_1951).senior
    assert not read(born_1951, senior_years=76).senior
    assert not read(CARD, at=None).senior
    assert not read(CARD.replace("01011950", "?")).senior


def test_without_a_key_or_a_clock_there_is_no_holder():
    assert read(CARD, keys=()).holder is None
    assert read(CARD, at=None).holder is None
    assert read(CARD, at=NOON + 1000).holder is None


def test_of_unknown_codes_only_the_length_is_kept():
    for text in ("hello", "079050012345|x", "8934567890123", b"\xff\xfe\xfd", "MC1:broken"):
        event = read(text)
        length = len(text if type(text) is bytes else text.encode())
        assert (event.what, event.code, event.length) == ("unknown", None, length), text


def test_a_code_that_was_too_long_is_unknown():
    event = BarcodeReader().read(bytearray(b"x" * 512), 9000, 5, NOON, [], 75)
    assert (event.what, event.length) == ("unknown", 4096)


def test_the_same_code_within_three_seconds_is_one_reading():
    role = BarcodeReader()
    code = b"H15.50.05.13-261008-0975"

    def again(up, raw=code):
        return role.read(bytearray(raw), len(raw), up, NOON, [], 75)

    assert again(0) is not None and again(2_900) is None and again(5_800) is None
    assert again(8_800) is not None
    assert again(8_900, b"MCB:1") is not None and again(9_000) is not None

"""What a code is, and that nothing of a person is kept."""

from firmware.drivers.scanner import Repeats
from firmware.roles import barcode_reader
from protocols.events import encode_event
from protocols.message import to_json
from protocols.signing import badge_hash, holder_hash
from protocols.state import DayKey

NOON = 1_795_323_600_000
KEY = DayKey(day="2026-11-22", key="11" * 32, since=NOON - 1000, expires=NOON + 1000)
CARD = "079050012345|123456789|Nguyễn Văn An|01011950|Nam|12 Hàng Bài, Hà Nội|01012021"


MARKS = "ma= hs/"


def both(text, at=NOON, keys=(KEY,), senior_years=75):
    """The event of this code, and its tone."""
    raw = bytearray(text.encode() if type(text) is str else text)
    return barcode_reader.read(raw, len(raw), 5, at, list(keys), senior_years, MARKS)


def read(text, **options):
    return both(text, **options)[0]


def tone(text, **options):
    return both(text, **options)[1]


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
    event, tone = barcode_reader.read(bytearray(b"x" * 512), 9000, 5, NOON, [], 75, "")
    assert (event.what, event.length, tone) == ("unknown", 4096, "unknown")


def test_a_badge_says_whether_its_owner_works_or_helps_here():
    assert (read("MCB:clerk-17").badge, read("MCH:youth-union-3").badge) == ("staff", "helper")
    assert b"youth" not in to_json(encode_event(read("MCH:youth-union-3")))
    assert read("MCB:").what == "unknown"


def test_a_badge_of_the_staff_leaves_a_hash_and_a_helpers_nothing():
    event = read("MCB:7K3M9QWXTR5CVBNA")
    assert event.badge_hash == badge_hash(b"7K3M9QWXTR5CVBNA") == read("MCB:7k3m9qwxtr5cvbna ").badge_hash
    assert len(event.badge_hash) == 32 and event.badge_hash != read("MCB:7K3M9QWXTR5CVBNB").badge_hash
    assert b"7K3M" not in to_json(encode_event(event))
    assert read("MCH:7K3M9QWXTR5CVBNA").badge_hash is None


def test_a_dossiers_code_is_found_in_an_address():
    code = "H26.12-240101-0001"
    for address in (
        "https://dichvucong.example.vn/tra-cuu?ma=" + code,
        "https://dichvucong.example.vn/tra-cuu?x=1&MA=" + code + "&lang=vi",
        "https://dichvucong.example.vn/hs/" + code + "/xem#top",
        "https://example.vn/?ma=H26%2E12%2d240101%2D0001",
        "https://pharma=x.example.vn/?ma=" + code,
        "http://example.vn/?ma=&ma=" + code,
    ):
        event, tone = both(address)
        assert (event.what, event.code, tone) == ("dossier", code, "accepted"), address


def test_an_address_without_a_code_of_ours_is_unknown():
    for address in (
        "https://example.vn/?id=H26.12-240101-0001",
        "https://example.vn/?ma=",
        "https://example.vn/?ma=%zz",
    ):
        assert read(address).what == "unknown" and tone(address) == "unknown", address


def test_what_is_longer_than_any_address_is_not_searched():
    code = "&ma=H26.12-240101-0001"
    assert read("https://example.vn/?x=" + "y" * 200 + code).what == "dossier"
    assert read("https://example.vn/?x=" + "y" * 300 + code).what == "unknown"


def test_what_is_ours_and_damaged_is_wrong():
    assert tone("MC1:l-1:7:0123456789abcde") == "wrong"
    assert tone("MC1:" + "l" * 60 + ":7:0123456789abcdef") == "wrong"
    assert tone("H15.50.05.13-261399-0975") == "wrong" and tone("H15.50.05.13-261123-0975") == "wrong"
    assert tone("https://example.vn/?ma=H26.12-249901-0001") == "wrong"
    assert tone("8934567890123") == "unknown" and tone("a-b-c") == "unknown"


def test_what_is_ours_and_whole_is_accepted():
    for code in ("H15.50.05.13-261008-0975", "MC1:l-1:7:0123456789abcdef", "MCB:1", "MCH:1", CARD):
        assert tone(code) == "accepted"


def test_half_a_card_leaves_its_length_only():
    for cut in (5, 13, 20, 45, 60, 79):
        for half in (CARD[:cut], CARD[cut:]):
            event = read(half)
            assert event.what in ("unknown", "citizen")
            sent = to_json(encode_event(event))
            for field in CARD.split("|"):
                assert field.encode() not in sent


def again(repeats, up, code=b"H15.50.05.13-261008-0975"):
    return repeats.again(bytearray(code), len(code), up, 3_000)


def test_the_same_code_within_some_seconds_is_one_reading():
    repeats = Repeats()
    assert [again(repeats, up) for up in (0, 2_900, 5_800, 8_800)] == [False, True, True, False]


def test_two_codes_that_lie_before_the_reader_are_two_readings():
    repeats = Repeats()
    read = [again(repeats, up, code) for up in range(0, 6_000, 500) for code in (b"MCB:1", b"MCB:2")]
    assert read == [False, False] + [True] * 22


def test_only_the_last_few_codes_are_known_again():
    repeats = Repeats()
    assert not [number for number in range(9) if again(repeats, number, b"code %d" % number)]
    assert again(repeats, 10, b"code 8") and not again(repeats, 11, b"code 2")
    assert len(repeats._seen) == 4

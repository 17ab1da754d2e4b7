"""Pieces of a file: few at once, in order, nothing unasked for, and never for ever. On both Pythons."""

import binascii

from firmware.fetching import Fetching

FILE = bytes([place * 7 & 255 for place in range(20_000)])


def b64(data):
    return str(binascii.b2a_base64(data).strip(), "ascii")


def answer(fetching, ask, now=0):
    offset, length = ask
    fetching.take("f", offset, b64(FILE[offset : offset + length]), now)


def asked(fetching, now=0):
    found = []
    while True:
        ask = fetching.asks(now)
        if ask is None:
            return found
        found.append(ask)


def taken(fetching):
    out = b""
    while True:
        piece = fetching.next()
        if piece is None:
            return out
        out += piece


def word(call):
    try:
        call()
    except ValueError as err:
        return str(err).split(":")[0]
    return ""


def test_pieces_come_in_any_order_and_are_taken_in_theirs():
    fetching = Fetching("f", 0, 5_000, 0, 0)
    out = b""
    while not fetching.done:
        asks = asked(fetching)
        assert 0 < len(asks) <= 3
        for ask in asks[::-1]:
            answer(fetching, ask)
            answer(fetching, ask)
        out += taken(fetching)
    assert out == FILE[:5_000] and asked(fetching) == []


def test_a_file_of_unknown_length_ends_with_a_short_piece_and_has_a_limit():
    for length in (0, 1, 1_023, 1_024, 2_048, 5_000):
        fetching = Fetching("f", 0, None, 0, 0, 5_001)
        out = b""
        while not fetching.done:
            (ask,) = asked(fetching)
            fetching.take("f", ask[0], b64(FILE[:length][ask[0] : ask[0] + ask[1]]), 0)
            out += taken(fetching)
        assert out == FILE[:length]
    fetching = Fetching("f", 0, None, 0, 0, 2_048)
    answer(fetching, asked(fetching)[0])
    taken(fetching)
    assert word(lambda: answer(fetching, asked(fetching)[0])) == "length"


def test_what_nobody_asked_for_is_not_taken():
    fetching = Fetching("f", 0, 5_000, 0, 0)
    asks = asked(fetching)
    for name, offset, data in (
        ("g", 0, "AAAA"),
        ("f", 512, "AAAA"),
        ("f", "0", "AAAA"),
        ("f", 0, 7),
        ("f", 0, None),
        (None, None, None),
        ("f", 4_096, b64(FILE[4_096:5_000])),
    ):
        fetching.take(name, offset, data, 0)
    assert taken(fetching) == b"" and fetching.at == 0
    for ask in asks:
        answer(fetching, ask)
    assert taken(fetching) == FILE[:3_072]


def test_a_piece_that_is_too_short_ends_it():
    for size in (0, 1_023):
        fetching = Fetching("f", 0, 5_000, 0, 0)
        asked(fetching)
        assert word(lambda one=fetching, size=size: one.take("f", 0, b64(bytes(size)), 0)) == "length"


def test_what_answers_an_earlier_and_longer_wish_is_left_aside():
    fetching = Fetching("f", 0, 5_000, 0, 0)
    late = asked(fetching)[0]
    now = 20_000
    (again,) = asked(fetching, now)
    answer(fetching, late, now)
    assert again[1] < late[1] and taken(fetching) == b""
    answer(fetching, again, now)
    assert taken(fetching) == FILE[: again[1]]


def test_what_does_not_come_is_asked_for_again_in_smaller_pieces_which_grow_later():
    fetching = Fetching("f", 0, 20_000, 0, 0)
    asked(fetching)
    assert asked(fetching, 19_999) == [] and asked(fetching, 20_000) == [(0, 512)]
    assert asked(fetching, 40_000) == [(0, 256)]
    now, most = 40_000, 0
    while not fetching.done:
        for ask in asked(fetching, now) or [(fetching.at, min(256, 20_000 - fetching.at))]:
            most = max(most, ask[1])
            answer(fetching, ask, now)
        taken(fetching)
    assert most == 1_024


def test_silence_ends_it_but_not_while_something_else_comes_first():
    fetching = Fetching("f", 0, 5_000, 0, 0)
    asked(fetching, 0)
    for now in range(0, 600_000, 10_000):
        fetching.rest(now)
    now = 590_000
    asked(fetching, now + 60_000)
    asked(fetching, now + 120_000)
    assert word(lambda: asked(fetching, now + 180_000)) == "too_slow"
    other = Fetching("f", 0, 5_000, 0, 0)
    for now in range(0, 6 * 59_000, 59_000):
        answer(other, asked(other, now)[0], now)
        assert taken(other), "a piece a minute is slow, and not silence"


def test_a_rate_is_kept():
    fetching = Fetching("f", 0, 5_000, 1_000, 0)
    at = []
    for now in range(0, 10_000, 8):
        for ask in asked(fetching, now):
            at.append(now)
            answer(fetching, ask, now)
            taken(fetching)
    assert fetching.done and at[-1] >= 4_000 and at[-1] <= 4_200


def test_a_lost_connection_begins_where_it_was():
    fetching = Fetching("f", 2_000, 5_000, 0, 0)
    answer(fetching, asked(fetching)[1])
    fetching.lost(0)
    assert asked(fetching)[0] == (2_000, 1_024)


def test_waiting_is_until_something_is_due():
    fetching = Fetching("f", 0, 1_500, 0, 0)
    asked(fetching)
    assert fetching.wait_ms(0) == 20_000
    slow = Fetching("f", 0, 5_000, 100, 0)
    assert len(asked(slow)) == 1 and slow.wait_ms(0) == 10_240

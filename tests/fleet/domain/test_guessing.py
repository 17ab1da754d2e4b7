"""Guesses from one address are slowed down over all names."""

import pytest

from fleet.domain.guessing import FREE_FROM_A_PLACE, LONGEST_PAUSE_S, place_lock_s, place_of


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_a_place_is_an_address_or_the_network_of_a_house(address: str, place: str) -> None:
    assert place_of(address) == place


def test_a_whole_office_may_slip_and_then_it_doubles() -> None:
    assert place_lock_s(FREE_FROM_A_PLACE - 1) == 0
    assert [place_lock_s(FREE_FROM_A_PLACE + n) for n in range(5)] == [60, 120, 240, 480, LONGEST_PAUSE_S]

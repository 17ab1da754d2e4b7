"""The public name of a claim is typed right or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.claim_ids import ALPHABET, BadClaimId, claim_id, read_claim_id, shown_claim_id

IDS = st.binary(min_size=5, max_size=5).map(claim_id)
PLACES = st.integers(0, 8)


@given(IDS, PLACES, st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_noticed(claim: str, place: int, letter: str) -> None:
    typed = claim[:place] + letter + claim[place + 1 :]
    if typed == claim:
        assert read_claim_id(typed) == claim
    else:
        with pytest.raises(BadClaimId, match="as they stand on the label"):
            read_claim_id(typed)


@given(IDS, PLACES, PLACES)
def test_two_letters_that_changed_places_are_noticed(claim: str, one: int, other: int) -> None:
    letters = list(claim)
    letters[one], letters[other] = letters[other], letters[one]
    if letters == list(claim):
        return
    with pytest.raises(BadClaimId) as found:
        read_claim_id("".join(letters))
    assert found.value.problem == "mistyped"


@given(IDS)
def test_it_is_read_as_people_type_it(claim: str) -> None:
    assert read_claim_id(f" {shown_claim_id(claim).lower()} ") == claim
    assert read_claim_id(claim.replace("0", "O").replace("1", "l")) == claim


@pytest.mark.parametrize(
    ("typed", "problem", "found"), [("K7MP-4QX", "length", "7"), ("K7MU-4QXT-H", "letter", "U"), ("", "length", "0")]
)
def test_what_is_none_is_told(typed: str, problem: str, found: str) -> None:
    with pytest.raises(BadClaimId) as refused:
        read_claim_id(typed)
    assert (refused.value.problem, refused.value.found) == (problem, found)


def test_forty_bits_are_in_it() -> None:
    assert claim_id(bytes(5)) == "000000000"
    assert claim_id(b"\xff" * 5)[:8] == "ZZZZZZZZ"
    assert shown_claim_id(claim_id(b"\x00\x00\x00\x00\x01")) == "0000-0001-" + claim_id(b"\x00\x00\x00\x00\x01")[8]

"""What devices say that they run is read with care: what says nothing is left out."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.applications import Application, GoneBack, application_of, reason_word

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("sequence", "trial", "back", "root", "mpy", "room", "slot")


def test_what_a_device_says_of_its_application() -> None:
    said = {
        "sequence": 12, "trial": True, "back": {"sequence": 11, "reason": "sha256: expected another"},
        "root": 2, "mpy": "6.3", "room": 327_680, "slot": "b",
    }  # fmt: skip
    back = GoneBack(11, "sha256: expected another")
    assert application_of(said) == Application(12, True, back, 2, "6.3", 327_680, "b") and back.word == "sha256"
    assert application_of({"sequence": 0}) == Application(), "no slots, no trust: the factory's"
    assert application_of(None) is None and application_of({"trial": True}) is None
    assert reason_word("not confirmed in 3 boots") == "" and reason_word("flash") == "flash"


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)))
def test_whatever_it_says_is_an_application_or_none(said: dict[str, object]) -> None:
    found = application_of(said)
    assert found is None or (found.sequence >= 0 and len(found.mpy) <= 16 and len(found.slot) <= 16)

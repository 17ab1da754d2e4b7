"""How far a receipt may go."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.coverage import cover, through


def test_batches_in_order() -> None:
    covered = cover([], (0, 9), oldest=0)
    assert through(covered, 0) == 9
    covered = cover(covered, (10, 14), oldest=0)
    assert covered == [(0, 14)]
    assert through(covered, 10) == 14


def test_a_hole_that_is_still_on_its_way_stops_the_receipt() -> None:
    covered = cover([], (0, 4), oldest=0)
    covered = cover(covered, (10, 14), oldest=0)  # 5 to 9 are in another receiver's hands
    assert through(covered, 0) == 4
    assert through(cover(covered, (5, 9), oldest=0), 0) == 14


def test_a_hole_that_the_device_forgot_is_stepped_over_once_it_says_so() -> None:
    covered = cover(cover([], (0, 4), oldest=0), (10, 14), oldest=0)
    assert through(covered, 0) == 4
    covered = cover(covered, (10, 14), oldest=10)  # the device forgot up to 4 and holds nothing below 10
    assert through(covered, 10) == 14
    assert covered == [(10, 14)]


def test_nothing_of_what_is_held_is_stored() -> None:
    assert through([], 7) == 6
    assert through([(8, 9)], 7) == 6


HELD = st.sets(st.integers(0, 40), min_size=1)


@given(HELD, st.data())
def test_a_receipt_never_covers_what_is_held_and_not_stored(held: set[int], data: st.DataObject) -> None:
    """Any batches of what is held, in any order, lost or repeated: `through` covers only stored events."""
    ordered = sorted(held)
    covered: list[tuple[int, int]] = []
    stored: set[int] = set()
    for _ in range(data.draw(st.integers(1, 12))):
        first = data.draw(st.integers(0, len(ordered) - 1))
        last = data.draw(st.integers(first, len(ordered) - 1))
        covered = cover(covered, (ordered[first], ordered[last]), oldest=ordered[0])
        stored |= set(ordered[first : last + 1])
        upto = through(covered, ordered[0])
        assert {seq for seq in held if seq <= upto} <= stored
    if stored == held:
        # Gaps between batches may remain where the device forgot; its next `oldest` steps over them.
        oldest = min((seq for seq in held if seq > through(covered, ordered[0])), default=None)
        if oldest is not None:
            assert through(covered, oldest) >= oldest

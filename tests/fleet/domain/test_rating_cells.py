"""Ratings of longer periods: no two answers can be taken from one another so that fewer than five are left."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.named_periods import Length
from fleet.domain.rating_cells import Counted, cells, divided
from fleet.domain.satisfaction import publish

DAYS = tuple(f"2026-{month:02d}-{day:02d}" for month in (1, 2, 3, 4, 12) for day in (1, 2, 28))
YEAR = st.lists(
    st.tuples(st.sampled_from(DAYS), st.integers(1, 5), st.sampled_from((False,) * 15 + (True,))), max_size=120
).map(
    lambda some: [Counted(day, score, 5, 1, excluded) for day, score, excluded in sorted(some, key=lambda one: one[0])]
)
PERIODS = {
    Length.DAY: lambda press: press.day,
    Length.MONTH: lambda press: press.day[:7],
    Length.QUARTER: lambda press: press.day[:4] + str((int(press.day[5:7]) + 2) // 3),
    Length.YEAR: lambda press: press.day[:4],
}


def numbered(presses: list[Counted]) -> list[Counted]:
    """Each press with a wait of its own, by which it is known again."""
    return [replace(press, wait_ms=at) for at, press in enumerate(presses)]


def all_shown(presses: list[Counted]) -> dict[tuple[Length, object], set[int | None]]:
    """What every answer shows."""
    found: dict[tuple[Length, object], set[int | None]] = {}
    for length, name in PERIODS.items():
        for its in {name(press) for press in presses}:
            shown, _ = divided([press for press in presses if name(press) == its], length)
            found[length, its] = {press.wait_ms for press in shown}
            assert len(found[length, its]) == len(shown)
    return found


@settings(deadline=None, max_examples=200)
@given(YEAR)
def test_every_answer_less_those_within_it_is_made_of_groups_of_five(year: list[Counted]) -> None:
    presses = numbered(year)
    shown = all_shown(presses)
    for (length, its), whole in shown.items():
        assert len(whole) % 5 == 0
        for (other, part), some in shown.items():
            if list(Length).index(other) < list(Length).index(length):
                assert some <= whole or not some & whole, (length, its, other, part)
                assert len(whole - some) % 5 == 0


@settings(deadline=None)
@given(YEAR)
def test_a_year_shows_all_but_four_and_broken_groups(year: list[Counted]) -> None:
    shown, left = divided(year, Length.YEAR)
    broken = sum(press.excluded for press in year)
    assert len(left) < 5 and len(year) - 4 - 5 * broken <= len(shown) <= len(year) // 5 * 5
    assert not any(press.excluded for press in shown)


@settings(deadline=None)
@given(st.lists(st.integers(1, 5), max_size=40))
def test_a_day_shows_what_its_page_shows(scores: list[int]) -> None:
    shown, _ = divided([Counted("2026-01-01", score, 5, 1) for score in scores], Length.DAY)
    page = publish([(score, 5) for score in scores])
    assert (len(shown), sum(press.is_satisfied for press in shown)) == (page.n, round(page.n * (page.share or 0)))


@settings(deadline=None)
@given(YEAR)
def test_an_excluded_press_changes_no_other_group(year: list[Counted]) -> None:
    presses = numbered([replace(press, excluded=False) for press in year])
    before = {press.wait_ms for press in divided(presses, Length.YEAR)[0]}
    for at in range(0, len(presses), 7):
        gone = [replace(press, excluded=press.wait_ms == at) for press in presses]
        after = {press.wait_ms for press in divided(gone, Length.YEAR)[0]}
        assert after <= before and len(before) - len(after) in (0, 5)


def test_scales_of_different_versions_are_told_apart() -> None:
    old = [Counted("2026-01-01", 3, 3, 1)] * 6
    new = [Counted("2026-01-02", 3, 3, 2)] * 2 + [Counted("2026-01-02", 1, 5, 2)] * 12
    found = cells([*old, *new], Length.MONTH)
    assert [(one.scale_version, one.scale, one.n, one.positive) for one in found] == [(1, 3, 5, 5), (2, 5, 10, 0)]
    assert found[0].by_score == (0, 0, 5) and found[1].share == 0.0
    assert Counter(one.n % 5 for one in found) == {0: 2}

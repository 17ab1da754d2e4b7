"""What is withheld cannot be had: not by subtraction, and not by whoever knows the rule either."""

import os
from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.withholding import LEAST, withheld

LONG = "EXAMPLES" in os.environ
TOP = {2: 24, 3: 16, 4: 12 if LONG else 10}
# Counts up to this, of so many cells: 14,000 publications in a fifth of a second.


def published(counts: tuple[int, ...]) -> tuple[tuple[int | None, ...], int | None]:
    """What everybody reads: the cells, and their sum where that is not of few."""
    hidden = withheld({str(cell): n for cell, n in enumerate(counts)})
    total = sum(counts)
    return tuple(None if str(cell) in hidden else n for cell, n in enumerate(counts)), (
        total if total == 0 or total >= LEAST else None
    )


@pytest.mark.parametrize("cells", TOP)
def test_nobody_who_knows_the_rule_reads_a_withheld_count(cells: int) -> None:
    """Each publication could have come of counts that differ in every cell that it withholds."""
    meant = defaultdict(list)
    for counts in product(range(TOP[cells]), repeat=cells):
        meant[published(counts)].append(counts)
    for (told, total), candidates in meant.items():
        if total is not None and total - sum(n or 0 for n in told) >= TOP[cells]:
            continue  # others, beyond the bound, would look alike
        for cell, n in enumerate(told):
            assert n is not None or len({one[cell] for one in candidates}) > 1, (told, total)


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40)),
    st.integers(5, 12),
    st.sets(st.sampled_from("abcdefgh")),
)
def test_few_are_never_told_and_never_alone(counts: dict[str, int], least: int, known: set[str]) -> None:
    hidden = withheld(counts, least, known)
    assert all(n == 0 or n >= least for key, n in counts.items() if key not in hidden)
    assert {key for key in known if counts.get(key)} <= hidden
    alone = {key for key, n in counts.items() if n} <= hidden
    assert all(counts[key] for key in hidden) or 0 < sum(counts.values()) < least
    assert not hidden or alone or (len(hidden) > 1 and sum(counts[key] for key in hidden) >= 2 * least - 1)

"""What is not told because it could be had by subtraction.

Of fewer than five nothing is told. If all others are told, and so is their sum, the one that is not follows; so some of
the others are withheld, too (complementary suppression: Willenborg and de Waal 2001, Elements of Statistical Disclosure
Control), until those that are have twice as many people together, less one.

Whoever knows this rule learns no count from it either: which others are withheld depends on their names alone. Had the
smallest been taken, (6, 6, 4) were the only counts with two of three withheld, 6 told and 16 in all; and two that are
small, together 8, could only be 4 and 4. `test_withholding.py` tries all counts up to a bound.
"""

from collections.abc import Collection, Mapping

LEAST = 5


def withheld(counts: Mapping[str, int], least: int = LEAST, known: Collection[str] = ()) -> set[str]:
    """Which of these are not told: those of few, those `known` to be withheld elsewhere, and others to hide them.

    Nobody needs no hiding, unless all together are fewer than `least`: their sum must not be told either, and where
    nobody is would tell where the few are.
    """
    held = {key: n for key, n in counts.items() if n > 0}
    if 0 < sum(held.values()) < least:
        return set(counts)
    found = {key for key, n in held.items() if n < least or key in known}
    others = sorted(held.keys() - found)
    while found and others and (len(found) < 2 or sum(held[key] for key in found) < 2 * least - 1):
        found.add(others.pop())
    return found


def told_of_part(counts: Mapping[str, int], part: str, least: int = LEAST) -> bool:
    """Whether one part may be told beside the whole, whatever other parts are asked for."""
    return counts.get(part, 0) >= least and part not in withheld(counts, least)

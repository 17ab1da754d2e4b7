"""What is not told because it could be had by subtraction.

Of fewer than five nothing is told. If all others are told, and so is their sum, the one that is not follows; so where
those that are withheld have fewer than five people together, the smallest of the others is withheld, too (complementary
suppression: Willenborg and de Waal 2001, Elements of Statistical Disclosure Control).
"""

from collections.abc import Mapping

LEAST = 5


def withheld(counts: Mapping[str, int], least: int = LEAST) -> set[str]:
    """Which of these are not told: those of few, and as many more as it takes to hide them. Nobody needs no hiding."""
    held = {key: n for key, n in counts.items() if n > 0}
    found = {key for key, n in held.items() if n < least}
    others = sorted((key for key in held if key not in found), key=lambda key: (held[key], key), reverse=True)
    while others and 0 < sum(held[key] for key in found) < least:
        found.add(others.pop())
    return found


def told_of_part(counts: Mapping[str, int], part: str, least: int = LEAST) -> bool:
    """Whether one part may be told beside the whole, whatever other parts are asked for."""
    return counts.get(part, 0) >= least and part not in withheld(counts, least)

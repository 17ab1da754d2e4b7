"""Who became whom: what a unit is today, what it was made of before, and what may be compared across a change.

A share says how much of a unit that ended went to an heir. Of several heirs without a share nobody knows how much each
got, and so it is said; a single one without a share got what is left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fleet.domain.org_tree import Heir, Kind, Tree

WHOLE = 10_000
Share = Fraction | None
# None: not known.
Member = tuple[str, bool]
# A unit on the later day (true) or on the earlier one.


@dataclass(frozen=True)
class Group:
    """Units of before and after a change whose sums may be compared, since nothing of them went elsewhere."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    shares_known: bool


def share_of(heirs: tuple[Heir, ...], heir: Heir) -> Share:
    """How much this heir got."""
    if heir.share is not None:
        return Fraction(heir.share, WHOLE)
    if sum(one.share is None for one in heirs) > 1:
        return None
    return Fraction(max(WHOLE - sum(one.share or 0 for one in heirs), 0), WHOLE)


def heirs_on(tree: Tree, unit: str, day: date) -> dict[str, Share]:
    """What this unit, of whenever it was, is on this day: itself, or those that took over and how much of it."""
    found: dict[str, Share] = {}
    walk_on(tree, unit, day, Fraction(1), found)
    return found


def made_of(tree: Tree, unit: str, before: date, day: date) -> dict[str, Share]:
    """The units of an earlier day that this one, as it is on a later day, is made of, and how much of each.

    The sum of what these did then, each times its share, is what this unit would have done.
    """
    found: dict[str, Share] = {}
    walk_back(tree, predecessors(tree, day), unit, before, Fraction(1), found)
    return found


def estimate(made: dict[str, Share], counts: dict[str, int]) -> tuple[Fraction, Fraction]:
    """The least and the most that a unit made of these would have counted; the same twice if shares are known."""
    least = sum((counts.get(unit, 0) * (share or Fraction(0)) for unit, share in made.items()), Fraction())
    most = sum(
        (counts.get(unit, 0) * (Fraction(1) if share is None else share) for unit, share in made.items()), Fraction()
    )
    return least, most


def comparable(tree: Tree, kinds: Iterable[Kind], before: date, after: date) -> list[Group]:
    """The units of these kinds on two days, in the smallest groups that compare without any share."""
    wanted, back = frozenset(kinds), predecessors(tree, after)
    joined: dict[Member, Member] = {}
    doubtful: set[Member] = set()
    for unit in tree.units:
        if tree.at(unit, before) is not None:
            first_of(joined, (unit, False))
        if tree.at(unit, after) is not None:
            made: dict[str, Share] = {}
            walk_back(tree, back, unit, before, Fraction(1), made)
            for old, share in made.items():
                joined[first_of(joined, (unit, True))] = first_of(joined, (old, False))
                if share is None:
                    doubtful.add((old, False))
            first_of(joined, (unit, True))
    groups: dict[Member, set[Member]] = {}
    for member in list(joined):
        groups.setdefault(first_of(joined, member), set()).add(member)
    return sorted(
        (
            Group(
                tuple(sorted(unit for unit, is_after in members if not is_after)),
                tuple(sorted(unit for unit, is_after in members if is_after)),
                not members & doubtful,
            )
            for members in groups.values()
            if any(tree.units[unit][0].kind in wanted for unit, _ in members)
        ),
        key=lambda group: (group.after, group.before),
    )


def predecessors(tree: Tree, day: date) -> dict[str, list[tuple[str, Share]]]:
    """From whom each unit took over up to this day, and how much of it."""
    back: dict[str, list[tuple[str, Share]]] = {}
    for unit in tree.units:
        end, heirs = tree.end(unit), tree.heirs(unit)
        for heir in heirs if end is not None and end <= day else ():
            back.setdefault(heir.id, []).append((unit, share_of(heirs, heir)))
    return back


def walk_on(tree: Tree, unit: str, day: date, share: Share, found: dict[str, Share]) -> None:
    if tree.at(unit, day) is not None:
        add(found, unit, share)
    elif unit in tree.units:
        end, heirs = tree.end(unit), tree.heirs(unit)
        if end is not None and end <= day:
            for heir in heirs:
                walk_on(tree, heir.id, day, times(share, share_of(heirs, heir)), found)


def walk_back(
    tree: Tree,
    back: dict[str, list[tuple[str, Share]]],
    unit: str,
    before: date,
    share: Share,
    found: dict[str, Share],
) -> None:
    if tree.at(unit, before) is not None:
        add(found, unit, share)
    for earlier, part in back.get(unit, ()):
        end = tree.end(earlier)
        if end is not None and end > before:
            walk_back(tree, back, earlier, before, times(share, part), found)


def times(one: Share, other: Share) -> Share:
    return None if one is None or other is None else one * other


def add(found: dict[str, Share], unit: str, share: Share) -> None:
    """A unit that is reached over two ways counts with both shares."""
    if unit in found:
        earlier = found[unit]
        found[unit] = None if earlier is None or share is None else earlier + share
    else:
        found[unit] = share


def first_of(joined: dict[Member, Member], member: Member) -> Member:
    """Who stands for the group of this member; alone, it stands for itself."""
    above = joined.setdefault(member, member)
    while above != member:
        joined[member] = joined[above]  # the next who asks has half the way
        member, above = above, joined[above]
    return member

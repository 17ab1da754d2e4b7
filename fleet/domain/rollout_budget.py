"""How many devices may fail with something new: of all together, and of each kind of them alone.

What breaks every tenth printer breaks few of all devices, and must be noticed all the same. So whatever is asked of all
is asked of each kind, too. More than allowed have failed for certain when it would be a rare chance that so many do if
the allowed share did: the binomial test with half the weight of what was found itself (mid-P: Lancaster 1961; Berry and
Armitage 1995), which holds for few devices, too. Wilson's bound does not: for one of 17 it says more than 1 %, which
every sixth time is chance. It is asked after each answer and of each kind, and so stops now and then what fails just as
often as allowed: a person looks then, and that is cheaper than a printer at each office.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp, log

from fleet.domain.chances import ways
from fleet.domain.rollout_harm import Harm, Why
from fleet.domain.rollout_targets import ALL, At, Kind, Target

RARE = 0.05
FIRST = 2
# Of a kind of which nothing is known yet one failure is enough.
TOO_SMALL = 1e-12


def over_budget(answered: Sequence[Target], allowed: float) -> Why | None:
    """Whether too many of those that answered have failed, of all or of a kind. With 100 % none are too many."""
    if allowed >= 1 or not any(one.at is At.FAILED for one in answered):
        return None
    why = too_many_failed(*counted(answered), allowed)
    return why or next(each_over(by_kind(answered), allowed), None)


def too_few(answered: Sequence[Target], wanted: float) -> Why | None:
    """Whether a wave that is over has fewer that succeeded than its share, of all or of a kind."""
    why = too_few_succeeded(*counted(answered), wanted)
    if why is not None:
        return why
    for kind, its in by_kind(answered).items():
        why = too_few_succeeded(*counted(its), wanted, kind)
        if why is not None:
            return why
    return None


def each_over(kinds: Mapping[Kind, Sequence[Target]], allowed: float) -> Iterator[Why]:
    """Of which kinds too many failed, or one of the first."""
    for kind, its in kinds.items():
        failed, first = counted(its)[0], counted(first_of(its))
        why = too_many_failed(failed, len(its), allowed, kind)
        if why is None and first[0]:
            why = Why(Harm.FIRST, *first, limit=allowed, board=kind.board, roles=kind.roles)
        if why is not None:
            yield why


def first_of(its: Sequence[Target]) -> list[Target]:
    """Those that answered first; whoever was heard in the same moment is one of them."""
    moments = sorted(one.settled_ms or 0 for one in its)
    last_ms = moments[min(FIRST, len(moments)) - 1]
    return [one for one in its if (one.settled_ms or 0) <= last_ms]


def too_many_failed(failed: int, answered: int, allowed: float, kind: Kind = ALL) -> Why | None:
    """Whether more than the allowed share has certainly failed: one of one has, one of ten may be chance."""
    if failed and failed > allowed * answered and mid_p(failed, answered, allowed) <= RARE:
        return Why(Harm.FAILURES, failed, answered, limit=allowed, board=kind.board, roles=kind.roles)
    return None


def too_few_succeeded(failed: int, answered: int, wanted: float, kind: Kind = ALL) -> Why | None:
    """Whether fewer than the wanted share succeeded."""
    if answered and answered - failed < wanted * answered:
        return Why(Harm.TOO_FEW, answered - failed, answered, limit=wanted, board=kind.board, roles=kind.roles)
    return None


def mid_p(k: int, n: int, share: float) -> float:
    """P(X > k) + P(X = k) / 2, of n with this chance each; `k` is more than can be expected."""
    if share <= 0:
        return 0.0
    one = chance_of(k, n, share)
    tail = one / 2
    odds = share / (1 - share)
    for more in range(k, n):
        one *= (n - more) / (more + 1) * odds
        tail += one
        if one < TOO_SMALL * tail:
            break
    return tail


def chance_of(k: int, n: int, share: float) -> float:
    """P(X = k), of n with this chance each, which is not 0 or 1."""
    return exp(ways(n, k) + k * log(share) + (n - k) * log(1 - share))


def counted(its: Iterable[Target]) -> tuple[int, int]:
    """How many failed, of how many."""
    found = [one.at is At.FAILED for one in its]
    return sum(found), len(found)


def by_kind(its: Iterable[Target]) -> dict[Kind, list[Target]]:
    """The devices of each kind, in an order that does not depend on theirs."""
    found: dict[Kind, list[Target]] = defaultdict(list)
    for one in its:
        found[one.kind].append(one)
    return {kind: found[kind] for kind in sorted(found)}

"""By which means a person was proved to be who they say, and when that is enough.

A password is one step. A code from the person's own device is a second, and so is one of the codes kept on paper for
the day that device is lost. A provider of identities (single sign-on) asks for its own steps, and is
taken at its word if it says that there were two; else it is one step, as a password is.
"""

from collections.abc import Iterable
from enum import StrEnum

MINUTE_MS = 60_000


class Means(StrEnum):
    """Something that proves a person."""

    PASSWORD = "password"  # noqa: S105 (a word, not a password)
    CODE = "code"
    PAPER = "paper"
    PROVIDER = "provider"
    PROVIDER_ONCE = "provider_once"


ENOUGH_ALONE = frozenset({Means.CODE, Means.PAPER, Means.PROVIDER})
# Nobody is asked for a code before something else proved them, so whoever showed one showed two things.


def in_words(means: Iterable[Means]) -> str:
    """The means as a row of a table keeps them."""
    return " ".join(sorted(means))


def read_means(words: str) -> frozenset[Means]:
    """The means that a row says; what another version wrote there proves nothing."""
    known = {one.value for one in Means}
    return frozenset(Means(word) for word in words.split() if word in known)


def is_whole(means: Iterable[Means], has_second_step: bool) -> bool:
    """Whether nothing more is to be asked of whoever has a second step, or none."""
    return not has_second_step or not ENOUGH_ALONE.isdisjoint(means)


def lacks_second_step(means: Iterable[Means], is_required: bool, has_second_step: bool) -> bool:
    """Whether a second step is asked of the person that is still to be set up."""
    return is_required and not has_second_step and Means.PROVIDER not in means


def is_from_provider(means: Iterable[Means]) -> bool:
    """Whether a provider of identities was the first to be asked, and no password of ours."""
    return not {Means.PROVIDER, Means.PROVIDER_ONCE}.isdisjoint(means)


def is_recent(proved_ms: int, now_ms: int, minutes: float) -> bool:
    """Whether the last proof is good for what must not be done at a browser that somebody left open."""
    return 0 <= now_ms - proved_ms < minutes * MINUTE_MS

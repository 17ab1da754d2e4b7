"""The catalogue searched as people type: without diacritics, words in any order, each word perhaps only begun.

A procedure is found when each word of the question begins some word of its code, name, field or group. First come those
with most words as they were typed, tones and all; then those with most whole words; then those that are asked for most.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from fleet.domain.procedures import Procedure

WORD = re.compile(r"[^\W_]+")
BEYOND = "\U0010ffff"
# Sorts after every letter: the end of the words that begin with a prefix.


@dataclass(frozen=True)
class Found:
    """A procedure, and how often it was used."""

    procedure: Procedure
    uses: int


class ProcedureIndex:
    """Made once of a catalogue and its use; asked often."""

    def __init__(
        self, procedures: Sequence[Procedure], uses: Mapping[str, int], group_names: Mapping[str, str] | None = None
    ) -> None:
        names = group_names or {}
        self.found = [Found(one, uses.get(one.code, 0)) for one in procedures]
        texts = [f"{one.code} {one.name} {one.field} {names.get(one.service or '', '')}" for one in procedures]
        self.spoken = [frozenset(words_of(text)) for text in texts]
        self.plain = [frozenset(map(plain, words)) for words in self.spoken]
        self.holders: dict[str, set[int]] = {}
        for place, words in enumerate(self.plain):
            for word in words:
                self.holders.setdefault(word, set()).add(place)
        self.vocabulary = sorted(self.holders)

    def search(self, question: str, most: int = 20) -> list[Found]:
        """The best that are found, the best first; those that are used most if nothing is asked."""
        asked = words_of(question)
        places: set[int] | None = None
        for word in {plain(word) for word in asked}:
            holding = self.beginning_with(word)
            places = holding if places is None else places & holding
            if not places:
                return []
        chosen = range(len(self.found)) if places is None else places
        bare = [plain(word) for word in asked]
        best = nsmallest(most, chosen, key=lambda place: self.rank(place, asked, bare))
        return [self.found[place] for place in best]

    def beginning_with(self, prefix: str) -> set[int]:
        """The procedures that have a word which begins so."""
        first, end = bisect_left(self.vocabulary, prefix), bisect_left(self.vocabulary, prefix + BEYOND)
        return set().union(*(self.holders[word] for word in self.vocabulary[first:end]))

    def rank(self, place: int, asked: Sequence[str], bare: Sequence[str]) -> tuple[int, int, int, int, str]:
        """The smaller, the better."""
        one = self.found[place]
        as_typed = sum(word in self.spoken[place] for word in asked)
        whole = sum(word in self.plain[place] for word in bare)
        return -as_typed, -whole, -one.uses, len(one.procedure.name), one.procedure.code


def words_of(text: str) -> list[str]:
    """The words in small letters, composed, in their order."""
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def plain(word: str) -> str:
    """Without diacritics: `đất` is `dat`."""
    apart = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join([c for c in apart if not unicodedata.combining(c)])

"""What the clips of a call display say, in words. A number means the same in each folder: docs/voices.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

CHIME, CALLED, TO_COUNTER = 1, 2, 3
DIGITS, LETTERS, COUNTERS = range(10, 20), range(21, 54), range(101, 200)
SPELT = "ABCDEFGHIJKLMNOPQRSTUVWXYZĐĂÂÊÔƠƯ"

FOLDERS = {1: "vi", 2: "en"}
# The folders whose language is one of the words below. Of the others one can only say what they mean.


def vietnamese(number: int) -> str:
    """A number below a hundred as it is read."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return VIETNAMESE[ones]
    ending = {0: "", 1: "mốt" if tens > 1 else "một", 4: "tư" if tens > 1 else "bốn", 5: "lăm"}
    ten = "mười" if tens == 1 else f"{VIETNAMESE[tens]} mươi"
    return f"{ten} {ending.get(ones, VIETNAMESE[ones])}".rstrip()


def english(number: int) -> str:
    """The same in English."""
    tens, ones = divmod(number, 10)
    if number < len(ENGLISH):
        return ENGLISH[number]
    return ENGLISH_TENS[tens - 2] + (f"-{ENGLISH[ones]}" if ones else "")


VIETNAMESE = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@dataclass(frozen=True)
class Words:
    """How a language says a call."""

    called: str
    to_counter: str
    number: Callable[[int], str]


WORDS = {"vi": Words("mời số", "đến quầy số", vietnamese), "en": Words("number", "counter", english)}


def in_words(clips: Sequence[int], language: str) -> str:
    """What these clips say together: "Mời số A không một hai, đến quầy số ba"."""
    words = WORDS[language]
    said = ""
    for clip in clips:
        word = word_of(clip, words)
        if word:
            said += (", " if clip == TO_COUNTER and said else " ") + word
    said = said.strip()
    return said[:1].upper() + said[1:]


def word_of(clip: int, words: Words) -> str:
    """What one clip says; one that means nothing stands by its number."""
    if clip in (CHIME, CALLED, TO_COUNTER):
        return {CHIME: "", CALLED: words.called, TO_COUNTER: words.to_counter}[clip]
    if clip in DIGITS:
        return words.number(clip - DIGITS.start)
    if clip in LETTERS:
        return SPELT[clip - LETTERS.start]
    return words.number(clip - COUNTERS.start + 1) if clip in COUNTERS else f"({clip:03})"

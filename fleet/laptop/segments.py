"""Seven segments: which bars of a keypad's display light for a text.

The bars are a (top), b and c (right), d (bottom), e and f (left), g (middle).
"""

CELLS = 5

BARS = {
    "0": "abcdef", "1": "bc", "2": "abdeg", "3": "abcdg", "4": "bcfg", "5": "acdfg", "6": "acdefg", "7": "abc",
    "8": "abcdefg", "9": "abcdfg", "-": "g", "_": "d", " ": "",
    "A": "abcefg", "B": "cdefg", "C": "adef", "D": "bcdeg", "E": "adefg", "F": "aefg", "G": "acdef", "H": "bcefg",
    "I": "ef", "J": "bcde", "K": "acefg", "L": "def", "M": "abcef", "N": "ceg", "O": "abcdef", "P": "abefg",
    "Q": "abcfg", "R": "eg", "S": "acdfg", "T": "defg", "U": "bcdef", "V": "cde", "W": "bcdf", "X": "bcefg",
    "Y": "bcdfg", "Z": "abdeg",
}  # fmt: skip


def bars(text: str) -> list[str]:
    """The bars of each cell, right-justified; a character that cannot be shown stays dark."""
    return [BARS.get(one, "") for one in text.upper().rjust(CELLS)[:CELLS]]

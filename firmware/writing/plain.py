"""Letters without their accents, for printers and pages that lack them: Đường becomes Duong."""

from firmware.sparing import const
from firmware.writing import each_letter

_ACCENTED = const(
    "àảãáạăằẳẵắặâầẩẫấậäåèẻẽéẹêềểễếệëìỉĩíịîïòỏõóọôồổỗốộơờởỡớợöøùủũúụưừửữứựûüỳỷỹýỵÿđ₫çñ"
    "ÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬÄÅÈẺẼÉẸÊỀỂỄẾỆËÌỈĨÍỊÎÏÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢÖØÙỦŨÚỤƯỪỬỮỨỰÛÜỲỶỸÝỴĐÇÑ"
)
_BARE = const(
    "aaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeiiiiiiiooooooooooooooooooouuuuuuuuuuuuuyyyyyyddcn"
    "AAAAAAAAAAAAAAAAAAAEEEEEEEEEEEEIIIIIIIOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUYYYYYDCN"
)
_MARKS = const("–—−‑‘’‚“”„«»•·\u00a0\u202f")
_PLAIN_MARKS = const('----\'\'\'"""""**  ')
# Tables of two strings cost no memory of their own where the firmware lies in ROM.


def plain(text: str) -> str:
    """The text in ASCII; what has no likeness there becomes a question mark."""
    return "".join([letter if " " <= letter <= "~" else likeness(letter, "?") for letter in each_letter(text)])


def plain_marks(text: str) -> str:
    """The text with dashes, quotes and dots that any printer has; letters stay."""
    return "".join(
        [letter if " " <= letter <= "~" else likeness(letter, letter, False) for letter in each_letter(text)]
    )


def likeness(letter: str, otherwise: str, of_letters: bool = True) -> str:
    """The ASCII for one letter or mark. A combining accent goes with its letter."""
    if "\u0300" <= letter <= "\u036f":
        return ""
    if letter == "…":
        return "..."
    at = _MARKS.find(letter)
    if at >= 0:
        return _PLAIN_MARKS[at : at + 1]
    at = _ACCENTED.find(letter) if of_letters else -1
    return _BARE[at : at + 1] if at >= 0 else otherwise

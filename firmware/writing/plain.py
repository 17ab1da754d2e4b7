"""Letters without their accents, for printers and pages that lack them: Đường becomes Duong."""

ACCENTED = (
    "àảãáạăằẳẵắặâầẩẫấậäåèẻẽéẹêềểễếệëìỉĩíịîïòỏõóọôồổỗốộơờởỡớợöøùủũúụưừửữứựûüỳỷỹýỵÿđ₫çñ"
    "ÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬÄÅÈẺẼÉẸÊỀỂỄẾỆËÌỈĨÍỊÎÏÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢÖØÙỦŨÚỤƯỪỬỮỨỰÛÜỲỶỸÝỴĐÇÑ"
)
BARE = (
    "aaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeiiiiiiiooooooooooooooooooouuuuuuuuuuuuuyyyyyyddcn"
    "AAAAAAAAAAAAAAAAAAAEEEEEEEEEEEEIIIIIIIOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUYYYYYDCN"
)
MARKS = "–—−‑‘’‚“”„«»•·\u00a0\u202f"
PLAIN_MARKS = '----\'\'\'"""""**  '
# Tables of two strings cost no memory of their own where the firmware lies in ROM.


def plain(text: str) -> str:
    """The text in ASCII; what has no likeness there becomes a question mark."""
    return "".join([letter if " " <= letter <= "~" else likeness(letter, "?") for letter in text])


def plain_marks(text: str) -> str:
    """The text with dashes, quotes and dots that any printer has; letters stay."""
    return "".join([letter if " " <= letter <= "~" else likeness(letter, letter, False) for letter in text])


def likeness(letter: str, otherwise: str, of_letters: bool = True) -> str:
    """The ASCII for one letter or mark. A combining accent goes with its letter."""
    if "\u0300" <= letter <= "\u036f":
        return ""
    if letter == "…":
        return "..."
    at = MARKS.find(letter)
    if at >= 0:
        return PLAIN_MARKS[at]
    at = ACCENTED.find(letter) if of_letters else -1
    return BARE[at] if at >= 0 else otherwise

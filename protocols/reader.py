"""The barcode reader's part of `down/config`: what hangs on its line, and what stands before a code in an address."""

from protocols.message import Message, Range, Text


class Reader(Message):
    """A barcode reader.

    `scanner`: one that takes commands (GM65, GM861 and their kin), one that only sends codes, or to be found out.
    `mode`: it looks all the time, or when something comes before it. `repeat_s`: so long a code that is read again is
    the same reading. `marks`: what stands before a code in an address, such as `ma=`, with blanks between them.
    """

    FIELDS = {
        "scanner": ("auto", "gm65", "plain"),
        "mode": ("continuous", "sensing"),
        "repeat_s": Range(1, 60),
        "marks": Text(120),
    }

    scanner: str = "auto"
    mode: str = "continuous"
    repeat_s: int = 3
    marks: str = "ma= mahs= mahoso= ma_ho_so= code="

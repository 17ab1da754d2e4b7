"""Character pages of a thermal printer (`ESC t n`): which letter a byte is.

Page 0 is the IBM page 437. Pages 30 and 31 are TCVN-3 as Epson prints it: precomposed letters, the small ones on page
30 and the capital ones on page 31, so a printer is switched to and fro within a word. The capitals without a tone do
not stand where the small ones do. Places that a page leaves empty, and pages that this printer has not, print a box.
"""

BOX = "\u25a1"
TCVN3_SMALL = 30
TCVN3_CAPITAL = 31

ALIKE_ON_BOTH = (
    (0xB5, "àảãáạ"),
    (0xBB, "ằẳẵắ"),
    (0xC6, "ặầẩẫấậè"),
    (0xCE, "ẻẽéẹềểễếệìỉ"),
    (0xDC, "ĩíịò"),
    (0xE1, "ỏõóọồổỗốộờởỡớợù"),
    (0xF1, "ủũúụừửữứựỳỷỹýỵ"),
)
SMALL_ALONE = ((0xA8, "ăâêôơưđ"),)
CAPITAL_ALONE = ((0xA1, "ĂÂ"), (0xA7, "Đ"), (0xAA, "ÊÔƠƯ"))
# The capitals' places: two public transcriptions of Epson's page 31 agree (escpos-printer-db, CodepageEncoder).


def letter(page: int, byte: int) -> str:
    """The letter that a printer with this page selected prints for a byte of 0x20 or more."""
    if byte < 0x80:
        return chr(byte) if byte != 0x7F else " "
    return PAGES.get(page, {}).get(byte, BOX)


def page_of(*runs: tuple[int, str]) -> dict[int, str]:
    """A page from runs of letters with their first byte."""
    return {first + place: one for first, letters in runs for place, one in enumerate(letters)}


PAGES: dict[int, dict[int, str]] = {
    0: {byte: bytes([byte]).decode("cp437") for byte in range(0x80, 0x100)},
    TCVN3_SMALL: page_of(*SMALL_ALONE, *ALIKE_ON_BOTH),
    TCVN3_CAPITAL: page_of(*CAPITAL_ALONE, *((first, letters.upper()) for first, letters in ALIKE_ON_BOTH)),
}

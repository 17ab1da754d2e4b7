"""Vietnamese by TCVN-3: precomposed letters of a printer's own.

The small letters stand on one code page and the capitals on the next (30 and 31 at Epson and those who follow it), so
the page changes within a word. The tables are ordered by byte; the capitals without a tone stand elsewhere than the
small ones.
"""

from firmware.writing import each_letter

SMALL_PAGE = 30
CAPITAL_PAGE = 31

SMALL = "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
CAPITALS = "ĂÂÊÔƠƯĐÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬÈẺẼÉẸỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴ"
# MicroPython's upper() knows ASCII only, so the capitals are written out.
SMALL_ALONE = b"\xa8\xa9\xaa\xab\xac\xad\xae"
CAPITALS_ALONE = b"\xa1\xa2\xaa\xab\xac\xad\xa7"
CAPITALS_OF_ONE_PAGE = b"\xa1\xa2\xa3\xa4\xa5\xa6\xa7"
TONED = (
    b"\xb5\xb6\xb7\xb8\xb9\xbb\xbc\xbd\xbe\xc6\xc7\xc8\xc9\xca\xcb\xcc\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xdc\xdd\xde"
    b"\xdf\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe"
)
# The byte of each letter, in the order of the letters: those without a tone differ between the pages, the others not.


def text(value: str, small_page: int = SMALL_PAGE, capital_page: int = CAPITAL_PAGE) -> bytes:
    """The bytes that print this; a letter that the pages have not loses its accent or becomes `?`.

    Where both pages are one, it is the old TCVN-3 with small letters and seven capitals: other capitals become small.
    """
    capitals_alone = CAPITALS_ALONE if small_page != capital_page else CAPITALS_OF_ONE_PAGE
    out = bytearray()
    page = None
    for letter in each_letter(value):
        code = ord(letter)
        if code < 128:
            out.append(code if code >= 32 else 63)
            continue
        wanted, byte = small_page, place(letter, SMALL, SMALL_ALONE)
        if byte is None:
            wanted, byte = capital_page, place(letter, CAPITALS, capitals_alone)
        if byte is None:
            from firmware.writing.plain import plain

            out.extend(plain(letter).encode())
            continue
        if wanted != page:
            page = wanted
            out.extend(bytes([0x1B, 0x74, page]))
        out.append(byte)
    return bytes(out)


def place(letter: str, letters: str, alone: bytes) -> "int | None":
    """The letter's byte on its page, or None."""
    at = letters.find(letter)
    if at < 0:
        return None
    return alone[at] if at < len(alone) else TONED[at - len(alone)]

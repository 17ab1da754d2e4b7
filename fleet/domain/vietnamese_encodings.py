"""How Vietnamese was written in bytes before Unicode: cp1258 of Windows, and TCVN3 of the ABC fonts.

TCVN3 is the table of TCVN 5712:1993. Its fonts (.VnTime) have small letters and the seven plain capitals only; capitals
with a tone were small letters shown in a second font (.VnTimeH), which a file of plain text does not name. So a heading
in capitals comes out in small letters: compare without regard to case. The standard's own capitals, some of them on
control codes, are read too.
"""

import codecs
import unicodedata

CP1258 = "cp1258"
TCVN3 = "tcvn3"
OLD_ENCODINGS = (CP1258, TCVN3)

TCVN3_LETTERS = {
    "À": 0x80, "Ả": 0x81, "Ã": 0x82, "Á": 0x83, "Ạ": 0x84,
    "Ă": 0xA1, "Ằ": 0xAF, "Ẳ": 0xBA, "Ẵ": 0xBF, "Ắ": 0xC0, "Ặ": 0x85,
    "Â": 0xA2, "Ầ": 0xC1, "Ẩ": 0xC2, "Ẫ": 0xC3, "Ấ": 0xC4, "Ậ": 0x86,
    "È": 0x87, "Ẻ": 0x88, "Ẽ": 0x89, "É": 0x8A, "Ẹ": 0x8B,
    "Ê": 0xA3, "Ề": 0xC5, "Ể": 0xCD, "Ễ": 0xD9, "Ế": 0xDA, "Ệ": 0x8C,
    "Ì": 0x8D, "Ỉ": 0x8E, "Ĩ": 0x8F, "Í": 0x90, "Ị": 0x91,
    "Ò": 0x92, "Ỏ": 0x93, "Õ": 0x94, "Ó": 0x95, "Ọ": 0x96,
    "Ô": 0xA4, "Ồ": 0xDB, "Ổ": 0xE0, "Ỗ": 0xF0, "Ố": 0xFF, "Ộ": 0x97,
    "Ơ": 0xA5, "Ờ": 0x98, "Ở": 0x99, "Ỡ": 0x9A, "Ớ": 0x9B, "Ợ": 0x9C,
    "Ù": 0x9D, "Ủ": 0x9E, "Ũ": 0x9F, "Ú": 0x01, "Ụ": 0x02,
    "Ư": 0xA6, "Ừ": 0x04, "Ử": 0x05, "Ữ": 0x06, "Ứ": 0x11, "Ự": 0x12,
    "Ỳ": 0x13, "Ỷ": 0x14, "Ỹ": 0x15, "Ý": 0x16, "Ỵ": 0x17,
    "Đ": 0xA7,
    "à": 0xB5, "ả": 0xB6, "ã": 0xB7, "á": 0xB8, "ạ": 0xB9,
    "ă": 0xA8, "ằ": 0xBB, "ẳ": 0xBC, "ẵ": 0xBD, "ắ": 0xBE, "ặ": 0xC6,
    "â": 0xA9, "ầ": 0xC7, "ẩ": 0xC8, "ẫ": 0xC9, "ấ": 0xCA, "ậ": 0xCB,
    "è": 0xCC, "ẻ": 0xCE, "ẽ": 0xCF, "é": 0xD0, "ẹ": 0xD1,
    "ê": 0xAA, "ề": 0xD2, "ể": 0xD3, "ễ": 0xD4, "ế": 0xD5, "ệ": 0xD6,
    "ì": 0xD7, "ỉ": 0xD8, "ĩ": 0xDC, "í": 0xDD, "ị": 0xDE,
    "ò": 0xDF, "ỏ": 0xE1, "õ": 0xE2, "ó": 0xE3, "ọ": 0xE4,
    "ô": 0xAB, "ồ": 0xE5, "ổ": 0xE6, "ỗ": 0xE7, "ố": 0xE8, "ộ": 0xE9,
    "ơ": 0xAC, "ờ": 0xEA, "ở": 0xEB, "ỡ": 0xEC, "ớ": 0xED, "ợ": 0xEE,
    "ù": 0xEF, "ủ": 0xF1, "ũ": 0xF2, "ú": 0xF3, "ụ": 0xF4,
    "ư": 0xAD, "ừ": 0xF5, "ử": 0xF6, "ữ": 0xF7, "ứ": 0xF8, "ự": 0xF9,
    "ỳ": 0xFA, "ỷ": 0xFB, "ỹ": 0xFC, "ý": 0xFD, "ỵ": 0xFE,
    "đ": 0xAE,
}  # fmt: skip

TCVN3_TONES = {"\u0300": 0xB0, "\u0309": 0xB1, "\u0303": 0xB2, "\u0301": 0xB3, "\u0323": 0xB4}


def tcvn3_table() -> str:
    """What each of the 256 bytes stands for."""
    table = [chr(byte) for byte in range(256)]
    for letter, byte in {**TCVN3_LETTERS, **TCVN3_TONES}.items():
        table[byte] = letter
    return "".join(table)


TCVN3_TABLE = tcvn3_table()


def decode_old(raw: bytes, encoding: str) -> str:
    """The text of these bytes in one of the OLD_ENCODINGS; bytes that stand for nothing become U+FFFD."""
    if encoding == TCVN3:
        text, _ = codecs.charmap_decode(raw, "strict", TCVN3_TABLE)
    elif encoding == CP1258:
        text = raw.decode("cp1258", errors="replace")
    else:
        raise ValueError(f"an old encoding is one of {', '.join(OLD_ENCODINGS)}, not {encoding!r}")
    return unicodedata.normalize("NFC", text)


def out_of_font(text: str) -> str:
    """The Unicode of a text that is Vietnamese in an ABC font only: a workbook keeps its bytes as letters of cp1252."""
    return unicodedata.normalize("NFC", text.translate(OUT_OF_FONT))


OUT_OF_FONT = {
    ord(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte)): TCVN3_TABLE[byte] for byte in range(0x80, 0x100)
}

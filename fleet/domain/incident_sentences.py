"""What was found at an incident, in Vietnamese. It is kept in English, with words of strangers in it."""

import re

ANY = "(.*)"
SENTENCES = tuple(
    (re.compile(pattern, re.DOTALL), vietnamese)
    for pattern, vietnamese in (
        (f"expected silence, found a hello of {ANY}", "đáng lẽ im lặng, nhưng có lời chào của bo mạch {0}"),
        (
            f"expected a nonce of its own, found that of an earlier hello, {ANY}",
            "lời chào dùng lại số ngẫu nhiên của một lời chào trước: {0}",
        ),
        (
            f"expected epoch {ANY}, boot {ANY} or later, found epoch {ANY}, boot {ANY}",
            "cần lần cấp {0}, lần khởi động {1} trở đi, thấy lần cấp {2}, lần khởi động {3}",
        ),
        (
            f"expected claim {ANY} once, found it again with the board {ANY}",
            "phiếu {0} chỉ dùng một lần, nhưng bo mạch {1} dùng lại",
        ),
        (
            f"expected a proof by its key, found no proof, of the board {ANY}",
            "cần chữ ký bằng khóa của thiết bị, bo mạch {0} không gửi chữ ký",
        ),
        (
            f"expected a proof by its key, found one that it did not make, for slot {ANY}, of the board {ANY}",
            "cần chữ ký bằng khóa của thiết bị, bo mạch {1} gửi chữ ký sai (ngăn khóa {0})",
        ),
        (
            f"expected a claim that waits, found {ANY}, which was withdrawn",
            "cần phiếu ghi danh còn chờ, thấy phiếu {0} đã thu hồi",
        ),
        (
            f"expected a claim that waits, found {ANY}, whose time is over",
            "cần phiếu ghi danh còn chờ, thấy phiếu {0} đã hết hạn",
        ),
        (
            "expected a board that says which one it is, found none",
            "bo mạch không cho biết mã phần cứng của mình",
        ),
        (f"expected the board {ANY}, found {ANY}", "cần bo mạch {0}, thấy bo mạch {1}"),
    )
)


def found_in(language: str, found: str) -> tuple[str, bool]:
    """What was found in this language, and whether it is; what has no words there stays as it is."""
    if language != "vi":
        return found, language == "en"
    for pattern, vietnamese in SENTENCES:
        match = pattern.fullmatch(found)
        if match is not None:
            return vietnamese.format(*match.groups()), True
    return found, False

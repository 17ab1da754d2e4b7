"""The code of a dossier, in both orders that are on paper today.

`organisation-YYMMDD-serial`. The organisation's identifier has its letter group last in the older form (QCVN 102:
`000.17.22.H56-210531-0001`) and first in the newer one (QĐ 20/2020/QĐ-TTg: `H15.50.05.13-261008-0975`). The form of
the whole: NĐ 61/2018, TT 01/2018/TT-VPCP, now TT 03/2025/TT-VPCP Điều 13; TT 4/2025 makes the serial alphanumeric. A
leading `T.` marks the treasury's variant. A serial of four digits is a provincial system's; a longer one begins with
the two digits of the ministry whose system gave it.

Written without regular expressions: MicroPython's have no counted repetition.
"""

from protocols.message import ProtocolError, only

TYPE_CHECKING = False
if TYPE_CHECKING:
    Day = tuple[int, int, int]

FORM = "a dossier code such as 000.17.22.H56-210531-0001 or H15.50.05.13-261008-0975"
DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST = 48
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class DossierCode:
    """A code taken apart. `received` is (year, month, day), `ministry` two digits or None for a provincial serial."""

    def __init__(self, text: str, organisation: str, letter_first: bool, received: "Day", serial: str) -> None:
        self.text = text
        self.organisation = organisation
        self.letter_first = letter_first
        self.received = received
        self.serial = serial
        self.ministry = serial[:2] if len(serial) > 4 and only(serial[:2], DIGITS) else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DossierCode) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"DossierCode({self.text})"


def is_letter_group(group: str) -> bool:
    """`H56`, `G01`: one capital and two digits."""
    return len(group) == 3 and only(group[:1], CAPITALS) and only(group[1:], DIGITS)


def is_digit_group(group: str) -> bool:
    """`000`, `17`: two or three digits."""
    return 2 <= len(group) <= 3 and only(group, DIGITS)


def letter_comes_first(organisation: str) -> "bool | None":
    """The order of an organisation's identifier; None if it is in neither order."""
    groups = organisation.split(".")
    if len(groups) > 1 and len(groups[0]) == 1 and only(groups[0], CAPITALS):
        groups = groups[1:]  # the treasury's T.
    if is_letter_group(groups[0]) and len(groups) <= 5 and all([is_digit_group(g) for g in groups[1:]]):
        return True
    if is_letter_group(groups[-1]) and 2 <= len(groups) <= 4 and all([is_digit_group(g) for g in groups[:-1]]):
        return False
    return None


def real_day(text: str) -> "Day | None":
    """(year, month, day) of YYMMDD in this century, or None if there is no such day."""
    if len(text) != 6 or not only(text, DIGITS):
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12 or not 1 <= day <= DAYS[month - 1]:
        return None
    if month == 2 and day == 29 and year % 4:  # 2000 is a leap year
        return None
    return year, month, day


def parse_dossier_code(text: str, today: "Day | None" = None) -> DossierCode:
    """The code in this text. `today` is (year, month, day) in Việt Nam; without it no date counts as future.

    Raises ProtocolError with what was found where something else was expected.
    """
    trimmed = text.strip()
    parts = trimmed.split("-")
    if len(trimmed) > LONGEST or len(parts) != 3:
        raise ProtocolError("dossier code", FORM, text)
    organisation, date, serial = parts
    letter_first = letter_comes_first(organisation)
    if letter_first is None:
        raise ProtocolError("dossier code", "an organisation such as 000.17.22.H56 or H15.50.05.13", organisation)
    received = real_day(date)
    if received is None:
        raise ProtocolError("dossier code", "a day as YYMMDD", date)
    if today is not None and received > today:
        raise ProtocolError("dossier code", "a day that is not in the future", date)
    if len(serial) < 4 or not only(serial, DIGITS + CAPITALS):
        raise ProtocolError("dossier code", "a serial of at least four digits or capitals", serial)
    return DossierCode(trimmed, organisation, letter_first, received, serial)

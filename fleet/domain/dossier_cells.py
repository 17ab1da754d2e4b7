"""What stands in the cell of a dossier's code, or why it is none.

What does not look like a code is not shown in an error: it may be a name or a telephone number.
"""

import re
from datetime import date

from fleet.domain.cells import Refused, text_of
from fleet.domain.columns import Cell
from fleet.domain.file_errors import shortened
from protocols.dossier_code import DossierCode, parse_dossier_code
from protocols.message import ProtocolError

LIKE_A_CODE = re.compile(
    r"(?=.*[A-Z]\d\d)(?:[0-9A-Z]{1,4}\.){0,5}[0-9A-Z]{1,4}(?: ?[-–—_] ?[0-9A-Z]{0,8}){1,3}", re.ASCII | re.IGNORECASE
)

CODE_EXPECTED = {
    "an organisation such as 000.17.22.H56 or H15.50.05.13": "code_organisation",
    "a day as YYMMDD": "code_day",
    "a day that is not in the future": "code_past",
    "a serial of at least four digits or capitals": "code_serial",
}


def read_code(cell: Cell, today: date) -> DossierCode:
    """The code in this cell; it must be there."""
    text = text_of(cell)
    if not text:
        raise Refused("code", None, "present")
    try:
        return parse_dossier_code(text, (today.year, today.month, today.day))
    except ProtocolError as err:
        shown = shortened(text) if LIKE_A_CODE.fullmatch(text) else len(text)
        raise Refused("code", shown, CODE_EXPECTED.get(err.expected, "code")) from None

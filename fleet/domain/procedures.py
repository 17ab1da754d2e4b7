"""Administrative procedures (thủ tục hành chính): what is asked for at a counter, how long it takes, what it needs."""

import re
from dataclasses import dataclass

LEVELS = ("toàn trình", "một phần", "trực tiếp")
# On line from end to end, in part, or at a counter only.

CODE = re.compile(r"(\d{1,2})[.,](\d{3,6})((?:\.[0-9A-Z]{2,4}){0,5})")


@dataclass(frozen=True)
class ServiceGroup:
    """What a queue is for: its procedures are served together. At an office it is a service of the same id."""

    id: str
    prefix: str
    name: str


@dataclass(frozen=True)
class Procedure:
    """One procedure of the catalogue. `days` is the legal time in working days, 0 the same day."""

    code: str
    name: str
    field: str = ""
    authority: str = ""
    level: str = ""
    days: float | None = None
    papers: tuple[str, ...] = ()
    fee: str = ""
    service: str | None = None
    note: str = ""


def procedure_code(text: str | float | None) -> str | None:
    """`1.012766` of a procedure's code in any spelling; None if it is none.

    Spreadsheets take codes for numbers and drop the zeros at their end; systems of provinces write their own
    identifier behind (`1.001193.000.00.00.H29`).
    """
    if text is None or isinstance(text, bool):
        return None
    match = CODE.fullmatch(f"{text:.6f}" if isinstance(text, float) else str(text).strip())
    return f"{match[1]}.{match[2].ljust(6, '0')}" if match else None

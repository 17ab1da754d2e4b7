"""What an office says of the personal data that it keeps, beside what is the same for all: see `personal_data.py`."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from fleet.domain.unfit import Expected, Unfit

CONTACT, GROUND = 200, 500


class NoticeUnfit(Unfit):
    """An office cannot say that."""


@dataclass(frozen=True)
class Notice:
    """Whom residents ask about their data, and the legal ground on which it is kept; empty: not written yet."""

    contact: str = ""
    ground: str = ""

    def wrong(self) -> Iterator[NoticeUnfit]:
        """What cannot be so."""
        for field, most in (("contact", CONTACT), ("ground", GROUND)):
            text = asdict(self)[field]
            if len(text) > most or not text.isprintable():
                said = f"{field}: expected a line of at most {most} characters, found {len(text)}"
                yield NoticeUnfit(said, field, Expected.LINE, most=most)

"""What may be written to whom by e-mail, before any server hears of it."""

import re
from dataclasses import dataclass

ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
# As browsers check what is typed into a field for an address.
ADDRESS_AT_MOST = 254
SUBJECT_AT_MOST = 200
ATTACHED_AT_MOST_BYTES = 7_000_000
# A third more on the way; many servers refuse more than 10 MB.


class LetterUnfit(ValueError):
    """A letter cannot be sent as asked; the text says why."""


@dataclass(frozen=True)
class Attachment:
    """A file that comes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What somebody is written, once for each `key`; after `until_ms` it is of no use and not sent any more.

    It names no resident, no dossier and no score of a single visit: a mailbox is not ours to erase.
    """

    about: str
    key: str
    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    until_ms: int | None = None

    def __post_init__(self) -> None:
        refuse_unfit_address(self.to)
        if not self.subject.isprintable() or not 0 < len(self.subject) <= SUBJECT_AT_MOST:
            raise LetterUnfit(f"subject: expected one line of at most {SUBJECT_AT_MOST} letters")
        size = sum(len(one.content) for one in self.attachments)
        if size > ATTACHED_AT_MOST_BYTES:
            raise LetterUnfit(f"attachments: expected {ATTACHED_AT_MOST_BYTES:,} bytes at most, found {size:,}")


def refuse_unfit_address(address: str) -> None:
    """Raises LetterUnfit for what no letter can be sent to."""
    if len(address) > ADDRESS_AT_MOST or not ADDRESS.fullmatch(address):
        raise LetterUnfit(f"address: expected one such as van-phong@example.vn, found {address[:60]!r}")

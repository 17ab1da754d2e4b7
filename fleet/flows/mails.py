"""Letters by e-mail: written in the transaction of their cause, sent when the server takes them, each at least once.

A letter keeps its Message-ID when it is sent again, so a mailbox that has it drops the second. It names no resident, no
dossier and no score of a single visit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import Connection

from fleet import metrics
from fleet.domain.audit import What
from fleet.domain.letters import Attachment, Letter, LetterUnfit
from fleet.domain.retrying import Outcome, Tried, after
from fleet.store import ledger, mails
from fleet.store.database import Store
from fleet.store.mails import MailRow

TAKEN_FOR_MS = 240_000
USEFUL_FOR_MS = 7 * 86_400_000
KEPT_MS = 7 * 86_400_000
TOO_LATE = "not sent while it was of use"


@dataclass(frozen=True)
class Ready:
    """A letter as it is sent, and as it is kept."""

    row: MailRow
    message: EmailMessage


def write(connection: Connection, letter: Letter, now_ms: int) -> bool:
    """In the transaction of its cause: somebody is to be written this; False if it was written before."""
    until_ms = now_ms + USEFUL_FOR_MS if letter.until_ms is None else letter.until_ms
    return mails.add(connection, letter, now_ms, until_ms)


def take(store: Store, sender: str, now_ms: int, most: int) -> list[Ready]:
    """Letters that are due, so many at most, from this sender; no other worker sends them meanwhile."""
    with store.writing() as connection:
        rows = mails.take(connection, now_ms, now_ms + TAKEN_FOR_MS, most)
        return [Ready(row, message_of(row, sender, mails.attached(connection, row.id))) for row in rows]


def message_of(row: MailRow, sender: str, attachments: Sequence[Attachment] = ()) -> EmailMessage:
    """A letter as mail programs read it."""
    message = EmailMessage(SMTP)
    message["From"] = sender
    message["To"] = row.address
    message["Subject"] = row.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(row.made_ms / 1000, UTC))
    message["Message-ID"] = f"<motcua.{row.id}.{row.made_ms}@{message['From'].addresses[0].domain}>"
    message["Auto-Submitted"] = "auto-generated"  # who is on holiday does not answer
    message.set_content(row.body, cte="quoted-printable")
    for one in attachments:
        main, _, sub = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    return message


def give_back(store: Store, row: MailRow) -> None:
    """It was not tried after all; another worker may take it."""
    with store.writing() as connection:
        mails.give_back(connection, row.id)


def tried(store: Store, row: MailRow, outcome: Outcome, now_ms: int) -> Tried:
    """What came of a try: sent; to be tried again later; or given up."""
    result = after(row.attempts, outcome, now_ms)
    with store.writing() as connection:
        mails.tried(connection, row.id, result, now_ms)
    return result


def tidy(store: Store, now_ms: int) -> int:
    """What is of no use any more is given up (how many), and what is over for a week forgotten."""
    with store.writing() as connection:
        given_up = mails.too_late(connection, TOO_LATE, now_ms)
        mails.forget(connection, now_ms - KEPT_MS)
    return given_up


def again(store: Store, mail: int, now_ms: int) -> None:
    """A letter that was given up is tried anew. Raises LetterUnfit."""
    with store.writing() as connection:
        if not mails.again(connection, mail, now_ms + USEFUL_FOR_MS):
            raise LetterUnfit(f"mail: expected the number of one that was given up, found {mail}")
        ledger.note(connection, What.MAIL_AGAIN, mail)


def waiting(store: Store, now_ms: int) -> tuple[int, int]:
    """How many letters wait, and how many of these are due."""
    with store.reading() as connection:
        return mails.waiting(connection, now_ms)


def measure(store: Store) -> None:
    """Tell the metrics how many letters wait, were sent and were given up."""
    with store.reading() as connection:
        found = mails.by_state(connection)
    for state in ("waiting", "done", "dead"):
        metrics.MAILS.labels(state).set(found.get(state, 0))


def last(store: Store, most: int) -> list[MailRow]:
    """The last letters, the newest first."""
    with store.reading() as connection:
        return mails.last(connection, most)

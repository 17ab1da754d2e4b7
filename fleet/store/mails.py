"""Letters that are to be sent by e-mail, were sent, or were given up."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.letters import Attachment, Letter
from fleet.domain.retrying import LONGEST_MS, Tried
from fleet.store.rows import every, one, run, run_each, sql

COLUMNS = "id, about, key, address, subject, body, made_ms, state, attempts, next_ms, said, tried_ms"
ADD = sql("""
    INSERT INTO mails (about, key, address, subject, body, made_ms, until_ms, state, attempts, next_ms, taken_until_ms,
        said)
    VALUES (:about, :key, :address, :subject, :body, :made_ms, :until_ms, 'waiting', 0, 0, 0, '')
    ON CONFLICT (address, key) DO NOTHING RETURNING id""")
ATTACH = sql("""
    INSERT INTO mail_attachments (mail, place, name, media_type, content)
    VALUES (:mail, :place, :name, :media_type, :content)""")
ATTACHED = sql("SELECT name, media_type, content FROM mail_attachments WHERE mail = :id ORDER BY place")
TAKEN_AT_MOST_MS = 480_000
# Nobody takes one for so long, or puts one off for longer than the longest rest, unless his clock was ahead.
IS_DUE = """NOT next_ms BETWEEN :now_ms + 1 AND :now_ms + :rest_ms
    AND NOT taken_until_ms BETWEEN :now_ms AND :now_ms + :taken_ms"""
LONGEST = {"rest_ms": LONGEST_MS, "taken_ms": TAKEN_AT_MOST_MS}
TAKE = sql(f"""
    UPDATE mails SET taken_until_ms = :taken_until_ms WHERE id IN (
        SELECT id FROM mails WHERE state = 'waiting' AND {IS_DUE}
        ORDER BY next_ms, id LIMIT :most) RETURNING {COLUMNS}""")  # noqa: S608
GIVE_BACK = sql("UPDATE mails SET taken_until_ms = 0 WHERE id = :id")
TRIED = sql("""
    UPDATE mails SET state = :state, attempts = :attempts, next_ms = :next_ms, said = :said, tried_ms = :now_ms,
        taken_until_ms = 0 WHERE id = :id""")
DETACH = sql("DELETE FROM mail_attachments WHERE mail = :id")
TOO_LATE = sql("""
    UPDATE mails SET state = 'dead', said = CASE WHEN said = '' THEN :said ELSE :said || '; the last: ' || said END,
        tried_ms = :now_ms
    WHERE state = 'waiting' AND until_ms < :now_ms AND taken_until_ms < :now_ms""")
AGAIN = sql("""
    UPDATE mails SET state = 'waiting', attempts = 0, next_ms = 0, taken_until_ms = 0, until_ms = :until_ms
    WHERE id = :id AND state = 'dead'""")
WAITING = sql(f"""
    SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN {IS_DUE} THEN 1 ELSE 0 END), 0) AS due FROM mails
    WHERE state = 'waiting'""")  # noqa: S608 (our own constant)
BY_STATE = sql("SELECT state, COUNT(*) AS n FROM mails GROUP BY state")
LAST = sql(f"SELECT {COLUMNS} FROM mails ORDER BY id DESC LIMIT :most")  # noqa: S608
FORGET_ATTACHED = sql("""
    DELETE FROM mail_attachments WHERE mail IN
        (SELECT id FROM mails WHERE state <> 'waiting' AND tried_ms < :before_ms)""")
FORGET = sql("DELETE FROM mails WHERE state <> 'waiting' AND tried_ms < :before_ms")


@dataclass(frozen=True)
class MailRow:
    """A letter as it is kept."""

    id: int
    about: str
    key: str
    address: str
    subject: str
    body: str
    made_ms: int
    state: str
    attempts: int
    next_ms: int
    said: str
    tried_ms: int | None


def add(connection: Connection, letter: Letter, made_ms: int, until_ms: int) -> bool:
    """Keep a letter; False if this address was written under this key before."""
    row = one(
        connection,
        ADD,
        about=letter.about,
        key=letter.key,
        address=letter.to,
        subject=letter.subject,
        body=letter.text,
        made_ms=made_ms,
        until_ms=until_ms,
    )
    if row is None:
        return False
    files = enumerate(letter.attachments)
    run_each(connection, ATTACH, [{"mail": row.id, "place": place, **vars(file)} for place, file in files])
    return True


def attached(connection: Connection, mail: int) -> list[Attachment]:
    """The files that come with a letter."""
    return [Attachment(row.name, row.media_type, bytes(row.content)) for row in every(connection, ATTACHED, id=mail)]


def take(connection: Connection, now_ms: int, taken_until_ms: int, most: int) -> list[MailRow]:
    """Take letters that are due for oneself until then, so many at most; nobody else takes them meanwhile."""
    rows = every(connection, TAKE, now_ms=now_ms, taken_until_ms=taken_until_ms, most=most, **LONGEST)
    return sorted((MailRow(*row) for row in rows), key=lambda one: (one.next_ms, one.id))


def give_back(connection: Connection, mail: int) -> None:
    """Another may take it."""
    run(connection, GIVE_BACK, id=mail)


def tried(connection: Connection, mail: int, tried: Tried, now_ms: int) -> None:
    """What came of a try; what was sent needs its files no more."""
    run(connection, TRIED, id=mail, now_ms=now_ms, **vars(tried))
    if tried.state == "done":
        run(connection, DETACH, id=mail)


def too_late(connection: Connection, said: str, now_ms: int) -> int:
    """Give up what is of no use any more; how many."""
    return run(connection, TOO_LATE, said=said, now_ms=now_ms)


def again(connection: Connection, mail: int, until_ms: int) -> bool:
    """A letter that was given up waits anew; False if there is no such."""
    return run(connection, AGAIN, id=mail, until_ms=until_ms) == 1


def waiting(connection: Connection, now_ms: int) -> tuple[int, int]:
    """How many wait, and how many of these are due."""
    row = one(connection, WAITING, now_ms=now_ms, **LONGEST)
    return (0, 0) if row is None else (int(row.n), int(row.due))


def by_state(connection: Connection) -> dict[str, int]:
    """How many are in each state."""
    return {row.state: row.n for row in every(connection, BY_STATE)}


def last(connection: Connection, most: int) -> list[MailRow]:
    """The last letters, the newest first."""
    return [MailRow(*row) for row in every(connection, LAST, most=most)]


def forget(connection: Connection, before_ms: int) -> None:
    """What was sent or given up before then is forgotten."""
    run(connection, FORGET_ATTACHED, before_ms=before_ms)
    run(connection, FORGET, before_ms=before_ms)

"""Who is written of alerts hears that the last good backup is old, and again each week until there is a new one."""

from fleet.domain.backup_letters import DAY_MS, backup_letter, stage
from fleet.domain.day import shown_time
from fleet.domain.letters import Letter
from fleet.flows import mails
from fleet.flows.tell_fleet import ABOUT, readers
from fleet.store import backups
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict


@again_after_conflict
def look(store: Store, now_ms: int) -> int:
    """Write the letters that are due; how many were written now."""
    with store.writing() as connection:
        last_ms = backups.last_ms(connection)
        since_ms = backups.in_use_since_ms(connection) if last_ms is None else last_ms
        due = None if since_ms is None else stage(since_ms, now_ms)
        if since_ms is None or due is None:
            return 0
        key, written = f"backup/{since_ms}/{due}", 0
        for address, (language, timezone) in readers(connection).items():
            at, days = shown_time(since_ms, timezone), (now_ms - since_ms) // DAY_MS
            subject, text = backup_letter(last_ms is not None, at, days, language)
            written += mails.write(connection, Letter(ABOUT, key, address, subject, text), now_ms)
        return written

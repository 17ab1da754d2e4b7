"""Tables are brought up to date, or taken back to those of an earlier program, which is noted."""

from pathlib import Path

from fleet.domain.audit import What
from fleet.domain.schemas import Schema, check_target, lacks
from fleet.store import audit, ledger, loading, reach, replacing
from fleet.store.addresses import in_memory, read_address
from fleet.store.database import Store, alembic_config, newest_revision


def look(store: Store) -> tuple[Schema, str]:
    """The tables that there are, and what this program lacks of them, as a sentence; empty: nothing."""
    found = store.schema()
    return found, lacks(found, newest_revision())


def bring(store: Store, to: str = "") -> Schema:
    """Bring the tables up to this revision, or up to date. Raises TablesTooNew, NoSuchRevision, InUse."""
    if to:
        check_target(store.schema(), to, reach.revisions(alembic_config()), back=False)
    store.migrate(to or "head")
    return store.schema()


def take_back(store: Store, to: str) -> Schema:
    """Take the tables back to this revision; nobody else may use them. Raises NoSuchRevision, InUse."""
    found = store.schema()
    check_target(found, to, reach.revisions(alembic_config()), back=True)
    check_unused_file(store)
    with store.writing() as connection:
        if store.is_postgresql:
            loading.check_unused(connection)
        store.downgrade(connection, to)
        if audit.can_note(connection):
            ledger.note(connection, What.DATA_TAKEN_BACK, to, was={"revision": found.revision}, became={"revision": to})
        else:
            ledger.no_deed(connection)  # the log itself was taken back
    return store.schema()


def check_unused_file(store: Store) -> None:
    """Raises InUse where another process has the file of the database open."""
    address = read_address(store.url)
    if store.is_postgresql or in_memory(address):
        return
    store.close()  # ours would be in the way, too; the next that is asked for is a new one
    with replacing.held(Path(str(address.database))):
        pass

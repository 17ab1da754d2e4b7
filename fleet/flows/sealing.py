"""Before the fleet works: its own key is there, and what lies in the clear from before is sealed under it."""

from fleet.store import ledger, sealed_rows
from fleet.store.database import Store


def prepare(store: Store) -> tuple[bool, int]:
    """Whether the fleet's key is there, and how many secrets were sealed now."""
    with store.writing() as connection:
        ledger.no_deed(connection)  # what they are does not change
        is_there = sealed_rows.make_key(connection)
        return is_there, sealed_rows.seal_what_is_clear(connection)

"""A receiver with a fault of its own, to see that the soak notices it: `python -m tests.bench.soak.spoilt receive`.

Its first receipts leave before their commits, which never come.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from fleet.__main__ import main
from fleet.flows.received import Received
from fleet.store.database import Store
from fleet.workers.receiver import Receiver

GOES_WRONG = 5
# So many batches that had something new.


class Uncommitted(Store):
    """A store whose transactions come to nothing."""

    @contextmanager
    def writing(self, alone: bool = True) -> Iterator[Connection]:
        """Taken back in the end."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()


class Hasty(Receiver):
    """Sound again when so much has gone wrong. The mark in its folder says that it has."""

    spoilt = 0

    def store_in_hand(self) -> None:
        """As always; but what is new is receipted, and never committed."""
        mark, sound = self.settings.data / "spoilt", self.store
        if mark.exists():
            super().store_in_hand()
            return
        self.store = Uncommitted(sound.url)
        super().store_in_hand()
        self.store.close()
        self.store = sound
        if self.spoilt >= GOES_WRONG:
            mark.touch()

    def committed(self, received: Received) -> None:
        """Here it is only said to be."""
        super().committed(received)
        self.spoilt += bool(received.new)


def spoil() -> None:
    """From now on receivers are hasty."""
    import fleet.workers.receiver as module

    module.Receiver = Hasty  # type: ignore[misc]


if __name__ == "__main__":
    spoil()
    main()

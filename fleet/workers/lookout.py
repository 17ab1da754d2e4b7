"""The lookout: looks at offices where something was linked or time has passed, and raises alerts."""

from collections.abc import Callable

from fleet.clock import now_ms
from fleet.flows.look_out import Lookout as Looks
from fleet.store.database import Store
from fleet.workers.worker import Worker

LOOK_EVERY_S = 1.0


class Lookout(Worker):
    """Any number of these may run: who writes first holds. `changed` is called with each office that has others now."""

    name = "lookout"

    def __init__(self, store: Store, changed: Callable[[str], None] = lambda _: None) -> None:
        super().__init__()
        self.store = store
        self.changed = changed
        self.looks = Looks(store)

    def round(self) -> None:
        """Look where it is due."""
        for office in self.looks.look_due(now_ms()):
            self.changed(office)
        self.stopping.wait(LOOK_EVERY_S)

"""The deliverer: addresses are told what they are to be told, each in order and none waiting for another."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from fleet.clock import now_ms
from fleet.domain.retrying import Outcome
from fleet.flows import webhooks
from fleet.store.database import Store
from fleet.store.fleet_key import FleetKeyWrong
from fleet.store.webhooks import DeliveryRow, EndpointRow
from fleet.workers.post import post
from fleet.workers.worker import Worker

LOOK_EVERY_S = 0.5
DUE_EVERY_S = 60.0
LIMIT_S = 10.0
IN_A_ROW = 10
# Ten times the limit is less than what an address is taken for.
AT_ONCE = 8


class Deliverer(Worker):
    """Tells addresses. Any number of these may run: an address is told by one at a time."""

    name = "deliverer"

    def __init__(
        self, store: Store, clock: Callable[[], int] = now_ms, limit_s: float = LIMIT_S, look_s: float = LOOK_EVERY_S
    ) -> None:
        super().__init__()
        self.store = store
        self.clock = clock
        self.limit_s = limit_s
        self.look_s = look_s
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=self.name)
        self.busy: dict[int, Future[None]] = {}
        self.due_looked_s: float | None = None

    def stop(self) -> None:
        """End after the tries that are under way."""
        super().stop()
        self.pool.shutdown(cancel_futures=True)

    def round(self) -> None:
        """Look once for what is to be told."""
        self.stopping.wait(self.look_s)
        if self.due_looked_s is None or time.monotonic() - self.due_looked_s >= DUE_EVERY_S:
            self.due_looked_s = time.monotonic()
            webhooks.note_due(self.store, self.clock())
            webhooks.forget_old(self.store, self.clock())
        for number, future in list(self.busy.items()):
            if future.done():
                del self.busy[number]
                future.result()
        for endpoint in webhooks.listening(self.store):
            waits = (
                endpoint.id not in self.busy and webhooks.next_for(self.store, endpoint.id, self.clock()) is not None
            )
            if waits and not self.stopping.is_set():
                self.busy[endpoint.id] = self.pool.submit(self.tell, endpoint)

    def tell(self, endpoint: EndpointRow) -> None:
        """Tell one address what it is to be told, in order, until a try fails."""
        if not webhooks.take(self.store, endpoint.id, self.clock()):
            return
        try:
            for _ in range(IN_A_ROW):
                delivery = webhooks.next_for(self.store, endpoint.id, self.clock())
                if delivery is None or self.stopping.is_set():
                    return
                webhooks.tried(self.store, delivery, self.posted(endpoint, delivery), self.clock())
        finally:
            webhooks.give_back(self.store, endpoint.id)

    def posted(self, endpoint: EndpointRow, delivery: DeliveryRow) -> Outcome:
        """What came of one try."""
        try:
            secret = webhooks.secret_of(self.store, endpoint)
        except FleetKeyWrong as problem:
            return Outcome(False, str(problem))
        headers = webhooks.signed(secret, delivery, self.clock())
        return post(endpoint.url, delivery.body.encode(), headers, self.limit_s)

"""Many who do the same in the same moment, each with connections of its own, as processes have them."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fleet.store.database import Store

Who = TypeVar("Who")
Result = TypeVar("Result")
WITHIN_S = 100


def at_once(url: str, everybody: Iterable[Who], do: Callable[[Store, Who], Result]) -> list[Result]:
    """What each of them got who began when all were ready; raises what anybody raised."""
    people = list(everybody)
    ready = threading.Barrier(len(people))

    def one(who: Who) -> Result:
        store = Store(url)
        try:
            with store.reading():  # connected
                ready.wait(WITHIN_S)
            return do(store, who)
        finally:
            store.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return [done.result(WITHIN_S) for done in [pool.submit(one, who) for who in people]]

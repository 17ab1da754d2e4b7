"""Many who do the same in the same moment, each with connections of its own, as processes have them."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fleet.store.database import Store

Who = TypeVar("Who")
Result = TypeVar("Result")
WITHIN_S = 100


def at_once(url: str, everybody: Iterable[Who], prepare: Callable[[Store, Who], Callable[[], Result]]) -> list[Result]:
    """What each of them got by doing what they had prepared, when all were ready; raises what anybody raised."""
    people = list(everybody)
    ready = threading.Barrier(len(people))

    def one(who: Who) -> Result:
        store = Store(url)
        try:
            do = prepare(store, who)
            ready.wait(WITHIN_S)
            return do()
        finally:
            store.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return [done.result(WITHIN_S) for done in [pool.submit(one, who) for who in people]]

"""Open pages hear of changes, from any thread."""

import asyncio
import threading

from fleet.flows.changes import Changes

LONG_S = 60.0


def test_a_listener_looks_at_once_and_after_each_change_of_its_office() -> None:
    async def story() -> None:
        changes = Changes()
        hearing = changes.of("tan-an", LONG_S)
        assert await anext(hearing) is True
        changes.tell("elsewhere")
        next_one = asyncio.ensure_future(anext(hearing))
        await asyncio.sleep(0)
        assert not next_one.done()
        changes.tell("tan-an")
        assert await asyncio.wait_for(next_one, LONG_S) is True
        await hearing.aclose()

    asyncio.run(story())


def test_a_change_from_another_thread_wakes_the_listener() -> None:
    async def story() -> None:
        changes = Changes()
        hearing = changes.of("tan-an", LONG_S)
        await anext(hearing)
        threading.Thread(target=changes.tell, args=("tan-an",)).start()
        assert await asyncio.wait_for(anext(hearing), LONG_S) is True
        await hearing.aclose()

    asyncio.run(story())


def test_many_changes_before_a_look_are_one() -> None:
    async def story() -> None:
        changes = Changes()
        hearing = changes.of("tan-an", 0.01)
        await anext(hearing)
        for _ in range(100):
            changes.tell("tan-an")
        assert await anext(hearing) is True
        assert await anext(hearing) is False, "nothing since: a sign of life for the connection"
        await hearing.aclose()

    asyncio.run(story())


def test_what_changes_between_looking_and_listening_again_is_not_missed() -> None:
    async def story() -> None:
        changes = Changes()
        hearing = changes.of("tan-an", LONG_S)
        await anext(hearing)
        changes.tell("tan-an")
        await asyncio.sleep(0)  # the listener is busy with what it saw before
        assert await asyncio.wait_for(anext(hearing), LONG_S) is True
        await hearing.aclose()

    asyncio.run(story())


def test_who_leaves_is_forgotten_and_a_closed_loop_harms_nobody() -> None:
    changes = Changes()
    left: list[object] = []

    async def listen(close: bool) -> None:
        hearing = changes.of("tan-an", LONG_S)
        await anext(hearing)
        if close:
            await hearing.aclose()
        else:
            left.append(hearing)

    asyncio.run(listen(close=True))
    assert changes._listeners == {}
    loop = asyncio.new_event_loop()
    loop.run_until_complete(listen(close=False))
    loop.close()
    changes.tell("tan-an")

import asyncio
from contextlib import aclosing
from threading import Thread

from fleet.flows.changes import Changes

LONG_S = 60.0


def test_a_listener_hears_at_once_and_then_of_each_change_from_any_thread() -> None:
    async def listen() -> None:
        changes = Changes()
        async with aclosing(changes.of("here", LONG_S)) as moments:
            assert await anext(moments) is True
            for _ in range(3):
                Thread(target=changes.tell, args=["here"]).start()
                assert await anext(moments) is True

    asyncio.run(listen())


def test_a_change_between_two_looks_is_not_lost_and_many_are_one() -> None:
    async def listen() -> None:
        changes = Changes()
        async with aclosing(changes.of("here", LONG_S)) as moments:
            await anext(moments)
            for _ in range(100):
                changes.tell("here")
            await asyncio.sleep(0)
            assert await anext(moments) is True
            changes.tell("elsewhere")
            quiet = asyncio.ensure_future(anext(moments))
            await asyncio.sleep(0.05)
            assert not quiet.done()
            changes.tell("here")
            assert await quiet is True

    asyncio.run(listen())


def test_where_nothing_changes_there_is_a_sign_of_life() -> None:
    async def listen() -> None:
        async with aclosing(Changes().of("here", 0.01)) as moments:
            assert [await anext(moments) for _ in range(3)] == [True, False, False]

    asyncio.run(listen())


def test_the_end_is_for_those_who_listen_now() -> None:
    async def listen() -> None:
        changes = Changes()
        async with aclosing(changes.of("here", LONG_S)) as moments, aclosing(changes.of("there", LONG_S)) as others:
            await anext(moments)
            await anext(others)
            changes.end()
            assert [moment async for moment in moments] == []
            assert [moment async for moment in others] == []
        async with aclosing(changes.of("here", LONG_S)) as later:
            assert await anext(later) is True
        assert changes._listeners == {}
        assert changes._ended == set()

    asyncio.run(listen())

"""Whose turn it is to look."""

import asyncio

from fleet.pages.feeds import LOOKS_AT_ONCE, Turns


def test_of_looks_that_wait_those_for_many_people_go_first_and_one_that_is_given_up_keeps_no_turn() -> None:
    async def story() -> list[str]:
        turns, told, over = Turns(), [], asyncio.Event()

        async def look(name: str, people: int) -> None:
            async with turns.turn(people):
                told.append(name)
                await over.wait()

        first = [asyncio.create_task(look("first", 1)) for _ in range(LOOKS_AT_ONCE)]
        await asyncio.sleep(0)
        later = {name: asyncio.create_task(look(name, n)) for name, n in (("clerk", 1), ("gone", 900), ("many", 300))}
        await asyncio.sleep(0)
        assert told == ["first"] * LOOKS_AT_ONCE, "the others wait"
        later["gone"].cancel()
        over.set()
        await asyncio.gather(*first, later["clerk"], later["many"])
        assert turns.free == LOOKS_AT_ONCE
        return told[LOOKS_AT_ONCE:]

    assert asyncio.run(story()) == ["many", "clerk"]


def test_a_look_that_is_given_up_as_its_turn_comes_passes_it_on() -> None:
    async def story() -> None:
        turns = Turns()
        held = [turns.turn(1) for _ in range(LOOKS_AT_ONCE)]
        for one in held:
            await one.__aenter__()

        async def look() -> None:
            async with turns.turn(1):
                raise AssertionError("it was given up")

        waiting = asyncio.create_task(look())
        await asyncio.sleep(0)
        await held[0].__aexit__(None, None, None)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()
        for one in held[1:]:
            await one.__aexit__(None, None, None)
        assert turns.free == LOOKS_AT_ONCE

    asyncio.run(story())

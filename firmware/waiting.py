"""Waiting for one of two things: that something happens, or that time is up."""

import asyncio


async def happens(awaitable, ms: "int | None") -> bool:  # type: ignore[no-untyped-def]
    """Whether it happened within that time; None waits for ever."""
    if ms is None:
        await awaitable
        return True
    try:
        await asyncio.wait_for_ms(awaitable, ms)
    except asyncio.TimeoutError:
        return False
    return True

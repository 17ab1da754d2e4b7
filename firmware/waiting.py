"""Waiting until something happens, or time is up."""

import asyncio


async def happens(event, ms: "int | None") -> None:  # type: ignore[no-untyped-def]
    """Until the event is set, which it is when that time is up; None waits for ever. Whoever waits looks what it was.

    asyncio's own wait_for takes 750 bytes of RAM for each who waits, this 190.
    """
    alarm = None if ms is None else asyncio.create_task(ring(event, ms))
    try:
        await event.wait()
    finally:
        if alarm is not None:
            alarm.cancel()


async def ring(event, ms: int) -> None:  # type: ignore[no-untyped-def]
    """Set the event after that time."""
    await asyncio.sleep_ms(ms)
    event.set()

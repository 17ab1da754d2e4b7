"""What `main.py` of the actor calls. Ctrl-C leads to MicroPython's prompt, with everything let go."""

import asyncio


def start(hardware) -> None:  # type: ignore[no-untyped-def]
    """Work until nobody holds the cable, or somebody wants the prompt."""
    from hil_tests.actor.app import Actor

    actor = Actor(hardware)
    try:
        asyncio.run(actor.run())
    finally:
        hardware.rest()

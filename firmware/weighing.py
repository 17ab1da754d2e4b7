"""Another assignment came while one is under way: what is verified takes its place, and what is not changes nothing.

It is lent, and so loaded only where that happens.
"""

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.updating import Update


async def weigh(under_way: "Update") -> "tuple[int, Exception] | None":
    """Look at what came: (its sequence, why it is refused), if it is.

    Where it was verified the task of what was under way ends here.
    """
    device, heard = under_way.device, under_way.heard
    under_way.heard = None
    if heard is None or heard[0] == under_way.sequence:
        return None  # it came while this one was still looked at
    other = device.update = type(under_way)(device, heard)  # what it asks for comes to it
    del heard
    try:
        said = await other.assigned()
    except (ValueError, OSError, MemoryError) as err:
        device.update, under_way.heard = under_way, other.heard
        return other.sequence, err
    device.log("release %d: it makes way for %d" % (under_way.sequence, other.sequence))
    asyncio.create_task(other.run(said))
    raise asyncio.CancelledError

"""The start of the application: what happened before is told, and the parts begin."""

from firmware import VERSION
from firmware.device import Device
from firmware.link import Link
from firmware.sparing import const, lent
from firmware.watch import Watch
from protocols.device_events import Booted

_LINK_ROUNDS = const(4)
# The link rests for up to a minute between two tries, and a try may take as long.


def start(device: Device, watch: Watch) -> None:
    """Start the parts: roles and link; in rescue what stands for the roles."""
    up = device.clock.up()
    device.log("boot %d: %s, %s" % (device.identity.boot, device.board.reset_reason, VERSION))
    device.record(Booted(reason=device.board.reset_reason, firmware=VERSION, up=up, at=None))
    if device.identity.files_lost:
        device.fault("flash", "the filesystem could not be mounted and was made anew")
    if device.outbox.foreign:
        device.fault("outbox", "%d blocks of another device's events were wiped" % device.outbox.foreign)
    lent("running").look(device, "tell")
    if device.rescue is not None:
        from firmware.rescue import Rescue

        watch.start(Rescue(device))
    else:
        for role in device.config.roles if device.config else []:
            wiring = wiring_of(role, device)
            if wiring is not None:
                device.wirings.append(wiring)
                watch.start(wiring)
    watch.start(Link(device), _LINK_ROUNDS)
    if device.config is not None and device.config.sleep_after_s is not None and device.rescue is None:
        from firmware.sleeping import Sleeping, can_sleep

        if can_sleep(device):
            watch.start(Sleeping(device))


async def cable(board) -> None:  # type: ignore[no-untyped-def]
    """Speak with the technician's cable, which resets the board when it has written who this is."""
    from firmware.cable.talk import run

    await run(board)


def wiring_of(role: str, device: Device):  # type: ignore[no-untyped-def]
    """A role joined to its lines; None where that can not be, which is told, and the other roles run.

    Only what is needed is imported: memory is short.
    """
    try:
        device.board.check(role)
        if role == "printer":
            from firmware.wiring.printer import PrinterWiring as Wiring
        elif role == "rating":
            from firmware.wiring.rating import RatingWiring as Wiring
        elif role == "reader":
            from firmware.wiring.reader import ReaderWiring as Wiring
        elif role == "keypad":
            from firmware.wiring.keypad import KeypadWiring as Wiring
        elif role == "display":
            from firmware.wiring.display import DisplayWiring as Wiring
        else:
            device.fault("config", "unknown role " + role)
            return None
        return Wiring(device)
    except ImportError as err:  # a package holds only the roles that it was built for
        device.fault("config", "role %s is not on this board: %s" % (role, err))
    except ValueError as err:  # two lines want one pin, or the chip knows none of that number
        # The role that the configuration names first has its pins.
        device.fault(role, "role %s is left out: %s" % (role, err))
    return None

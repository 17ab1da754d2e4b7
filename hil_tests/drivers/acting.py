"""An actor for a board of a rig, real or simulated, as its rig file says."""

from typing import Any

from fleet.laptop.boards import Board
from fleet.provisioning.cable import Cable
from fleet.provisioning.ports import PortError, named
from hil_tests.actor.pins import LINES
from hil_tests.drivers.actor import Actor, wires_of
from hil_tests.drivers.actor_link import ActorError
from hil_tests.drivers.simulated_actor import SimulatedActor
from hil_tests.rig_file import BoardThere
from hil_tests.target import NotRun

SIMULATED = "vm"


def actor_of(target: Any, there: BoardThere, device: Board | None = None) -> Actor:
    """Its actor; `device`: the simulated board to which a simulated one is wired. Raises NotRun."""
    own = dict(there.lines)
    lines = own | {line: wire for line, wire in LINES.items() if line not in own}
    name = f"what is seen at {there.name}"
    try:
        if device is None:
            actor = Actor(Cable(named(str(there.actor))), there.roles, there.relay, lines, name)
        else:
            one = simulated(target, there, device, lines)
            actor = Actor(one.cable(), there.roles, there.relay, lines, name)
            target.loop.do(one.draw())
    except (ActorError, PortError) as err:
        raise NotRun(f"{there.name}.actor: {err}") from None
    target.closing.append(actor.close)
    return actor


def simulated(target: Any, there: BoardThere, device: Board, lines: dict[str, str]) -> SimulatedActor:
    """An actor on the VM, wired to this device. Raises NotRun."""
    if there.actor != SIMULATED:
        raise NotRun(f'{there.name}.actor: expected "{SIMULATED}" beside a simulated board, found {there.actor!r}')
    one = SimulatedActor(target.simulated_lines(), f"{there.name}-actor", there.relay or "nc high")
    target.loop.do(one.join(device, wires_of(there.roles, lines)))
    target.closing.append(lambda: target.loop.do(one.close()))
    return one

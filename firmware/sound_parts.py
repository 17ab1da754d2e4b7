"""How the parts of a device are, as far as it can tell without a person. It is lent.

2: it answers. 1: it runs, and nobody can tell more. 0: it does not work, or its role was left out.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def states(device) -> "dict[str, int]":  # type: ignore[no-untyped-def]
    """Each part, and how it is."""
    found: "dict[str, int]" = {}
    for role in device.config.roles if device.config else []:
        found[role] = 0
    for wiring in device.wirings:
        found.update(wiring.sound())
    return found


def worse(before: "dict[str, Any]", now: "dict[str, int]") -> "list[str]":
    """What is not as sound as it was."""
    return sorted([name for name in before if now.get(name, 0) < before[name]])

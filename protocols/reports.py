"""What a device answers to orders that only ask: `result` of `up/reply`. They have no effect, so they are told anew.

    log        arguments `from`: the byte to begin at; a `LogPage` from there on
    clock      arguments `now`: the fleet's time when the order left; a `ClockHeard`
    snapshot   a `Snapshot`

None of them is longer than 1 KiB: what does not fit is left out, the wires first.
"""

from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, WORD, Message, Text


class LogPage(Message):
    """Lines that a device said of itself since its boot, each after its milliseconds; the oldest are overwritten.

    `first` is where the first of them begins, in bytes since the boot; `next` where the line after them does, if there
    is one.
    """

    FIELDS = {"first": COUNT, "lines": [Text(120)], "next": MAYBE_COUNT, "up": COUNT}

    first: int
    lines: "list[str]"
    next: "int | None" = None
    up: int


class ClockHeard(Message):
    """How much earlier the device's clock was than the fleet's time, before it heard it. None: it had no time."""

    FIELDS = {"offset_ms": (int, None)}

    offset_ms: "int | None" = None


class Snapshot(Message):
    """What a device is now. No secret is in it.

    `oldest`: boot and seq of the oldest event that waits. `slots`: names of the keys that it holds. `network`: host,
    port, protocol, kind of TLS, name of the Wi-Fi. `refused`: as in `Health`. `trial`: seconds that are left to confirm
    its configuration. `parts`: of each role in words how it is. `update`: an application that is on its way to the
    device, or on trial: its `sequence`, `stage` (check, download, wait, trial), and how many bytes are here.
    """

    FIELDS = {
        "up": COUNT,
        "heap_free": COUNT,
        "outbox": COUNT,
        "oldest": ([COUNT], None),
        "config": MAYBE_COUNT,
        "leases": [IDENTITY],
        "slots": [WORD],
        "network": dict,
        "wires": [WORD],
        "refused": (dict, None),
        "trial": MAYBE_COUNT,
        "parts": dict,
        "update": (dict, None),
    }

    up: int
    heap_free: int
    outbox: int = 0
    oldest: "list[int] | None" = None
    config: "int | None" = None
    leases: "list[str]" = []
    slots: "list[str]" = []
    network: "dict[str, str | int]" = {}
    wires: "list[str]" = []
    refused: "dict[str, str | int] | None" = None
    trial: "int | None" = None
    parts: "dict[str, str]" = {}
    update: "dict[str, str | int] | None" = None

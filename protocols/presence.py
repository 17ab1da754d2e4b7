"""A device says that it is there, and how it is; the fleet welcomes it."""

from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, WORD, Message, Range, Text
from protocols.welcome import Welcome

__all__ = ["Alive", "Health", "Hello", "Welcome"]


class Hello(Message):
    """The birth of a connection. `up` is the device's milliseconds since boot when it was sent.

    `rescue`: the device runs without its roles, and why.
    """

    FIELDS = {
        "firmware": WORD,
        "board": WORD,
        "roles": [WORD],
        "epoch": MAYBE_COUNT,
        "boot": COUNT,
        "reset": WORD,
        "config": MAYBE_COUNT,
        "leases": [IDENTITY],
        "rescue": (Text(120), None),
        "nonce": WORD,
        "up": COUNT,
    }

    firmware: str
    board: str
    roles: "list[str]"
    epoch: "int | None" = None
    boot: int
    reset: str = ""
    config: "int | None" = None
    leases: "list[str]" = []
    rescue: "str | None" = None
    nonce: str
    up: int


class Alive(Message):
    """Retained: whether the device is there. The broker says `gone` for a device that vanished.

    `wakes`: when a sleeping one comes at the latest, UTC milliseconds.
    """

    FIELDS = {"gone": bool, "state": ("online", "sleeping", "leaving"), "wakes": MAYBE_COUNT}

    gone: bool = False
    state: str = "online"
    wakes: "int | None" = None


class Health(Message):
    """How the device is, each minute; a lost one does not matter.

    `refused`: the configuration that it was told and did not take, with the fields of `ConfigRefused`.
    `bounces`: of the rating buttons, how many contacts since the boot came to rest in less than 1, 2, 5, 10, 20 ms, or
    later.
    """

    FIELDS = {
        "up": COUNT,
        "heap_free": COUNT,
        "flash_free": MAYBE_COUNT,
        "rssi": (Range(-200, 0), None),
        "outbox": COUNT,
        "paper": ("ok", "low", "out", "unknown", None),
        "clock_offset_ms": (int, None),
        "loop_lag_ms": MAYBE_COUNT,
        "refused": (dict, None),
        "bounces": ([COUNT], None),
    }

    up: int
    heap_free: int
    flash_free: "int | None" = None
    rssi: "int | None" = None
    outbox: int = 0
    paper: "str | None" = None
    clock_offset_ms: "int | None" = None
    loop_lag_ms: "int | None" = None
    refused: "dict[str, str | int] | None" = None
    bounces: "list[int] | None" = None

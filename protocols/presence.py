"""A device says that it is there, and how it is; the fleet welcomes it."""

from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, MAYBE_WORD, WORD, Message, Range, Text
from protocols.welcome import Welcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Alive", "Health", "Hello", "Welcome"]


class Hello(Message):
    """The birth of a connection. `up` is the device's milliseconds since boot when it was sent.

    `rescue`: the device runs without its roles, and why. `hw`: the chip's own number, in hex. `slot`: which of its two
    keys the device used to connect, and `proof` that it has it (`protocols.sealing.hello_proof`); none of both says a
    device that has a password of its own. `claim`: the claim under which it came, until it is welcomed for the first
    time. `reverted`: the version of a configuration with which it could not live, and the reason. `network`: the
    version of the network by which it came, if the fleet ever changed it; `network_back`: one with which it could not
    live, and the reason. `application`: the `sequence` of the release that runs (0: what its board came with), `trial`
    while that is not confirmed, the `slot` that it lies in, `back` with the `sequence` with which the device could not
    live and the `reason`; what it could run: `mpy`, the ABI of its bytecode, the `room` for an image (without: it has
    no slots), and the version of the `root` that it trusts (without: it trusts nobody).
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
        "hw": MAYBE_WORD,
        "slot": ("a", "b", None),
        "proof": MAYBE_WORD,
        "claim": MAYBE_WORD,
        "reverted": (dict, None),
        "network": MAYBE_COUNT,
        "network_back": (dict, None),
        "application": (dict, None),
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
    hw: "str | None" = None
    slot: "str | None" = None
    proof: "str | None" = None
    claim: "str | None" = None
    reverted: "dict[str, Any] | None" = None
    network: "int | None" = None
    network_back: "dict[str, Any] | None" = None
    application: "dict[str, Any] | None" = None


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
    later. `update`: the release that is on its way to the device, {"sequence", "stage"} and, once that is known, "done"
    bytes of "size".
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
        "update": (dict, None),
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
    update: "dict[str, str | int] | None" = None

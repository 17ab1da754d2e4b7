"""Wishes of a device, orders to a device, and their answers."""

from protocols.message import WORD, Message, Text
from protocols.orders import Command
from protocols.want import WANT_HOLDS_MS, Want

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["WANT_HOLDS_MS", "Command", "Reply", "Secret", "Want"]


class Reply(Message):
    """The answer to a command, by its id. A number that was taken has `service` and `number` in `result`."""

    FIELDS = {"id": Text(40), "ok": bool, "reason": str, "result": dict}

    id: str
    ok: bool
    reason: str = ""
    result: "dict[str, Any]" = {}


class Secret(Message):
    """A new secret for the device's other slot, sealed with the key in use (`protocols.sealing`); `key`: its key.

    It answers with a reply `key-<slot>-<first 8 hex digits of SHA-256 of the new key>` once that is on flash. The old
    one is dropped when the fleet has welcomed it with the new one.
    """

    FIELDS = {"slot": ("a", "b"), "purpose": WORD, "sealed": Text(600)}

    slot: str
    purpose: str
    sealed: str

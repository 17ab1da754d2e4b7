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
    """A new key or password, sealed with the device key. The new one is confirmed before the old is dropped."""

    FIELDS = {"slot": ("a", "b"), "purpose": WORD, "sealed": Text(600)}

    slot: str
    purpose: str
    sealed: str

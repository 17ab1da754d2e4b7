"""Wishes of a device, orders to a device, and their answers."""

from protocols.message import MAYBE_COUNT, WORD, Message, Text
from protocols.want import WANT_HOLDS_MS, Want

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["WANT_HOLDS_MS", "Command", "Reply", "Secret", "Want"]


class Command(Message):
    """An order. A repeated id gets the stored answer again and has no second effect."""

    FIELDS = {"id": Text(40), "verb": WORD, "arguments": dict, "not_after": MAYBE_COUNT}

    id: str
    verb: str
    arguments: "dict[str, Any]" = {}
    not_after: "int | None" = None


class Reply(Message):
    """The answer to a command, by its id."""

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

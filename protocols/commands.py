"""Wishes of a device, orders to a device, and their answers."""

from protocols.message import WORD, Message, Text
from protocols.orders import Command
from protocols.want import WANT_HOLDS_MS, Want

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["WANT_HOLDS_MS", "Command", "Reply", "Secret", "Want"]


SEALED_LETTERS = 4_400
# A network whose authority has a certificate of two kilobytes.


class Reply(Message):
    """The answer to a command, by its id. A number that was taken has `service` and `number` in `result`."""

    FIELDS = {"id": Text(40), "ok": bool, "reason": str, "result": dict}

    id: str
    ok: bool
    reason: str = ""
    result: "dict[str, Any]" = {}


class Secret(Message):
    """A secret for this device alone, sealed with the key in use (`protocols.sealing`).

    `key`: a new key, for the other slot. It answers with a reply `key-<slot>-<first 8 hex digits of SHA-256 of the new
    key>` once that is on flash. The old one is dropped when the fleet has welcomed it with the new one.
    `network`: another Wi-Fi, or another way to the broker; `slot` is that of the key which sealed it, with the purpose
    `network` (`derived`). Open it is {"version", "expires", "within_s", "network"}, the last with what changes of the
    claim's network. The device answers `net-<version>`, and begins anew with it; its hello says which it came with.
    """

    FIELDS = {"slot": ("a", "b"), "purpose": WORD, "sealed": Text(SEALED_LETTERS)}

    slot: str
    purpose: str
    sealed: str

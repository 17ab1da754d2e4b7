"""Events on their way, and the receipt that lets a device forget them.

A batch lists, in order, *every* event the device still holds between its first and its last; a number between them
that is not listed is not held. So a receiver that has committed the batch knows the whole stretch, gaps included.
"""

from protocols.message import BIGGEST, COUNT, Message, ProtocolError, Range, from_json, to_json
from protocols.receipt import Receipt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
BATCH_BYTES = 1024
# A packet of about this size is what the boards' sockets and the brokers' limits are both happy with.

__all__ = ["BATCH_BYTES", "COUNT", "VERSION", "Batch", "BatchHeader", "Receipt", "decode_batch", "encode_batch"]


class BatchHeader(Message):
    """Whose events these are. `oldest` is the lowest seq the device still holds of that boot."""

    FIELDS = {"v": Range(1, 1), "epoch": COUNT, "boot": COUNT, "oldest": COUNT}

    v: int = VERSION
    epoch: int
    boot: int
    oldest: int


class Batch:
    """A header, and its events as decoded JSON by their seq: one bad event does not spoil the others."""

    def __init__(self, header: BatchHeader, events: "dict[int, Any]") -> None:
        self.header = header
        self.events = events

    def stretch(self) -> "tuple[int, int]":
        """The first and the last seq that this batch speaks for."""
        return min(self.events), max(self.events)


def decode_batch(raw: bytes) -> Batch:
    """The batch in these bytes; a ProtocolError if its header or the numbers of its events can not be read."""
    data = from_json(raw, "batch")
    header = BatchHeader.from_dict(data, "batch")
    listed = data.get("events")
    if type(listed) is not list or not listed:
        raise ProtocolError("batch.events", "a list of at least one event", listed)
    events: "dict[int, Any]" = {}
    for item in listed:
        seq = item.get("seq") if type(item) is dict else None
        if type(seq) is not int or not 0 <= seq <= BIGGEST:
            raise ProtocolError("batch.events.seq", "a whole number", seq)
        if seq in events and events[seq] != item:
            raise ProtocolError("batch.events.seq", "each number once", seq)
        events[seq] = item
    return Batch(header, events)


def encode_batch(header: BatchHeader, events: "list[dict[str, Any]]") -> bytes:
    """The bytes of a batch; each event is plain values with its `seq` and `kind`."""
    data = header.to_dict()
    data["v"] = header.v
    data["events"] = events
    return to_json(data)

"""What is no message, or cannot be stored, is kept for a technician to look at, and stops nobody behind it."""

from fleet.flows.received import Arrived
from fleet.store import inbox
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from protocols import topics
from protocols.batches import Receipt, decode_batch
from protocols.message import ProtocolError

PACKET_AT_MOST_BYTES = 16 * 1024
# What a device says at most, on any topic: its own firmware makes no larger packet.


def refuse_large(payload: bytes) -> None:
    """Raises ProtocolError for what no device says; some of it would be kept as it came."""
    if len(payload) > PACKET_AT_MOST_BYTES:
        raise ProtocolError("message", f"at most {PACKET_AT_MOST_BYTES} bytes", len(payload))


@again_after_conflict
def keep_unread(
    store: Store, arrival: Arrived, problem: ProtocolError, now_ms: int, unreadable_kept: int = 10_000
) -> None:
    """Keep a message on another topic than events that is none, for a technician to look at."""
    try:
        device, _, _ = topics.parse(arrival.topic)
    except ProtocolError:
        device = None
    with store.writing(alone=False) as connection:
        inbox.keep_unreadable(connection, arrival.topic, device, str(problem), arrival.payload, now_ms, unreadable_kept)


@again_after_conflict
def keep_apart(
    store: Store, arrival: Arrived, problem: Exception, now_ms: int, unreadable_kept: int = 10_000
) -> tuple[str, Receipt] | None:
    """Keep a message that cannot be stored although the database works, so that it stops nobody behind it.

    If it carries just one event, the receipt that refuses it: its device puts it aside and goes on. A device whose
    batch is not receipted sends its events one by one, so it is found out which one is to blame.
    """
    reason = f"could not be stored: {type(problem).__name__}"
    with store.writing(alone=False) as connection:
        inbox.keep_unreadable(connection, arrival.topic, None, reason, arrival.payload, now_ms, unreadable_kept)
    try:
        device, _, _ = topics.parse(arrival.topic)
        batch = decode_batch(arrival.payload)
    except ProtocolError:
        return None
    if len(batch.events) != 1:
        return None
    header = batch.header
    return device, Receipt(
        epoch=header.epoch, boot=header.boot, through=header.oldest - 1, now=now_ms, refused=list(batch.events)
    )

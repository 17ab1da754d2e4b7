"""A message becomes a batch of a device of ours, and its events what they say; or it is said why not."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from fleet.domain import timing
from fleet.domain.quick_reading import Opened, Said, Told, read_quickly
from fleet.store.inbox import Life
from protocols import topics
from protocols.batches import decode_batch
from protocols.dossier_code import parse_dossier_code
from protocols.events import FLEET_ONLY, CodeScanned, Event, decode_event
from protocols.message import ProtocolError
from protocols.ticket_code import parse_ticket_code

MESSAGE_AT_MOST_BYTES = 8 * 1024
# A batch is 1 KiB. Whatever is far beyond it is no batch; the broker refuses most of it before.


class Unread(Exception):
    """A message that is no batch of a device of ours. `part` says in a word what was wrong."""

    def __init__(self, device: str | None, problem: ProtocolError) -> None:
        super().__init__(str(problem))
        self.device = device
        self.reason = str(problem)
        self.part = problem.where.split(".")[0].replace(" ", "_")


def devices_of(named: Iterable[str]) -> dict[str, str | ProtocolError]:
    """The device of each of these topics, or why there is none."""
    found: dict[str, str | ProtocolError] = {}
    for topic in named:
        if topic not in found:
            try:
                found[topic] = topics.parse(topic)[0]
            except ProtocolError as err:
                found[topic] = err
    return found


def read_batch(device: str | ProtocolError, payload: bytes, epochs: Mapping[str, int]) -> tuple[Life, Told]:
    """Whose batch this is, and the batch; `epochs`: the last one of each device that may send. Raises Unread."""
    if isinstance(device, ProtocolError):
        raise Unread(None, device)
    try:
        latest = epochs.get(device)
        if latest is None:
            raise ProtocolError("device", "an enrolled device that is not revoked", device)
        if len(payload) > MESSAGE_AT_MOST_BYTES:
            raise ProtocolError("batch", f"at most {MESSAGE_AT_MOST_BYTES} bytes", payload)
        epoch, boot, told = read_quickly(payload) or carefully(payload)
        if not 1 <= epoch <= latest:
            raise ProtocolError("batch.epoch", f"an epoch that was issued (1 to {latest})", epoch)
    except ProtocolError as err:
        raise Unread(device, err) from None
    return Life(device, epoch, boot), told


def carefully(payload: bytes) -> Opened:
    """Any batch. Raises ProtocolError."""
    batch = decode_batch(payload)
    header = batch.header
    said = [read_event(seq, batch.events[seq]) for seq in sorted(batch.events)]
    return header.epoch, header.boot, Told(header.oldest, said)


def read_event(seq: int, data: dict[str, Any]) -> Said:
    """An event of a batch; with its reason where it could not be read."""
    body = to_body(data)
    try:
        event = decode_event(data)
        refuse_unfit(event)
    except ProtocolError as err:
        if data.get("kind") == CodeScanned.KIND:
            # Nobody knows what was held before the reader: neither its content nor an error that quotes it is kept.
            body = to_body({**data, "code": None, **({"badge_hash": None} if "badge_hash" in data else {})})
            return Said(seq, body, None, f"{err.where}: expected {err.expected}")
        return Said(seq, body, None, str(err))
    return Said(seq, body, event)


def refuse_unfit(event: Event) -> None:
    """Refuse what a device may not say although it can be read: raises ProtocolError."""
    if isinstance(event, FLEET_ONLY):
        raise ProtocolError("event.kind", "a kind that a device may send", event.KIND)
    if event.up > timing.LONGEST_UP_MS:
        raise ProtocolError("event.up", f"at most {timing.LONGEST_UP_MS} ms", event.up)
    if event.at is not None and event.at > timing.LATEST_MS:
        raise ProtocolError("event.at", "a moment before the year 2100", event.at)
    if isinstance(event, CodeScanned) and event.code is not None:
        if event.what == "dossier":
            parse_dossier_code(event.code)
        elif event.what == "ticket":
            parse_ticket_code(event.code)
        else:
            raise ProtocolError("scan.code", "no code but a dossier's or a ticket's")
    if isinstance(event, CodeScanned) and event.badge_hash is not None and event.badge != "staff":
        raise ProtocolError("scan.badge_hash", "no hash but of a badge of the staff")


def to_body(data: dict[str, Any]) -> str:
    """An event's JSON in one form, so that repetitions can be told from collisions."""
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))

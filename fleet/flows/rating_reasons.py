"""Whether a device's rating buttons ask for the reason of a low rating, and which reasons they offer."""

import json
import re
from collections.abc import Sequence

from sqlalchemy import Connection

from fleet.flows.equip import EquipError, with_role
from fleet.store import devices
from fleet.store.database import Store
from fleet.store.devices import DeviceRow
from protocols.message import ProtocolError
from protocols.rating import Rating

KNOWN = ("long_wait", "attitude", "unclear", "paperwork", "late_result", "portal", "facilities", "other")
# Reasons that the pages have words for; any other code stands for itself.
CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")


def reasons_of(store: Store, device: str) -> Rating:
    """What follows a rating on this device. Raises EquipError if it has no rating buttons."""
    with store.reading() as connection:
        return Rating.from_dict(json.loads(with_role(connection, device, "rating").rating))


def set_reasons(
    store: Store,
    device: str,
    reasons: Sequence[str] | None = None,
    scores: Sequence[int] | None = None,
    wait_s: int | None = None,
) -> Rating:
    """Change what follows a rating; what is None stays, all of it as it is now. No reasons: nothing follows.

    Raises EquipError.
    """
    with store.writing() as connection:
        row = with_role(connection, device, "rating")
        known = Rating.from_dict(json.loads(row.rating))
        asked = {
            "reasons": known.reasons if reasons is None else list(reasons),
            "scores": known.scores if scores is None else sorted(set(scores)),
            "wait_s": known.wait_s if wait_s is None else wait_s,
        }
        try:
            rating = Rating.from_dict(asked, "rating")
        except ProtocolError as err:
            raise EquipError(str(err)) from None
        refuse_unfit(rating, row.scale)
        keep(connection, row, rating)
    return rating


def refuse_unfit(rating: Rating, levels: int) -> None:
    """Each reason needs a button, each score a place on the scale. Raises EquipError."""
    for reason in rating.reasons:
        if not CODE.fullmatch(reason):
            raise EquipError(f"reason: expected a code of a-z, 0-9 and _ that begins with a letter, found {reason!r}")
        if rating.reasons.count(reason) > 1:
            raise EquipError(f"reason: expected each once, found {reason} {rating.reasons.count(reason)} times")
    if len(rating.reasons) > levels:
        raise EquipError(f"reason: expected at most {levels}, one a button, found {len(rating.reasons)}")
    for score in rating.scores:
        if score > levels:
            raise EquipError(f"score: expected 1 to {levels}, found {score}")


def keep(connection: Connection, row: DeviceRow, rating: Rating) -> None:
    """Keep it; the device is to be told."""
    devices.set_part(connection, row.id, "rating", json.dumps(rating.to_dict(), sort_keys=True))
    devices.config_is_due(connection, [row.id])

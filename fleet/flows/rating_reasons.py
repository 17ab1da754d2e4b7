"""Whether a device's rating buttons ask for the reason of a low rating, and which reasons they offer."""

from collections.abc import Sequence

from fleet.domain.config_fields import REASON
from fleet.domain.templates import part_of
from fleet.flows.effective import effective_now, own_of, say_own
from fleet.flows.equip import EquipError, note_own, with_role
from fleet.store.database import Store
from protocols.message import ProtocolError
from protocols.rating import Rating

KNOWN = ("long_wait", "attitude", "unclear", "paperwork", "late_result", "portal", "facilities", "other")
# Reasons that the pages have words for; any other code stands for itself.


def reasons_of(store: Store, device: str, now_ms: int) -> Rating:
    """What follows a rating on this device. Raises EquipError if it has no rating buttons."""
    with store.reading() as connection:
        found = effective_now(connection, with_role(connection, device, "rating"), now_ms)
        return Rating.from_dict(part_of(found, "rating"))


def set_reasons(
    store: Store,
    device: str,
    now_ms: int,
    reasons: Sequence[str] | None = None,
    scores: Sequence[int] | None = None,
    wait_s: int | None = None,
) -> Rating:
    """Say what follows a rating on this device; what is None stays, all of it as it is now. No reasons: nothing.

    Raises EquipError.
    """
    asked: dict[str, object] = {} if reasons is None else {"reasons": list(reasons)}
    asked |= {} if scores is None else {"scores": sorted(set(scores))}
    asked |= {} if wait_s is None else {"wait_s": wait_s}
    with store.writing() as connection:
        row = with_role(connection, device, "rating")
        found = effective_now(connection, row, now_ms)
        try:
            rating = Rating.from_dict({**part_of(found, "rating"), **asked}, "rating")
        except ProtocolError as err:
            raise EquipError(str(err)) from None
        refuse_unfit(rating, found["scale"].value)
        own = own_of(row) | {f"rating.{name}": value for name, value in asked.items()}
        say_own(connection, row, own)
        note_own(connection, row, own)
    return rating


def refuse_unfit(rating: Rating, levels: int) -> None:
    """Each reason needs a button, each score a place on the scale. Raises EquipError."""
    for reason in rating.reasons:
        if not REASON.fullmatch(reason):
            raise EquipError(f"reason: expected a code of a-z, 0-9 and _ that begins with a letter, found {reason!r}")
        if rating.reasons.count(reason) > 1:
            raise EquipError(f"reason: expected each once, found {reason} {rating.reasons.count(reason)} times")
    if len(rating.reasons) > levels:
        raise EquipError(f"reason: expected at most {levels}, one a button, found {len(rating.reasons)}")
    for score in rating.scores:
        if score > levels:
            raise EquipError(f"score: expected 1 to {levels}, found {score}")

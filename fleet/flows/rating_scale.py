"""How many rating buttons a device has: its scale, which is data with a version.

A press says the scale and the version under which it was given, so presses of before keep what they meant.
"""

from dataclasses import dataclass

from fleet.domain.audit import What
from fleet.domain.config_fields import SCALES
from fleet.domain.templates import part_of
from fleet.flows import rating_reasons
from fleet.flows.effective import effective_now, keep_own, own_of
from fleet.flows.equip import EquipError, with_role
from fleet.store import devices, ledger
from fleet.store.database import Store
from protocols.rating import Rating
from protocols.state import Config

LAST_VERSION = Config.FIELDS["scale_version"].high


@dataclass(frozen=True)
class Scale:
    """So many levels, from the worst to the best, in the how-manieth version."""

    levels: int
    version: int


def scale_of(store: Store, device: str) -> Scale:
    """The scale of a device's rating buttons. Raises EquipError if the device has none."""
    with store.reading() as connection:
        row = with_role(connection, device, "rating")
        return Scale(row.scale, row.scale_version)


def set_scale(store: Store, device: str, levels: int, now_ms: int) -> Scale:
    """Say that this device's rating buttons have this scale; the same one again changes nothing. Raises EquipError."""
    if levels not in SCALES:
        raise EquipError(f"scale: expected 3, 4 or 5 levels, found {levels}")
    with store.writing() as connection:
        row = with_role(connection, device, "rating")
        if row.scale == levels == own_of(row).get("scale"):
            return Scale(row.scale, row.scale_version)
        if row.scale != levels and row.scale_version >= LAST_VERSION:
            raise EquipError(f"scale: expected at most {LAST_VERSION} versions, this would be one more")
        its = Rating.from_dict(part_of(effective_now(connection, row, now_ms), "rating"))
        try:
            rating_reasons.refuse_unfit(its, levels)
        except EquipError as err:
            raise EquipError(f"the question after a rating does not fit {levels} buttons: {err}") from None
        keep_own(connection, row, {**own_of(row), "scale": levels})
        version = devices.set_scale(connection, device, levels)
        ledger.note(connection, What.DEVICE_CONFIGURE, device, None, {"scale": row.scale}, {"scale": levels})
        if version != row.scale_version:
            devices.config_is_due(connection, [device])
        return Scale(levels, version)

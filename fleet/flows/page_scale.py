"""By which scale a visit is rated on a page, and what is asked after a low rating: as by the buttons of its counter."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.templates import part_of
from fleet.flows.effective import effective
from fleet.flows.rating_reasons import KNOWN
from fleet.store import devices
from fleet.store.places import OfficeRow
from protocols.rating import Rating

FORM_LEVELS = 3
# Where an office has no buttons: those of the public form, from "Không hài lòng" to "Rất hài lòng".


@dataclass(frozen=True)
class PageScale:
    """So many levels, in the how-manieth version; after which scores a reason is asked for, and which are offered."""

    levels: int = FORM_LEVELS
    version: int = 1
    low: tuple[int, ...] = (1,)
    reasons: tuple[str, ...] = KNOWN


def page_scale(connection: Connection, office: OfficeRow, counter: str, now_ms: int) -> PageScale:
    """The scale of the counter's buttons, else of other buttons of the office, else of the form."""
    found = []
    for place in devices.at_office(connection, office.id, now_ms):
        row = devices.device(connection, place.device)
        if row is not None and "rating" in row.roles:
            found.append((place.counter != counter, row.id, row))
    if not found:
        return PageScale()
    _, _, row = min(found, key=lambda one: one[:2])
    asked = Rating.from_dict(part_of(effective(connection, row, office.id, now_ms), "rating"))
    low = tuple(asked.scores or range(1, row.scale // 2 + 1))
    return PageScale(row.scale, row.scale_version, low, tuple(asked.reasons) or KNOWN)

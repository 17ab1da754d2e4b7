"""The rating buttons of an office: how many levels they have, and what is asked after a low one; one board or all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.config_fields import REASON, SCALES
from fleet.domain.seen import refuse_changed
from fleet.domain.templates import Settings
from fleet.domain.unfit import Expected, refuse
from fleet.flows.effective import boards_at, know, say_changes
from fleet.flows.equip import EquipError, office_of
from fleet.flows.rating_scale import LAST_VERSION
from fleet.store import devices, ledger, places
from fleet.store.database import Store
from fleet.store.devices import DeviceRow
from protocols.rating import Rating

WAIT = Rating.FIELDS["wait_s"]


@dataclass(frozen=True)
class Buttons:
    """A board with rating buttons: where it stands (no counter: the lobby), its scale, and what follows a rating."""

    device: str
    counter: str | None
    levels: int
    version: int
    reasons: tuple[str, ...]
    scores: tuple[int, ...]
    wait_s: int

    @property
    def asked_after(self) -> tuple[int, ...]:
        """The scores after which a reason is asked for."""
        return (self.scores or tuple(range(1, self.levels // 2 + 1))) if self.reasons else ()


@dataclass(frozen=True)
class Wanted:
    """What buttons shall be. `reasons` from the worst button on, empty where there is none; those behind move up.

    What is no number stays what was typed.
    """

    levels: object
    reasons: Sequence[str]
    scores: Sequence[object]
    wait_s: object


def buttons_at(store: Store, office: str, now_ms: int) -> list[Buttons]:
    """The rating buttons that stand at an office, by counter. Raises EquipError."""
    with store.reading() as connection:
        office_of(connection, office)
        return [buttons for _, _, buttons in found(connection, office, now_ms)]


def set_buttons(
    store: Store, office: str, device: str, wanted: Wanted, now_ms: int, all_of_office: bool, seen: str | None = None
) -> None:
    """Make this board's buttons so, or those of the whole office. The boards are told.

    Raises EquipError with all that is wrong, or ChangedMeanwhile; nothing is changed then.
    """
    with store.writing() as connection:
        office_of(connection, office)
        here = found(connection, office, now_ms)
        own = next((buttons for _, _, buttons in here if buttons.device == device), None)
        if own is None:
            raise EquipError(f"device id: expected a device with rating buttons at {office}, found {device[:40]!r}")
        refuse_changed(seen, own)
        chosen = [(row, its) for row, its, buttons in here if all_of_office or buttons.device == device]
        refuse(wrong_with(wanted, [row for row, _ in chosen]))
        fields = fields_of(wanted)
        for row, its in chosen:
            say_changes(connection, row, its, fields)
            devices.set_scale(connection, row.id, fields["scale"])
            was, became = what_changed({name: its[name].value for name in fields}, fields)
            ledger.note(connection, What.DEVICE_CONFIGURE, row.id, office, was, became)


def fields_of(wanted: Wanted) -> dict[str, Any]:
    """What is wanted, by the paths of fields."""
    return {
        "scale": int(str(wanted.levels)),
        "rating.reasons": said(wanted.reasons),
        "rating.scores": sorted({one for one in wanted.scores if isinstance(one, int)}),
        "rating.wait_s": int(str(wanted.wait_s)),
    }


def wrong_with(wanted: Wanted, rows: Sequence[DeviceRow]) -> Iterator[EquipError]:
    """Why buttons can not be so: each reason needs a button, each score a place on the scale."""
    levels = wanted.levels
    if levels not in SCALES:
        yield EquipError(f"scale: expected 3, 4 or 5 levels, found {levels!r:.40}", "levels", Expected.CHOICE)
        levels = max(SCALES)
    elif any(row.scale != levels and row.scale_version >= LAST_VERSION for row in rows):
        text = f"scale: expected at most {LAST_VERSION} versions, this would be one more"
        yield EquipError(text, "levels", Expected.OTHER)
    assert isinstance(levels, int)  # noqa: S101 (one of the scales)
    for number, reason in enumerate(wanted.reasons, 1):
        field, before = f"reason_{number}", said(wanted.reasons[: number - 1])
        if not reason:
            continue
        if not REASON.fullmatch(reason):
            text = f"reason: expected a code of a-z, 0-9 and _ that begins with a letter, found {reason[:40]!r}"
            yield EquipError(text, field, Expected.CHOICE)
        elif reason in before:
            yield EquipError(f"reason: expected each once, found {reason} again", field, Expected.REASON_ONCE)
        elif len(before) >= levels:
            text = f"reason: expected at most {levels}, one a button, found {len(before) + 1}"
            yield EquipError(text, field, Expected.NO_BUTTON, most=levels)
    if any(not isinstance(score, int) or not 1 <= score <= levels for score in wanted.scores):
        yield EquipError(f"score: expected 1 to {levels}, found another", "scores", Expected.LEVELS, most=levels)
    if not isinstance(wanted.wait_s, int) or not WAIT.low <= wanted.wait_s <= WAIT.high:
        text = f"wait_s: expected {WAIT.low} to {WAIT.high}, found {wanted.wait_s!r:.40}"
        yield EquipError(text, "wait_s", Expected.NUMBER, least=WAIT.low, most=WAIT.high)


def said(reasons: Sequence[str]) -> list[str]:
    """Those that say something."""
    return [one for one in reasons if one]


def found(connection: Connection, office: str, now_ms: int) -> list[tuple[DeviceRow, Settings, Buttons]]:
    """The boards with rating buttons that stand there now, in the order of the counters; each with all its fields."""
    order = {one.id: (place, one.name) for place, one in enumerate(places.counters(connection, office))}
    counters = {place.device: place.counter for place in devices.at_office(connection, office, now_ms)}
    rows = [one for one in boards_at(connection, {office}, now_ms) if "rating" in one[0].roles]
    known = know(connection, rows, now_ms)
    boards = []
    for row, _ in rows:
        at, name = order.get(counters[row.id] or "", (len(order), None))
        its = known.settings(row, office)
        boards.append((at, row.id, row, its, buttons_of(row, name, its)))
    return [(row, its, buttons) for _, _, row, its, buttons in sorted(boards, key=lambda one: one[:2])]


def buttons_of(row: DeviceRow, counter: str | None, its: Settings) -> Buttons:
    """The buttons of this board."""
    reasons, scores, wait_s = (its[f"rating.{name}"].value for name in ("reasons", "scores", "wait_s"))
    return Buttons(row.id, counter, its["scale"].value, row.scale_version, tuple(reasons), tuple(scores), wait_s)

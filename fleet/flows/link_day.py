"""Link a whole day anew: all of its events are read, told, and compared with what the tables say."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.day import bounds
from fleet.domain.linking import Told, tell
from fleet.flows.count_waits import count_whole
from fleet.flows.placing import happened, placed
from fleet.store import badges, inbox, past_rules
from fleet.store.day_parts import save_day
from fleet.store.lines import Lines
from fleet.store.places import OfficeRow


@dataclass(frozen=True)
class WholeDay:
    """What a day's events tell, and what of them was touched when they were read."""

    told: Told
    touched: tuple[int, ...]


def read_day(connection: Connection, place: OfficeRow, day: str) -> WholeDay:
    """What the events of a day tell, by the linker's rules of now and the office's of that day."""
    start_ms, end_ms = bounds(day, place.timezone)
    ids, _, _ = Lines(connection, place.id, day).touched()
    stored = inbox.events_of_office(connection, place.id, start_ms, end_ms)
    known = badges.of_office(connection, place.id)
    opens = scan_opened_visit(connection, place, day)
    return WholeDay(tell([happened(event) for event in stored], opens, known), tuple(ids))


def scan_opened_visit(connection: Connection, place: OfficeRow, day: str) -> bool:
    """Whether a scan opened a visit at this office on that day, as it was at the end of it."""
    opened = past_rules.scan_opened_visit(connection, place.id, bounds(day, place.timezone)[1])
    return place.scan_opens_visit if opened is None else opened


def save_whole(connection: Connection, place: OfficeRow, day: str, whole: WholeDay) -> int:
    """Make the tables say so; how many rows of the day's result that changed."""
    lines = Lines(connection, place.id, day)
    lines.clear()
    lines.place(placed(one, one.happened_ms) for one in whole.told.ordered)
    for line, states in whole.told.checkpoints.items():
        lines.save_checkpoints(line, {ms: state.to_text() for ms, state in states.items()})
    lines.forget_touched(whole.touched)
    changed = save_day(connection, place.id, day, whole.told.day)
    count_whole(connection, place, day, whole.told.day.visits)
    return changed

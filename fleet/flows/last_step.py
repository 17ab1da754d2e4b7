"""What was done last at a counter, linked or not: that may be taken back for a while."""

from sqlalchemy import Connection

from fleet.domain.counter_line import UNDO_WITHIN_MS, WENT_ON, CounterLine, CounterState, LastStep
from fleet.domain.day import bounds
from fleet.domain.lines import counter_line, in_order, line_of
from fleet.flows.link_day import scan_opened_visit
from fleet.flows.placing import happened, in_line
from fleet.store import inbox
from fleet.store.lines import Lines
from fleet.store.places import OfficeRow

END_OF_TIME_MS = 1 << 62


def last_step(connection: Connection, office: OfficeRow, day: str, counter: str, now_ms: int) -> CounterLine:
    """The counter's line up to now; its `last` is None where nothing may be taken back any more."""
    lines = Lines(connection, office.id, day)
    ids, _, _ = lines.touched()
    line = read_anew(connection, office, day, counter) if ids else read_on(lines, office, day, counter)
    if line.last is not None and now_ms - line.last.happened_ms > UNDO_WITHIN_MS:
        line.last = None
    return line


def read_anew(connection: Connection, office: OfficeRow, day: str, counter: str) -> CounterLine:
    """From the beginning of the day, with what nobody has linked yet."""
    start_ms, end_ms = bounds(day, office.timezone)
    line = CounterLine(counter, scan_opened_visit(connection, office, day), CounterState())
    stored = inbox.events_of_office(connection, office.id, start_ms, end_ms)
    for read in in_order(happened(event) for event in stored if event.counter == counter):
        if line_of(read) == counter_line(counter):
            line.take(read)
    return line


def read_on(lines: Lines, office: OfficeRow, day: str, counter: str) -> CounterLine:
    """From the last state that the linker noted: a page looks often, and a day is long."""
    name = counter_line(counter)
    after_ms, text = lines.checkpoint(name, END_OF_TIME_MS) or (-1, "")
    state = CounterState.from_text(text) if text else CounterState()
    line = CounterLine(counter, scan_opened_visit(lines.connection, office, day), state)
    for read in in_line(lines.between(name, after_ms + 1, END_OF_TIME_MS)):
        line.take(read)
    return line


def named(line: CounterLine, last: LastStep) -> str:
    """What the step did: called, resumed, or how a visit ended; else that the counter paused, or works again."""
    if line.open is not None and line.open.id == last.event and (last.ended is None or last.ended.outcome != WENT_ON):
        return "resumed" if line.open.resumed else "called"
    if last.ended is not None and last.ended.outcome is not None:
        return last.ended.outcome
    return "paused" if line.doing is not None and line.doing.state == "paused" else "works"

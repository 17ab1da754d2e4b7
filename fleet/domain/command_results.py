"""What a device answers to orders that only ask how it is. All of it is a stranger's word: it is read with bounds."""

from collections.abc import Mapping

from protocols.message import BIGGEST, ProtocolError
from protocols.reports import ClockHeard, LogPage, Snapshot

Report = LogPage | ClockHeard | Snapshot
REPORTS: dict[str, type[LogPage] | type[ClockHeard] | type[Snapshot]] = {
    "log": LogPage,
    "clock": ClockHeard,
    "snapshot": Snapshot,
}
ENTRIES, NAME_LETTERS, VALUE_LETTERS = 16, 40, 100
FOUND_LETTERS = 200


def known(verb: str, result: Mapping[str, object]) -> dict[str, object]:
    """What of a device's answer to this order means something, in little room."""
    if verb in REPORTS:
        report = report_of(verb, result)
        return {} if report is None else report.to_dict()
    found = {name: result.get(name) for name in ("service", "number", "found")}
    return {
        name: value[:FOUND_LETTERS] if isinstance(value, str) else value
        for name, value in found.items()
        if isinstance(value, str) or (name == "number" and isinstance(value, int) and abs(value) <= BIGGEST)
    }


def report_of(verb: str, result: Mapping[str, object]) -> Report | None:
    """What a device said of itself; None where it was asked something else, or what it said is no answer."""
    shape = REPORTS.get(verb)
    try:
        return None if shape is None else shape.from_dict({name: plain(value) for name, value in result.items()})
    except ProtocolError:
        return None


def plain(value: object) -> object:
    """Of an object within an answer only short words and numbers."""
    if not isinstance(value, dict):
        return value
    few = list(value.items())[:ENTRIES]
    return {
        str(name)[:NAME_LETTERS]: one[:VALUE_LETTERS] if isinstance(one, str) else one
        for name, one in few
        if isinstance(one, str) or (isinstance(one, int) and abs(one) <= BIGGEST)
    }

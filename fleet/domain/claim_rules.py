"""What a claim can be made for, and how a device is called that nobody gave a name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fleet.domain.claims import Wanted
from fleet.domain.file_errors import RowError, shortened
from fleet.domain.ways import SERVERS
from protocols.configuring import ROLES
from protocols.identity import LETTERS, is_device_id

CLAIMS_AT_MOST = 20_000
HW_AT_MOST = 32
HEX = set("0123456789abcdef")
PLACE_LETTERS = 20


@dataclass(frozen=True)
class Known:
    """What is there already: offices (those where whoever asks may act) with their open counters; the ids that are
    taken; devices that wait, with their claim; boards that wait (with their claim) or work (with their device).
    """

    counters: Mapping[str, Sequence[str]]
    taken: frozenset[str] = frozenset()
    waiting: Mapping[str, str] = field(default_factory=dict)
    boards_waiting: Mapping[str, str] = field(default_factory=dict)
    boards: Mapping[str, str] = field(default_factory=dict)


def wrong_with(lines: Sequence[tuple[int, Wanted]], known: Known) -> list[RowError]:
    """All that is wrong with these, each by its number; `column` is the name of the value in Wanted."""
    errors: list[RowError] = []
    devices: dict[str, int] = {}
    boards: dict[str, int] = {}
    for row, wanted in lines:
        errors += wrong_with_roles(row, wanted)
        errors += wrong_with_place(row, wanted, known)
        if wanted.device is not None:
            errors += wrong_with_device(row, wanted.device, devices, known)
            devices.setdefault(wanted.device, row)
        if wanted.hw is not None:
            errors += wrong_with_board(row, wanted.hw, boards, known)
            boards.setdefault(wanted.hw, row)
    return errors


def wrong_with_roles(row: int, wanted: Wanted) -> Iterator[RowError]:
    if not wanted.roles:
        yield RowError(row, "roles", None, "device_roles", ", ".join(ROLES))
    for role in wanted.roles:
        if role not in ROLES:
            yield RowError(row, "roles", shortened(role), "device_roles", ", ".join(ROLES))
    if len(set(wanted.roles)) < len(wanted.roles):
        yield RowError(row, "roles", shortened(" ".join(wanted.roles)), "roles_once")


def wrong_with_place(row: int, wanted: Wanted, known: Known) -> Iterator[RowError]:
    if wanted.office not in known.counters:
        yield RowError(row, "office", shortened(wanted.office) or None, "known_office")
    elif wanted.counter is not None and wanted.counter not in known.counters[wanted.office]:
        there = ", ".join(known.counters[wanted.office])
        expected = "open_counter" if there else "no_counter"
        yield RowError(row, "counter", shortened(wanted.counter), expected, shown_some(there))


def wrong_with_device(row: int, device: str, before: Mapping[str, int], known: Known) -> Iterator[RowError]:
    if not is_device_id(device):
        yield RowError(row, "device", shortened(device) or None, "unit_id")
    elif device in before:
        yield RowError(row, "device", device, "device_once", str(before[device]))
    elif device in known.waiting:
        yield RowError(row, "device", device, "device_waits", known.waiting[device])
    elif device in known.taken or device.startswith(SERVERS):
        yield RowError(row, "device", device, "device_free")


def wrong_with_board(row: int, hw: str, before: Mapping[str, int], known: Known) -> Iterator[RowError]:
    if not 2 <= len(hw) <= HW_AT_MOST or not set(hw) <= HEX:
        yield RowError(row, "hw", shortened(hw), "board_id")
    elif hw in before:
        yield RowError(row, "hw", hw, "board_once", str(before[hw]))
    elif hw in known.boards_waiting:
        yield RowError(row, "hw", hw, "board_waits", known.boards_waiting[hw])
    elif hw in known.boards:
        yield RowError(row, "hw", hw, "board_free", known.boards[hw])


def named(wanted: Iterable[Wanted], taken: Iterable[str]) -> list[Wanted]:
    """The same, where those without a name are called by place and role: `quay-1-keypad`, `tan-an-printer-2`."""
    wanted = list(wanted)
    used = {*taken, *(one.device for one in wanted if one.device is not None)}
    last: dict[str, int] = {}
    found = []
    for one in wanted:
        if one.device is None:
            stem = f"{place_of(one)}-{one.roles[0]}"
            number = last.get(stem, 0) + 1
            while (name := stem if number == 1 else f"{stem}-{number}") in used:
                number += 1
            last[stem] = number
            used.add(name)
            one = replace(one, device=name)
        found.append(one)
    return found


def place_of(wanted: Wanted) -> str:
    """Its counter or else its office, in the letters of a device's id."""
    plain = "".join(letter if letter in LETTERS else "-" for letter in (wanted.counter or wanted.office).lower())
    return plain[-PLACE_LETTERS:].strip("-") or "x"


def shown_some(names: str) -> str:
    """The first of these; an office may have many."""
    return names if len(names) <= 100 else names[:100].rpartition(",")[0] + ", …"

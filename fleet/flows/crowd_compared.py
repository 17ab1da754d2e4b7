"""What a crowd said is compared with what the fleet stored and counted, some offices at a time.

However much was said, little of it is in memory: the truth is first laid apart by offices, into a folder that goes.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from fleet.domain.crowd import AT_EACH, Verdict, is_of_crowd, stand
from fleet.domain.linking import RULES
from fleet.flows.crowd_said import RECORD, Said, digest, pieces, records, run_of, unpacked
from fleet.flows.relink import days_to_relink, relink
from fleet.store import crowd, windows
from fleet.store.database import Store
from protocols.identity import event_id, parse_event_id

PART_RECORDS = 100_000
PARTS_AT_MOST = 256
# That many files are open while the truth is laid apart.
BOOT = 1
MADE_OF = {"tickets": "ticket", "visits": "call", "ratings": "rating"}
Key = tuple[str, int, int]
Looked = Callable[[int], None]


def compare(store: Store, truth: Path, told: Looked = lambda _: None) -> Verdict:
    """The verdict; `told` hears how many events were looked at so far. Raises BadTruth."""
    run_of(truth)
    verdict = Verdict()
    with tempfile.TemporaryDirectory(dir=truth.parent, prefix=".crowd-") as folder:
        for part in laid_apart(truth, Path(folder)):
            compare_part(store, [said for piece in pieces(part, 0) for said in unpacked(piece)], verdict)
            told(verdict.said)
    return verdict


def laid_apart(truth: Path, folder: Path) -> list[Path]:
    """The same records in files by their offices; each is no more than fits into memory well."""
    count = min(PARTS_AT_MOST, records(truth) // PART_RECORDS + 1)
    paths = [folder / f"{part}" for part in range(count)]
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("wb")) for path in paths]
        for piece in pieces(truth):
            for at in range(0, len(piece), RECORD.size):
                number = int.from_bytes(piece[at : at + 4], "little")
                files[number // AT_EACH % count].write(piece[at : at + RECORD.size])
    return paths


def compare_part(store: Store, said: Sequence[Said], verdict: Verdict) -> None:
    """What some offices said, against all that is there of it."""
    names = {number: stand(number) for number in {one.device for one in said}}
    truth = {(names[one.device].id, one.epoch, one.seq): one for one in said}
    lives = sorted({(device, epoch) for device, epoch, _ in truth})
    offices = sorted({one.office for one in names.values()})
    verdict.said += len(truth)
    with store.reading() as connection:
        stored = judge_events(truth, crowd.events(connection, lives), verdict)
        for row in crowd.collisions(connection, lives):
            verdict.found("contradicted", f"{event_id(row.device, row.epoch, BOOT, row.seq)} was said in two ways")
        for what, kind in MADE_OF.items():
            wanted = {named(key) for key in stored if truth[key].kind == kind}
            judge_made(what, wanted, only(lives, crowd.made(connection, what, offices)), verdict)
        for row in crowd.called_again(connection, offices):
            if only(lives, [row.id]):
                verdict.found("doubled", f"{row.office} {row.day} {row.service} {row.number} was called {row.n} times")


def judge_events(truth: Mapping[Key, Said], rows: Iterable[Any], verdict: Verdict) -> set[Key]:
    """Each is there as it was said, and there is no other; those that are right."""
    right: set[Key] = set()
    there: set[Key] = set()
    for row in rows:
        key = (row.device, row.epoch, row.seq)
        there.add(key)
        one = truth.get(key)
        if one is None or row.boot != BOOT:
            verdict.found("strange", f"{event_id(*row[:4])} is stored, and nobody said it")
        elif row.reason is not None or digest(row.body.encode()) != one.digest:
            verdict.found("contradicted", f"{named(key)} is stored as {row.body}")
        else:
            right.add(key)
    verdict.stored += len(right)
    for key in truth.keys() - there:
        verdict.found("lost", f"{named(key)} was said, and is not stored")
    return right


def judge_made(what: str, wanted: set[str], found: Iterable[str], verdict: Verdict) -> None:
    """Of each of these one was made, and no other."""
    counts = Counter(found)
    setattr(verdict, what, getattr(verdict, what) + len(counts))
    for one in wanted - counts.keys():
        verdict.found("uncounted", f"{one} is stored, and not among the {what}")
    for one, times in counts.items():
        if times > 1 or one not in wanted:
            verdict.found("doubled", f"{one} is {times} times among the {what}, said {int(one in wanted)} times")


def only(lives: Sequence[tuple[str, int]], made: Iterable[str]) -> list[str]:
    """Those of these identities that belong to these lives."""
    ours, found = set(lives), []
    for one in made:
        device, epoch, _, _ = parse_event_id(one)
        if (device, epoch) in ours:
            found.append(one)
    return found


def named(key: Key) -> str:
    """The identity of an event as the fleet writes it."""
    device, epoch, seq = key
    return event_id(device, epoch, BOOT, seq)


def is_linked(store: Store) -> bool:
    """Whether nothing waits for a linker."""
    with store.reading() as connection:
        return not windows.marked(connection, RULES, 1 << 62)


def compare_days(store: Store, verdict: Verdict, now_ms: int) -> None:
    """Each day of the crowd is what one linker makes of its events at once."""
    for office, day in days_to_relink(store, None, None, None):
        if is_of_crowd(office):
            done = relink(store, office, day, now_ms, dry_run=True)
            if done.differs is None:
                verdict.found("differs", f"{office} {day} can not be linked at once: {done.why}")
            elif done.differs:
                verdict.found("differs", f"{office} {day} is otherwise when it is linked at once: {done.differs[0]}")

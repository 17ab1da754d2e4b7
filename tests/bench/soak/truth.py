"""What was done, against what the fleet has: its events, what was linked of them, and what its API says.

The truth is what devices remembered and what a program was answered; how the fleet came to what it has is not asked.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import day_of
from fleet.flows.relink import days_to_relink, relink
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols.identity import event_id
from tests.bench.soak.api_clerk import ApiClerk
from tests.bench.soak.journal_device import Key
from tests.fleet.recounted import waits_are_recounted

OWN = "srv-"
TOLD_AT_MOST = 20
EVENTS = sql("SELECT device, epoch, boot, seq, body FROM events")
TICKETS = sql("SELECT office, day, service, number, event FROM tickets")
VISITS = sql("SELECT office, day, id, counter, service, number, called_ms, wait_ms, outcome FROM visits")
RATINGS = sql("SELECT id, score FROM ratings")
ASIDE = sql("SELECT device, reason FROM unreadable UNION ALL SELECT device, 'a collision' FROM collisions")


@dataclass
class Wrong:
    """Sentences by kind."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.strange)

    def told(self) -> str:
        """The first of each kind."""
        return "\n".join(
            f"{name}: {len(found)}\n  " + "\n  ".join(found[:TOLD_AT_MOST])
            for name, found in vars(self).items()
            if found
        )


@dataclass(frozen=True)
class Truth:
    """`said`: what the devices remembered. `clerks` called by the API. `apart`: an office that is judged elsewhere."""

    said: Mapping[Key, Mapping[str, Any]]
    clerks: Iterable[ApiClerk]
    apart: str = ""

    def of_kind(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """The events of a kind by their identities."""
        return {event_id(*key): event for key, event in self.said.items() if event["kind"] == kind}


def judge(store: Store, truth: Truth) -> Wrong:
    """Everything, once nothing is on its way any more."""
    wrong = Wrong()
    with store.reading() as connection:
        rows = {name: list(every(connection, text)) for name, text in ALL.items()}
    judge_events(truth, rows["events"], rows["aside"], wrong)
    judge_tickets(truth, [row for row in rows["tickets"] if row.office != truth.apart], wrong)
    visits = [row for row in rows["visits"] if row.office != truth.apart]
    judge_visits(truth, visits, wrong)
    judge_calls(truth, visits, wrong)
    judge_waits(truth, visits, wrong)
    judge_ratings(truth, rows["ratings"], wrong)
    return wrong


ALL = {"events": EVENTS, "tickets": TICKETS, "visits": VISITS, "ratings": RATINGS, "aside": ASIDE}


def judge_events(truth: Truth, rows: Iterable[Any], aside: Iterable[Any], wrong: Wrong) -> None:
    """Each event that a device remembered is there as it was said; there is no other."""
    ours = {key[0] for key in truth.said}
    stored = {tuple(row)[:4]: row.body for row in rows if row.device in ours}
    wrong.lost += [f"event {event_id(*key)} {event}" for key, event in truth.said.items() if key not in stored]
    for key, body in stored.items():
        found = {name: value for name, value in json.loads(body).items() if name != "seq"}
        said = truth.said.get(key)  # type: ignore[call-overload]
        if said is None:
            wrong.strange.append(f"event {event_id(*key)} is stored, and nobody remembers it: {found}")
        elif found != said:
            wrong.strange.append(f"event {event_id(*key)} was {said}, stored is {found}")
    wrong.strange += [f"{row.device} said what was put aside: {row.reason}" for row in aside]


def judge_tickets(truth: Truth, rows: Iterable[Any], wrong: Wrong) -> None:
    """Each number that was taken is a ticket."""
    compare("ticket", truth.of_kind("ticket"), [row.event for row in rows], wrong)


def judge_ratings(truth: Truth, rows: Iterable[Any], wrong: Wrong) -> None:
    """Each press is there once, with its score."""
    said = truth.of_kind("rating")
    scores = {row.id: row.score for row in rows if row.id.split("/")[0] in {key[0] for key in truth.said}}
    compare("rating", said, list(scores), wrong)
    wrong.strange += [
        f"rating {one} is {scores[one]}, {event['score']} was pressed"
        for one, event in said.items()
        if scores.get(one, event["score"]) != event["score"]
    ]


def judge_visits(truth: Truth, rows: Iterable[Any], wrong: Wrong) -> None:
    """Each call of a keypad, and each that a program was answered, is one visit; there is no other."""
    answered = {visit: (service, number) for one in truth.clerks for visit, service, number in one.called}
    by_id = {row.id: row for row in rows}
    compare("visit", {**truth.of_kind("call"), **answered}, list(by_id), wrong)
    for visit, number in answered.items():
        row = by_id.get(visit)
        if row is not None and (row.service, row.number) != number:
            wrong.strange.append(f"visit {visit} was answered as {number}, and is of {row.service} {row.number}")
    for one in truth.clerks:
        for visit, outcome in one.ended.items():
            row = by_id.get(visit)
            if row is not None and row.outcome != outcome:
                wrong.strange.append(f"visit {visit} was answered as {outcome}, and is {row.outcome}")


def judge_calls(truth: Truth, rows: Iterable[Any], wrong: Wrong) -> None:
    """A number is called once, and once more each time that its resident was sent on."""
    calls: Counter[tuple[str, str, str, int]] = Counter()
    sent: Counter[tuple[str, str, str, int]] = Counter()
    for row in rows:
        number = (row.office, row.day, row.service, row.number)
        calls[number] += 1
        sent[number] += row.outcome == "transfer"
    wrong.doubled += [f"{number} was called {n} times" for number, n in calls.items() if n > 1 + sent[number]]


def judge_waits(truth: Truth, rows: Iterable[Any], wrong: Wrong) -> None:
    """Whoever was called once had waited from the press to the call, by the clocks of both devices."""
    taken = {numbered(key[0], event): event["at"] for key, event in truth.said.items() if event["kind"] == "ticket"}
    calls, visits = truth.of_kind("call"), defaultdict(list)
    for row in rows:
        visits[row.office, row.day, row.service, row.number].append(row)
    for number, (row, *more) in visits.items():
        if not more and row.id in calls and number in taken:
            waited = calls[row.id]["at"] - taken[number]
            if row.wait_ms != waited:
                wrong.strange.append(f"{number} waited {waited} ms, found {row.wait_ms}")


def numbered(device: str, event: Mapping[str, Any]) -> tuple[str, str, str, int]:
    """The number of a ticket as nobody else has it."""
    return device.rsplit("-", 2)[0], day_of(event["at"], VIET_NAM), event["service"], event["number"]


def compare(what: str, said: Mapping[str, Any], found: list[str], wrong: Wrong) -> None:
    """Each is there, once, and there is no other."""
    counts = Counter(found)
    wrong.lost += [f"{what} {one}: {said[one]}" for one in said if one not in counts]
    wrong.doubled += [f"{what} {one} is there {n} times" for one, n in counts.items() if n > 1]
    wrong.doubled += [f"{what} {one} is there, and nobody was told of it" for one in counts if one not in said]


def judge_sums(store: Store, now_ms: int) -> Wrong:
    """Each day is what its events say when all are linked at once, and its sums are those of its visits."""
    wrong = Wrong()
    for office, day in days_to_relink(store, None, None, None):
        differs = relink(store, office, day, now_ms, dry_run=True).differs
        if differs:
            wrong.strange.append(f"{office} {day} is otherwise when it is linked at once: {differs}")
    for office in {office for office, _ in days_to_relink(store, None, None, None)}:
        try:
            waits_are_recounted(store, office)
        except AssertionError as problem:
            wrong.strange.append(f"{office}: the sums of waits are not those of its visits: {problem}")
    return wrong

"""Boards of a crowd, with the shipping firmware: enrolled beside it, and judged by what people saw at them."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from fleet.domain.crowd import BOARDS, PREFIX, Verdict, board, password
from fleet.flows.enrol_crowd import write_device
from fleet.store import crowd
from fleet.store.database import Store

Presses = Mapping[str, Mapping[int, int]]
# Of each board and score how many.


def enrol_boards(store: Store, key: str, count: int, now_ms: int) -> dict[str, str]:
    """So many boards stand in the lobby of the crowd's first office, which is there; their passwords."""
    found = {}
    with store.reading() as connection:
        there = crowd.ours(connection, PREFIX + BOARDS)
    with store.writing() as connection:
        for one in map(board, range(count)):
            found[one.id] = password(key, one.id)
            write_device(connection, one, found[one.id], now_ms, one.id in there)
    return found


def presses_stored(store: Store, boards: Iterable[str], since_ms: int) -> dict[str, Counter[int]]:
    """The presses of these boards that came since then."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    with store.reading() as connection:
        for row in crowd.presses(connection, boards, since_ms):
            found[row.device][json.loads(row.body)["score"]] += 1
    return found


def arrived(stored: Presses, lit: Presses) -> bool:
    """Whether the fleet has each press that a lamp said was kept."""
    return all(stored.get(one, {}).get(score, 0) >= n for one, scores in lit.items() for score, n in scores.items())


def judge_boards(stored: Presses, pressed: Presses, lit: Presses, verdict: Verdict) -> None:
    """Whatever a lamp said was kept is there; and no more than was pressed."""
    for one, scores in pressed.items():
        for score, times in scores.items():
            there, seen = stored.get(one, {}).get(score, 0), lit.get(one, {}).get(score, 0)
            verdict.said, verdict.stored = verdict.said + seen, verdict.stored + there
            if there < seen:
                verdict.found("lost", f"{one}: lamp {score} was lit {seen} times, {there} presses are stored")
            if there > times:
                verdict.found("doubled", f"{one}: key {score} was pressed {times} times, {there} presses are stored")

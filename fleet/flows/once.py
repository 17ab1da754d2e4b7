"""A request that is sent again is done once: what it did and what it was answered are committed together.

A refusal undoes everything, the key too, so the same key may be tried again after it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection

from fleet.store import answered
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict

KEPT_MS = 86_400_000


class KeyReused(Exception):
    """The key was used for another request."""


@dataclass(frozen=True)
class Answer:
    """What a request is answered: a status, JSON and headers. `again`: it was done and answered before."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    again: bool = False


@dataclass(frozen=True)
class Key:
    """An Idempotency-Key: whose it is, and what it was sent with."""

    token: str
    key: str
    request_hash: str


Value = TypeVar("Value")
Act = Callable[[Connection], Value]


@again_after_conflict
def once(
    store: Store,
    key: Key | None,
    now_ms: int,
    act: Act[Value],
    say: Callable[[Value], Answer],
    alone: bool = True,
) -> Answer:
    """Do this in one transaction; or say again what was answered when it was done under this key. Raises KeyReused.

    Not `alone`: others write meanwhile, and `act` holds what it decides about.
    """
    with store.writing(alone) as connection:
        if key is None:
            return say(act(connection))
        if not answered.take(connection, key.token, key.key, key.request_hash, now_ms, now_ms - KEPT_MS):
            kept = answered.kept(connection, key.token, key.key)
            if kept is None or kept.request_hash != key.request_hash:
                raise KeyReused
            return Answer(kept.status, kept.body, json.loads(kept.headers), again=True)
        answer = say(act(connection))
        answered.keep(connection, key.token, key.key, answer.status, answer.body, json.dumps(answer.headers))
        return answer

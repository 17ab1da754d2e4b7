"""Whoever changes something says what it looked like: what somebody else changed meanwhile is not written over."""

import json
from dataclasses import asdict, is_dataclass
from hashlib import sha256

MARK_LETTERS = 16


class ChangedMeanwhile(Exception):
    """It is not as it was when it was looked at. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("expected what was looked at, found what somebody changed since; nothing was changed")


def mark_of(value: object) -> str:
    """A short mark that is another one when the value is: a dataclass, or what JSON takes, or lists of both."""
    text = json.dumps(value, sort_keys=True, default=as_json)
    return sha256(text.encode()).hexdigest()[:MARK_LETTERS]


def refuse_changed(seen: str | None, value: object) -> None:
    """Raises ChangedMeanwhile where this is not what was looked at; None: nobody looked."""
    if seen is not None and seen != mark_of(value):
        raise ChangedMeanwhile


def as_json(value: object) -> object:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)

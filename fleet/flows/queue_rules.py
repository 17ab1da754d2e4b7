"""What staff decide of an office's queue: the rules of its order, its classes, and which counter calls for what."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.place_rules import wrong_with_skills
from fleet.domain.queue_policy import BadPolicy, PriorityClass, QueuePolicy, read_policy, wrong_with_class
from fleet.domain.seen import refuse_changed
from fleet.domain.unfit import refuse
from fleet.store import ledger, past_rules, places
from fleet.store.database import Store


def policy_of(connection: Connection, office: str) -> QueuePolicy:
    """The rules of an office's queue."""
    return read_policy(json.loads(places.queue_policy(connection, office)))


def rules(store: Store, office: str) -> QueuePolicy:
    """The rules of an office's queue. Raises BadPolicy if there is no such office."""
    with store.reading() as connection:
        refuse_no_office(connection, office)
        return policy_of(connection, office)


def set_numbers(store: Store, office: str, now_ms: int, **values: int | str | None) -> QueuePolicy:
    """Change the bounds that are named, from this moment on; the rules as they are then.

    Raises BadPolicy, and then nothing changes.
    """
    return set_rules(store, office, {name: value for name, value in values.items() if value is not None}, now_ms)


def set_rules(
    store: Store, office: str, changes: Mapping[str, object], now_ms: int, seen: str | None = None
) -> QueuePolicy:
    """As `set_numbers`; ChangedMeanwhile, too, where the rules are not those that were `seen`."""
    with store.writing() as connection:
        refuse_no_office(connection, office)
        policy = policy_of(connection, office)
        refuse_changed(seen, policy)
        return keep(connection, office, {**policy.to_dict(), **changes}, now_ms)


def set_class(
    store: Store, office: str, wanted: PriorityClass, now_ms: int, before: str | None = None, seen: str | None = None
) -> QueuePolicy:
    """Add a class, or give it these values; it stands before another one, or where it stood.

    Raises BadPolicy, or ChangedMeanwhile where the class is not the one that was `seen`.
    """
    with store.writing() as connection:
        refuse_no_office(connection, office)
        policy = policy_of(connection, office)
        refuse_changed(seen, next((one for one in policy.classes if one.id == wanted.id), None))
        ids = [one.id for one in policy.classes]
        if before is not None and (before not in ids or before == wanted.id):
            raise BadPolicy(f"before: expected another of {', '.join(ids)}, found {before!r}")
        others = [one for one in policy.classes if one.id != wanted.id]
        place = ids.index(wanted.id) if wanted.id in ids else len(others)
        if before is not None:
            place = [one.id for one in others].index(before)
        classes = (*others[:place], wanted, *others[place:])
        return keep(connection, office, replace(policy, classes=classes).to_dict(), now_ms)


def add_class(store: Store, office: str, wanted: PriorityClass, now_ms: int) -> QueuePolicy:
    """Another class goes before others, behind the classes that there are. Raises BadPolicy."""
    with store.writing() as connection:
        refuse_no_office(connection, office)
        policy = policy_of(connection, office)
        refuse(wrong_with_class(vars(wanted)))
        return keep(connection, office, replace(policy, classes=(*policy.classes, wanted)).to_dict(), now_ms)


def move_class(store: Store, office: str, name: str, by: int, now_ms: int) -> QueuePolicy:
    """A class goes so many places further back (or forward). Raises BadPolicy if there is no such class."""
    with store.writing() as connection:
        refuse_no_office(connection, office)
        policy = policy_of(connection, office)
        moved = class_of(policy, name)
        others = [one for one in policy.classes if one != moved]
        place = max(0, min(len(others), policy.classes.index(moved) + by))
        classes = (*others[:place], moved, *others[place:])
        return keep(connection, office, replace(policy, classes=classes).to_dict(), now_ms)


def class_of(policy: QueuePolicy, name: str) -> PriorityClass:
    """The class of this id. Raises BadPolicy."""
    found = next((one for one in policy.classes if one.id == name), None)
    if found is None:
        ids = ", ".join(one.id for one in policy.classes) or "none, for there are none"
        raise BadPolicy(f"class: expected one of {ids}, found {name[:40]!r}")
    return found


def remove_class(store: Store, office: str, name: str, now_ms: int) -> QueuePolicy:
    """Nobody goes before others for this any more. Raises BadPolicy if there is no such class."""
    with store.writing() as connection:
        refuse_no_office(connection, office)
        policy = policy_of(connection, office)
        gone = class_of(policy, name)
        classes = tuple(one for one in policy.classes if one != gone)
        return keep(connection, office, replace(policy, classes=classes).to_dict(), now_ms)


def set_counter(store: Store, counter: str, calls: Sequence[str], helps: Sequence[str], now_ms: int) -> None:
    """A counter calls for these services; for those with which it helps, when nobody waits for its own.

    A quick lane is a counter that calls for what is quick, and helps with the rest. Raises BadPolicy, BadPlace.
    """
    with store.writing() as connection:
        row = places.counter(connection, counter)
        if row is None:
            raise BadPolicy(f"counter: expected the id of a counter, found {counter!r}")
        services = [one.id for one in places.services(connection, row.office)]
        refuse(wrong_with_skills(list(calls), list(helps), services))
        with past_rules.changing(connection, row.office, now_ms):
            places.set_skills(connection, counter, {**dict.fromkeys(calls, False), **dict.fromkeys(helps, True)})
        said = {"calls": list(calls), "helps": list(helps)}
        ledger.note(connection, What.COUNTER_CHANGE, counter, row.office, became=said)


def keep(connection: Connection, office: str, wanted: dict[str, object], now_ms: int) -> QueuePolicy:
    """Keep these rules; those before them are what an earlier day is measured by. Raises BadPolicy."""
    policy, before = read_policy(wanted), policy_of(connection, office)
    with past_rules.changing(connection, office, now_ms):
        places.set_queue_policy(connection, office, json.dumps(policy.to_dict(), ensure_ascii=False))
    was, became = what_changed(before.to_dict(), policy.to_dict())
    ledger.note(connection, What.QUEUE_CHANGE, office, office, was, became)
    return policy


def refuse_no_office(connection: Connection, office: str) -> None:
    """Raises BadPolicy where no office has this id."""
    ids = [one.id for one in places.offices(connection)]
    if office not in ids:
        raise BadPolicy(f"office: expected one of {', '.join(sorted(ids)) or 'none yet'}, found {office!r}")

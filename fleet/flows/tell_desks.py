"""What a program did at a counter is told to the devices there: its keypad, the rating buttons, the call displays."""

import json
from typing import Any

from sqlalchemy import Connection

from fleet.flows.arming import arm, disarm
from fleet.flows.received import Called, Finished
from fleet.flows.show_calls import show
from fleet.store import desks, devices, places
from fleet.store.database import Store
from fleet.store.desks import News
from protocols.counter_state import Show
from protocols.state import State
from protocols.ticket_code import ticket_label

FOLLOWED_WITHIN_MS = 10_000
# A keypad that was away longer has done something of its own since; it hears when it asks who is next.


def unheard(store: Store, most: int) -> list[News]:
    """What devices are yet to be told, so many at most, the oldest first."""
    with store.reading() as connection:
        return desks.news(connection, most)


def tell(store: Store, news: News, now_ms: int) -> list[tuple[str, State]]:
    """The devices that are to be told this, each with the state that says so."""
    said = json.loads(news.body)
    told = []
    if now_ms - news.happened_ms < FOLLOWED_WITHIN_MS:
        with store.writing() as connection:
            told = keypads(connection, news, said, now_ms)
    if said["news"] == "finished":
        told += arm(store, Finished(news.office, news.counter, said["event"], news.happened_ms), now_ms)
    elif said["news"] == "called" and said["number"] is not None:
        called = Called(
            office=news.office,
            counter=news.counter,
            service=said["service"],
            number=said["number"],
            event=said["event"],
            happened_ms=news.happened_ms,
            again=said["again"],
        )
        told += show(store, called, now_ms)
    if said.get("unfinished") is not None:  # what an earlier version wrote down says nothing of it
        told += disarm(store, Finished(news.office, news.counter, said["unfinished"], news.happened_ms), now_ms)
    return told


def was_told(store: Store, news: News) -> None:
    """The broker has it."""
    with store.writing() as connection:
        desks.told(connection, news.id)


def keypads(connection: Connection, news: News, said: dict[str, Any], now_ms: int) -> list[tuple[str, State]]:
    """The keypads of the counter, with what they show now."""
    prefixes = {one.id: one.prefix for one in places.services(connection, news.office)}
    service, number = said["service"], said["number"]
    label = "" if service is None or number is None else ticket_label(prefixes.get(service, ""), number)
    expires_ms = news.happened_ms + FOLLOWED_WITHIN_MS
    follow = Show(service=service, number=number, label=label, doing=said["doing"], expires=expires_ms)
    told = []
    for place in devices.at_office(connection, news.office, now_ms):
        row = devices.device(connection, place.device) if place.counter == news.counter else None
        if row is not None and "keypad" in row.roles:
            version = devices.next_state_version(connection, place.device)
            told.append((place.device, State(version=version, now=now_ms, show=follow)))
    return told

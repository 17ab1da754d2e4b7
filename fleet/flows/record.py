"""A day of an office is recorded: the office as it was, and each event as it came, without hashes of anybody."""

import json

from fleet.domain.day import bounds
from fleet.domain.queue_policy import read_policy
from fleet.domain.recording import Began, Came, Recording, Ruled, Stand
from fleet.store import past_rules, places, recordings, retention
from fleet.store.database import Store
from fleet.store.past_rules import Rules


class NotRecorded(LookupError):
    """A day that cannot be recorded; the text says why."""


def record(store: Store, office: str, day: str) -> Recording:
    """The recording of a day. Raises NotRecorded."""
    with store.reading() as connection:
        place = places.office(connection, office)
        if place is None:
            raise NotRecorded(f"office: there is none of id {office!r}")
        start_ms, end_ms = bounds(day, place.timezone)
        if start_ms < retention.linked_since_ms(connection):
            raise NotRecorded(f"day: events of {day} were deleted when their time was over")
        events = recordings.events(connection, office, start_ms, end_ms)
        held = past_rules.between(connection, office, start_ms, end_ms)
        skills = held[-1].skills
        lives = {(one.device, one.epoch, one.boot) for one in events}
        return Recording(
            office=place.id,
            name=place.name,
            hotline=place.hotline,
            timezone=place.timezone,
            day=day,
            scan_opens_visit=held[-1].scan_opens_visit,
            services=tuple((one.id, one.prefix, one.name) for one in places.services(connection, office)),
            counters=tuple(
                (one.id, one.name, tuple(sorted(skills.get(one.id, ())))) for one in places.counters(connection, office)
            ),
            stands=tuple(Stand(*one) for one in recordings.stands(connection, office, start_ms, end_ms)),
            boots=tuple(Began(*one) for one in recordings.boots(connection, sorted(lives))),
            rules=tuple(ruled(one, end_ms) for one in held),
            turns=tuple(recordings.turns(connection, office, day)),
            events=tuple(Came(**vars(one)) for one in events),
        )


def ruled(rules: Rules, end_ms: int) -> Ruled:
    """What held on the day; what came of it later is no part of the day."""
    until_ms = None if rules.until_ms is None or rules.until_ms >= end_ms else rules.until_ms
    skills = {counter: dict(services) for counter, services in rules.skills.items()}
    return Ruled(until_ms, read_policy(json.loads(rules.queue)).to_dict(), skills, rules.scan_opens_visit)

"""A day of an office is recorded: the office as it was, and each event as it came, without hashes of anybody."""

from fleet.domain.day import bounds
from fleet.domain.recording import Began, Came, Recording, Stand
from fleet.store import places, recordings, retention
from fleet.store.database import Store


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
        skills = places.skills(connection, office)
        lives = {(one.device, one.epoch, one.boot) for one in events}
        return Recording(
            office=place.id,
            name=place.name,
            hotline=place.hotline,
            timezone=place.timezone,
            day=day,
            scan_opens_visit=bool(place.scan_opens_visit),
            services=tuple((one.id, one.prefix, one.name) for one in places.services(connection, office)),
            counters=tuple(
                (one.id, one.name, tuple(sorted(skills.get(one.id, ())))) for one in places.counters(connection, office)
            ),
            stands=tuple(Stand(*one) for one in recordings.stands(connection, office, start_ms, end_ms)),
            boots=tuple(Began(*one) for one in recordings.boots(connection, sorted(lives))),
            turns=tuple(recordings.turns(connection, office, day)),
            events=tuple(Came(**vars(one)) for one in events),
        )

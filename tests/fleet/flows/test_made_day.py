"""Made days: the same for the same seed, like those of a real office in what matters, and nothing of them is lost."""

import os
from collections import Counter
from random import Random

import pytest

from fleet.domain.conservation import faults
from fleet.domain.ends import End, ends
from fleet.domain.linked import Day, Happened
from fleet.domain.linking import link
from fleet.domain.recording import Recording, write
from fleet.flows.made_day import BadSize, made_day, made_days
from protocols.events import CheckedIn, TicketTaken, decode_event

DAYS = int(os.environ.get("DAYS", "120"))


def happened(recording: Recording) -> list[Happened]:
    """What happened on a made day; a boot that nobody anchored is estimated, by chance exactly."""
    began = {(one.device, one.boot): one.began_ms for one in recording.boots}
    stands = {one.device: one.counter for one in recording.stands}
    found = []
    for one in recording.events:
        event = decode_event(one.event)
        known = event.at is not None or (one.device, one.boot) in began
        ms = event.at if event.at is not None else began.get((one.device, one.boot), one.ms - event.up) + event.up
        found.append(
            Happened(one.device, one.epoch, one.boot, one.event["seq"], ms, not known, stands[one.device], event)
        )
    return found


def taken(day: list[Happened]) -> list[str]:
    """The events that took a number."""
    return sorted({one.id for one in day if isinstance(one.event, TicketTaken | CheckedIn)})


@pytest.mark.parametrize("visits", [9, 80, 900])
def test_the_same_seed_makes_the_same_day_and_another_one_another(visits: int) -> None:
    lines = list(write(made_day(visits, 1)))
    assert lines == list(write(made_day(visits, 1)))
    assert lines[1:] != list(write(made_day(visits, 2)))[1:]


def test_a_large_day_has_everything_in_the_shares_of_the_model() -> None:
    recording = made_day(900, 7)
    day = link(happened(recording))
    assert len(day.tickets) == 900
    outcomes = Counter(visit.outcome for visit in day.visits)
    assert {"done", "no_show", "transfer", "parked"} <= set(outcomes)
    assert 0.03 < outcomes["no_show"] / 900 < 0.1
    assert 0.05 < sum(one.priority == "priority" for one in day.tickets) / 900 < 0.12
    finished = [visit for visit in day.visits if visit.finish is not None]
    assert 0.25 < sum(visit.rated for visit in finished) / len(finished) < 0.4
    assert {len(visit.dossiers) for visit in finished} == {0, 1, 2, 3}
    assert any(visit.resumed for visit in day.visits)
    assert ends(one.state for one in day.tickets)[End.SERVED] > 700


def test_devices_of_a_large_day_have_troubles_of_every_kind() -> None:
    recording = made_day(900, 7)
    at = [(one, one.event.get("at")) for one in recording.events]
    late = [one for one, ms in at if ms is not None and one.ms - ms > 600_000]
    clockless = {(one.device, one.boot) for one, ms in at if ms is None}
    identities = Counter((one.device, one.boot, one.event["seq"]) for one in recording.events)
    anchored = {(one.device, one.boot) for one in recording.boots}
    assert len(late) > 20
    assert clockless - anchored and clockless & anchored
    assert sum(n > 1 for n in identities.values()) > 20


@pytest.mark.parametrize("part", range(4))
def test_on_no_made_day_anybody_is_lost_or_counted_twice(part: int) -> None:
    """DAYS says how many there are: some here, ten thousand in a campaign."""
    chance = Random(part)
    for _ in range(DAYS // 4):
        visits, seed = chance.choice((3, 9, 9, 9, 30, 80)), chance.randrange(10**6)
        told = happened(made_day(visits, seed))
        chance.shuffle(told)
        day = link(told)
        assert faults(day, taken(told)) == [], (visits, seed)
        assert sum(ends(one.state for one in day.tickets).values()) == visits


def test_what_is_lost_or_counted_twice_is_found() -> None:
    told = happened(made_day(80, 3))
    day = link(told)
    numbers = taken(told)
    assert faults(day, numbers) == []
    first, second = day.visits[0], day.visits[1]
    done = next(one for one in day.tickets if one.state == "done")

    def with_(**parts: object) -> list[str]:
        return faults(Day(**{**vars(day), **parts}), numbers)  # type: ignore[arg-type]

    def other(one: object, **fields: object) -> object:
        return type(one)(**{**vars(one), **fields})

    assert any("took a number, and is told of 0 times" in one for one in with_(tickets=day.tickets[1:]))
    assert any("took a number, and is told of 2 times" in one for one in with_(tickets=(*day.tickets, day.tickets[0])))
    twice = tuple(other(one, calls=7) if one == done else one for one in day.tickets)
    assert any("was called 7 times" in one for one in with_(tickets=twice))
    strange = tuple(other(one, state="gone") if one == done else one for one in day.tickets)
    assert any("which is no end" in one for one in with_(tickets=strange))
    assert any("says rated" in one for one in with_(visits=(other(first, rated=not first.rated), *day.visits[1:])))
    same = other(second, counter=first.counter, called_ms=first.called_ms + 1)
    assert any("lasted" in one for one in with_(visits=(first, same, *day.visits[2:])))
    counted = next(one for one in day.ratings if one.counted)
    again = other(counted, id="nut-1/1/1/9999")
    assert any("has 2 ratings that count" in one for one in with_(ratings=(*day.ratings, again)))


def test_a_season_has_the_working_days_of_one_office_and_no_identity_twice() -> None:
    days = list(made_days(30, 1, 8, "2026-09-04"))
    # 1 and 2 September are holidays; 31 August was off for Saturday, the 22nd.
    august = [f"2026-08-{day}" for day in (22, 24, 25, 26, 27, 28)]
    assert [one.day for one in days] == [*august, "2026-09-03", "2026-09-04"]
    assert {one.office for one in days} == {"made-30"} and len({one.counters for one in days}) == 1
    events = [{(e.device, e.boot, e.event["seq"]) for e in one.events} for one in days]
    assert len(set().union(*events)) == sum(map(len, events))
    assert [list(write(one)) for one in made_days(30, 1, 2, "2026-09-04")] == [list(write(one)) for one in days[-2:]]


@pytest.mark.parametrize(("days", "last"), [(0, "2026-09-04"), (2_001, "2026-09-04"), (1, "1999-12-31")])
def test_a_season_that_cannot_be_is_refused(days: int, last: str) -> None:
    with pytest.raises(BadSize, match=r"expected (a number from 1 to 2000|2000-01-01 or later), found"):
        list(made_days(9, 1, days, last))


@pytest.mark.parametrize("visits", [0, -1, 5_001])
def test_an_office_of_no_size_is_refused(visits: int) -> None:
    with pytest.raises(BadSize, match=f"expected a number from 1 to 5000, found {visits}"):
        made_day(visits, 1)

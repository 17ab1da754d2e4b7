"""What goes over a stream, on a real connection."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fleet.clock import now_ms
from fleet.domain.office_now import OfficeNow
from fleet.flows import sign_in
from fleet.pages import feeds, live
from tests.fleet.pages.sample_office import busy_office
from tests.fleet.pages.town import Town, serving

PATIENCE_S = 60
STARTED_MS = now_ms()
Event = tuple[str, dict[str, Any]]


@contextmanager
def listening(address: str, token: str, path: str = "/live/offices/tan-an") -> Iterator[Iterator[Event]]:
    with (
        httpx2.Client(base_url=address, cookies={"motcua": token}, timeout=PATIENCE_S) as client,
        client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert "content-encoding" not in answer.headers
        yield events(answer)


def events(answer: httpx2.Response) -> Iterator[Event]:
    kind = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def until_beat(heard: Iterator[Event]) -> dict[str, str]:
    """The sections that came before the next beat."""
    sections = {}
    for kind, data in heard:
        if kind == "beat":
            return sections
        assert kind == "section"
        sections[data["id"]] = data["html"]
    raise AssertionError("the stream ended")


def until_section(heard: Iterator[Event], name: str) -> dict[str, str]:
    """The sections that came together with this one."""
    while name not in (sections := until_beat(heard)):
        pass
    return sections


def one_more_waits(office: str, at_ms: int) -> OfficeNow:
    busy = busy_office(office, STARTED_MS)
    first, *others = busy.services
    return replace(busy, now_ms=at_ms, services=(replace(first, waiting=first.waiting + 1), *others))


def steady(office: str, at_ms: int) -> OfficeNow:
    return replace(busy_office(office, STARTED_MS), now_ms=at_ms)


def test_a_stream_begins_with_everything_and_goes_on_with_what_changed(town: Town, address: str) -> None:
    town.office = steady
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        first = until_beat(heard)
        upper = ["alerts", "headline", "to_do", "queues", "satisfaction"]
        assert list(first) == [*upper, "trend", "counters", "visits", "quality"]
        assert all(html.lstrip().startswith("<section id=") for html in first.values())
        town.office = one_more_waits
        town.changes.tell("tan-an")
        assert list(until_beat(heard)) == ["headline", "queues"]


def test_a_change_that_changes_nothing_to_see_sends_nothing(town: Town, address: str) -> None:
    town.office = steady
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        until_beat(heard)
        town.changes.tell("tan-an")
        assert until_beat(heard) == {}


def test_changes_of_another_office_are_not_heard(town: Town, address: str) -> None:
    looked: list[str] = []

    def look(office: str, at_ms: int) -> OfficeNow:
        looked.append(office)
        return steady(office, at_ms)

    town.office = look
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        until_beat(heard)
        town.changes.tell("cai-khe")
        town.office = one_more_waits
        town.changes.tell("tan-an")
        assert "queues" in until_beat(heard)
    assert looked == ["tan-an"]


def test_many_changes_at_once_are_one_look(town: Town, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "AT_MOST_EVERY_S", 0.5)
    looks = 0

    def look(office: str, at_ms: int) -> OfficeNow:
        nonlocal looks
        looks += 1
        return steady(office, at_ms)

    town.office = look
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        until_beat(heard)
        for _ in range(200):
            town.changes.tell("tan-an")
        until_beat(heard)
        town.office = one_more_waits
        town.changes.tell("tan-an")
        assert "queues" in until_beat(heard)
    assert looks <= 3


def test_many_who_see_the_same_are_one_look_and_each_gets_a_token_of_their_own(
    town: Town, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT_S", 60.0)
    looks = 0

    def look(office: str, at_ms: int) -> OfficeNow:
        nonlocal looks
        looks += 1
        return steady(office, at_ms)

    town.office = look
    sessions = [town.session(name) for name in ("supervisor", "supervisor", "supervisor", "clerk", "root")]
    with ExitStack() as stack:
        heard = [stack.enter_context(listening(address, token)) for token, _ in sessions]
        first = [until_beat(one) for one in heard]
        assert [list(one) for one in first[1:3]] == [list(first[0])] * 2
        assert list(first[3]) == ["headline", "queues", "counters"], "a clerk sees what clerks see"
        for (_, csrf), sections in zip(sessions, first, strict=True):
            tokens = set(re.findall(r'name="csrf" value="([^"]+)"', "".join(sections.values())))
            assert tokens <= {csrf}
        assert 'name="csrf"' in first[0]["alerts"]
        before = looks
        town.office = lambda office, at_ms: one_more_waits(look(office, at_ms).id, at_ms)
        town.changes.tell("tan-an")
        for one in heard:
            until_section(one, "queues")
        assert looks - before == 3, "one for supervisors, one for clerks, one for those who work everywhere"


def test_whoever_comes_later_is_told_all_and_the_others_only_what_changed(town: Town, address: str) -> None:
    town.office = steady
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        until_beat(heard)
        town.office = one_more_waits
        with listening(address, token) as late:
            assert "quality" in until_beat(late)
            assert list(until_section(heard, "queues")) == ["headline", "queues"]


def test_a_page_that_cannot_be_looked_at_ends_its_streams_and_the_next_begins_anew(town: Town, address: str) -> None:
    def broken(office: str, at_ms: int) -> OfficeNow:
        raise OSError("the database is gone")

    town.office = steady
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        until_beat(heard)
        town.office = broken
        town.changes.tell("tan-an")
        assert list(heard) == []
    town.office = steady
    with listening(address, token) as heard:
        assert "headline" in until_beat(heard)


def test_a_clerks_stream_holds_no_ratings(town: Town, address: str) -> None:
    token, _ = town.session("clerk")
    with listening(address, token) as heard:
        assert list(until_beat(heard)) == ["headline", "queues", "counters"]


def test_the_stream_ends_with_the_session(town: Town, address: str) -> None:
    """The session is looked at again at least each minute; here at every moment."""
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        until_beat(heard)
        sign_in.sign_out(town.store, token)
        town.changes.tell("tan-an")
        assert list(heard)[-1] == ("ended", {})


def test_the_stream_ends_when_the_role_changes(town: Town, address: str) -> None:
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        until_beat(heard)
        with town.store.writing() as connection:
            connection.exec_driver_sql("UPDATE users SET role = 'clerk' WHERE name = 'supervisor'")
        town.changes.tell("tan-an")
        assert list(heard)[-1] == ("ended", {})


def test_a_stream_that_nobody_hears_is_forgotten(town: Town, address: str) -> None:
    token, _ = town.session("supervisor")
    with listening(address, token) as heard:
        until_beat(heard)
        assert len(town.changes._listeners) == 1
    with httpx2.Client(base_url=address, timeout=PATIENCE_S) as client:
        while town.changes._listeners:
            client.get("/healthz")  # the server gets on with its work


def test_the_server_stops_while_pages_are_open(town: Town) -> None:
    """The stream ends in good order: nothing is cut, nobody waits for the browser to leave."""
    token, _ = town.session("supervisor")
    with ExitStack() as stack:
        with serving(town) as port:
            heard = stack.enter_context(listening(f"http://127.0.0.1:{port}", token))
            until_beat(heard)
        assert [kind for kind, _ in heard if kind == "section"] == []


def test_devices_are_looked_at_again_by_themselves(town: Town, address: str) -> None:
    token, _ = town.session("technician")
    with listening(address, token, "/live/devices") as heard:
        assert list(until_beat(heard)) == ["stopped", "to_mend", "map", "devices", "versions", "unreadable"]
        town.devices = [replace(device, presence="online") for device in town.devices]
        changed = until_beat(heard)
        assert list(changed) == ["map", "devices"]
        assert "Mất kết nối" not in changed["devices"]


def test_a_browser_waits_for_three_beats() -> None:
    script = (Path(live.__file__).parent / "static" / "live.js").read_text()
    found = re.search(r"const SILENCE_MS = ([\d_]+);", script)
    assert found
    assert 3 * live.BEAT_S * 1000 <= int(found[1]) < 4 * live.BEAT_S * 1000

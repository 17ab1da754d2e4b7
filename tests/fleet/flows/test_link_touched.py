"""Linking only what was touched leaves in the tables just what linking the whole day would leave there."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from fleet.domain import counter_line
from fleet.domain.clerk_sessions import Badge
from fleet.domain.day import bounds
from fleet.domain.linking import RULES, link
from fleet.domain.rights import Role
from fleet.flows import link_touched, placing
from fleet.flows.enrol import stand
from fleet.flows.link import TAKEN_FOR_MS, link_marked, link_window
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.sign_in import add_person
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import badges, inbox, places, windows
from fleet.store.database import Store
from fleet.store.day_parts import day_of
from fleet.store.places import OfficeRow
from fleet.store.rows import run, sql
from protocols import events
from protocols.events import Event
from tests.examples import examples
from tests.fleet.office import DAY, NINE, OFFICE, PLAN, Speaker, hello, open_office
from tests.fleet.recounted import waits_are_recounted

MIN = 60_000
DEVICES = ("tp-1", "q-1", "q-2", "nut-1", "nut-2")
CLERKS = ("a" * 32, "b" * 32, "c" * 32)
ELSEWHERE = "an-binh"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An office whose devices were all born, with two clerks who have badges; small pages, so that all are turned."""
    folder = tmp_path_factory.mktemp("template")
    store, _ = open_office(folder)
    for device in PLAN.devices:
        welcome(store, device.id, hello(boot=0), NINE - 60 * MIN)  # their later boots nobody has heard of yet
    people = [add_person(store, name, "a long password", Role.CLERK, NINE, OFFICE) for name in ("lan", "minh")]
    with store.writing() as connection:
        places.save_office(connection, OfficeRow(ELSEWHERE, "Phường An Bình", "1022"), NINE)
        for number, (person, badge) in enumerate(zip((people[0], people[1], people[0]), CLERKS, strict=True)):
            badges.add(connection, OFFICE, Badge(badge, person.id, 7 + number % 2, NINE - MIN))
        badges.end(connection, OFFICE, people[1].id, NINE + 4 * MIN)
    store.close()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(counter_line, "CHECKPOINT_EVENTS", 3)
        patched.setattr(link_touched, "PAGE", 4)
        patched.setattr(placing, "FOLLOWING", 2)
        yield folder


Told = tuple[str, int, int, int, int, int, bool, int]
TOLD = st.tuples(
    st.sampled_from(("tp-1", "q-1", "q-1", "q-2", "nut-1", "nut-2")),
    st.sampled_from((1, 1, 1, 2)),  # in which of its boots
    st.integers(0, 15),  # what happened
    st.sampled_from((0, 1, 1_000, 20_000, 90_000)),  # how much later than the last of this boot
    st.integers(1, 4),  # a number, a dossier, a score
    st.integers(0, 12),  # which of the events before it names
    st.sampled_from((True, True, True, False)),  # whether its device has a clock
    st.sampled_from((0, 0, 0, -40_000, 3_000)),  # how wrong that is
)
BATCH = st.lists(st.integers(0, 30), min_size=1, max_size=6)
DELIVER = st.tuples(st.just("deliver"), st.sampled_from(DEVICES), BATCH)
LINK = st.tuples(st.just("link"), st.integers(0, 1))
ANCHOR = st.tuples(
    st.just("anchor"), st.sampled_from(DEVICES), st.integers(1, 2), st.sampled_from((-70_000, 0, 0, 500, 86_400_000))
)
PLACES = st.sampled_from(((OFFICE, "quay-1"), (OFFICE, "quay-2"), (OFFICE, None), (ELSEWHERE, None)))
MOVE = st.tuples(st.just("move"), st.sampled_from(("q-1", "q-2", "nut-1")), PLACES, st.integers(0, 8))
ON_PAGES = st.tuples(
    st.just("on_page"),
    st.integers(0, 9),
    st.integers(1, 4),
    st.integers(0, 44),
    st.sampled_from(("quay-1", "quay-2")),
    st.integers(0, 40),
)
DONE = st.lists(
    st.one_of(DELIVER, DELIVER, DELIVER, LINK, LINK, ANCHOR, MOVE, ON_PAGES, st.just(("die",))), max_size=40
)


def event_of(kind: int, n: int, named: str | None, up: int, at: int | None) -> Event:
    """One of everything that linking reads, and one thing that it does not."""
    of_number = {"service": "ho-tich" if n % 2 else "dat-dai", "number": (n + 1) // 2}
    code = f"H15.50.05.13-261008-{n:04d}"
    made: list[tuple[type[Event], dict[str, object]]] = [
        (events.TicketTaken, {**of_number, "lease": "l"}),
        (events.NumberCalled, of_number),
        (events.NumberCalled, of_number),
        (events.VisitFinished, {}),
        (events.VisitFinished, {"outcome": ("done", "no_show", "transfer", "supplement")[n - 1]}),
        (events.NoShow, {}),
        (events.Transferred, {"to_service": "dat-dai", "to_counter": "quay-1" if n == 1 else None}),
        (events.Parked, {}),
        (events.Resumed, {} if n == 1 else of_number),
        (events.Paused, {"reason": "lunch"}),
        (events.NumberRecalled, {}),
        (events.CodeScanned, {"what": "dossier", "code": code}),
        (events.CodeScanned, {"what": "badge", "badge": "staff", "badge_hash": ((*CLERKS, "d" * 32)[n - 1])}),
        (events.RatingGiven, {"score": n, "scale": 5, "armed": named}),
        (events.RatingReason, {"reason": "long_wait", "rating": named}),
        (events.Booted, {"reason": "power"}),
    ]
    said, fields = made[kind]
    return said(up=up, at=at, **fields)  # type: ignore[arg-type]


SECOND_BOOT_MS = 6 * MIN


def tell(told: list[Told]) -> tuple[dict[tuple[str, int], Speaker], list[str]]:
    """What each boot of each device will say, in its own order; and the identities of it all."""
    speakers = {(device, boot): Speaker(device, boot=boot) for device in DEVICES for boot in (1, 2)}
    up = dict.fromkeys(speakers, 0)
    ids: list[str] = []
    for device, boot, kind, later, n, before, clock, wrong in told:
        up[device, boot] += later
        named = ids[-before] if 0 < before <= len(ids) else None
        at = NINE + (boot - 1) * SECOND_BOOT_MS + up[device, boot] + wrong if clock else None
        seq = speakers[device, boot].does(event_of(kind, n, named, up[device, boot], at))
        ids.append(f"{device}/1/{boot}/{seq}")
    return speakers, ids


class Story:
    """An office to which devices deliver, where two workers link, one of which may die, and devices are moved."""

    def __init__(self, folder: Path, template: Path, told: list[Told], scan_opens: bool) -> None:
        for file in template.iterdir():
            shutil.copy(file, folder / file.name)
        self.workers = [Store(f"sqlite:///{folder / 'motcua.sqlite'}") for _ in range(2)]
        for worker in self.workers:
            event.listen(worker.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        self.store = self.workers[0]
        self.speakers, self.ids = tell(told)
        self.server = VirtualDevice(self.store, "page", NINE)
        self.moved_ms: dict[str, int] = {}
        self.now_ms = NINE
        with self.store.writing() as connection:
            run(connection, sql("UPDATE offices SET scan_opens_visit = :opens"), opens=scan_opens)

    def deliver(self, device: str, places_: list[int]) -> None:
        """Some of its events come, in batches of one boot each."""
        own = [one for one in self.speakers.values() if one.device == device]
        held = [(speaker, seq) for speaker in own for seq in speaker.held]
        for speaker in own:
            seqs = [seq for place in places_ for one, seq in held[place % (len(held) or 1) :][:1] if one is speaker]
            if seqs:
                batch = speaker.batch(*dict.fromkeys(seqs))
                receive(self.store, [Arrival(speaker.topic, batch)], self.now_ms)

    def on_page(self, kind: int, n: int, named: int, counter: str, quarter_minutes: int) -> None:
        """Somebody takes back a step, checks in, comes back, gives way, answers or rates on a page."""
        at = NINE + quarter_minutes * MIN // 4
        of_number = {"service": "ho-tich" if n % 2 else "dat-dai", "number": (n + 1) // 2}
        said: list[Event] = [
            *[events.Undone(step=self.ids[named % len(self.ids)], up=0, at=at)] * 3,
            events.CheckedIn(lease="l", due=at + MIN, up=0, at=at, **of_number),
            events.Returned(up=0, at=at, **of_number),
            events.Replaced(since=NINE if named % 2 else None, up=0, at=at, **of_number),
            events.DayClosed(up=0, at=at, **of_number),
            events.WentOn(to_service="dat-dai", up=0, at=at, **(of_number if named % 3 else {})),
            events.QuestionAnswered(criterion=n, points=n % 3, finish=self.ids[named % len(self.ids)], up=0, at=at),
            events.RatingGiven(score=n, scale=4, armed=self.ids[named % len(self.ids)], up=0, at=at),
        ]
        with self.store.writing() as connection:
            self.server.record(connection, said[kind], at, places.office(connection, OFFICE), counter)

    def link(self, worker: int) -> None:
        """A worker links; what is not marked again is as all stored events tell it."""
        link_marked(self.workers[worker], self.now_ms)
        with self.store.reading() as connection:
            behind = windows.marked(connection, RULES, self.now_ms + TAKEN_FOR_MS + 1)
        for office in {OFFICE, ELSEWHERE} - {office for office, _ in behind}:
            self.check(office)

    def die(self) -> None:
        """A worker takes the day and is heard of no more."""
        with self.store.writing() as connection:
            found = windows.found(connection, OFFICE, DAY, RULES, self.now_ms)
            if found is not None:
                windows.take(connection, found, self.now_ms, TAKEN_FOR_MS)
        self.now_ms += TAKEN_FOR_MS // 2

    def anchor(self, device: str, boot: int, wrong_ms: int) -> None:
        """A device tells its uptime, five minutes apart, by a clock of ours that is wrong by so much."""
        begun_ms = NINE + (boot - 1) * SECOND_BOOT_MS + wrong_ms
        for up_ms in (0, 5 * MIN):
            welcome(self.store, device, hello(boot=boot, epoch=1, up_ms=up_ms), begun_ms + up_ms)

    def move(self, device: str, place: tuple[str, str | None], half_minutes: int) -> None:
        """Since then, or since it last moved, the device stands elsewhere, as we learn now."""
        since_ms = max(NINE + half_minutes * MIN // 2, self.moved_ms.get(device, 0) + 1)
        self.moved_ms[device] = since_ms
        with self.store.writing() as connection:
            stand(connection, device, *place, since_ms)

    def end(self) -> None:
        """Everything comes, and is linked."""
        self.now_ms += TAKEN_FOR_MS + 1
        for speaker in self.speakers.values():
            for seq in speaker.held:
                receive(self.store, [Arrival(speaker.topic, speaker.batch(seq))], self.now_ms)
            link_window(self.workers[1], OFFICE, DAY, self.now_ms)
        while link_marked(self.store, self.now_ms):
            pass
        for office in (OFFICE, ELSEWHERE):
            self.check(office)
        for worker in self.workers:
            worker.close()

    def check(self, office: str) -> None:
        """The day's tables say what all stored events tell."""
        with self.store.reading() as connection:
            place = places.office(connection, office)
            assert place is not None
            stored = inbox.events_of_office(connection, office, *bounds(DAY, place.timezone))
            known = badges.of_office(connection, office)
            tables = day_of(connection, office, DAY)
        whole = link([placing.happened(one) for one in stored], place.scan_opens_visit, known)
        visits = [replace(one, dossiers=tuple(sorted(one.dossiers, key=lambda d: d[::-1]))) for one in whole.visits]
        assert tables == replace(whole, visits=tuple(visits))
        waits_are_recounted(self.store, office)


@settings(max_examples=examples(20), deadline=None)
@given(told=st.lists(TOLD, min_size=1, max_size=45), done=DONE, scan_opens=st.booleans())
def test_any_order_of_deliveries_over_two_workers_gives_the_day_that_all_events_tell(
    template: Path, told: list[Told], done: list[Any], scan_opens: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder), template, told, scan_opens)
        for what, *how in done:
            getattr(story, what)(*how)
        story.end()


def test_a_visit_that_was_taken_up_again_stays_so_when_something_before_it_comes_late(
    template: Path, tmp_path: Path
) -> None:
    """A checkpoint lies between what closed the visit and what took that back."""
    story = Story(tmp_path, template, [("q-1", 1, 0, 0, 1, 0, True, 0)], False)
    keypad, late = Speaker("q-1"), Speaker("q-1", boot=2)
    of_number = {"service": "ho-tich", "number": 1}
    for at, (said, fields) in enumerate(
        ((events.NumberCalled, of_number), (events.NumberRecalled, {}), (events.VisitFinished, {}))
    ):
        keypad.does(said(up=at * MIN, at=NINE + at * MIN, **fields))
    receive(story.store, [Arrival(keypad.topic, keypad.batch())], NINE)
    with story.store.writing() as connection:
        undone = events.Undone(step="q-1/1/1/2", up=0, at=NINE + 3 * MIN)
        story.server.record(connection, undone, NINE + 3 * MIN, places.office(connection, OFFICE), "quay-1")
    story.link(0)
    late.does(events.NoShow(up=0, at=NINE - MIN))
    receive(story.store, [Arrival(late.topic, late.batch())], NINE)
    story.link(1)
    with story.store.reading() as connection:
        day = day_of(connection, OFFICE, DAY)
    assert [(one.finished_ms, one.recalls) for one in day.visits] == [(None, 1)]
    assert [one.kind for one in day.unlinked] == ["no_show"]
    story.check(OFFICE)

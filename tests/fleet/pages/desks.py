"""A small office behind the real application: its counters, their boards, and people who work at them in browsers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet.clock import now_ms
from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import bounds, day_of
from fleet.domain.rights import Role
from fleet.flows.changes import Changes
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.sign_in import add_person
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.store.rows import every, sql
from fleet.wiring import web
from protocols import events
from protocols.events import Event
from protocols.identity import event_id
from tests.fleet.office import NINE, OFFICE, Speaker, open_office_at_nine
from tests.fleet.pages.sample_lobby import busy_lobby
from tests.fleet.pages.sample_office import busy_office
from tests.fleet.pages.sample_ratings import doubtful_ratings
from tests.fleet.pages.town import PASSWORD, Town
from tests.sqlite_files import SqliteFiles

KINDS = sql("SELECT kind, counter FROM events WHERE device = 'srv-pages' ORDER BY epoch, seq")
LAST = sql(
    "SELECT device, epoch, boot, seq FROM events WHERE device = 'srv-pages' AND kind = :kind ORDER BY epoch, seq"
)
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
FORM = re.compile(r'<form class="act".*?</form>', re.DOTALL)


@dataclass
class Desks:
    """The application, and boards that speak to it. What they say is linked at once, and the pages are told."""

    town: Town
    boards: dict[str, Speaker] = field(default_factory=dict)

    def says(self, board: str, event: type[Event], ago_s: float = 0, **fields: Any) -> str:
        """A board did this so long ago, and not before midnight; the event."""
        now = now_ms()
        at = max(now - round(ago_s * 1000), bounds(day_of(now, VIET_NAM), VIET_NAM)[0])
        speaker = self.boards.setdefault(board, Speaker(board))
        seq = speaker.does(event(up=at - NINE, at=at, **fields))
        receive(self.town.store, [Arrival(speaker.topic, speaker.batch(seq, oldest=0))], now_ms())
        self.link()
        return f"{board}/1/1/{seq}"

    def takes(self, *numbers: int, service: str = "ho-tich", **more: Any) -> None:
        """People take these numbers, one after another."""
        for ago, number in zip(range(60 + len(numbers), 60, -1), numbers, strict=True):
            self.says("tp-1", events.TicketTaken, ago, service=service, number=number, lease="l", **more)

    def link(self) -> None:
        """The linker comes."""
        link_marked(self.town.store, now_ms())
        self.town.changes.tell(OFFICE)

    def done(self) -> list[tuple[str, str | None]]:
        """What was recorded of what people did on pages, and at which counter."""
        with self.town.store.reading() as connection:
            return [(row.kind, row.counter) for row in every(connection, KINDS)]

    def last(self, kind: str) -> str:
        """The last event of a kind that somebody on a page caused."""
        with self.town.store.reading() as connection:
            return event_id(*every(connection, LAST, kind=kind)[-1])


def open_staffed_office(database: str) -> None:
    """The office in this database, with a clerk, another one and a supervisor; their passwords take their time."""
    open_office_at_nine(database)
    store = Store(database)
    for name, role in (("clerk", Role.CLERK), ("other", Role.CLERK), ("supervisor", Role.SUPERVISOR)):
        add_person(store, name, PASSWORD, role, now_ms(), OFFICE)
    store.close()


@contextmanager
def open_desks(files: SqliteFiles, folder: Path) -> Iterator[Desks]:
    """The application on a copy of the staffed office."""
    store, changes = Store(files.copy("staffed", open_staffed_office, folder)), Changes()
    app = web(store, Settings(data=folder), changes)
    yield Desks(Town(store, changes, app, busy_office, busy_lobby, [], [], doubtful_ratings, []))
    store.close()


def forms(html: str) -> dict[str, dict[str, str]]:
    """The forms of a counter's page by what they do, to whom or why."""
    found = {}
    for form in FORM.findall(html):
        fields = dict(FIELD.findall(form))
        found[" ".join(filter(None, (fields["verb"], fields.get("what", ""))))] = fields
    return found

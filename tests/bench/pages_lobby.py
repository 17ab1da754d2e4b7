"""What a lobby's screen is sent, in bytes a second, while an office of sixty counters has its busiest hour.

Every event of a made day is received and linked by itself, as it is at real pace, and the waits are estimated anew as
often as there; what the stream would send for each, with its frame and a beat every five seconds, is counted. Bytes of
TCP and IP are not (some 50 for each time that something is sent). `LOBBY_MINUTES` says how many minutes are played.
"""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from fleet.domain.day import bounds
from fleet.domain.recording import Recording
from fleet.flows.estimate import Estimator
from fleet.flows.link import link_marked
from fleet.flows.lobby import lobby_now
from fleet.flows.made_day import TIMEZONE, made_day
from fleet.flows.replay import Replayed, decided, tell
from fleet.pages.feeds import Feed, said
from fleet.pages.live import BEAT_S
from fleet.pages.lobby_page import Section, sections
from fleet.pages.rendering import open_templates
from fleet.pages.texts import FIRST, load_wordings
from fleet.store.database import Store
from tests.bench.figures import figure, progress
from tests.bench.large_office import DAY, VISITS, lived

OPENS_MIN = 7 * 60 + 30
BUSIEST_MIN = OPENS_MIN + 20
# Most people come three quarters of an hour after the doors open; the hour around that.
MINUTES = int(os.environ.get("LOBBY_MINUTES", "60"))
ESTIMATED_S = 30
MIN_MS = 60_000
FRAME_BYTES = len("ffff\r\n\r\n")


def run() -> None:
    """The busiest hour."""
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{Path(folder) / 'motcua.sqlite'}")


def measure(address: str, visits: int = VISITS, minutes: int = MINUTES) -> None:
    """Play it, and count."""
    store = Store(address)
    store.migrate()
    day = made_day(visits, 1, DAY)
    first_ms = bounds(DAY, TIMEZONE)[0] + BUSIEST_MIN * MIN_MS
    last_ms = first_ms + minutes * MIN_MS
    lived(store, before(day, first_ms), first_ms)
    screen = Screen(store, day.office)
    screen.look(first_ms)
    whole = len(screen.sent)
    screen.sizes.clear()
    for n, ms in enumerate(moments(store, before(day, last_ms), first_ms)):
        screen.look(ms)
        progress(f"pages: a lobby's busiest hour, event {n}")
    store.close()
    seconds = minutes * 60
    beats = int(seconds / BEAT_S) * (len(said("beat", now=last_ms, version="/static/0123456789ab")) + FRAME_BYTES)
    its: dict[str, Any] = {"sent": len(screen.sizes), "largest_bytes": max(screen.sizes), "whole_bytes": whole}
    figure(
        "lobby_bytes_per_s", (sum(screen.sizes) + beats) / seconds, "bytes/s", seconds, visits_of_the_day=visits, **its
    )


def before(day: Recording, ms: int) -> Recording:
    """The day until this moment."""
    turns = tuple(one for one in day.turns if one.assigned_ms <= ms)
    return replace(day, turns=turns, events=tuple(one for one in day.events if one.ms <= ms))


def moments(store: Store, day: Recording, after_ms: int) -> Iterator[int]:
    """Each moment at which something was linked or estimated anew."""
    estimator, estimated_ms, done = Estimator(store), 0, Replayed()
    turns = [one for one in day.turns if one.assigned_ms > after_ms][::-1]
    for ms, came in groupby((one for one in day.events if one.ms > after_ms), key=lambda one: one.ms):
        tell(store, day, list(came), done)
        decided(store, day, turns, ms)
        link_marked(store, ms)
        yield ms
        if ms - estimated_ms >= ESTIMATED_S * 1000:
            estimator.estimate_due(ms)
            estimated_ms = ms
            yield ms


class Screen:
    """A screen of the lobby, as its feed sees it."""

    def __init__(self, store: Store, office: str) -> None:
        self.now_ms = 0
        self.sent = b""
        self.sizes: list[int] = []
        wording, templates = load_wordings()[FIRST], open_templates()

        def show(name: str, section: Section) -> str:
            return templates.get_template(f"lobby/{name}.html").render(say=wording.say, section=section)

        self.feed: Feed[Section] = Feed(
            lambda _: nothing(), lambda: sections(lobby_now(store, office, self.now_ms)), show, "/static/0123456789ab"
        )

    def look(self, ms: int) -> None:
        """What is sent now, if anything: the sections that changed, and the beat after them."""
        self.now_ms = ms
        changed = self.feed.look_again()
        if changed:
            self.sent = b"".join((*changed.values(), said("beat", now=ms, version=self.feed.version)))
            self.sizes.append(len(self.sent) + FRAME_BYTES)


async def nothing() -> Any:
    """No moments: this screen is told when to look."""
    for none in ():
        yield none

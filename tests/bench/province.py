"""What a province costs while nothing happens there: CPU of the sender's second, and of a step of a rollout.

`python -m tests.bench province`: PROVINCE_OFFICES (2,000) with five devices each. Beside it, in the same run, each
office looked at by itself, as it must be where everything may have changed.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import text

from fleet.clock import now_ms
from fleet.domain.rollout_plan import FIRMWARE, RELEASE, Plan, read_waves
from fleet.flows import instruct, rollouts
from fleet.flows.enrol import hashed
from fleet.flows.office_marks import clerks_everywhere, queue_marks, reserve_marks
from fleet.flows.rollout_look import Eyes
from fleet.flows.rollouts import Actor
from fleet.flows.watch import offices
from fleet.store import devices, places
from fleet.store import rollouts as stored
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from tests.bench.figures import figure, progress
from tests.fleet.office import with_tables
from tests.made_releases import Authors

OFFICES = int(os.environ.get("PROVINCE_OFFICES", "2000"))
ROLES = ("printer", "rating", "keypad", "reader", "display")
ROUNDS = 5
LAN = Actor("Lan", "person:1")
THERE = text("UPDATE devices SET presence = 'online', board = 'simulated', nonce = 'n', boot = 1, application = :runs")
RUNS = json.dumps({"sequence": 0, "mpy": "6.3", "room": 327_680, "root": 1})
MS = 1_000.0


def run() -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        progress(f"province: {OFFICES} offices")
        store, authors = Store(with_tables(Path(folder))), Authors(Path(folder) / "authors")
        peopled(store)
        authors.release()
        authors.published(Path(folder), "")
        told(store)
        rolled_out(store)
        store.close()


def told(store: Store) -> None:
    """The second of a sender to whom nothing is news."""

    def each_office() -> None:
        for office in offices(store):
            instruct.queues(store, office.id, now_ms())

    def marks() -> None:
        for read in (queue_marks, clerks_everywhere, reserve_marks):
            read(store, now_ms())

    progress("province: a second of the sender")
    figure("province_second_ms", cpu_ms(marks), "ms", ROUNDS, way="what changed")
    figure("province_second_ms", cpu_ms(each_office), "ms", ROUNDS, way="each office")


def rolled_out(store: Store) -> None:
    """A step that finds nothing new: with residents at no office, and with all of them open."""
    for name, plan in (("closed", Plan()), ("whole day", Plan(hours=(0, 1)))):
        progress(f"province: a step of a rollout, {name}")
        with store.writing() as connection:
            plan = Plan(read_waves("100%"), plan.when, plan.hours, at_once=200)
            row = rollouts.start(connection, RELEASE, FIRMWARE, 1, plan, LAN, now_ms(), 10**9)
        look = Looking(store, row.id)
        figure("province_step_ms", cpu_ms(look.again), "ms", ROUNDS, way="as it goes on", offices=name)
        figure("province_step_ms", cpu_ms(look.anew), "ms", ROUNDS, way="each office", offices=name)
        with store.writing() as connection:
            rollouts.abort(connection, row.id, LAN, now_ms())


@dataclass
class Looking:
    """Looks at one rollout and writes nothing, so each time there is as much to see."""

    store: Store
    rollout: str

    def __post_init__(self) -> None:
        self.eyes = Eyes()
        self.again()

    def again(self) -> None:
        """As the worker does that lets it go on."""
        self.look(self.eyes)

    def anew(self) -> None:
        """As somebody does who was never here, and wants to know why everybody waits."""
        eyes = Eyes(all_reasons=True)
        eyes.known, eyes.lives = self.eyes.known, self.eyes.lives
        self.look(eyes)

    def look(self, eyes: Eyes) -> None:
        """One look."""
        with self.store.reading() as connection:
            row = stored.rollout(connection, self.rollout)
            assert row is not None
            eyes.look(connection, row, (), now_ms())


def cpu_ms(doing: Callable[[], None]) -> float:
    """CPU of this process; the middle of some rounds."""
    took = []
    for _ in range(ROUNDS):
        began_s = time.process_time()
        doing()
        took.append((time.process_time() - began_s) * MS)
    return median(took)


def peopled(store: Store) -> None:
    """The offices, and a device of each role at each."""
    password = hashed("pw")
    with store.writing() as connection:
        for n in range(OFFICES):
            places.save_office(connection, OfficeRow(f"xa-{n}", f"Xã số {n}", "1022"), 0)
            for role in ROLES:
                devices.add_device(connection, f"{role}-{n}", (role,), password, 0)
                devices.assign(connection, f"{role}-{n}", f"xa-{n}", None, 0)
        connection.execute(THERE, {"runs": RUNS})

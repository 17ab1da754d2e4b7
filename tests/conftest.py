"""Where the tests write (into memory, where there is enough of it), and in what order they come."""

import gc
import os
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from fleet.store import ledger
from tests import compiled, made_once
from tests.examples import ASKED
from tests.quick_folder import quick_folder

# How long an example takes, or is made, says how busy the machine is. `make campaign` asks for many more of them.
settings.register_profile(
    "any machine",
    deadline=None,
    max_examples=ASKED,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("any machine")


SWEPT_EVERY = (50_000, 20, 50)
# New objects, and sweeps of younger ones before one of older ones. By Python's own (700, 10, 10), which are for little
# room, a fifth of the time of finding all tests went into looking at what stays (2026-11-23).


def pytest_configure(config: pytest.Config) -> None:
    """Before the first temporary folder is made, here and in each worker."""
    gc.set_threshold(*SWEPT_EVERY)
    if (memory := quick_folder()) is not None and not os.statvfs(memory).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = memory
    if not hasattr(config, "workerinput"):
        compiled.begin()
        made_once.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """When all is over. DuckDB complains of every object of its own that nobody sweeps at the end."""
    if "duckdb" in sys.modules:
        gc.unfreeze()
    if not hasattr(config, "workerinput"):
        compiled.end()
        made_once.end()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is found stays, so nobody need look meanwhile for what does not."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What thousands of collected tests hold stays as it is: firmware sweeps its heap often, and need not look at it.

    A sweep of all that took 1.2 s, in tests that do nothing else (2026-11-23).
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def tree() -> Path:
    """The compiled firmware; nobody writes there."""
    return compiled.compiled()


@pytest.fixture(scope="module", autouse=True)
def quick_sweeps() -> None:
    """What the tests before this file left behind stays as it is, too: late in a run a sweep of that took 3 s."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def every_change_has_a_name() -> None:
    """What a person, a program or a command changes without a note is an error here: see fleet/store/ledger.py."""
    ledger.STRICT = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: they mostly wait, so one worker goes on them while the others have the processors."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)

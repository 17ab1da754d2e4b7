"""Stores for the flows' and workers' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.flows.presence import welcome
from fleet.store.database import Store
from tests.fleet.office import NINE, PLAN, hello, open_office


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with an office whose devices have all been born once (epoch 1) at nine o'clock."""
    store, _ = open_office(tmp_path)
    for device in PLAN.devices:
        welcome(store, device.id, hello(), NINE)
    yield store
    store.close()

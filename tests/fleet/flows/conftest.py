"""What several flows' tests need beside a store."""

from pathlib import Path

import pytest

from fleet.release_keys import write_key
from tests.release_keys import key


@pytest.fixture(scope="session")
def fleet_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the key of the fleet. Nobody writes there, so whoever reads it again need not have it checked."""
    path = tmp_path_factory.mktemp("key") / "fleet.pem"
    write_key(key("fleet"), path, None)
    return path

"""Where the tests write (into memory, where there is enough of it), and in what order they come."""

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from tests.quick_folder import quick_folder

# How long an example takes, or is made, says how busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Before the first temporary folder is made, here and in each worker."""
    if (memory := quick_folder()) is not None and not os.statvfs(memory).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = memory


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: they mostly wait, so one worker goes on them while the others have the processors."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)

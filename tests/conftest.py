"""Where the tests write: into memory, where there is enough of it. What they prove of disks they ask, not the disk."""

import os
import tempfile

from tests.quick_folder import quick_folder


def pytest_configure() -> None:
    """Before the first temporary folder is made, here and in each worker."""
    if (memory := quick_folder()) is not None and not os.statvfs(memory).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = memory

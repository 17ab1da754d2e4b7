"""Programs of the system, which Debian keeps in two places."""

import shutil

PLACES = "/usr/bin:/usr/sbin:/usr/local/bin:/usr/local/sbin:/bin:/sbin"


def found_program(name: str) -> str:
    """Where it is; `make test` has installed it."""
    found = shutil.which(name) or shutil.which(name, path=PLACES)
    assert found, f"expected {name}, found none: `make test` installs it"
    return found

"""How many examples a property is tried on: some in each run of the tests, many more in `make campaign`."""

import os

USUALLY = 30
ASKED = int(os.environ.get("EXAMPLES") or USUALLY)


def examples(some: int) -> int:
    """So many of a property that is dear, or that needs more than others; in proportion where more are asked for."""
    return max(1, some * ASKED // USUALLY)

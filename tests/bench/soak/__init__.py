"""The soak: a fleet of real processes falls and gets up for minutes or an hour, and is compared with what was done.

`make soak MINUTES=n` or `python -m tests.bench soak`. MINUTES (3), DEVICES (300, ten to an office), BOARDS (five with
the shipping firmware; 0: none), DATABASE (`sqlite` or `postgresql`), SEED, and FOLDER, which stays then.
"""

import asyncio
import logging
import os
import sys
import tempfile
from pathlib import Path

from tests.bench.soak.soaking import Soak, say
from tests.bench.soak.told import print_figures, told
from tests.bench.soak.wish import wished


def run() -> None:
    """Run what the environment asks for, and print the figures; 1 if anything was lost, doubled or strange."""
    wish = wished(os.environ)
    logging.getLogger("fleet").setLevel(logging.CRITICAL)  # that the broker was killed is no news
    kept = os.environ.get("FOLDER")
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soak = asyncio.run(Soak(Path(kept or folder), wish).live())
        print_figures(soak)
        if soak.wrong:
            say(told(soak))
            sys.exit(1)

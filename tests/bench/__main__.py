"""`python -m tests.bench [group …] [--cache <folder of other people's MQTT clients>] [--image <.uf2 of a Pico W>]
[--peers <folder where npm installs Node-RED>]`; it ends with a report of what was measured (`report.py`).
"""

import importlib
import os
import sys
from pathlib import Path

from tests.bench import report
from tests.bench.figures import TAKEN

GROUPS = (
    "press",
    "firmware",
    "heap",
    "sizes",
    "emulated",
    "tls",
    "clients",
    "reconnect",
    "battery",
    "receive",
    "growth",
    "link",
    "welcome",
    "enrol",
    "estimate",
    "update",
    "organisation",
    "history",
    "storage",
    "pages",
    "reads_under_load",
    "lists",
    "backup",
)
LONG = (
    "peers",
    "month",
    "cuts",
    "storm",
    "update_rollout",
    "update_wave",
    "province",
    "partitions",
    "receivers",
    "pages_beside",
    "living",
    "soak",
)
# Half an hour, some minutes that `make faults` takes as well, or what others make: only when they are asked for.
FILES = {"--cache": "CLIENTS", "--image": "MOTCUA_IMAGE", "--peers": "PEERS"}
# What only some groups need, and where they look for it.


def main(wanted: list[str]) -> None:
    """Run these groups, or all."""
    for option, name in FILES.items():
        if option in wanted[:-1]:
            at = wanted.index(option)
            os.environ[name] = wanted[at + 1]
            wanted = wanted[:at] + wanted[at + 2 :]
    for group in wanted:
        if group not in GROUPS + LONG:
            raise SystemExit(f"group: expected one of {', '.join(GROUPS + LONG)}, found {group!r}")
    try:
        for group in wanted or GROUPS:
            importlib.import_module(f"tests.bench.{group}").run()
    finally:
        if TAKEN:
            page = report.write(TAKEN, Path(os.environ.get("REPORT", report.FOLDER)))
            print(f"report: {page}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])

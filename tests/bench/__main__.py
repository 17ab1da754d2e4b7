"""`python -m tests.bench [group …] [--cache <folder of other people's MQTT clients>] [--image <.uf2 of a Pico W>]`."""

import importlib
import os
import sys

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
    "link",
    "welcome",
    "enrol",
    "estimate",
    "update",
    "organisation",
    "history",
    "storage",
    "pages",
    "backup",
)
LONG = ("month", "cuts", "storm", "update_rollout", "update_wave", "province", "partitions", "receivers", "soak")
# Half an hour, and some minutes that `make faults` takes as well: only when they are asked for.
FILES = {"--cache": "CLIENTS", "--image": "MOTCUA_IMAGE"}
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
    for group in wanted or GROUPS:
        importlib.import_module(f"tests.bench.{group}").run()


if __name__ == "__main__":
    main(sys.argv[1:])

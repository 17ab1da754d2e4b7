"""`python -m tests.bench [group …] [--cache <folder with other people's MQTT clients>]`."""

import importlib
import os
import sys

GROUPS = ("press", "firmware", "tls", "clients", "receive", "link")
LONG = ("month",)
# Half an hour: only when it is asked for.


def main(wanted: list[str]) -> None:
    """Run these groups, or all."""
    if "--cache" in wanted[:-1]:
        at = wanted.index("--cache")
        os.environ["CLIENTS"] = wanted[at + 1]
        wanted = wanted[:at] + wanted[at + 2 :]
    for group in wanted:
        if group not in GROUPS + LONG:
            raise SystemExit(f"group: expected one of {', '.join(GROUPS + LONG)}, found {group!r}")
    for group in wanted or GROUPS:
        importlib.import_module(f"tests.bench.{group}").run()


if __name__ == "__main__":
    main(sys.argv[1:])

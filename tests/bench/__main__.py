"""`python -m tests.bench [group …]`."""

import importlib
import sys

GROUPS = ("press", "firmware", "tls", "receive", "link")


def main(wanted: list[str]) -> None:
    """Run these groups, or all."""
    for group in wanted:
        if group not in GROUPS:
            raise SystemExit(f"group: expected one of {', '.join(GROUPS)}, found {group!r}")
    for group in wanted or GROUPS:
        importlib.import_module(f"tests.bench.{group}").run()


if __name__ == "__main__":
    main(sys.argv[1:])

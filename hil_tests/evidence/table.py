"""The figures of a run as a table for docs/figures.md: `python -m hil_tests.evidence.table var/hil`."""

import sys
from pathlib import Path

from hil_tests.evidence.report import figures_of, read

NAMES = {
    "boot_to_hello_ms": "power to the hello at the broker, ms",
    "press_to_lamp_ms": "key up to its lamp, ms",
    "press_to_broker_ms": "key down to the event at the broker, ms",
    "verify_ms": "one RSA-3072 signature, ms",
    "tls_handshake_ms": "TLS handshake, ms",
    "heap_free_bytes": "heap free at work, bytes",
    "heap_free_at_prompt": "heap free at the prompt after its application was stopped, bytes",
    "flash_erases": "erases of flash by a press",
    "rest_mean_ma": "current at rest, mA",
}
NOT_MEASURED = "not measured"


def table(folder: Path) -> str:
    """One row a figure, one column a target, and one for the board that is not there."""
    told = read(folder)
    targets = list(dict.fromkeys(one["target"] for one in told))
    found = figures_of(told, targets)
    rows = [["", *targets, "a real Pico W"]]
    rows.append(["---"] * len(rows[0]))
    for name, said in NAMES.items():
        values = found.get(name, [None] * len(targets))
        rows.append([said, *(NOT_MEASURED if one is None else f"{one:,}" for one in values), NOT_MEASURED])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    sys.stdout.write(table(Path(sys.argv[1])) + "\n")

"""Runs on the MicroPython VM: `start.py <client> <port> <first> <last> <pause in ms> [idle]`.

The client is a compiled module of this folder. With a pause between events it says "told n" when event n happens;
"done" when all of them are acknowledged.
"""

import sys

BYTES = 100


def events(first, last, tell):
    """Payloads of 100 bytes that begin with their number."""
    for number in range(first, last + 1):
        if tell:
            print("told", number)
        yield f"{number:06d}" + "x" * (BYTES - 6)


def main(name, port, first, last, pause_ms, idle):
    client = __import__(name).Client(int(port))
    client.pause_ms = int(pause_ms)
    client.run(events(int(first), int(last), client.pause_ms), idle)
    print("done")


main(*sys.argv[1:6], len(sys.argv) > 6)

"""Runs on the VM: tells the stories that come in, one JSON object a line, and answers each with a line of its own.

`worker.py [breakage]`: with a breakage the firmware is spoilt first, to see that the bench notices.
"""

import sys

from tests.bench.virtual.agenda import virtual_asyncio

virtual_asyncio()

import builtins  # noqa: E402 - asyncio must be ours before the firmware is loaded
import gc  # noqa: E402
import json  # noqa: E402

from tests.bench.virtual import breakages  # noqa: E402
from tests.bench.virtual.world import World, watch_devices  # noqa: E402

out = print
worlds = [None]


def main(breakage):
    """Tell until there are no more."""
    watch_devices(lambda: worlds[0])
    builtins.print = heard
    if breakage:
        getattr(breakages, breakage)()
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        story = json.loads(line)
        worlds[0] = world = World(story)
        bad = world.live()
        answer = {"story": story["number"], "bad": bad, "seen": len(world.people.shown), "boots": world.boot}
        answer["stored"] = len(world.fleet.stored)
        answer["ms"] = world.agenda.now
        answer["waited_ms"] = world.agenda.now - story["ms"]
        if story.get("told"):
            answer["told"] = world.told
        worlds[0] = world = None
        gc.collect()
        out(json.dumps(answer))


def heard(*words, **_):
    """What the firmware prints is a part of the story."""
    worlds[0].tell("it says: " + " ".join([str(word) for word in words]))


main(sys.argv[1] if len(sys.argv) > 1 else None)

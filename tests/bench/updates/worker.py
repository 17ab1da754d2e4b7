"""Runs on the VM: `worker.py <shelf>` tells the stories that come in, a JSON object a line, and answers each with one.

{"story": n, "kind": "attack", "name": …} says what went wrong; other kinds: `cutting`, `encounters`, `troubles`.
"""

import sys

from tests.bench.virtual.agenda import virtual_asyncio

virtual_asyncio()

import builtins  # noqa: E402 - asyncio must be ours before the firmware is loaded
import gc  # noqa: E402
import json  # noqa: E402

from firmware import link, main  # noqa: E402
from tests.bench.updates import cutting, troubles  # noqa: E402
from tests.bench.updates import world as worlds  # noqa: E402
from tests.bench.updates.attacks import ATTACKS  # noqa: E402
from tests.bench.updates.encounters import ENCOUNTERS  # noqa: E402
from tests.bench.updates.scene import Scene  # noqa: E402
from tests.bench.updates.sealing import Shelf  # noqa: E402

COLLECT_EVERY_BYTES = 512 * 1024
KINDS = {
    "attack": lambda scene, story: {"wrong": ATTACKS[story["name"]](scene)},
    "cut": cutting.tell,
    "encounter": lambda scene, story: {"wrong": ENCOUNTERS[story["name"]](scene)},
    "trouble": troubles.tell,
}
out = print


class Chance:
    """Numbers nobody could foretell, but for this bench: each connection of a world has its own."""

    @staticmethod
    def urandom(count):
        worlds.World.now.nonces += 1
        return worlds.World.now.nonces.to_bytes(count, "big")


def tell(scene):
    """Tell until there are no more."""
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        story = json.loads(line)
        answer = dict(KINDS[story["kind"]](scene, story), story=story["story"])
        if story.get("told"):
            answer["told"] = worlds.World.now.told
        gc.collect()
        out(json.dumps(answer))


def heard(*words, **_):
    """What the firmware prints is a part of the story."""
    worlds.World.now.tell("it says: " + " ".join([str(word) for word in words]))


link.os = Chance
main.COLLECT_EVERY_BYTES = COLLECT_EVERY_BYTES
with open(sys.argv[1]) as file:
    shelf = Shelf(json.load(file))
builtins.print = heard
tell(Scene(shelf))

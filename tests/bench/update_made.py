"""What is signed for the benches of updates, by its owners and by others: keys, roots, releases and small images.

It is written once as a shelf, a file that the VM reads: there the fleet signs assignments itself, for it knows each
nonce only then.
"""

import base64
import hashlib
import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Metadata, Role, Root, TargetFile, Targets

from fleet.laptop import romfs
from tests.bench.update_keys import SCHEME, key, public, signing_numbers

EXPIRES = datetime(2050, 1, 1, tzinfo=UTC)
BOARD = "virtual"
IMAGE_BYTES = 5_500
# Two blocks of a slot, of which the second is not full: whatever is done block by block is done twice, and once partly.

FIVE_BLOCKS_BYTES, TOO_MANY_BYTES = 17_000, 30_000
# Release 2 is so large that a download which was cut can go on in the middle of it; the other is larger than a slot.

ROOT_KEYS = ("root-a", "root-b", "root-c")


def wire(signed: bytes, owners: Sequence[str]) -> bytes:
    """A document: these bytes, with the signatures of these owners."""
    return b"".join(line(signed, owner) for owner in owners) + b"\n" + signed


def line(signed: bytes, owner: str) -> bytes:
    """One signature."""
    return f"{public(owner).keyid} {base64.b64encode(key(owner).sign(signed)).decode()}\n".encode()


def root(
    version: int = 1,
    signers: Sequence[str] = ("root-a", "root-b"),
    keys: Sequence[str] = ROOT_KEYS,
    release: str = "release",
    fleet: str = "fleet",
    lies: Mapping[str, str] | None = None,
) -> bytes:
    """A root document. `lies`: owners under whose id it has the key of another."""
    owners = {"root": list(keys), "targets": [release], "timestamp": [fleet], "snapshot": [fleet]}
    known = {public(owner).keyid: public(owner) for names in owners.values() for owner in names}
    for owner, another in (lies or {}).items():
        known[public(owner).keyid] = SSlibKey(public(owner).keyid, "rsa", SCHEME, public(another).keyval)
    roles = {
        name: Role([public(owner).keyid for owner in names], 2 if name == "root" else 1)
        for name, names in owners.items()
    }
    made = Root(version=version, expires=EXPIRES, keys=known, roles=roles, consistent_snapshot=False)
    return wire(Metadata(made).signed_bytes, signers)


def release(
    sequence: int, image: bytes, signer: str = "release", board: str = BOARD, where: str = "", **other: Any
) -> bytes:
    """The document of a release with one image for this board; `where`: of which board its path says that it is."""
    digest = hashlib.sha256(image).hexdigest()
    custom = {"board": board, "mpy": "6.3", "firmware": f"0.{sequence}.0", "minimum": 0, **other}
    path = f"{where or board}-{digest[:16]}.rom"
    target = TargetFile(len(image), {"sha256": digest}, path, {"custom": custom})
    made = Targets(version=sequence, expires=EXPIRES, targets={path: target})
    return wire(Metadata(made).signed_bytes, [signer])


def forged(document: bytes) -> bytes:
    """What a stranger signed, under the name of the release key."""
    return document.replace(public("stranger").keyid.encode(), public("release").keyid.encode())


def image(name: str, size: int = IMAGE_BYTES) -> bytes:
    """A file system of this name, which says who it is; its other bytes compress to nothing less."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "entry.py").write_text(f"NAME = {name!r}\n")
        (Path(folder) / "filling").write_bytes(random.Random(name).randbytes(size))
        return romfs.image(Path(folder))


def shelf(documents: dict[str, bytes], images: dict[str, bytes]) -> str:
    """All of it as JSON: what is asked for by these names, the images by theirs, and the keys that fleets hold."""
    return json.dumps(
        {
            "documents": {name: base64.b64encode(data).decode() for name, data in documents.items()},
            "images": {name: base64.b64encode(data).decode() for name, data in images.items()},
            "keys": {owner: signing_numbers(owner) for owner in ("fleet", "fleet-2", "stranger")},
        }
    )


# The shelf of all stories. Releases 1, 2 and 3 are the owners' own; what begins with `evil` nobody of them made.


@cache
def shelf_of_stories() -> str:
    """Everything that some story needs, made once in a process."""
    images = {
        name: image(name)
        for name in ("one", "two", "three", "after", "evil", "falls", "dark", "mute", "jams", "ages", "large", "next")
    }
    images.update(two=image("two", FIVE_BLOCKS_BYTES), large=image("large", TOO_MANY_BYTES))
    documents = {
        "root/1": root(),
        "root/2": root(2, release="release-2", fleet="fleet-2"),
        "release/1": release(1, images["one"]),
        "release/2": release(2, images["two"]),
        "release/3": release(3, images["three"]),
        "after/3": release(3, images["after"], "release-2"),
        "evil/3": release(3, images["evil"], "stranger"),
        "evil/3 forged": forged(release(3, images["evil"], "stranger")),
        "evil/3 by fleet": release(3, images["evil"], "fleet"),
        "evil/3 by the old key": release(3, images["evil"]),
        "evil/2000": release(2_000, images["evil"]),
        "far/1000": release(1_000, images["two"]),
        "board/3": release(3, images["evil"], board="pico_w"),
        "board inside/3": release(3, images["evil"], where=BOARD, board="pico_w"),
        "mpy/3": release(3, images["evil"], mpy="5.3"),
        "minimum/3": release(3, images["evil"], minimum=2),
        "large/3": release(3, images["large"]),
        "house/root": root(1, ["root-c", "stranger"], ["root-c", "stranger"], "release-2", "fleet-2"),
        "house/1": release(1, images["three"], "release-2"),
        "falls/3": release(3, images["falls"]),
        "dark/3": release(3, images["dark"]),
        "mute/3": release(3, images["mute"]),
        "jams/3": release(3, images["jams"]),
        "ages/3": release(3, images["ages"]),
        "next 1/4": release(4, images["next"]),
        "next 2/4": release(4, images["next"], "release-2"),
    }
    return shelf(documents | roots(), images)


def roots() -> dict[str, bytes]:
    """Roots of which each lacks something: signers, the keys before, or a number between."""
    taken = {"release": "stranger", "fleet": "fleet"}
    new_keys = ["stranger", "release-2", "fleet-2"]
    one = wire(root(2, [], **taken)[1:], ["root-a"])
    return {
        "evil/root by one": one,
        "evil/root by one twice": wire(root(2, [], **taken)[1:], ["root-a", "root-a"]),
        "evil/root by its own": root(2, new_keys[:2], new_keys, "stranger", "fleet"),
        "evil/root by one of each": root(2, ["root-a", "stranger"], new_keys, "stranger", "fleet"),
        "evil/root by the old alone": root(2, ROOT_KEYS[:2], new_keys, "stranger", "fleet"),
        "evil/root that lies": root(2, lies={"release": "stranger"}),
        "evil/root skipped": root(3, **taken),
    }

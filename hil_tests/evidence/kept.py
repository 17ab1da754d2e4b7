"""What a journey leaves behind, as one JSON file: enough to see what happened without having been there."""

import base64
import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fleet.laptop.ticket_picture import ticket_png
from hil_tests.journey import Journey
from hil_tests.rig import firmware_hash

FRAME = r"^IMPROV|^({})(.|\\x..)?$"
# The frames of a cable are for machines; the name of the device ends them.


class Evidence:
    """Of one journey; `about` is what it says of itself."""

    def __init__(self, journey: Journey, about: str) -> None:
        self.journey, self.about = journey, " ".join(about.split())
        self.flash = {stand.board.name: blocks_of(stand.board) for stand in journey.rig.target.stands}

    def keep(self, folder: str | None, outcome: str, why: str) -> None:
        """Write it, where anybody wants it."""
        if folder is None:
            return
        place = Path(folder) / Path(self.journey.rig.target.name).name
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{self.journey.name}.json").write_text(json.dumps(self.told(outcome, why), ensure_ascii=False))

    def told(self, outcome: str, why: str) -> dict[str, Any]:
        """All of it."""
        journey = self.journey
        return {
            "journey": journey.name,
            "about": self.about,
            "target": journey.rig.target.name,
            "kind": journey.rig.target.kind,
            "outcome": outcome,
            "why": why,
            "seconds": round(time.monotonic() - journey.began_s, 2),
            "firmware": firmware_hash(),
            "boards": self.boards(),
            "moments": self.moments(),
            "papers": [[round(at - journey.began_s, 3), picture(slip), slip.text] for at, slip in journey.slips],
            "stream": journey.told,
            "figures": journey.figures,
            "heap": self.heap(),
            "flash": self.flash_changed(),
        }

    def boards(self) -> list[dict[str, Any]]:
        """Which they are."""
        rig = self.journey.rig
        return [
            {"name": one.board.name, "kind": one.board.kind, "hw": one.board.hw, "device": rig.device(one),
             "roles": list(one.roles)} for one in rig.target.stands
        ]  # fmt: skip

    def moments(self) -> list[list[Any]]:
        """[seconds, who, text] of all that was said, seen and done, in the order of time."""
        found = [(at, "journey", text) for at, text in self.journey.moments]
        frame = re.compile(FRAME.format("|".join(self.journey.rig.places)))
        for stand in self.journey.rig.target.stands:
            for who, log in ((stand.board.name, stand.board.log), (f"{stand.board.name} seen", seen_of(stand))):
                fresh = [] if log is None else log.lines[self.journey.places[id(log)] :]
                found += [(one.at_s, who, one.text) for one in fresh if not frame.search(one.text)]
        return [
            [round(at - self.journey.began_s, 3), who, text] for at, who, text in sorted(found, key=lambda one: one[0])
        ]

    def heap(self) -> list[list[Any]]:
        """[seconds, board, free bytes] of each health that came meanwhile."""
        began = self.journey.began_s
        names = {self.journey.rig.device(one): one.board.name for one in self.journey.rig.target.stands}
        healths = [one for one in self.journey.rig.ear.heard if one.name == "health" and one.at_s >= began]
        return [[round(one.at_s - began, 3), names[one.device], one.body["heap_free"]] for one in healths
                if one.device in names]  # fmt: skip

    def flash_changed(self) -> dict[str, int | None]:
        """By board: how many blocks of its flash are not as they were; None where its flash cannot be read."""
        found: dict[str, int | None] = {}
        for stand in self.journey.rig.target.stands:
            before, now = self.flash[stand.board.name], blocks_of(stand.board)
            changed = sum(a != b for a, b in zip(before, now, strict=False)) + abs(len(now) - len(before))
            found[stand.board.name] = changed if now else None
        return found


def keep_not_there(folder: str, target: str, journeys: Iterable[str], why: str) -> None:
    """Nothing of this target could be run: say so of each journey."""
    nothing: dict[str, Any] = {"about": "", "kind": "", "seconds": 0, "firmware": firmware_hash(), "boards": []}
    nothing |= {"moments": [], "papers": [], "stream": [], "figures": {}, "heap": [], "flash": {}}
    place = Path(folder) / Path(target).name
    place.mkdir(parents=True, exist_ok=True)
    for journey in journeys:
        told = {"journey": journey, "target": target, "outcome": "not run", "why": f"not run: {why}", **nothing}
        (place / f"{journey}.json").write_text(json.dumps(told, ensure_ascii=False))


def seen_of(stand: Any) -> Any:
    """What the hands saw there."""
    return stand.hands.seen if stand.hands else None


def blocks_of(board: Any) -> list[int]:
    """A hash of each block of a board's flash, where it lies in a file of this machine."""
    image = getattr(board, "flash_file", None)
    if image is None or not image.exists():
        return []
    data = image.read_bytes()
    return [hash(data[at : at + 4096]) for at in range(0, len(data), 4096)]


def picture(slip: Any) -> str:
    """A slip as a picture in a page."""
    return base64.b64encode(ticket_png(slip)).decode()

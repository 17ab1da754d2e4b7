"""Whether a device can take a release: by its board, its bytecode, its room, what it runs, and whom it trusts.

A device decides all of this again itself, by what was signed. Here it is decided so that people are told before, and
so that nobody is sent what he will refuse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fleet.domain.images import ABI, Image, image_for

BOARDS = ("simulated", "esp32", "esp32_c3", "esp32_s3", "pico_w", "pico_2_w")
# The kinds for which images are made.
TOO_FAR = 1000
# No device goes further in one step: who had the release key for a moment can not make all later releases impossible.
REASON = 120


class Misfit(StrEnum):
    """Why a device can not take a release."""

    UNKNOWN = "unknown"
    HAS_IT = "has_it"
    NO_SLOTS = "no_slots"
    ROOT = "root"
    BOARD = "board"
    MPY = "mpy"
    TOO_LARGE = "too_large"
    TOO_OLD = "too_old"
    TOO_FAR = "too_far"


@dataclass(frozen=True)
class Back:
    """A release with which a device could not live, and what it says why. `ms`: when the fleet first heard so."""

    sequence: int
    reason: str = ""
    ms: int | None = None


@dataclass(frozen=True)
class Application:
    """What a device says that it runs. `sequence` 0 is what its board came with; `trial`: it is not confirmed.

    `room`: bytes for an image; None: it has no slots.
    `root`: the version of the root that it trusts; None: it trusts nobody, and takes nothing.
    """

    sequence: int = 0
    mpy: str = ""
    room: int | None = None
    root: int | None = None
    trial: bool = False
    slot: str | None = None
    back: Back | None = None


def application_of(said: Mapping[str, Any] | None) -> Application | None:
    """What a hello says, or what is kept of it; None where it says nothing that could be understood."""
    if said is None or not is_count(said.get("sequence")) or not isinstance(said.get("mpy"), str):
        return None
    room, root, slot, back = (said.get(name) for name in ("room", "root", "slot", "back"))
    return Application(
        sequence=said["sequence"],
        mpy=said["mpy"] if ABI.fullmatch(said["mpy"]) else "",
        room=room if is_count(room) else None,
        root=root if is_count(root) else None,
        trial=said.get("trial") is True,
        slot=slot if slot in ("a", "b") else None,
        back=back_of(back) if isinstance(back, Mapping) else None,
    )


def back_of(said: Mapping[str, Any]) -> Back | None:
    """A release that was given back; None where that could not be understood."""
    sequence, reason, ms = said.get("sequence"), said.get("reason", ""), said.get("ms")
    if not is_count(sequence) or not isinstance(reason, str):
        return None
    shown = "".join(letter if letter.isprintable() else "?" for letter in reason[:REASON])
    return Back(int(str(sequence)), shown, ms if is_count(ms) else None)


def is_count(value: object) -> bool:
    """Whether this is a whole number that a counter may have; True is none."""
    return type(value) is int and 0 <= value < 1 << 62


def kept(said: Mapping[str, Any] | None, before: Application | None, now_ms: int) -> dict[str, Any] | None:
    """A hello's word as it is kept: with when it was first heard that the device gave a release back.

    A device says so in every hello until it takes another one. It has done so once more when it had it on trial since.
    """
    found = application_of(said)
    if found is None:
        return None
    fields = {"sequence": found.sequence, "mpy": found.mpy, "room": found.room, "root": found.root, "slot": found.slot}
    its: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    if found.trial:
        its["trial"] = True
    if found.back is not None:
        was = None if before is None or before.trial else before.back
        is_old = was is not None and (was.sequence, was.reason) == (found.back.sequence, found.back.reason)
        ms = was.ms if is_old and was is not None and was.ms is not None else now_ms
        its["back"] = {"sequence": found.back.sequence, "reason": found.back.reason, "ms": ms}
    return its


def misfit(sequence: int, images: Iterable[Image], board: str, runs: Application | None) -> Misfit | None:
    """Why a device of this board can not take this release; None: it can."""
    if runs is None:
        return Misfit.UNKNOWN
    if runs.sequence >= sequence:
        return Misfit.HAS_IT
    if runs.room is None:
        return Misfit.NO_SLOTS
    if runs.root is None:
        return Misfit.ROOT
    its = [image for image in images if image.board == board]
    image = image_for(its, board, runs.mpy)
    if image is None:
        return Misfit.MPY if its else Misfit.BOARD
    if image.length > runs.room:
        return Misfit.TOO_LARGE
    if runs.sequence < image.minimum:
        return Misfit.TOO_OLD
    return Misfit.TOO_FAR if sequence > runs.sequence + TOO_FAR else None

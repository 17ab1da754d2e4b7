"""Moves what the technician's cable wrote, and what an earlier firmware kept in files, into the board's own region.

A file goes only when its content is kept, so that the next boot begins again wherever the power went.
"""

import os

from firmware.flash_files import read_json, remove, replace
from firmware.sparing import const, lent
from protocols.identity import is_device_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MARKER_FILE = const("/known")
# On every filesystem on which this device once started.


def take_in_files(kept, root: str) -> bool:  # type: ignore[no-untyped-def]
    """Take in every file that can be read, and leave the others for a person to see; True if the files were lost.

    With its files a device loses how far its leases are used. So it gives up its epoch: the fleet issues another, and
    with it other numbers.
    """
    names = os.listdir(root)
    before = kept.get("identity")
    lost = before is not None and _MARKER_FILE[1:] not in names
    if lost and before["epoch"] is not None:
        before["epoch"] = None
        kept.put("identity", before)
    if _MARKER_FILE[1:] not in names:
        replace(root + _MARKER_FILE, b"")
    for name in names:
        if name in ("boot.json", "config.json", "network.json", "identity.json"):
            take_in(kept, root, name[:-5])
    return lost


def take_in(kept, root: str, name: str) -> None:  # type: ignore[no-untyped-def]
    """Take in one file."""
    path = f"{root}/{name}.json"
    data = read_json(path)
    if name == "boot":
        if type(data) is int:
            kept.put("boot", max(data, kept.get("boot") or 0))
    elif type(data) is not dict or (name == "identity" and not is_device_id(str(data.get("device")))):
        return
    elif name == "identity":
        take_in_identity(kept, root, data)
    else:
        if name == "network":
            kept.remove("network_next")  # it was to change another one
        try:
            kept.put(name, data)
        except OSError:
            return  # too large: it stays a file
    remove(path)


def take_in_identity(kept, root: str, data: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """Who the cable says that we are. Another device than before begins with nothing of its own."""
    data["epoch"] = data.get("epoch")
    before = kept.get("identity")
    if before is not None and before["device"] == data["device"]:
        if before["epoch"] is not None:
            data["epoch"] = before["epoch"]
    elif before is not None:
        for one in ("config", "trial", "reverted", "network_back"):
            kept.remove(one)
        remove(root + "/trial.json")
        remove(root + "/leases")
    if before is not None and not has_key_of(data, before):
        lent("disowning").leave(kept)  # another house may call its devices as the one before did
    kept.put("identity", data)


def has_key_of(data: "dict[str, Any]", before: "dict[str, Any]") -> bool:
    """Whether this is the identity of before once more, by what proves it."""
    if data["device"] != before["device"] or data.get("password") != before.get("password"):
        return False
    keys = before.get("keys") or {}
    return not keys or any([one in keys.values() for one in (data.get("keys") or {}).values()])

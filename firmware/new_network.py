"""Another Wi-Fi, or another way to the broker, on trial: the one that is lived with stays until the fleet has welcomed
the device with the new one. It is lent.

On flash `network_next` is {"version", "network", "boots", "within_s"}: what changes, and how it is tried. The next boot
begins with it. `network` itself is written only when the fleet has welcomed the device, in one write with its version;
so wherever the power goes, the old one or both of them are there. `network_back` is {"version", "reason"}: what the
device could not live with. It is said in each hello until another one was lived with.

A change is sealed with the device's key and has a version that only grows, so nobody else can have made it, and it
can not be said a second time.
"""

import asyncio

from firmware.flash_files import remove, write_json
from firmware.identity import NotEnrolled
from firmware.sparing import const, lent
from protocols.message import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NEXT, BACK = "network_next", "network_back"
PARTS = ("host", "port", "protocol", "tls", "ca", "psk", "name", "ssid", "wifi_password")
_BOOTS = const(3)
_WITHIN_S = const(300)
_WITHIN_AT_LEAST_S = const(5)
_WITHIN_AT_MOST_S = const(3_600)
_REASON_LETTERS = const(100)
_AWAKE_MS = const(60_000)


def take(device, said: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """A change came, out of its seal. Raises ProtocolError where it was said before."""
    kept = lent("kept").found(device.board)
    waiting = kept.get(NEXT)
    if waiting is not None and waiting["version"] == said.get("version"):
        return  # it begins anew with it in a moment
    if device.end_reason == "update" or (device.trial is not None and lent("trying").on_trial(device.board)):
        return  # one trial at a time; it is said again
    check(device, said, kept.get(BACK))
    identity, parts = "net-%d" % said["version"], known(said.get("network"))
    try:
        network_with(device, parts)
        kept.put(NEXT, {"version": said["version"], "network": parts, "boots": 0, "within_s": within_s(said)})
    except (NotEnrolled, OSError) as err:
        device.say("reply", {"id": identity, "ok": False, "reason": str(err)[:_REASON_LETTERS]}, 1)
        return
    device.awake_until = max(device.awake_until, device.clock.up() + _AWAKE_MS)
    asyncio.create_task(lent("commanding").restart(device, identity))


def check(device, said: "dict[str, Any]", back: "dict[str, Any] | None") -> None:  # type: ignore[no-untyped-def]
    """Raise ProtocolError for a change that is not newer than all before it, or that was told too long ago."""
    version, expires = said.get("version"), said.get("expires")
    last = max(device.network.version or 0, back["version"] if back else 0)
    if type(version) is not int or version <= last:
        raise ProtocolError("secret.version", "a version above %d" % last, version)
    at = device.clock.at()
    if at is not None and (type(expires) is not int or at > expires):
        raise ProtocolError("secret.expires", "a time that is not over", expires)


def start(device) -> None:  # type: ignore[no-untyped-def]
    """A boot with something on flash: go on with the trial, or back."""
    kept = lent("kept").found(device.board)
    device.network.back, trial = kept.get(BACK), kept.get(NEXT)
    if trial is None:
        return
    if trial["version"] == device.network.version:  # it is the device's already: the power went just then
        settle(kept, device)
        return
    back = device.network.back
    if trial["boots"] >= _BOOTS or (back is not None and back["version"] == trial["version"]):
        go_back(device, trial, "not welcomed in %d boots" % trial["boots"])
        return
    trial["boots"] += 1
    kept.put(NEXT, trial)
    try:
        device.network = network_with(device, trial["network"], trial["version"])
        device.network.back = back
    except NotEnrolled as err:
        go_back(device, trial, str(err))
        return
    device.trial = max(device.trial or 0, device.clock.up() + trial["within_s"] * 1000)


def welcome(device) -> None:  # type: ignore[no-untyped-def]
    """The fleet has welcomed the device: what it came with is its network, and the one before goes."""
    kept, trial = on_trial(device)
    if trial is not None:
        before = lent("enrolling").kept_network(device.board)
        save(device.board, kept, merged(before, trial["network"], trial["version"]))
        settle(kept, device)


def failed(device, reason: str) -> bool:  # type: ignore[no-untyped-def]
    """It was not welcomed in time: start anew with the network of before. False: no other network is on trial."""
    _, trial = on_trial(device)
    if trial is not None:
        go_back(device, trial, reason + last_words(device.lines[1]))
        device.end("reverted")
    return trial is not None


def on_trial(device) -> "tuple[Any, dict[str, Any] | None]":  # type: ignore[no-untyped-def]
    """What is kept, and of it the change with which this boot began, if it is not confirmed."""
    kept = lent("kept").found(device.board)
    trial = kept.get(NEXT)
    return kept, trial if trial is not None and trial["version"] == device.network.version else None


def go_back(device, trial: "dict[str, Any]", reason: str) -> None:  # type: ignore[no-untyped-def]
    """First why, then the new one goes: of it nothing is left, and it is not taken again."""
    kept = lent("kept").found(device.board)
    device.network.back = {"version": trial["version"], "reason": reason[:_REASON_LETTERS]}
    kept.put(BACK, device.network.back)
    kept.remove(NEXT)
    device.board.keep_failures(0)


def settle(kept, device) -> None:  # type: ignore[no-untyped-def]
    """Nothing is on trial any more, and nothing was given up."""
    kept.remove(NEXT)
    kept.remove(BACK)
    device.network.back = None


def network_with(device, parts: "dict[str, Any]", version: "int | None" = None):  # type: ignore[no-untyped-def]
    """The device's network with these parts. Raises NotEnrolled."""
    enrolling = lent("enrolling")
    data = merged(enrolling.kept_network(device.board), parts, version)
    return enrolling.network_of(data, device.identity.device, device.identity.slot is not None)


def save(board, kept, data: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """Keep this network; one that is too large for the board's region in a file."""
    try:
        kept.put("network", data)
    except OSError:
        write_json(board.root + "/network.json", data)
        return
    if board.region("kept") is not None:
        remove(board.root + "/network.json")


def known(parts: "Any") -> "dict[str, Any]":
    """What we know of it. Raises ProtocolError where that is nothing; what else is wrong is said without a secret."""
    found = {name: parts[name] for name in PARTS if name in parts} if type(parts) is dict else {}
    if not found or type(found.get("host", "")) is not str or type(found.get("port", 0)) is not int:
        raise ProtocolError("secret.network", "a host, a port or a Wi-Fi", None)
    return found


def merged(data: "dict[str, Any]", parts: "dict[str, Any]", version: "int | None" = None) -> "dict[str, Any]":
    """The network with these parts in place of its own: null takes one away, another Wi-Fi comes with its password."""
    out = dict(data)
    if "ssid" in parts:
        out.pop("wifi_password", None)
    if "tls" in parts:
        for name in ("ca", "psk", "name"):
            out.pop(name, None)
    out.update(parts)
    if version is not None:
        out["version"] = version
    return {name: out[name] for name in out if out[name] is not None}


def within_s(said: "dict[str, Any]") -> int:
    """So long each boot may try it."""
    asked = said.get("within_s")
    return max(_WITHIN_AT_LEAST_S, min(asked, _WITHIN_AT_MOST_S)) if type(asked) is int else _WITHIN_S


def last_words(lines: bytes) -> str:
    """What stood in the way the last time, as the log has it; no secret is ever written there."""
    place = lines.rfind(b" link: ")
    return "" if place < 0 else "; " + str(lines[place + 7 :].split(b"\n")[0], "utf-8", "ignore")

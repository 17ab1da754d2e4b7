"""A configuration on trial: the one before lies beside it until the fleet has welcomed the device with the new one.

On flash `trial` is {"versions", "boots", "within_s", "config"}: which configurations are tried, in how many boots, how
long in each, and the one to go back to. `reverted` is {"version", "reason"}: with which it could not live. That one is
not taken again until another has come. The order of the writes is what makes any of them the last before a power cut
harmless: first what to go back to, then the new; first that it goes back, then the old, then what it went back to goes.
Boots are counted, for a device that falls again and again, or loses power, never lives long enough to give up.
"""

from firmware.configuration import save_config
from firmware.flash_files import read_json, remove, write_json
from firmware.sparing import const, lent
from protocols.config import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BOOTS = const(3)
_FILE = const("/trial.json")
_REASON_LETTERS = const(100)


def begin(device, before: Config, config: Config) -> None:  # type: ignore[no-untyped-def]
    """This configuration is about to be taken in place of that. What is on trial already was never confirmed."""
    known = read(device.board)
    trial = {
        "versions": [config.version],
        "boots": 0,
        "within_s": config.confirm_within_s,
        "config": before.to_dict() if known is None else known["config"],
    }
    if known is not None:
        trial["versions"].append(before.version)  # should the power go before the new one is kept
    keep(device.board, trial)
    start_clock(device, config.confirm_within_s)


def start(device) -> None:  # type: ignore[no-untyped-def]
    """A boot with something on flash: go on with the trial, or back."""
    board, trial = device.board, read(device.board)
    reverted = lent("kept").found(board).get("reverted")
    if trial is not None:
        version = device.config.version if device.config else None
        if version not in trial["versions"]:  # it was never kept, or is gone already
            end(board)
        elif (reverted is not None and reverted["version"] == version) or trial["boots"] >= _BOOTS:
            go_back(device, trial, "not welcomed in %d boots" % trial["boots"])
            return
        else:
            trial["boots"] += 1
            keep(board, trial)
            start_clock(device, trial["within_s"])
    device.reverted = reverted


def welcome(device) -> None:  # type: ignore[no-untyped-def]
    """The fleet has welcomed the device as it is. In rescue it is not as it shall be, but where it shall be."""
    if lent("kept").found(device.board).get("network_next") is not None:
        lent("new_network").welcome(device)
    if device.rescue is not None:
        failed(device, "rescue: " + device.rescue)
        return
    end(device.board)
    if not lent("running").look(device, "welcome"):
        device.trial = None


def failed(device, reason: str) -> None:  # type: ignore[no-untyped-def]
    """It was not welcomed in time: start anew as it was before; where another network is on trial, with the old one."""
    other = lent("kept").found(device.board).get("network_next")
    if other is not None and lent("new_network").failed(device, reason):
        device.trial = None
        return
    trial = read(device.board)
    if trial is not None:
        go_back(device, trial, reason)
        device.end("reverted")
        device.trial = None
    elif not lent("running").look(device, "failed", reason):
        device.trial = None


def go_back(device, trial: "dict[str, Any]", reason: str) -> None:  # type: ignore[no-untyped-def]
    """The configuration of before is the device's again."""
    board = device.board
    reverted = {"version": device.config.version, "reason": reason[:_REASON_LETTERS]}
    known = lent("kept").found(board).get("reverted")
    if known is None or known["version"] != reverted["version"]:
        lent("kept").found(board).put("reverted", reverted)
    else:
        reverted = known
    device.config = Config.from_dict(trial["config"])
    save_config(board, device.config)
    end(board)
    board.keep_failures(0)
    device.reverted, device.trial = reverted, None


def start_clock(device, within_s: int) -> None:  # type: ignore[no-untyped-def]
    """So long this boot has. While `device.trial` is set it does not sleep."""
    device.trial = device.clock.up() + within_s * 1000


def read(board) -> "dict[str, Any] | None":  # type: ignore[no-untyped-def]
    """What is on trial."""
    trial = read_json(board.root + _FILE)
    if type(trial) is not dict:
        trial = lent("kept").found(board).get("trial")
    return trial if type(trial) is dict else None


def keep(board, trial: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """On flash when the call returns; one that is too large for the board's region in a file."""
    try:
        lent("kept").found(board).put("trial", trial)
    except OSError:
        write_json(board.root + _FILE, trial)
        return
    if board.region("kept") is not None:
        remove(board.root + _FILE)


def end(board) -> None:  # type: ignore[no-untyped-def]
    """Nothing is on trial any more."""
    remove(board.root + _FILE)
    lent("kept").found(board).remove("trial")

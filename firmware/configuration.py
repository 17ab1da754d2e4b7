"""What the fleet wants this device to be: kept on flash, so that it is the same after a boot without a network.

What comes is looked at whole before it is taken (`protocols.configuring`); what was kept once is only read.
"""

import gc

from firmware.flash_files import read_json, remove, write_json
from firmware.letting_go import let_go
from firmware.sparing import lent
from protocols.config import Config
from protocols.message import ProtocolError, from_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def start(device) -> None:  # type: ignore[no-untyped-def]
    """What this boot is, and whether that, or the network, is on trial."""
    board = device.board
    device.config = read_config(board)
    kept = lent("kept").found(board)
    if kept.get("trial") is not None or kept.get("reverted") is not None or read_json(board.root + "/trial.json"):
        del kept
        lent("trial").start(device)
    kept = lent("kept").found(board)
    if kept.get("network_next") is not None or kept.get("network_back") is not None:
        del kept
        lent("new_network").start(device)


def take(device, payload: bytes) -> bool:  # type: ignore[no-untyped-def]
    """Be this, if it can be; whether the fleet is to confirm it. Other roles or parts want the application anew.

    What the device could not live with is not taken again until another came. In rescue nothing is tried: there is
    nothing to go back to. While a release is on trial it waits: else nobody could tell with which of both the device
    can not live. The fleet says it again at the hello that ends that trial.
    """
    before, config = device.config, told(device, payload) if payload else None
    if config is None or config == before or (device.reverted and device.reverted["version"] == config.version):
        return False
    if device.end_reason == "update" or (device.trial is not None and lent("trying").on_trial(device.board)):
        return False
    if before is not None and config.confirm_within_s and device.rescue is None:
        lent("trial").begin(device, before, config)
    save_config(device.board, config)
    device.config = config
    if device.reverted is not None:
        lent("kept").found(device.board).remove("reverted")
        device.reverted = None
    if device.rescue is not None or starts_anew(before, config):
        device.end("config")
        return False
    return device.trial is not None


def read_config(board) -> "Config | None":  # type: ignore[no-untyped-def]
    """The last configuration that came; None if none ever did."""
    data = read_json(board.root + "/config.json")
    if type(data) is not dict:
        data = lent("kept").found(board).get("config")
    try:
        return Config.from_dict(data) if type(data) is dict else None
    except ProtocolError:
        return None


def save_config(board, config: Config) -> None:  # type: ignore[no-untyped-def]
    """Keep it; one that is too large for the board's region in a file."""
    data = config.to_dict()
    try:
        lent("kept").found(board).put("config", data)
    except OSError:
        write_json(board.root + "/config.json", data)
        return
    if board.region("kept") is not None:
        remove(board.root + "/config.json")


def starts_anew(before: "Config | None", config: Config) -> bool:
    """Whether this configuration wants other roles, or other parts of them, than were started."""
    if before is None:
        return len(config.roles) > 0
    return (
        sorted(before.roles) != sorted(config.roles)
        or before.scale != config.scale
        or before.display != config.display
        or before.sleep_after_s != config.sleep_after_s
    )


def told(device, payload: bytes) -> "Config | None":  # type: ignore[no-untyped-def]
    """The configuration in these bytes; None if it is refused, and then the fleet is told what was wrong with it.

    One that is told again and refused again makes no second event.
    """
    gc.collect()  # what comes with a configuration, a state, has just taken much
    refused: "dict[str, Any] | None" = None
    config = known(device.config, payload)
    if config is None:
        from protocols.configuring import Refused, checked

        try:
            config = checked(payload, device.board.clash)
        except Refused as err:
            why = err.why()
            refused = why.to_dict()
            if refused != device.refused:
                device.fault("config_refused", why.sentence())
        finally:
            del Refused, checked
            let_go("protocols.configuring", "protocols.config_refused")
            let_go("protocols.printer", "protocols.reader", "protocols.display", "protocols.rating")
    if refused != device.refused:
        device.refused, device.health_due = refused, True
    return config


def known(config: "Config | None", payload: bytes) -> "Config | None":
    """This configuration if these bytes say it once more: the rules, which are large, have seen it already."""
    try:
        return config if config is not None and from_json(payload) == config.to_dict() else None
    except ProtocolError:
        return None

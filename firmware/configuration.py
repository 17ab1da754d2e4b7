"""What the fleet wants this device to be: kept on flash, so that it is the same after a boot without a network."""

from firmware.flash_files import read_json, remove, write_json
from firmware.sparing import lent
from protocols.message import ProtocolError
from protocols.state import Config


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

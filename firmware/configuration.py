"""What the fleet wants this device to be: kept on flash, so that it is the same after a boot without a network."""

from firmware.flash_files import read_json, write_json
from protocols.message import ProtocolError
from protocols.state import Config

CONFIG_FILE = "/config.json"


def read_config(root: str) -> "Config | None":
    """The last configuration that came; None if none ever did."""
    data = read_json(root + CONFIG_FILE)
    try:
        return Config.from_dict(data) if type(data) is dict else None
    except ProtocolError:
        return None


def save_config(root: str, config: Config) -> None:
    """Keep it."""
    write_json(root + CONFIG_FILE, config.to_dict())

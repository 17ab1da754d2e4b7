"""The whole contract in one table: which message stands on which topic, and how it travels."""

from protocols.batches import BatchHeader, Receipt
from protocols.commands import Command, Reply, Secret, Want
from protocols.held import LeaseHeld
from protocols.message import Message
from protocols.presence import Alive, Health, Hello, Welcome
from protocols.releases import FilePiece, FileWanted, Release
from protocols.reserve import ReserveHeld
from protocols.state import Config, State


class Channel:
    """A topic `mc/1/<device>/<direction>/<name>`."""

    def __init__(self, direction: str, name: str, qos: int, retained: bool, message: "type[Message]", about: str):
        self.direction = direction
        self.name = name
        self.qos = qos
        self.retained = retained
        self.message = message
        self.about = about


CHANNELS = (
    Channel("up", "hello", 1, True, Hello, "Birth of a connection."),
    Channel("up", "alive", 1, True, Alive, "Online, planned sleep, or lost (the last will)."),
    Channel("up", "events", 1, False, BatchHeader, "A batch of events, at most 1 KiB."),
    Channel("up", "health", 0, False, Health, "How the device is, each minute."),
    Channel("up", "want", 1, False, Want, "Something wanted now and not later."),
    Channel("up", "held", 1, False, LeaseHeld, "A lease that a printer holds, told to a fleet that was restored."),
    Channel("up", "reserve", 1, False, ReserveHeld, "The reserve that a keypad holds, and all is stored."),
    Channel("up", "reply", 1, False, Reply, "The answer to a command."),
    Channel("up", "file", 1, False, FileWanted, "The device asks for a piece of a release."),
    Channel("down", "welcome", 1, False, Welcome, "The answer to a hello."),
    Channel("down", "receipt", 0, False, Receipt, "What is stored, and the time."),
    Channel("down", "state", 1, False, State, "Everything live; sent again after each hello."),
    Channel("down", "config", 1, True, Config, "What the device shall be; never a secret."),
    Channel("down", "secret", 1, False, Secret, "A new key or password, sealed."),
    Channel("down", "command", 1, False, Command, "An order, answered once."),
    Channel("down", "release", 1, False, Release, "A signed assignment of firmware."),
    Channel("down", "file", 0, False, FilePiece, "A piece of a release."),
)


def channel(direction: str, name: str) -> Channel:
    """The channel of that direction and name; KeyError if there is none."""
    for one in CHANNELS:
        if one.direction == direction and one.name == name:
            return one
    raise KeyError(f"{direction}/{name}")

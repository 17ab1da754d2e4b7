"""A rig file: what is plugged in where. It names resources and no deeds; drivers speak to them.

name = "bàn thử ở văn phòng"
host = "192.168.1.10"                # where boards find this computer
wifi = { ssid = "thu", password_env = "RIG_WIFI_PASSWORD" }

[board.quay]
at = "/dev/serial/by-id/usb-…"       # or "vm", "cable" (a pseudo-terminal), "emulated"
roles = ["keypad", "reader", "rating"]
image = "stock"                      # or "whole": with two slots
power = { on = "uhubctl -l 1-1 -p 2 -a on", off = "uhubctl -l 1-1 -p 2 -a off" }
actor = "/dev/serial/by-id/usb-…"    # the second Pico: hands, paper and meter; "vm" beside a simulated board
relay = "nc high"                    # how the actor's relay gives it power, instead of those two commands
meter = "actor"
lines = { service_5 = "hand1" }      # wires that lie otherwise than on the wiring page
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil_tests.actor.pins import EYES, HANDS, RELAYS, SERIAL
from hil_tests.target import NotRun

ROLES = ("printer", "rating", "reader", "keypad", "display")
IMAGES = ("stock", "whole")
RIG = {"name": str, "host": str, "wifi": dict, "board": dict}
WIFI = {"ssid": str, "password_env": str}
POWER = {"on": str, "off": str}
BOARD = {"at": str, "roles": list, "image": str, "power": dict, "actor": str, "meter": str, "firmware": str}
BOARD |= {"relay": str, "lines": dict}


class BadRigFile(NotRun):
    """A rig file says what cannot be; the text says where, what was expected and what was found."""


@dataclass(frozen=True)
class BoardThere:
    """One board of a rig. `firmware`: for one in an emulator, the image that it runs.

    `relay` is how the actor's relay is wired, `lines` what hangs on its wires otherwise than the wiring page says.
    """

    name: str
    at: str
    roles: tuple[str, ...]
    image: str = "stock"
    power: tuple[str, str] | None = None
    actor: str | None = None
    meter: str | None = None
    firmware: str | None = None
    relay: str | None = None
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RigFile:
    """A rig. `wifi` is a name and the variable of the environment that has its password."""

    name: str
    boards: tuple[BoardThere, ...]
    host: str = "127.0.0.1"
    wifi: tuple[str, str] | None = None


def read_rig(path: Path) -> RigFile:
    """What this file says. Raises BadRigFile."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as err:
        raise BadRigFile(f"{path}: expected a rig file, found none that can be read: {err}") from None
    except tomllib.TOMLDecodeError as err:
        raise BadRigFile(f"{path}: expected TOML, found {err}") from None
    return rig_of(said, str(path))


def rig_of(said: Mapping[str, Any], where: str) -> RigFile:
    """The rig that decoded TOML describes. Raises BadRigFile."""
    checked(said, RIG, where)
    boards = tuple(board_of(name, one, f"{where}: board.{name}") for name, one in said.get("board", {}).items())
    if not boards:
        raise BadRigFile(f"{where}: expected at least one [board.<name>], found none")
    refuse_twice(boards, where)
    wifi = said.get("wifi")
    if wifi is not None:
        checked(wifi, WIFI, f"{where}: wifi", WIFI)
    return RigFile(
        said.get("name", Path(where).stem),
        boards,
        said.get("host", "127.0.0.1"),
        None if wifi is None else (wifi["ssid"], wifi["password_env"]),
    )


def board_of(name: str, said: Any, where: str) -> BoardThere:
    """One table of a board."""
    if not isinstance(said, dict):
        raise BadRigFile(f"{where}: expected a table, found {said!r}")
    checked(said, BOARD, where, {"at", "roles"})
    for role in said["roles"]:
        one_of(role, ROLES, f"{where}.roles")
    one_of(said.get("image", "stock"), IMAGES, f"{where}.image")
    if "power" in said:
        checked(said["power"], POWER, f"{where}.power", POWER)
    if said.get("meter", "actor") != "actor" or ("meter" in said and "actor" not in said):
        raise BadRigFile(f'{where}.meter: expected "actor", with an actor beside it, found {said["meter"]!r}')
    for key in ("relay", "lines"):
        if key in said and "actor" not in said:
            raise BadRigFile(f"{where}.{key}: expected an actor beside it, found none")
    one_of(said.get("relay", "nc high"), tuple(RELAYS), f"{where}.relay")
    for line, wire in said.get("lines", {}).items():
        one_of(wire, (*HANDS, *EYES, *SERIAL), f"{where}.lines.{line}")
    power = said.get("power")
    more = {key: said.get(key) for key in ("actor", "meter", "firmware", "relay")}
    return BoardThere(
        name,
        said["at"],
        tuple(said["roles"]),
        said.get("image", "stock"),
        None if power is None else (power["on"], power["off"]),
        **more,
        lines=tuple(said.get("lines", {}).items()),
    )


def checked(said: Mapping[str, Any], known: Mapping[str, type], where: str, needed: Any = ()) -> None:
    """Every name is known, every value of its type, and what is needed is there. Raises BadRigFile."""
    for name, value in said.items():
        if name not in known:
            raise BadRigFile(f"{where}: expected some of {', '.join(known)}, found {name!r}")
        if not isinstance(value, known[name]):
            raise BadRigFile(f"{where}.{name}: expected {known[name].__name__}, found {value!r}")
    for name in needed:
        if name not in said:
            raise BadRigFile(f"{where}: expected {name!r}, found only {', '.join(said) or 'nothing'}")


def one_of(value: object, known: tuple[str, ...], where: str) -> None:
    """It is one of these. Raises BadRigFile."""
    if value not in known:
        raise BadRigFile(f"{where}: expected one of {', '.join(known)}, found {value!r}")


def refuse_twice(boards: tuple[BoardThere, ...], where: str) -> None:
    """No two boards, and no actor, are at one port. Raises BadRigFile."""
    ports: dict[str, str] = {}
    for one in boards:
        for port in (one.at, one.actor):
            if port is None or "/" not in port:
                continue
            if port in ports:
                raise BadRigFile(f"{where}: {port} is named twice, for {ports[port]} and for {one.name}")
            ports[port] = one.name

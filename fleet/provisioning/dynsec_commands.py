"""What Mosquitto's dynamic security is told, as values: clients, roles, and the commands that make one list the other.

A device's client is bound to its id (`clientid`), so that it cannot come under another's by any listener. Its password
cannot be read back; a mark of it stands in the client's description. Before Mosquitto 2.1 a role cannot say `%u`, so
each device has a role of its own.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from fleet.domain.access import Credential
from fleet.flows.enrol import FLEET_USER

Command = dict[str, Any]

OURS = "motcua device"
# The name in words of each client that we made; clients of other names are other people's.
DEVICES_ROLE, FLEET_ROLE = "motcua-device", "motcua-fleet"
PATTERNS_SINCE = (2, 1)
ANY_DEVICE = "%u"
CLOSED = {"publishClientSend": False, "subscribe": False}
# What nobody may do whom no role allows it. Who may not subscribe receives nothing, whatever the default for that.
MADE_ANEW = {"publishClientReceive": False, "unsubscribe": True}


@dataclass(frozen=True)
class Listed:
    """A client of ours, as the broker lists it."""

    mark: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What to tell the broker; who loses something by it; and of whom it cannot be told, since only a hash is known."""

    commands: list[Command]  # whoever loses something comes first
    lost: list[str]
    untellable: list[str]


def plan(
    wanted: Mapping[str, Credential],
    listed: Mapping[str, Listed],
    roles: Iterable[str],
    patterns: bool,
    kept: Set[str] = frozenset(),
) -> Plan:
    """What makes the broker's clients equal to these; `kept` stay as they are."""
    urgent: list[Command] = []
    commands: list[Command] = []
    known, used = set(roles), {DEVICES_ROLE, *map(role_of, kept)}
    lost, untellable = [], []
    for device in sorted(listed.keys() - wanted.keys() - kept):
        lost.append(device)
        urgent.append(removal(device))
    for device, one in sorted(wanted.items()):
        found = listed.get(device)
        if one.password is None and (found is None or found.mark != one.mark):
            untellable.append(device)
            if found is not None:  # its password is another now: the old one must not open the door
                lost.append(device)
                urgent.append(removal(device))
            continue
        own = DEVICES_ROLE if patterns else role_of(device)
        if own not in known:
            commands.append(role(own, ANY_DEVICE if patterns else device))
            known.add(own)
        used.add(own)
        if found is None:
            commands.append(client(one, own))
            continue
        if found.mark != one.mark:
            lost.append(device)
            urgent.append({"command": "setClientPassword", "username": device, "password": one.password})
            urgent.append({"command": "modifyClient", "username": device, "textdescription": one.mark})
        if found.roles != (own,):
            commands.append({"command": "modifyClient", "username": device, **described(one, own)})
    left = sorted(name for name in known - used if name.startswith(role_of("")))
    commands += [{"command": "deleteRole", "rolename": name} for name in left]
    return Plan(urgent + commands, lost, untellable)


def client(one: Credential, own: str) -> Command:
    """A client for this device."""
    words = {"command": "createClient", "username": one.device, "password": one.password}
    return {**words, "clientid": one.device, "textname": OURS, **described(one, own)}


def described(one: Credential, own: str) -> Command:
    """What of a client may change: its mark and its role."""
    return {"textdescription": one.mark, "roles": [{"rolename": own}]}


def role(name: str, device: str) -> Command:
    """A role that may speak and listen as this device."""
    return {"command": "createRole", "rolename": name, "acls": device_rules(device)}


def role_of(device: str) -> str:
    """The name of the role that is this device's alone."""
    return f"{DEVICES_ROLE}-{device}"


def removal(device: str) -> Command:
    """The client goes, and its sessions end."""
    return {"command": "deleteClient", "username": device}


def device_rules(device: str) -> list[dict[str, Any]]:
    """A device writes only what it says and reads only what it is told."""
    told = f"mc/1/{device}/down/#"
    return [
        allowed("publishClientSend", f"mc/1/{device}/up/#"),
        allowed("publishClientReceive", told),
        allowed("subscribePattern", told),
    ]


def fleet_rules() -> list[dict[str, Any]]:
    """The fleet speaks with all devices, and tells the plugin who they are."""
    everything = ("mc/1/#", "$CONTROL/dynamic-security/#")
    kinds = ("publishClientSend", "publishClientReceive", "subscribePattern")
    rules = [allowed(kind, topic) for topic in everything for kind in kinds]
    rules.append(allowed("subscribePattern", "$share/+/mc/1/#"))  # the plugin takes a share for a topic like others
    return [*rules, *(allowed(kind, "$SYS/broker/version") for kind in kinds[1:])]


def allowed(kind: str, topic: str) -> dict[str, Any]:
    """One rule."""
    return {"acltype": kind, "topic": topic, "allow": True}


def whole_file(credentials: Iterable[Credential], fleet_hash: str) -> dict[str, Any]:
    """The plugin's own file with the fleet and all these devices, hashes and all, for a broker that begins."""
    everybody = sorted(credentials, key=lambda one: one.device)
    roles = [{"rolename": FLEET_ROLE, "acls": fleet_rules()}]
    roles += [{"rolename": role_of(one.device), "acls": device_rules(one.device)} for one in everybody]
    clients = [{"username": FLEET_USER, **hash_parts(fleet_hash), "roles": [{"rolename": FLEET_ROLE}]}]
    for one in everybody:
        name = {"username": one.device, "clientid": one.device, "textname": OURS}
        clients.append({**name, **described(one, role_of(one.device)), **hash_parts(one.hashed)})
    return {"defaultACLAccess": {**CLOSED, **MADE_ANEW}, "clients": clients, "groups": [], "roles": roles}


def hash_parts(hashed: str) -> dict[str, Any]:
    """A `$7$` hash as the plugin writes it."""
    _, _, rounds, salt, digest = hashed.split("$")
    return {"password": digest, "salt": salt, "iterations": int(rounds)}


def listed_of(clients: Iterable[dict[str, Any]]) -> dict[str, Listed]:
    """Our clients among those that the broker lists."""
    return {
        str(one["username"]): Listed(
            str(one.get("textdescription", "")), tuple(str(part["rolename"]) for part in one.get("roles", []))
        )
        for one in clients
        if one.get("textname") == OURS
    }


def names_of_others(clients: Iterable[dict[str, Any]]) -> set[str]:
    """The names of the fleet's and other people's clients; under these no device comes."""
    return {str(one["username"]) for one in clients if one.get("textname") != OURS}


def knows_patterns(version: str) -> bool:
    """Whether roles of this Mosquitto, such as `mosquitto version 2.0.11`, may say `%u`."""
    found = re.search(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= PATTERNS_SINCE

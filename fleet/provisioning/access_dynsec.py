"""Mosquitto's dynamic security, kept equal to what was put: each device is a client with a role of the plugin.

The broker's own list is read at each connection and told apart from ours, so nothing is lost with its file, and nobody
stays in it who should not. The plugin ends the sessions of a client that is deleted or has another password, on every
listener. Pre-shared keys it does not know; they stay in a file.
"""

import logging
from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any

from fleet.domain.access import AccessFailed, Credential
from fleet.provisioning.access_files import AccessFiles
from fleet.provisioning.dynsec_commands import (
    CLOSED,
    FLEET_ROLE,
    fleet_rules,
    knows_patterns,
    listed_of,
    names_of_others,
    plan,
)
from fleet.provisioning.dynsec_control import AT_ONCE, Control

ROUND_S = 1.5
# What is left waits for the next round, so that somebody who is revoked meanwhile does not wait for it.
WRITTEN_AT_ONCE = 20_000
# Mosquitto 2.0 writes its whole file after each command, and serves nobody while it does: a third of a second for ten
# thousand devices (measured with 2.0.11). So many clients are written for one message at most.

log = logging.getLogger(__name__)


class AccessDynsec:
    """The plugin's clients and roles; `keys`: the file of pre-shared keys beside it, if there is one."""

    def __init__(self, control: Control, user: str, cut: Callable[[str], None], keys: AccessFiles | None) -> None:
        self.control = control
        self.user = user
        self.cut_off = cut
        self.keys = keys
        self.wanted: dict[str, Credential] = {}
        self.kept: Set[str] = frozenset()
        self.untellable: list[str] = []
        self.of_others: list[str] = []
        self.failed = False
        self.lost: set[str] = set()

    @property
    def in_doubt(self) -> bool:
        """Whether the broker was away, or has not taken all."""
        return self.failed or self.control.was_gone or (self.keys is not None and self.keys.in_doubt)

    def put(self, credentials: Iterable[Credential]) -> None:
        """These may connect from the next `apply` on."""
        some = list(credentials)
        self.wanted |= {one.device: one for one in some}
        if self.keys is not None:
            self.keys.put(some)

    def remove(self, device: str) -> None:
        """This one may not, from the next `apply` on."""
        self.wanted.pop(device, None)
        if self.keys is not None:
            self.keys.remove(device)

    def listed(self) -> Set[str]:
        """Whom the plugin lets in, or the file beside it. Raises AccessFailed."""
        self.control.reached()
        found = listed_of(self.control.everything("listClients", "clients", verbose=True)).keys()
        return found | (set() if self.keys is None else self.keys.listed())

    def keep(self, devices: Set[str]) -> None:
        """The clients of these stay."""
        self.kept = devices
        if self.keys is not None:
            self.keys.keep(devices)

    def apply(self) -> Sequence[str]:
        """Tell the plugin what it does not know; who may not go on as it is. Raises AccessFailed.

        Where that takes long, some is left for the next time, and the broker stays in doubt.
        """
        self.failed, trouble = True, None
        self.control.reached()
        self.control.was_gone = False
        clients = self.control.everything("listClients", "clients", verbose=True)
        mine = self.leave_to_others(clients)
        try:
            self.lost |= set(() if self.keys is None else self.keys.apply())
        except AccessFailed as problem:
            trouble = problem  # the plugin is told all the same
        self.tell_plugin(mine, clients)
        if trouble is not None:
            self.failed = True
            raise trouble
        lost, self.lost = sorted(self.lost), set()
        return lost

    def leave_to_others(self, clients: list[Any]) -> dict[str, Credential]:
        """The devices whose names nobody else's client has; a key under such a name would have that one's rights."""
        others = names_of_others(clients)
        mine = {device: one for device, one in self.wanted.items() if device not in others}
        if self.keys is not None:
            self.keys.put(mine.values())
            for device in self.wanted.keys() - mine.keys():
                self.keys.remove(device)
        taken = sorted(self.wanted.keys() - mine.keys())
        if taken and taken != self.of_others:
            log.error("Mosquitto has clients of these names that are no devices, so no device gets in as: %s", taken)
        self.of_others = taken
        return mine

    def tell_plugin(self, mine: dict[str, Credential], clients: list[Any]) -> None:
        """Make its list ours, as far as there is time. Raises AccessFailed."""
        roles = self.control.everything("listRoles", "roles")
        self.close_to_others(clients, roles)
        listed = listed_of(clients)
        modern = knows_patterns(self.control.version)
        todo = plan(mine, listed, roles, modern, self.kept)
        self.lost |= set(todo.lost)
        at_once = AT_ONCE if modern else min(AT_ONCE, max(1, WRITTEN_AT_ONCE // (len(listed) + 1)))
        self.failed = not self.control.work_off(todo.commands, at_once, ROUND_S)
        self.tell_of(todo.untellable)

    def cut(self, device: str) -> None:
        """End its session. Raises AccessFailed."""
        self.cut_off(device)

    def leave(self) -> None:
        """Say no more."""
        self.control.leave()

    def close_to_others(self, clients: list[Any], roles: list[Any]) -> None:
        """Whom no role allows it may neither speak nor listen; the fleet may, by a role of its own."""
        found = self.control.ask([{"command": "getDefaultACLAccess"}])[0]["data"]["acls"]
        default = {one["acltype"]: one["allow"] for one in found}
        if any(default.get(kind) != allow for kind, allow in CLOSED.items()):
            acls = [{"acltype": kind, "allow": allow} for kind, allow in CLOSED.items()]
            self.control.ask([{"command": "setDefaultACLAccess", "acls": acls}])
        if FLEET_ROLE not in roles:
            self.control.ask([{"command": "createRole", "rolename": FLEET_ROLE, "acls": fleet_rules()}])
        own = [part["rolename"] for one in clients if one["username"] == self.user for part in one["roles"]]
        if FLEET_ROLE not in own:
            self.control.ask([{"command": "addClientRole", "username": self.user, "rolename": FLEET_ROLE}])

    def tell_of(self, untellable: list[str]) -> None:
        """Name those whom this broker cannot be told of, when they are others than before."""
        if untellable and untellable != self.untellable:
            log.error(
                "Mosquitto's dynamic security takes passwords and no hashes, so these devices cannot connect until "
                "they are enrolled by a claim, or the broker begins with the file of `motcua devices broker-files "
                "dynsec`: %s",
                ", ".join(untellable),
            )
        self.untellable = untellable

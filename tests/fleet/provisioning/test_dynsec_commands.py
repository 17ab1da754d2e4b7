"""What the plugin is told to make its list ours: on a broker whose roles know %u, and on one whose do not."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.access import Credential
from fleet.provisioning.dynsec_commands import (
    DEVICES_ROLE,
    OURS,
    Command,
    Listed,
    knows_patterns,
    listed_of,
    plan,
    role_of,
)

NAMES = st.sampled_from([f"d-{number}" for number in range(6)])
CREDENTIALS = st.dictionaries(NAMES, st.tuples(st.sampled_from("abc"), st.booleans()))


class Plugin:
    """The plugin's list in memory; it refuses what the real one refuses."""

    def __init__(self) -> None:
        self.clients: dict[str, Command] = {}
        self.passwords: dict[str, str] = {}
        self.roles: dict[str, list[object]] = {}

    def told(self, commands: list[Command]) -> None:
        for one in commands:
            match one["command"]:
                case "createRole":
                    assert one["rolename"] not in self.roles, "Role already exists"
                    self.roles[one["rolename"]] = one["acls"]
                case "deleteRole":
                    del self.roles[one["rolename"]]
                case "createClient":
                    assert one["username"] not in self.clients, "Client already exists"
                    assert one["clientid"] == one["username"], "bound to its id"
                    self.clients[one["username"]] = one
                    self.passwords[one["username"]] = one["password"]
                case "setClientPassword":
                    self.passwords[one["username"]] = one["password"]
                case "modifyClient":
                    self.clients[one["username"]] |= one
                case "deleteClient":
                    del self.clients[one["username"]]
                    del self.passwords[one["username"]]
        for one in self.clients.values():
            assert all(part["rolename"] in self.roles for part in one["roles"]), "Role not found"

    def listed(self) -> dict[str, Listed]:
        return listed_of(self.clients.values())


def credentials(drawn: dict[str, tuple[str, bool]]) -> dict[str, Credential]:
    return {
        name: Credential(name, f"$7${secret}", secret if known else None) for name, (secret, known) in drawn.items()
    }


@given(st.lists(st.tuples(CREDENTIALS, st.booleans()), max_size=4))
def test_the_list_is_ours_after_each_change_whatever_was_there(
    steps: list[tuple[dict[str, tuple[str, bool]], bool]],
) -> None:
    plugin = Plugin()
    for drawn, patterns in steps:
        wanted, before = credentials(drawn), dict(plugin.passwords)
        todo = plan(wanted, plugin.listed(), plugin.roles, patterns)
        plugin.told(todo.commands)
        assert set(plugin.clients) == set(wanted) - set(todo.untellable)
        for name, one in plugin.clients.items():
            assert plugin.passwords[name] in wanted[name].hashed, "no other password opens the door"
            assert one["roles"] == [{"rolename": DEVICES_ROLE if patterns else role_of(name)}]
        used = {part["rolename"] for one in plugin.clients.values() for part in one["roles"]}
        assert {name for name in plugin.roles if name != DEVICES_ROLE} == used - {DEVICES_ROLE}
        assert {name for name, secret in before.items() if plugin.passwords.get(name) != secret} <= set(todo.lost)
        assert all(wanted[name].password is None for name in todo.untellable)
        assert plan(wanted, plugin.listed(), plugin.roles, patterns).commands == []


def test_one_role_serves_all_where_roles_know_who_speaks() -> None:
    todo = plan({"q-1": Credential("q-1", "$7$a", "a"), "q-2": Credential("q-2", "$7$b", "b")}, {}, [], True)
    assert [one["command"] for one in todo.commands] == ["createRole", "createClient", "createClient"]
    assert {rule["topic"] for rule in todo.commands[0]["acls"]} == {"mc/1/%u/up/#", "mc/1/%u/down/#"}


def test_clients_of_other_people_are_left_alone() -> None:
    clients = [
        {"username": "grafana", "textname": "monitoring"},
        {"username": "fleet"},
        {"username": "q-1", "textname": OURS},
    ]
    assert set(listed_of(clients)) == {"q-1"}


def test_which_mosquitto_knows_patterns() -> None:
    said = {"mosquitto version 2.0.11": False, "mosquitto version 2.1.0": True, "mosquitto version 3.0.1": True}
    assert {version: knows_patterns(version) for version in said} == said
    assert not knows_patterns("")

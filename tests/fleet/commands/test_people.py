"""motcua users."""

from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.rights import Role
from fleet.flows.people import named
from fleet.flows.sign_in import Halfway, SignedIn, sign_in, who
from fleet.store import second_steps
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua


def signed_in(data: Path, name: str, password: str) -> SignedIn | None:
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    found = sign_in(store, name, password, now_ms(), 1)
    store.close()
    return found


def test_a_new_person_can_sign_in_with_the_printed_password(motcua: Motcua, data: Path) -> None:
    result = motcua(
        *("users", "add", "lan", "--role", "supervisor", "--office", "tan-an"),
        *("--shown-as", "Chị Lan", "--data", data),
    )
    assert result.exit_code == 0
    name, password = result.stdout.split()
    session = signed_in(data, "lan", password)
    assert name == "lan" and session is not None
    person = session.person
    assert (person.role, person.office, person.shown_as) == (Role.SUPERVISOR, "tan-an", "Chị Lan")
    assert signed_in(data, "lan", password + "x") is None


def test_a_new_password_ends_the_old_one_and_open_sessions(motcua: Motcua, data: Path) -> None:
    old = motcua("users", "add", "lan", "--role", "clerk", "--data", data).stdout.split()[1]
    session = signed_in(data, "lan", old)
    assert session is not None
    result = motcua("users", "password", "lan", "--data", data)
    assert result.exit_code == 0
    assert signed_in(data, "lan", old) is None
    assert signed_in(data, "lan", result.stdout.split()[1]) is not None
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    assert who(store, session.token, now_ms()) is None
    store.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "lan", "--role", "clerk"), "there is a person called 'lan' already"),
        (("add", "", "--role", "clerk"), "a name has 1 to"),
        (("add", "binh", "--role", "clerk", "--office", "x"), "office: expected one of tan-an, found 'x'"),
        (("password", "nobody"), "nobody is called 'nobody'"),
        (("password", "[/]"), "nobody is called '[/]'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    motcua: Motcua, data: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    motcua("users", "add", "lan", "--role", "clerk", "--data", data)
    result = motcua("users", *arguments, "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in " ".join(result.stderr.split())


def test_a_name_is_printed_as_it_is(motcua: Motcua, data: Path) -> None:
    """Once the password of `x[/]` was made and never shown."""
    result = motcua("users", "add", "x[/]", "--role", "clerk", "--data", data)
    assert result.exit_code == 0
    name, password = result.stdout.split()
    assert name == "x[/]"
    assert signed_in(data, name, password) is not None


def test_a_role_that_there_is_not_is_refused(motcua: Motcua, data: Path) -> None:
    result = motcua("users", "add", "lan", "--role", "king", "--data", data)
    assert result.exit_code == 2
    assert "administrator" in result.stderr


def test_somebody_is_kept_out_listed_and_let_in_again(motcua: Motcua, data: Path) -> None:
    old = motcua("users", "add", "lan", "--role", "clerk", "--office", "tan-an", "--data", data).stdout.split()[1]
    assert motcua("users", "keep-out", "lan", "--data", data).exit_code == 0
    assert signed_in(data, "lan", old) is None
    assert "kept out" in motcua("users", "list", "--data", data).stdout
    fresh = motcua("users", "let-in", "lan", "--data", data).stdout.split()[1]
    assert "one-time password" in motcua("users", "list", "--data", data).stdout
    assert signed_in(data, "lan", fresh) is not None
    assert motcua("users", "unlock", "lan", "--data", data).exit_code == 0
    refused = motcua("users", "keep-out", "nobody", "--data", data)
    assert refused.exit_code == 1 and "nobody" in refused.stderr


def test_a_second_step_is_asked_of_roles_and_taken_away(motcua: Motcua, data: Path) -> None:
    password = motcua("users", "add", "lan", "--role", "technician", "--data", data).stdout.split()[1]
    assert motcua("users", "two-steps", "--data", data).stdout.split() == ["all", "nobody"]
    asked = motcua("users", "two-steps", "--role", "technician", "--role", "administrator", "--data", data)
    assert asked.stdout.split(maxsplit=1)[1].strip() == "administrator, technician"
    refused = motcua("users", "two-steps", "--role", "display", "--data", data)
    assert refused.exit_code == 1 and "found 'display'" in " ".join(refused.stderr.split())
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.writing() as connection:
        number = named(store, "lan")
        second_steps.begin(connection, number, bytes(20), now_ms())
        second_steps.confirm(connection, number, now_ms())
    store.close()
    assert isinstance(signed_in(data, "lan", password), Halfway)
    assert " 2 " in motcua("users", "list", "--data", data).stdout
    assert motcua("users", "take-second-step", "lan", "--data", data).exit_code == 0
    assert isinstance(signed_in(data, "lan", password), SignedIn)

"""What `motcua run` prints when it is ready."""

from types import SimpleNamespace

import pytest

from fleet.commands.processes import announce
from fleet.settings import Settings


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("secret", "password: secret"),
        (None, "the password was changed; `motcua users password quan-tri` gives a new one"),
    ],
)
def test_the_panel_says_how_to_sign_in(capsys: pytest.CaptureFixture[str], password: str | None, sentence: str) -> None:
    office = SimpleNamespace(
        address="http://127.0.0.1:8080",
        name="quan-tri",
        password=password,
        boards=SimpleNamespace(boards={}),
        broker="Mosquitto",
        clerk="can-bo",
        clerk_password="another",
    )
    announce(office, Settings(), None)  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert f"sign in: quan-tri  {sentence}" in said
    assert "sign in as can-bo  password: another" in said
    assert "None" not in said

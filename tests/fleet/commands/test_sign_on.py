"""motcua users sign-on, and what a process says of settings that it cannot use."""

from pathlib import Path

import pytest

from tests.fleet.commands.conftest import Motcua
from tests.oidc_server import CLIENT, oidc_server


def test_settings_of_single_sign_on_are_tried(motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def says(**settings: str) -> str:
        for name, value in settings.items():
            monkeypatch.setenv(f"MOTCUA_{name}", value)
        result = motcua("users", "sign-on", "--data", data)
        return " ".join((result.stdout + result.stderr).split())

    roles = data / "roles.toml"
    assert "MOTCUA_OIDC_ISSUER: expected the address of a provider" in says()
    assert "MOTCUA_OIDC_ISSUER: expected an https address" in says(OIDC_ISSUER="http://id.example.vn")
    with oidc_server() as provider:
        assert "MOTCUA_OIDC_CLIENT_ID: expected" in says(OIDC_ISSUER=provider.issuer)
        assert "MOTCUA_PUBLIC_ADDRESS: expected" in says(OIDC_CLIENT_ID=CLIENT)
        assert "MOTCUA_OIDC_SCOPES: expected openid" in says(PUBLIC_ADDRESS="https://motcua.test/", OIDC_SCOPES="x")
        monkeypatch.delenv("MOTCUA_OIDC_SCOPES")
        assert "MOTCUA_OIDC_ROLES_FILE: expected a file" in says(OIDC_ROLES_FILE=str(roles))
        roles.write_text('[[group]]\nname = "quay"\nrole = "clerk"\noffice = "khong-co"\n')
        assert "expected an office (tan-an), found 'khong-co'" in says()
        roles.write_text(roles.read_text().replace("khong-co", "tan-an"))
        said = says()
        assert f"{provider.issuer} answers; people come back to https://motcua.test/login/sso/back" in said
        assert "quay: clerk, tan-an" in said
        issuer = provider.issuer
    assert "no connection" in says(OIDC_ISSUER=issuer)
    assert "MOTCUA_OIDC_ROLES_FILE: expected rows under" in says(OIDC_ROLES_FILE=str(empty(data)))


def empty(folder: Path) -> Path:
    (folder / "empty.toml").write_text("")
    return folder / "empty.toml"

"""motcua privacy, as somebody calls it who was asked."""

import json
from pathlib import Path

from tests.fleet.commands.conftest import Motcua


def test_somebody_is_told_of_and_forgotten(motcua: Motcua, data: Path) -> None:
    def said(*words: object, code: int = 0) -> str:
        answer = motcua("privacy", *words, "--data", data)
        assert answer.exit_code == code, answer.output
        return str(answer.output)

    for name in ("lan", "root"):
        assert motcua("users", "add", name, "--role", "administrator", "--data", data).exit_code == 0
    listed = motcua("privacy", "list", "--columns").output
    assert "1100 days" in listed and "account" in listed and "users:" in listed
    told = json.loads(said("export", "person", "lan"))
    assert told["account"]["name"] == "lan" and told["deeds"] == {}
    assert "known as        erased-" in said("erase", "person", "lan")
    assert "expected somebody who is known" in said("erase", "person", "lan", code=1)
    assert "another administrator" in " ".join(said("erase", "person", "root", code=1).split())
    refused = said("export", "ticket", "MC1:l-1:1:0123456789abcdef", code=1)
    assert "expected the whole code of a ticket" in " ".join(refused.split())
    assert "nothing is known" in said("export", "dossier", "H29.27.05-261002-0001", code=1)

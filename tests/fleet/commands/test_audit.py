"""motcua audit: what was done is listed, walked along, taken away as a file, and that file walked along by itself."""

import json
from pathlib import Path

from fleet.store.database import Store
from fleet.store.rows import run, sql
from tests.fleet.commands.conftest import Motcua


def test_from_a_change_to_a_file_that_proves_it(motcua: Motcua, data: Path, tmp_path: Path) -> None:
    def said(*words: object, code: int = 0) -> str:
        answer = motcua(*words, "--data", data)
        assert answer.exit_code == code, answer.output
        return str(answer.output)

    said("users", "add", "lan", "--role", "clerk", "--office", "tan-an")
    said("tokens", "add", "portal", "--scope", "read")
    listed = said("audit", "list")
    assert "user.add" in listed and "token.issue" in listed and "command" in listed
    only = [json.loads(line) for line in said("audit", "list", "--what", "user", "--json").splitlines()]
    assert [(one["what"], one["how"], json.loads(one["became"])["name"]) for one in only] == [
        ("user.add", "command", "lan")
    ]
    assert "no entries" in said("audit", "list", "--day", "2020-01-01")
    assert "found '1.1.2020'" in said("audit", "list", "--day", "1.1.2020", code=1)

    file, head = tmp_path / "changes.jsonl", tmp_path / "kept.txt"
    assert f"entries in {file}" in said("audit", "export", file, "--head", head)
    assert said("audit", "verify").splitlines()[-1] == head.read_text().strip()
    assert "whole through" in said("audit", "verify", "--head", head)
    assert "whole through" in said("audit", "verify", "--file", file, "--head", head)
    assert "found none" in said("audit", "cut", "--keep", "365", code=1)

    part = tmp_path / "part.jsonl"
    said("audit", "export", part, "--from", 2)
    assert "number 1, or a later entry" in said("audit", "verify", "--file", part, code=1)
    assert "whole through" in said("audit", "verify", "--file", part, "--from", 2)
    part.write_bytes(b"\xff\xfe")
    assert "expected a text" in said("audit", "verify", "--file", part, code=1)

    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.writing() as connection:
        run(connection, sql("UPDATE audit SET name = 'hoa' WHERE what = 'user.add'"))
    store.close()
    broken = said("audit", "verify", code=1)
    assert f"entry {only[0]['number']}: expected the hash" in broken and "of what it says" in broken

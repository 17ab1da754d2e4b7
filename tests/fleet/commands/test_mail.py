"""motcua mail."""

from pathlib import Path

import pytest

from fleet.domain.letters import Letter
from fleet.domain.retrying import Outcome
from fleet.flows import mails
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua
from tests.smtp_server import MailServer

TO = "van-phong@example.vn"


def test_the_server_is_tried_at_once(motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = MailServer()
    for name, value in (("HOST", "127.0.0.1"), ("PORT", server.port), ("SECURITY", "none"), ("FROM", "a@example.vn")):
        monkeypatch.setenv(f"MOTCUA_MAIL_{name}", str(value))
    try:
        took = motcua("mail", "test", TO, "--data", data)
        assert took.stdout == f"127.0.0.1:{server.port} took a letter for {TO}\n"
        assert [to for to, _ in server.taken] == [TO]
        server.to_answers = ["550 no such mailbox"]
        refused = motcua("mail", "test", TO, "--data", data)
        assert refused.exit_code == 1 and "the server refuses the address: 550 no such" in " ".join(
            refused.stderr.split()
        )
    finally:
        server.close()


def test_what_waits_and_what_was_given_up_is_shown(motcua: Motcua, data: Path) -> None:
    assert motcua("mail", "list", "--data", data).stdout == "nothing yet\n"
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.writing() as connection:
        mails.write(connection, Letter("report", "a", TO, "Báo cáo", "…"), 1)
    row = mails.last(store, 1)[0]
    mails.tried(store, row, Outcome(False, "the server refuses the address: 550 [/] no such mailbox", True), 2)
    store.close()
    shown = motcua("mail", "list", "--data", data).stdout
    assert TO in shown and "dead" in shown and "[/]" in shown
    assert "1 waits to be sent" in motcua("mail", "again", 1, "--data", data).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("test", "x"), "address: expected one such as van-phong@example.vn, found 'x'"),
        (("test", TO), "MOTCUA_MAIL_HOST: expected the host of a mail server, found nothing"),
        (("again", "9"), "mail: expected the number of one that was given up, found 9"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    motcua: Motcua, data: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = motcua("mail", *arguments, "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in " ".join(result.stderr.split())

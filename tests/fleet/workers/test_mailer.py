"""Letters, handed to a real mail server that takes, refuses, hangs up and is away."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from fleet import metrics
from fleet.domain.letters import Attachment, Letter, LetterUnfit
from fleet.domain.retrying import RETRY_AFTER_S, Outcome, after
from fleet.flows import mails
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.mail_server import MailServer, MailSettingsUnfit, ServerRefused
from fleet.workers.mailer import Mailer
from tests.firmware.certificates import P256, make_certificates
from tests.fleet.office import NINE
from tests.smtp_server import MailServer as Server

TO = "van-phong@example.vn"
SUBJECT = (
    "Báo cáo tháng 10/2026 – Bộ phận Một cửa UBND phường Tân An: thời gian chờ, mức độ hài lòng, chỉ số chính thức"
)
LETTER = Letter("report", "tan-an/2026-10", TO, SUBJECT, "Kính gửi anh, chị,\nĐây là báo cáo tự động.\n")
PDF = Attachment("tan-an-2026-10.pdf", "application/pdf", bytes(range(256)) * 40)

on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # where no statement is another


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


class Round:
    """A mailer whose rounds a test turns, under a clock of its own."""

    def __init__(self, store: Store, port: int, limit_s: float = 60.0) -> None:
        self.store = store
        self.now_ms = NINE
        sender = "Một cửa Tân An <mot-cua@example.vn>"
        self.settings = Settings(mail_host="127.0.0.1", mail_port=port, mail_security="none", mail_from=sender)
        self.worker = Mailer(store, self.settings, lambda: self.now_ms, limit_s, look_s=0)

    def write(self, letter: Letter) -> bool:
        with self.store.writing() as connection:
            return mails.write(connection, letter, self.now_ms)

    def turn(self) -> str:
        """Turn once; how the newest letter stands now."""
        self.worker.round()
        row = mails.last(self.store, 1)[0]
        return f"{row.state}: {row.said}" if row.said else row.state


@pytest.fixture
def rounds(store: Store, server: Server) -> Round:
    return Round(store, server.port)


def test_a_letter_arrives_once_as_it_was_written(rounds: Round, server: Server) -> None:
    assert rounds.write(replace(LETTER, attachments=(PDF,)))
    assert not rounds.write(replace(LETTER, text="another")), "once under its key"
    assert rounds.turn() == "done: taken by the server"
    rounds.turn()
    ((to, message),) = server.taken
    assert (to, message["To"], message["Subject"]) == (TO, TO, SUBJECT)
    assert message["From"] == "Một cửa Tân An <mot-cua@example.vn>"
    assert str(message["Message-ID"]) == f"<motcua.1.{NINE}@example.vn>"
    body = message.get_body()
    assert body is not None and body.get_content().replace("\r\n", "\n") == LETTER.text
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (PDF.name, PDF.content)


@on_sqlite
def test_a_letter_outlives_a_server_that_is_away_and_is_given_up_in_the_end(
    rounds: Round, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    server.answers = ["451 try later"] * 20
    rounds.write(LETTER)
    assert rounds.turn() == "waiting: the server refuses the letter: 451 try later"
    assert rounds.turn() == "waiting: the server refuses the letter: 451 try later"
    assert len(server.answers) == 19, "not before its time"
    for wait_s in RETRY_AFTER_S:
        rounds.worker = Mailer(rounds.store, rounds.settings, lambda: rounds.now_ms, 60.0, look_s=0)
        rounds.now_ms += wait_s * 1000
        said = rounds.turn()
    assert said == "dead: given up after 10 tries; the last: the server refuses the letter: 451 try later"
    assert "letter 1 (report) is given up after 10 tries" in caplog.text and TO not in caplog.text
    mails.again(rounds.store, 1, rounds.now_ms)
    server.answers = []
    assert rounds.turn() == "done: taken by the server"
    with pytest.raises(LetterUnfit, match="expected the number of one that was given up, found 1"):
        mails.again(rounds.store, 1, rounds.now_ms)


@on_sqlite
def test_what_is_refused_for_good_holds_up_no_other(rounds: Round, server: Server) -> None:
    server.to_answers = ["550 no such \x1b[31m mailbox", "450 greylisted", "250 OK"]
    for key in "abc":
        rounds.write(replace(LETTER, key=key))
    assert rounds.turn() == "done: taken by the server"
    said = {row.key: (row.state, row.said) for row in mails.last(rounds.store, 3)}
    assert said["a"] == ("dead", "given up at once: the server refuses the address: 550 no such [31m mailbox")
    assert said["b"] == ("waiting", "the server refuses the address: 450 greylisted")


@on_sqlite
def test_a_server_that_hangs_up_gets_the_rest_later(rounds: Round, server: Server) -> None:
    server.to_answers = ["hang up"]
    for key in "ab":
        rounds.write(replace(LETTER, key=key))
    rounds.turn()
    assert {row.key: (row.attempts, row.said) for row in mails.last(rounds.store, 2)} == {
        "a": (1, "the server hung up"),
        "b": (0, ""),
    }
    rounds.turn()
    rounds.now_ms += RETRY_AFTER_S[0] * 1000
    rounds.turn()
    assert len(server.taken) == 2
    mails.measure(rounds.store)
    assert [metrics.MAILS.labels(state)._value.get() for state in ("waiting", "done", "dead")] == [0, 2, 0]


@on_sqlite
def test_a_server_that_says_nothing_or_is_not_there(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        rounds = Round(store, mute.getsockname()[1], limit_s=0.2)
        rounds.write(LETTER)
        assert rounds.turn() == "waiting: no answer within 0.2 s"
    rounds.now_ms += RETRY_AFTER_S[0] * 1000
    assert rounds.turn() == "waiting: no connection: Connection refused"


def test_a_letter_is_sent_by_one_worker_at_a_time(rounds: Round, server: Server) -> None:
    rounds.write(LETTER)
    assert len(mails.take(rounds.store, "a@b", NINE, 9)) == 1
    assert rounds.turn() == "waiting" and server.taken == []
    rounds.now_ms += mails.TAKEN_FOR_MS + 1
    assert rounds.turn() == "done: taken by the server"


def test_what_is_of_no_use_any_more_is_not_sent_and_what_is_over_is_forgotten(rounds: Round, server: Server) -> None:
    rounds.write(replace(LETTER, until_ms=NINE + 60_000, attachments=(PDF,)))
    rounds.now_ms += 60_001
    assert rounds.turn() == "dead: not sent while it was of use"
    rounds.worker.tidied_s = None
    rounds.now_ms += mails.KEPT_MS + 1
    rounds.worker.round()
    assert mails.last(rounds.store, 1) == [] and server.taken == []


@on_sqlite
def test_without_a_server_letters_wait_and_it_is_said_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    rounds = Round(store, 25)
    rounds.worker.settings = Settings()
    rounds.write(LETTER)
    assert (rounds.turn(), rounds.turn()) == ("waiting", "waiting")
    assert caplog.text.count("1 letters wait: MOTCUA_MAIL_HOST: expected the host of a mail server") == 1


def settings(**more: object) -> Settings:
    known = {"mail_host": "localhost", "mail_from": "mot-cua@example.vn", "mail_user": "mot-cua"}
    return Settings.model_validate({**known, "mail_password": "bi-mat", **more})


@pytest.mark.parametrize("at_once", [False, True])
def test_tls_and_a_password(tmp_path: Path, at_once: bool) -> None:
    files = make_certificates(tmp_path / "ours", "localhost", P256)
    server = Server(files.certificate, files.key, tls_at_once=at_once)
    try:
        server.users = {"mot-cua": "bi-mat"}
        password = tmp_path / "password"
        password.write_text("bi-mat\n")
        mode = {"mail_port": server.port, "mail_security": "tls" if at_once else "starttls", "mail_tls_ca": files.ca}
        with MailServer.of(settings(**mode, mail_password="", mail_password_file=password)).session(60) as session:
            letter = Letter("test", "1", TO, "Thử", "x")
            message = mails.message_of(row_of(letter), "mot-cua@example.vn")
            assert session.send(message, TO) == Outcome(True, "taken by the server")
        for changed, sentence in (
            ({"mail_password": "sai"}, "refuses MOTCUA_MAIL_USER and its password: 535"),
            ({"mail_tls_ca": None}, "TLS failed: unable to get local issuer certificate"),
            ({"mail_tls_ca": password}, "MOTCUA_MAIL_TLS_CA: expected a file of certificates: no certificate in it"),
            ({"mail_host": "127.0.0.1"}, "TLS failed: ip address mismatch"),
        ):
            asked = MailServer.of(settings(**{**mode, **changed}))
            with pytest.raises(ServerRefused, match=sentence) as refused, asked.session(60):
                pass
            assert "bi-mat" not in str(refused.value) and "sai" not in str(refused.value)
    finally:
        server.close()


def test_a_password_is_never_sent_readably(server: Server, tmp_path: Path) -> None:
    asked = MailServer.of(settings(mail_port=server.port))
    with pytest.raises(ServerRefused, match="the server offers no STARTTLS"), asked.session(60):
        pass
    for changed, sentence in (
        ({"mail_security": "none"}, "MOTCUA_MAIL_SECURITY: expected starttls or tls, since a password is sent"),
        ({"mail_from": "mot-cua"}, "MOTCUA_MAIL_FROM: expected an address such as"),
        ({"mail_from": "a@b.vn\nBcc: c@d.vn"}, "MOTCUA_MAIL_FROM: expected an address such as"),
        ({"mail_host": ""}, "MOTCUA_MAIL_HOST: expected the host"),
        ({"mail_password_file": tmp_path}, "MOTCUA_MAIL_PASSWORD_FILE: expected a file that can be read"),
    ):
        with pytest.raises(MailSettingsUnfit, match=sentence):
            MailServer.of(settings(**changed))


def row_of(letter: Letter) -> mails.MailRow:
    return mails.MailRow(1, "test", letter.key, letter.to, letter.subject, letter.text, NINE, "waiting", 0, 0, "", None)


@pytest.mark.parametrize(
    "to", ["", "lan", "lan@", "a b@c.vn", "a@b.vn\nBcc: c@d.vn", "lan@tân-an.vn", "a@b.vn, c@d.vn"]
)
def test_what_is_no_address_is_refused_in_a_sentence(to: str) -> None:
    with pytest.raises(LetterUnfit, match="address: expected one such as"):
        replace(LETTER, to=to)


@settings_of_hypothesis(max_examples=40)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cf", "Co", "Cn")), min_size=1, max_size=200))
def test_a_subject_of_any_letters_comes_back_whole(subject: str) -> None:
    if not subject.isprintable():
        return
    message = mails.message_of(row_of(replace(LETTER, subject=subject)), "a@b.vn")
    raw = message.as_bytes()
    assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 998
    back = str(message_from_bytes(raw, policy=default)["Subject"])
    assert " ".join(back.split()) == " ".join(subject.split())


@given(st.integers(0, 20), st.booleans(), st.booleans())
def test_it_waits_longer_each_time_and_ends(attempts: int, taken: bool, for_good: bool) -> None:
    found = after(attempts, Outcome(taken, "x", for_good), 1000)
    assert found.attempts == attempts + 1
    assert found.state == ("done" if taken else "dead" if for_good or attempts >= len(RETRY_AFTER_S) else "waiting")
    assert (found.next_ms > 1000) == (found.state == "waiting")
    assert list(RETRY_AFTER_S) == sorted(RETRY_AFTER_S)

"""The server that takes our letters, spoken to by SMTP; what it refuses is said in a sentence without any secret."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from fleet.domain.letters import LetterUnfit, refuse_unfit_address
from fleet.domain.retrying import Outcome
from fleet.secret_files import hide
from fleet.settings import Settings
from fleet.workers.time_limit import within

SAID_AT_MOST = 200
Security = Literal["starttls", "tls", "none"]


class MailSettingsUnfit(ValueError):
    """The settings of the mail server cannot be used; the text names one and says why."""


class ServerRefused(Exception):
    """The server cannot be reached or does not let us in; the text says why."""


@dataclass(frozen=True)
class MailServer:
    """Where letters go, and who sends them."""

    host: str
    port: int
    security: Security
    sender: str
    user: str
    password: str
    authority: Path | None

    @classmethod
    def of(cls, settings: Settings) -> "MailServer":
        """As the settings say. Raises MailSettingsUnfit."""
        if not settings.mail_host:
            raise MailSettingsUnfit("MOTCUA_MAIL_HOST: expected the host of a mail server, found nothing")
        name, address = parseaddr(settings.mail_from)
        try:
            refuse_unfit_address(address if settings.mail_from.isprintable() else "")
            sender = str(Address(name, addr_spec=address))
        except (LetterUnfit, ValueError):
            raise MailSettingsUnfit(
                f"MOTCUA_MAIL_FROM: expected an address such as Một cửa <mot-cua@example.vn>, "
                f"found {settings.mail_from[:80]!r}"
            ) from None
        if settings.mail_user and settings.mail_security == "none":
            raise MailSettingsUnfit(
                "MOTCUA_MAIL_SECURITY: expected starttls or tls, since a password is sent, found none"
            )
        return cls(
            settings.mail_host,
            settings.mail_port,
            settings.mail_security,
            sender,
            settings.mail_user,
            password_of(settings),
            settings.mail_tls_ca,
        )

    @contextmanager
    def session(self, limit_s: float) -> Iterator["Session"]:
        """Connected and signed in. Raises ServerRefused; each step is cut off after so many seconds."""
        context = self.trust()
        ours = self.sender.rpartition("@")[2].rstrip(">")
        line: smtplib.SMTP
        if self.security == "tls":
            line = smtplib.SMTP_SSL(local_hostname=ours, timeout=limit_s, context=context)
        else:
            line = smtplib.SMTP(local_hostname=ours, timeout=limit_s)
        line._host = self.host  # type: ignore[attr-defined]
        # The name that TLS checks. smtplib learns it from a constructor that connects, which nobody could cut off.
        try:
            with within(limit_s, lambda: line.sock) as late:
                try:
                    self.enter(line, context)
                except (OSError, smtplib.SMTPException) as problem:
                    raise ServerRefused(
                        slow(limit_s) if late.is_set() else self.sentence_of(problem, limit_s)
                    ) from None
            yield Session(line, parseaddr(self.sender)[1], limit_s)
        finally:
            leave(line)

    def trust(self) -> ssl.SSLContext:
        """Whose certificates are good. Raises ServerRefused."""
        try:
            return ssl.create_default_context(cafile=self.authority)
        except OSError as problem:
            why = "no certificate in it" if isinstance(problem, ssl.SSLError) else (problem.strerror or "").lower()
            raise ServerRefused(f"MOTCUA_MAIL_TLS_CA: expected a file of certificates: {why}") from None

    def enter(self, line: smtplib.SMTP, context: ssl.SSLContext) -> None:
        """Connect, encrypt, sign in."""
        code, said = line.connect(self.host, self.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        if self.security == "starttls":
            line.starttls(context=context)
        if self.user:
            line.login(self.user, self.password)

    def sentence_of(self, problem: Exception, limit_s: float) -> str:
        """Why the server could not be used."""
        match problem:
            case smtplib.SMTPAuthenticationError():
                return f"the server refuses MOTCUA_MAIL_USER and its password: {answer(problem)}"
            case smtplib.SMTPNotSupportedError() if self.user and "STARTTLS" not in str(problem):
                return "the server lets nobody sign in here; leave MOTCUA_MAIL_USER empty, or try another port"
            case smtplib.SMTPNotSupportedError():
                return "the server offers no STARTTLS; MOTCUA_MAIL_SECURITY=tls is for servers that speak TLS at once"
            case _:
                return broken(problem, limit_s)


class Session:
    """A conversation with the server, letter after letter; `over` when it has come to an end."""

    def __init__(self, line: smtplib.SMTP, sender: str, limit_s: float) -> None:
        self.line = line
        self.sender = sender
        self.limit_s = limit_s
        self.over = False

    def send(self, message: EmailMessage, address: str) -> Outcome:
        """Hand over a letter."""
        with within(self.limit_s, lambda: self.line.sock) as late:
            try:
                self.line.send_message(message, self.sender, [address])
            except smtplib.SMTPSenderRefused as problem:
                return Outcome(False, f"the server refuses MOTCUA_MAIL_FROM: {answer(problem)}")
            except smtplib.SMTPRecipientsRefused as problem:
                code, text = next(iter(problem.recipients.values()))
                refusal = smtplib.SMTPResponseException(code, text)
                return Outcome(False, f"the server refuses the address: {answer(refusal)}", for_good(code))
            except smtplib.SMTPDataError as problem:
                said = f"the server refuses the letter: {answer(problem)}"
                return Outcome(False, said, for_good(problem.smtp_code))
            except (OSError, smtplib.SMTPException) as problem:
                self.over = True
                return Outcome(False, slow(self.limit_s) if late.is_set() else broken(problem, self.limit_s))
        return Outcome(True, "taken by the server")


def password_of(settings: Settings) -> str:
    """The password, from its file if there is one. Raises MailSettingsUnfit."""
    if settings.mail_password_file is None:
        return settings.mail_password
    try:
        password = settings.mail_password_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "not a text"
        raise MailSettingsUnfit(f"MOTCUA_MAIL_PASSWORD_FILE: expected a file that can be read: {why}") from None
    hide(password)  # another one than before, perhaps
    return password


def leave(line: smtplib.SMTP) -> None:
    """Say goodbye where somebody still listens."""
    try:
        if line.sock is not None:
            line.sock.settimeout(1.0)
            line.quit()
    except (OSError, smtplib.SMTPException):
        pass
    finally:
        line.close()


def broken(problem: Exception, limit_s: float) -> str:
    """What became of the line."""
    match problem:
        case TimeoutError():
            return slow(limit_s)
        case ssl.SSLCertVerificationError():
            return f"TLS failed: {problem.verify_message.lower()}"
        case ssl.SSLError():
            return f"TLS failed: {problem.reason or type(problem).__name__}"
        case socket.gaierror():
            return "no connection: no machine has the name of MOTCUA_MAIL_HOST"
        case smtplib.SMTPServerDisconnected() if isinstance(problem.__context__, TimeoutError):
            return slow(limit_s)
        case smtplib.SMTPServerDisconnected():
            return "the server hung up"
        case smtplib.SMTPResponseException():
            return f"the server answered {answer(problem)}"
        case _:
            return f"no connection: {getattr(problem, 'strerror', None) or type(problem).__name__}"


def slow(limit_s: float) -> str:
    """It took too long."""
    return f"no answer within {limit_s:g} s"


def answer(problem: smtplib.SMTPResponseException) -> str:
    """What a server said, as a line that can be shown."""
    said = problem.smtp_error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return f"{problem.smtp_code} {line}"[:SAID_AT_MOST]


def for_good(code: int) -> bool:
    """Whether the server says that another try would end the same."""
    return 500 <= code < 600

"""A mail server of our own, in a thread: takes letters, or does to the next ones what a test says."""

import asyncio
import ssl
import threading
import warnings
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class MailServer:
    """`answers` are what the next recipients and letters are answered instead of 250, or `hang up`."""

    def __init__(self, certificate: Path | None = None, key: Path | None = None, tls_at_once: bool = False) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.answers: list[str] = []
        self.to_answers: list[str] = []
        self.users: dict[str, str] = {}
        context = None
        if certificate is not None and key is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
        self.loop = asyncio.new_event_loop()

        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")  # TLS was there before

        def talk() -> SMTP:
            return SMTP(
                self,
                hostname="mail.example.vn",
                loop=self.loop,
                tls_context=None if tls_at_once else context,
                require_starttls=context is not None and not tls_at_once,
                authenticator=self.may_sign_in,
                auth_required=context is not None,
                auth_require_tls=not tls_at_once,
            )

        making = self.loop.create_server(talk, "127.0.0.1", 0, ssl=context if tls_at_once else None)
        self.server = self.loop.run_until_complete(making)
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Nobody listens any more."""
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def may_sign_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, told: object) -> AuthResult:
        assert isinstance(told, LoginPassword)
        fits = self.users.get(told.login.decode()) == told.password.decode()
        return AuthResult(success=fits, handled=False)

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.to_answers.pop(0) if self.to_answers else "250 OK"
        if answer == "hang up":
            server.transport.close()
        elif answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.taken.append((envelope.rcpt_tos[0], message))
        return answer

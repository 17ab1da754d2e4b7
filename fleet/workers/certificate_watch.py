"""The watch over certificates: each hour looks at those of the settings, in their files or as a broker shows them."""

import logging
import socket
import ssl
from collections.abc import Callable
from datetime import datetime

from cryptography import x509

from fleet.authority import hosts_in
from fleet.authority_folder import AuthorityRefused, read_certificate
from fleet.clock import now_ms
from fleet.domain.certificates import NAME_AT_MOST, TROUBLE_AT_MOST, Certificate, Use
from fleet.flows.watch_certificates import keep
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3600.0
ANSWER_WITHIN_S = 10.0
Look = Callable[[], x509.Certificate]


class CertificateWatch(Worker):
    """Any number of these may look: people are told once."""

    name = "certificate watch"

    def __init__(
        self, store: Store, settings: Settings, clock: Callable[[], int] = now_ms, look_s: float = LOOK_EVERY_S
    ) -> None:
        super().__init__()
        self.store = store
        self.looks = looks(settings)
        self.clock = clock
        self.look_s = look_s

    def round(self) -> None:
        """Look at all, then rest."""
        found = [seen(use, look, self.clock()) for use, look in self.looks.items()]
        for one in keep(self.store, found, self.clock()):
            log.warning("the certificate %s (%s) ends in %s days", one.use, one.name, one.days_left(self.clock()))
        self.stopping.wait(self.look_s)


def looks(settings: Settings) -> dict[Use, Look]:
    """How each certificate that these settings speak of is seen."""
    found: dict[Use, Look] = {}
    pages, authority = settings.listen_tls_cert, settings.devices_tls_ca
    host, port = settings.broker_host, settings.broker_port
    if pages is not None:
        found[Use.PAGES] = lambda: read_certificate(pages)
    if settings.broker_tls and host:
        found[Use.BROKER] = lambda: shown_by(host, port)
    if settings.devices_tls == "cert":
        to, at = settings.devices_host or host, settings.devices_port or port
        if to:
            found[Use.DEVICES] = lambda: shown_by(to, at)
        if authority is not None:
            found[Use.AUTHORITY] = lambda: read_certificate(authority)
    return found


def seen(use: Use, look: Look, at_ms: int) -> Certificate:
    """One certificate, or why it can not be seen."""
    try:
        found = look()
    except AuthorityRefused as problem:
        return Certificate(use, "", None, at_ms, printable(str(problem))[:TROUBLE_AT_MOST])
    except (OSError, ValueError) as problem:
        why = getattr(problem, "reason", None) or getattr(problem, "strerror", None) or type(problem).__name__
        return Certificate(use, "", None, at_ms, printable(str(why).lower())[:TROUBLE_AT_MOST])
    return Certificate(use, name_of(found), ms_of(found.not_valid_after_utc), at_ms)


def shown_by(host: str, port: int) -> x509.Certificate:
    """What a server shows, believed or not: one that has ended must be seen, too. Raises OSError, ValueError."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), ANSWER_WITHIN_S) as line,
        context.wrap_socket(line, server_hostname=host) as secured,
    ):
        der = secured.getpeercert(binary_form=True)
    if der is None:
        raise ValueError("it shows none")
    return x509.load_der_x509_certificate(der)


def name_of(certificate: x509.Certificate) -> str:
    """For whom it is, as a page may show it: a stranger may have made it."""
    return printable(", ".join(hosts_in(certificate)) or certificate.subject.rfc4514_string())[:NAME_AT_MOST]


def printable(text: str) -> str:
    """One line that shows what it is."""
    return "".join(c if c.isprintable() else "?" for c in text)


def ms_of(moment: datetime) -> int:
    """UTC milliseconds."""
    return round(moment.timestamp() * 1000)

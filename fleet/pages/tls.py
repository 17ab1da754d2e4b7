"""TLS of the pages: the certificate that lies in its file now is shown from the next connection on.

A renewed certificate needs no restart, which would end every open page. Its two files are not written in one moment;
while they do not belong together the pair of before is shown.
"""

import logging
import ssl
from pathlib import Path

from fleet.settings import Settings

log = logging.getLogger(__name__)

Stamp = tuple[tuple[int, int, int], ...]


class TlsUnfit(ValueError):
    """The certificate of the pages can not be shown; the text says why."""


class ShownCertificate:
    """A certificate with its chain, and its key, each as it lies in its file now."""

    def __init__(self, chain: Path, key: Path) -> None:
        self.chain, self.key = chain, key
        self.stamp = stamp_of(chain, key)
        self.context = loaded(chain, key)

    def now(self) -> ssl.SSLContext:
        """What shows it; read again where a file is another one."""
        try:
            stamp = stamp_of(self.chain, self.key)
            if stamp != self.stamp:
                self.stamp = stamp
                self.context = loaded(self.chain, self.key)
                log.info("%s: another certificate is shown from now on", self.chain)
        except TlsUnfit as problem:
            log.warning("%s; the one of before is shown", problem)
        return self.context

    def front(self) -> ssl.SSLContext:
        """For a server: it asks for each connection what to show."""

        def choose(line: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
            line.context = self.now()

        context = loaded(self.chain, self.key)
        context.sni_callback = choose  # called without a name, too
        return context


def pages_tls(settings: Settings) -> ssl.SSLContext | None:
    """What the pages speak TLS with; None: they do not. Raises TlsUnfit."""
    chain, key = settings.listen_tls_cert, settings.listen_tls_key
    if chain is None and key is None:
        return None
    if chain is None or key is None:
        lacks = "MOTCUA_LISTEN_TLS_CERT" if chain is None else "MOTCUA_LISTEN_TLS_KEY"
        raise TlsUnfit(f"{lacks}: expected the file beside the other one, found nothing")
    return ShownCertificate(chain, key).front()


def loaded(chain: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer, with this certificate. Raises TlsUnfit."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(chain, key, password=no_passphrase)
    except (OSError, ssl.SSLError) as problem:
        why = getattr(problem, "reason", None) or problem.strerror or str(problem)
        raise TlsUnfit(f"{chain}, {key}: expected a certificate and its key as PEM, found {why.lower()}") from None
    return context


def no_passphrase() -> str:
    """OpenSSL would ask at the terminal, where nobody sits."""
    return ""


def stamp_of(*files: Path) -> Stamp:
    """What is another one as soon as a file is. Raises TlsUnfit."""
    try:
        found = [file.stat() for file in files]
    except OSError as problem:
        raise TlsUnfit(f"{problem.filename}: {(problem.strerror or str(problem)).lower()}") from None
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in found)

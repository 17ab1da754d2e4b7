"""The line to a provider of identities: JSON of a bounded size within a time limit, and no redirect followed."""

import http.client
import json
import ssl
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote_plus, urlencode, urlsplit

from fleet.domain.provider import ProviderAway, ProviderRefused
from fleet.workers.time_limit import within

LIMIT_S = 10.0
LONGEST_ANSWER = 1 << 20


class HttpLine:
    """A line of its own for each question. `authority`: whose certificates are good, if not those of the system."""

    def __init__(self, authority: Path | None = None, limit_s: float = LIMIT_S) -> None:
        self.authority = authority
        self.limit_s = limit_s

    def read(self, address: str, bearer: str | None = None) -> object:
        """The JSON that stands there."""
        return self.ask("GET", address, {} if bearer is None else {"Authorization": f"Bearer {bearer}"})

    def send(self, address: str, form: Mapping[str, str], sender: tuple[str, str] | None) -> object:
        """The JSON that answers a form; RFC 6749, 2.3.1 says how name and secret are written."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if sender is not None:
            both = ":".join(quote_plus(one) for one in sender)
            headers["Authorization"] = f"Basic {b64encode(both.encode()).decode()}"
        return self.ask("POST", address, headers, urlencode(form).encode())

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes | None = None) -> object:
        parts = urlsplit(address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line = self.to(parts.scheme, parts.hostname or "", parts.port)
        with within(self.limit_s, lambda: line.sock) as late:
            try:
                sent = {"User-Agent": "motcua", "Accept": "application/json", **headers}
                line.request(method, path, body, sent)
                answer = line.getresponse()
                return said(answer.status, answer.read(LONGEST_ANSWER + 1))
            except (OSError, http.client.HTTPException, ValueError) as problem:
                slow = late.is_set() or isinstance(problem, TimeoutError)
                raise ProviderAway(f"no answer within {self.limit_s:g} s" if slow else reason_of(problem)) from None
            finally:
                line.close()

    def to(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme != "https":
            return http.client.HTTPConnection(host, port, timeout=self.limit_s)
        try:
            context = ssl.create_default_context(cafile=self.authority)
        except OSError:
            raise ProviderAway("MOTCUA_OIDC_TLS_CA: expected a file of certificates, found none") from None
        return http.client.HTTPSConnection(host, port, timeout=self.limit_s, context=context)


def said(status: int, body: bytes) -> object:
    """What an answer says. Raises ProviderAway, ProviderRefused."""
    if len(body) > LONGEST_ANSWER:
        raise ProviderAway(f"expected at most {LONGEST_ANSWER} bytes, found more")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderAway(f"expected JSON, found something else (status {status})") from None
    if 200 <= status < 300:
        return document
    if 400 <= status < 500:
        word = document.get("error") if isinstance(document, dict) else None
        raise ProviderRefused(f"answered {status} {str(word)[:80]!r}")
    raise ProviderAway(f"answered {status}")


def reason_of(problem: Exception) -> str:
    """What stood in the way, without the address."""
    if isinstance(problem, ssl.SSLError):
        return f"TLS failed: {problem.reason or type(problem).__name__}"
    return f"no connection: {getattr(problem, 'strerror', None) or type(problem).__name__}"

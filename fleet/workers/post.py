"""One POST to a stranger's address: within a time limit, no redirect followed, nothing of the answer kept."""

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from fleet.domain.retrying import Outcome
from fleet.workers.time_limit import within


def post(url: str, body: bytes, headers: Mapping[str, str], limit_s: float) -> Outcome:
    """Send this. Any 2xx is taken; everything else is said in a sentence that holds neither address nor secret."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=limit_s, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=limit_s)
    with within(limit_s, lambda: connection.sock) as late:
        try:
            connection.request(
                "POST", path, body, {"User-Agent": "motcua", "Content-Type": "application/json", **headers}
            )
            status = connection.getresponse().status
        except TimeoutError:
            return Outcome(False, f"no answer within {limit_s:g} s")
        except ssl.SSLError as problem:
            return Outcome(False, f"TLS failed: {problem.reason or type(problem).__name__}")
        except (OSError, http.client.HTTPException, ValueError) as problem:
            if late.is_set():
                return Outcome(False, f"no answer within {limit_s:g} s")
            return Outcome(False, f"no connection: {getattr(problem, 'strerror', None) or type(problem).__name__}")
        finally:
            connection.close()
    if late.is_set():
        return Outcome(False, f"no answer within {limit_s:g} s")
    if 200 <= status < 300:
        return Outcome(True, f"answered {status}")
    if 300 <= status < 400:
        return Outcome(False, f"answered {status}, a redirect, which is not followed")
    return Outcome(False, f"answered {status}")

"""The bench and the fleet: claims are fetched before, records of self-tests are sent whenever the fleet can be reached.

Both by the fleet's API, with a token of the scope `enrol`. A bench works without it; nothing is lost, it waits in the
book.
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.provisioning.book import Book
from fleet.provisioning.untrusted import shown

ANSWER_S = 15.0
ANSWER_BYTES = 8 * 1024 * 1024
TOOL = "motcua bench"


class FleetSaysNo(Exception):
    """The fleet cannot be reached, or does not do what was asked; `status` is its answer, None without one."""

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Fleet:
    """A fleet at an address, and the token that opens it."""

    address: str
    token: str

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        """What the API answers to this; with a key it is done once, however often it is sent. Raises FleetSaysNo."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(  # noqa: S310 (the scheme was looked at)
            f"{self.address}/api/v1{path}", json.dumps(body).encode(), headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310
                said = answer.read(ANSWER_BYTES)
        except urllib.error.HTTPError as problem:
            raise FleetSaysNo(f"{self.address}: {reason(problem)}", problem.code) from None
        except (urllib.error.URLError, OSError) as problem:
            why = getattr(problem, "reason", problem)
            raise FleetSaysNo(f"{self.address}: no fleet answers there ({shown(why)})") from None
        try:
            return json.loads(said) if said else None
        except ValueError:
            raise FleetSaysNo(f"{self.address}: expected JSON, found {shown(said)}") from None


def fleet_at(address: str, token_file: Path) -> Fleet:
    """The fleet at this address. Raises FleetSaysNo for an address or a file that is none."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise FleetSaysNo(f"expected an address such as https://motcua.example.vn, found {address!r}")
    try:
        token = token_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise FleetSaysNo(f"{token_file}: expected a file with a token of the API: {problem}") from None
    if not token or not all("!" <= c <= "~" for c in token):
        raise FleetSaysNo(f"{token_file}: expected one token of the API and nothing else")
    return Fleet(address.rstrip("/"), token)


def reason(problem: urllib.error.HTTPError) -> str:
    """What the API says of it, in its words."""
    try:
        said = json.loads(problem.read(ANSWER_BYTES))
        return shown(said.get("detail") or said["title"], 300)
    except (ValueError, KeyError, AttributeError, OSError):
        return f"the fleet answers {problem.code}"


def sync(book: Book, fleet: Fleet) -> tuple[int, list[str]]:
    """Send the records that wait; how many the fleet has now, and why it took others not. Raises FleetSaysNo.

    One that the fleet refuses for what it is would be refused for ever: it is told and no longer sent.
    """
    sent, refused = 0, []
    for identity, record in book.records().items():
        try:
            fleet.post("/selftests", {**record, "tool": TOOL})
            sent += 1
        except FleetSaysNo as problem:
            if problem.status not in (404, 413, 422):
                raise
            refused.append(f"{identity}: {problem}")
        book.sent(identity)
    return sent, refused

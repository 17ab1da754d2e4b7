"""Claim files: one claim a line, as the fleet gave them out. Each makes one board one device, once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fleet.provisioning.untrusted import shown

VERSION = 1
TEXTS = ("claim", "device", "key", "office")
KEY_BYTES = 32


class BadClaims(ValueError):
    """A file is none of claims; the text says where and what was expected."""


@dataclass(frozen=True)
class Claim:
    """One line. `body` is all of it, as the device gets it; `until_ms` is when it expires, `hw` the board it is for."""

    id: str
    device: str
    roles: tuple[str, ...]
    office: str
    counter: str | None
    until_ms: int
    hw: str | None
    body: dict[str, Any]

    @property
    def place(self) -> str:
        """Where the device will stand, in a few words."""
        return f"{self.office} · {self.counter}" if self.counter else self.office

    def with_wifi(self, ssid: str | None, password: str | None) -> dict[str, Any]:
        """What the device is offered: the claim, and the Wi-Fi of the place where it will stand."""
        network = dict(self.body["network"])
        if ssid is not None:
            network["ssid"] = ssid
            if password:
                network["wifi_password"] = password
        return {**self.body, "network": network}

    def without_key(self) -> "Claim":
        """The same once its key has been burnt: nobody needs it any more."""
        return replace(self, body={**self.body, "key": ""})


def claims_in(path: Path) -> list[Claim]:
    """All claims of a file. Raises BadClaims."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as err:
        said = (err.strerror or str(err)).lower() if isinstance(err, OSError) else "it is no text"
        raise BadClaims(f"{path}: expected a file of claims (`motcua claims make --out`): {said}") from None
    found = list(claims_of(text, str(path)))
    if not found:
        raise BadClaims(f"{path}: expected at least one claim, found none")
    return found


def claims_of(text: str, source: str) -> Iterator[Claim]:
    """The claims of these lines. Raises BadClaims."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield claim_of(json.loads(line))
            except ValueError as err:
                said = "it is no JSON" if isinstance(err, json.JSONDecodeError) else str(err)
                raise BadClaims(f"{source}, line {number}: expected a claim, {said}") from None


def claim_of(body: Any) -> Claim:
    """One claim. Raises BadClaims with what is wrong."""
    if not isinstance(body, dict) or body.get("v") != VERSION:
        raise BadClaims(f"expected version {VERSION}, found {shown(body.get('v') if isinstance(body, dict) else body)}")
    for name in TEXTS:
        if not isinstance(body.get(name), str) or (not body[name] and name != "key"):
            raise BadClaims(f"{name}: expected a text, found {shown(repr(body.get(name)))}")
    roles, network, until = body.get("roles"), body.get("network"), body.get("until")
    if not isinstance(roles, list) or not roles or not all(isinstance(role, str) for role in roles):
        raise BadClaims(f"roles: expected some roles, found {shown(repr(roles))}")
    if not isinstance(network, dict) or not network.get("host"):
        raise BadClaims(f"network: expected the broker's host and port, found {shown(repr(network))}")
    if not isinstance(until, int) or isinstance(until, bool):
        raise BadClaims(f"until: expected UTC milliseconds, found {shown(repr(until))}")
    if body["key"] and not is_key(body["key"]):
        raise BadClaims(f"key: expected {KEY_BYTES} bytes in hexadecimal")  # what it is instead stays unsaid
    counter, hw = body.get("counter"), body.get("hw")
    for name, value in (("counter", counter), ("hw", hw)):
        if value is not None and not isinstance(value, str):
            raise BadClaims(f"{name}: expected a text or null, found {shown(repr(value))}")
    return Claim(
        body["claim"], body["device"], tuple(roles), body["office"], counter, until, hw.lower() if hw else None, body
    )


def is_key(text: str) -> bool:
    """Whether these are the hexadecimal digits of a key."""
    try:
        return len(bytes.fromhex(text)) == KEY_BYTES
    except ValueError:
        return False

"""Another Wi-Fi, or another way to the broker, for devices that are far away: what may be asked, and whose turn it is.

At each office one device goes first, and the others only when it has come back with the new network. If it goes back to
the old one, the others keep theirs: what was wrong for one is wrong for all of them.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SSID_BYTES = 32
WIFI_PASSWORD_LETTERS = range(8, 64)
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,198}[A-Za-z0-9])?")
PORTS = range(1, 65_536)
CA_BYTES = 2 * 1024
# A device takes a change in one message, and holds it three times while it opens the seal.
TLS = ("none", "cert", "psk")


class Step(StrEnum):
    """How far a device is."""

    WAITING = "waiting"
    """It is not its turn, or it is not there."""
    TOLD = "told"
    TRYING = "trying"
    """It has the new network on flash beside the old one, and begins anew with it."""
    CONFIRMED = "confirmed"
    BACK = "back"
    """It could not live with it, and came back with the old one."""
    REFUSED = "refused"
    """It can not use it, and says why."""
    GIVEN_UP = "given_up"
    """A person withdrew it, or the first device did not come back with it."""


OPEN = frozenset({Step.WAITING, Step.TOLD, Step.TRYING})
FAILED = frozenset({Step.BACK, Step.REFUSED})


class NetworkRefused(ValueError):
    """A network that no device could use, or a device that can not be told; `reason` is a word for it."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True)
class NetworkWanted:
    """What shall change; None stays as it is. `wifi_password` None with an `ssid`: that Wi-Fi is open."""

    ssid: str | None = None
    wifi_password: str | None = None
    host: str | None = None
    port: int | None = None
    tls: str | None = None
    ca: bytes | None = None

    def shown(self) -> str:
        """In words without a secret."""
        broker = None if self.host is None and self.port is None else f"{self.host or ''}:{self.port or ''}".rstrip(":")
        said = (("Wi-Fi", self.ssid), ("broker", broker), ("tls", self.tls))
        return ", ".join(f"{name} {value}" for name, value in said if value is not None)

    def parts(self) -> dict[str, object]:
        """What a device is told. Raises NetworkRefused where it could not use it."""
        refuse_unusable(self)
        parts: dict[str, object] = {}
        if self.ssid is not None:
            parts |= {"ssid": self.ssid, "wifi_password": self.wifi_password}
        if self.host is not None:
            parts["host"] = self.host
        if self.port is not None:
            parts["port"] = self.port
        if self.tls is not None:
            parts["tls"] = None if self.tls == "none" else self.tls
        if self.ca is not None:
            parts["ca"] = base64.b64encode(self.ca).decode()
        return parts


@dataclass(frozen=True)
class NetworkChange:
    """The last change of one device. `version` only grows; `what` has no secret; `batch`: it is asked with others."""

    device: str
    version: int
    batch: str
    office: str
    step: Step
    what: str
    by: str
    made_ms: int
    step_ms: int
    told_ms: int | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.step in OPEN


def refuse_unusable(wanted: NetworkWanted) -> None:
    """Raises NetworkRefused, which says no password."""
    ssid, password = wanted.ssid, wanted.wifi_password
    if wanted == NetworkWanted():
        raise NetworkRefused("nothing", "network: expected a Wi-Fi, a host, a port or TLS, found nothing")
    if ssid is not None and not (0 < len(ssid.encode()) <= SSID_BYTES and ssid.isprintable()):
        raise NetworkRefused("ssid", f"Wi-Fi: expected a name of 1 to {SSID_BYTES} bytes, found {ssid[:SSID_BYTES]!r}")
    if password is not None and (ssid is None or len(password) not in WIFI_PASSWORD_LETTERS or not is_typed(password)):
        raise NetworkRefused("wifi_password", "Wi-Fi: expected a name with a password of 8 to 63 ASCII letters")
    if wanted.host is not None and not HOST.fullmatch(wanted.host):
        raise NetworkRefused("host", f"host: expected a name or an address, found {wanted.host[:80]!r}")
    if wanted.port is not None and wanted.port not in PORTS:
        raise NetworkRefused("port", f"port: expected 1 to 65535, found {wanted.port}")
    if wanted.tls is not None and wanted.tls not in TLS:
        raise NetworkRefused("tls", f"tls: expected one of {', '.join(TLS)}, found {wanted.tls[:20]!r}")
    if (wanted.tls == "cert") != (wanted.ca is not None):
        raise NetworkRefused("ca", "ca: expected a certificate with tls cert, and only there")
    if wanted.ca is not None and len(wanted.ca) > CA_BYTES:
        raise NetworkRefused("ca", f"ca: expected a certificate of at most {CA_BYTES} bytes, found {len(wanted.ca)}")


def is_typed(text: str) -> bool:
    """Whether these are letters of ASCII that a keyboard makes, as WPA wants them."""
    return text.isascii() and text.isprintable()


def may_be_told(device: str, batch: Iterable[NetworkChange]) -> bool:
    """Whether it is this device's turn among those that were asked together at its office."""
    steps = {one.device: one.step for one in batch}
    if steps.get(device) not in (Step.WAITING, Step.TOLD):
        return False
    others = [step for one, step in steps.items() if one != device]
    return Step.CONFIRMED in others or all(step is Step.WAITING or step is Step.GIVEN_UP for step in others)


def outcome(change: NetworkChange, network: int | None, back: int | None) -> Step | None:
    """What a device's hello tells of it by the versions of the network that it came with and of one that it gave up.

    None: no news. A device that did not hear its welcome goes back from what was confirmed.
    """
    found = None
    if network == change.version:
        found = Step.CONFIRMED
    elif back == change.version:
        found = Step.BACK
    return None if found is change.step else found


def is_stopped(batch: Iterable[NetworkChange]) -> bool:
    """Whether those that wait must wait in vain: the first one could not live with it."""
    steps = [one.step for one in batch]
    return Step.CONFIRMED not in steps and any(step in FAILED for step in steps)

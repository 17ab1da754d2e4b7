"""Where devices reach the broker, as a claim file tells them: its `network`."""

import base64
import binascii
import re
from pathlib import Path

from fleet.settings import Settings

CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
DER_BEGINS = b"\x30\x82"
CA_AT_MOST = 8 * 1024
# A device keeps it in a block or two of its flash.


class NoNetwork(Exception):
    """Nobody said where devices reach the broker, or not rightly; `setting` is what would say so."""

    def __init__(self, setting: str, text: str) -> None:
        super().__init__(f"{setting}: {text}")
        self.setting = setting


def devices_network(settings: Settings) -> dict[str, object]:
    """The `network` of claim files under these settings. Raises NoNetwork."""
    host = settings.devices_host or settings.broker_host
    if not host:
        raise NoNetwork("MOTCUA_DEVICES_HOST", "expected the host at which devices reach the broker, found nothing")
    network: dict[str, object] = {
        "host": host,
        "port": settings.devices_port or settings.broker_port,
        "protocol": 5 if settings.broker_protocol == "5" else 4,
    }
    if settings.devices_tls == "cert":
        if settings.devices_tls_ca is None:
            raise NoNetwork("MOTCUA_DEVICES_TLS_CA", "expected a certificate's file for lines of TLS, found nothing")
        network |= {"tls": "cert", "ca": base64.b64encode(read_ca(settings.devices_tls_ca)).decode()}
    elif settings.devices_tls == "psk":
        network |= {"tls": "psk", "psk": True}
    return network


def read_ca(path: Path) -> bytes:
    """The certificate in this file as DER. Raises NoNetwork."""
    setting = "MOTCUA_DEVICES_TLS_CA"
    try:
        raw = path.read_bytes()[: CA_AT_MOST + 1]
    except OSError as problem:
        raise NoNetwork(setting, f"{path}: {(problem.strerror or str(problem)).lower()}") from None
    der = certificate_in(raw)
    if der is None:
        raise NoNetwork(setting, f"expected a certificate as PEM or DER, found something else in {path}")
    return der


def certificate_in(raw: bytes) -> bytes | None:
    """The certificate in the bytes of a file as DER; None if there is none."""
    found = CERTIFICATE.search(raw)
    try:
        der = raw if found is None else binascii.a2b_base64(found[1])
    except binascii.Error:
        return None
    return der if der.startswith(DER_BEGINS) and len(der) <= CA_AT_MOST else None

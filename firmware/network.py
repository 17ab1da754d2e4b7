"""Where the broker stands and how a device proves to it who it is, as the technician's cable wrote it.

`tls` absent: a line that needs no protection, such as one's own laptop. "cert": the broker shows a certificate that
`ca` (DER, in base64) has signed and that names it `name`; the device proves itself by its password. "psk": both know
`psk` (hex), under the device's id; nothing is signed, so nothing needs a clock.
"""

import binascii

from firmware.mqtt import MQTT_3_1_1, MQTT_5
from protocols.message import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CERT, PSK = "cert", "psk"
PSK_BYTES_AT_LEAST = 16


class NetworkError(Exception):
    """What was written about the network can not be used."""


class Network:
    """`protocol` is 4 for MQTT 3.1.1 and 5 for MQTT 5; `secret` the CA's certificate or the shared key of `user`."""

    def __init__(self, host: str, port: int, protocol: int, tls: "str | None", name: str, secret: bytes) -> None:
        self.user = ""
        self.host = host
        self.port = port
        self.protocol = protocol
        self.tls = tls
        self.name = name
        self.secret = secret


def network_of(data: "Any") -> Network:
    """The network that decoded JSON describes. Raises NetworkError."""
    if type(data) is not dict or type(data.get("host")) is not str or type(data.get("port")) is not int:
        raise NetworkError(f"expected a host and a port, found {shown(data)}")
    protocol, tls = data.get("protocol", MQTT_5), data.get("tls")
    if protocol not in (MQTT_3_1_1, MQTT_5):
        raise NetworkError(f"expected protocol 4 or 5, found {shown(protocol)}")
    if tls not in (None, CERT, PSK):
        raise NetworkError(f'expected tls "cert", "psk" or none, found {shown(tls)}')
    secret = b""
    try:
        if tls == CERT:
            secret = binascii.a2b_base64(data["ca"])
        elif tls == PSK:
            secret = binascii.unhexlify(data["psk"])
    except (KeyError, TypeError, ValueError):
        pass
    if tls is not None and len(secret) < PSK_BYTES_AT_LEAST:
        raise NetworkError(
            "expected ca, a certificate in base64" if tls == CERT else "expected psk, at least 16 bytes in hex"
        )
    return Network(data["host"], data["port"], protocol, tls, str(data.get("name") or data["host"]), secret)

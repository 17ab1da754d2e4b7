"""The Wi-Fi of a real board, as the technician's cable wrote it beside host and port: `ssid` and `wifi_password`.

A Wi-Fi that is open has no password. No error says a password.
"""

from protocols.message import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SSID_BYTES_AT_MOST = 32
LETTERS_AT_LEAST, LETTERS_AT_MOST = 8, 63


class WifiError(Exception):
    """What was written about the Wi-Fi can not be used."""


class Wifi:
    """`user`: how the device is called on the network."""

    def __init__(self, ssid: str, password: "str | None", user: str) -> None:
        self.ssid = ssid
        self.password = password
        self.user = user


def wifi_of(data: "dict[str, Any]", user: str) -> Wifi:
    """The Wi-Fi that decoded JSON describes. Raises WifiError."""
    ssid, password = data.get("ssid"), data.get("wifi_password")
    if type(ssid) is not str or not 0 < len(ssid.encode()) <= SSID_BYTES_AT_MOST:
        raise WifiError(f"expected an ssid of 1 to {SSID_BYTES_AT_MOST} bytes, found {shown(ssid)}")
    if password is not None and (type(password) is not str or not LETTERS_AT_LEAST <= len(password) <= LETTERS_AT_MOST):
        raise WifiError(f"expected a wifi_password of {LETTERS_AT_LEAST} to {LETTERS_AT_MOST} letters, or none")
    return Wifi(ssid, password, user)

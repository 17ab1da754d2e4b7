"""The Wi-Fi of a real board, as the technician's cable wrote it beside host and port: `ssid` and `wifi_password`.

A Wi-Fi that is open has no password. No error says a password.
"""

from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SSID_BYTES_AT_MOST = const(32)
_LETTERS_AT_LEAST = const(8)
_LETTERS_AT_MOST = const(63)


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
    if type(ssid) is not str or not 0 < len(ssid.encode()) <= _SSID_BYTES_AT_MOST:
        from protocols.wording import shown

        raise WifiError(f"expected an ssid of 1 to {_SSID_BYTES_AT_MOST} bytes, found {shown(ssid)}")
    if password is not None and (
        type(password) is not str or not _LETTERS_AT_LEAST <= len(password) <= _LETTERS_AT_MOST
    ):
        raise WifiError(f"expected a wifi_password of {_LETTERS_AT_LEAST} to {_LETTERS_AT_MOST} letters, or none")
    return Wifi(ssid, password, user)

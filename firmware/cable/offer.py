"""What a board may become: a claim, checked whole before anything is written, and written so that no cut halves it."""

import binascii
import os

from firmware.flash_files import remove, write_json
from firmware.sparing import const
from firmware.tls import TlsError, tls_of
from firmware.wifi import WifiError, wifi_of
from protocols.identity import DEVICE_ID, is_device_id
from protocols.message import fits_text, only
from protocols.sealing import KEY_BYTES, password_of, psk_of
from protocols.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from firmware.identity import Network

_VERSION = const(1)
_NAME_LETTERS = const(200)
_CLAIM_LETTERS = const(32)
_LAST_PORT = const(65_535)
ROLES = ("printer", "rating", "reader", "keypad", "display")


class OfferError(Exception):
    """The claim is none that this board can take; the text says why."""


class Offer:
    """A claim that this board can take. `network` is what is kept of it; its Wi-Fi may come later."""

    def __init__(self, said: "dict[str, Any]", network: "dict[str, Any]") -> None:
        self.claim: str = said["claim"]
        self.device: str = said["device"]
        self.key: bytes = binascii.unhexlify(said["key"])
        self.roles: "list[str]" = said["roles"]
        self.office: str = said.get("office") or ""
        self.counter: "str | None" = said.get("counter")
        self.network = network

    def password(self) -> str:
        """What the device says to its broker."""
        return password_of(self.key)

    def way(self) -> "Network":
        """The way to the broker."""
        from firmware.identity import Network

        data = self.network
        wifi = wifi_of(data, self.device) if data.get("ssid") is not None else None
        return Network(data["host"], data["port"], data.get("protocol", 5), tls_for(data, self.device, self.key), wifi)


def offer_of(board, said: "Any") -> Offer:  # type: ignore[no-untyped-def]
    """The offer that this object is. Raises OfferError, which names what was expected and found."""
    if type(said) is not dict or said.get("v") != _VERSION:
        raise OfferError("expected a claim of version 1, found " + shown(said))
    expect(said, "claim", "its public id", fits_text(said.get("claim"), _CLAIM_LETTERS) and said["claim"] != "")
    device = said.get("device")
    expect(said, "device", "a device id of " + DEVICE_ID, type(device) is str and is_device_id(device))
    key = said.get("key")
    sound = type(key) is str and len(key) == 2 * KEY_BYTES and only(key, "0123456789abcdef")
    if not sound:  # whatever it is, it is a secret
        raise OfferError("key: expected %d bytes in hexadecimal, found something else" % KEY_BYTES)
    for name in ("office", "counter"):
        expect(said, name, "a name", said.get(name) is None or fits_text(said[name], _NAME_LETTERS))
    check_board(board, said)
    offer = Offer(said, network_of(said.get("network")))
    try:
        offer.way()
    except (TlsError, WifiError) as err:
        raise OfferError("network: " + str(err)) from None
    return offer


def check_board(board, said: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """Whether it is for this board, and its roles can be on it. Raises OfferError."""
    hw, roles = said.get("hw"), said.get("roles")
    if hw is not None and hw != board.hw():
        raise OfferError("hw: the claim is for the board %s, this is %s" % (shown(hw), board.hw()))
    if type(roles) is not list or not roles:
        raise OfferError("roles: expected some of %s, found %s" % (", ".join(ROLES), shown(roles)))
    for role in roles:
        if role not in ROLES:
            raise OfferError("roles: expected some of %s, found %s" % (", ".join(ROLES), shown(role)))
        if not is_here(role):
            raise OfferError("roles: the firmware on this board was built without the role " + role)
    reason = board.clash(roles)
    if reason:
        raise OfferError("roles: " + reason)


def network_of(said: "Any") -> "dict[str, Any]":
    """Where the broker stands, as it is kept. Raises OfferError."""
    if type(said) is not dict:
        raise OfferError("network: expected an object with a host and a port, found " + shown(said))
    network = {name: said[name] for name in said if said[name] is not None}
    expect(said, "host", "a name or an address", fits_text(said.get("host"), _NAME_LETTERS) and said["host"] != "")
    port = said.get("port")
    expect(said, "port", "a number from 1 to 65535", type(port) is int and 0 < port <= _LAST_PORT)
    expect(said, "protocol", "4 or 5", network.get("protocol", 5) in (4, 5))
    if network.get("tls") == "none":
        del network["tls"]
    if type(network.get("psk")) is bool:  # made of the device's own key, wherever it is needed
        del network["psk"]
    return network


def keep(root: str, offer: Offer) -> None:
    """Become that device. The identity is the last step and one by itself: before it the board is bare."""
    write_json(root + "/network.json", offer.network)
    for left in (
        "/config.json",
        "/leases",
        "/network_next.json",
        "/network_back.json",
    ):  # of another device that this board was once
        remove(root + left)
    write_json(
        root + "/identity.json",
        {
            "device": offer.device,
            "epoch": None,
            "keys": {"a": str(binascii.hexlify(offer.key), "ascii")},
            "use": "a",
            "claim": offer.claim,
        },
    )


def tls_for(data: "dict[str, Any]", device: str, key: bytes):  # type: ignore[no-untyped-def]
    """What is known of the broker's TLS; a shared key that is not told is made of the device's own."""
    if data.get("tls") is None:
        return None
    if data["tls"] == "psk" and "psk" not in data:
        data = dict(data, psk=psk_of(key))
    return tls_of(data, device)


def is_here(role: str) -> bool:
    """Whether a role is in this firmware. In a frozen one, where there are no files, all are."""
    folder = __file__.rsplit("/", 2)[0] + "/wiring"
    try:
        names = os.listdir(folder)
    except OSError:
        return True
    return len([name for name in names if name.startswith(role + ".")]) > 0


def expect(said: "dict[str, Any]", name: str, what: str, right: bool) -> None:
    """Raise OfferError where it is not."""
    if not right:
        raise OfferError("%s: expected %s, found %s" % (name, what, shown(said.get(name))))

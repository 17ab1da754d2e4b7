"""Who the device is, where its broker stands (the technician's cable wrote it), and the epoch that the fleet issued.

The boot counter begins here too, since an event's identity is (device, epoch, boot, seq). A counter that got lost
while an epoch is held could number events a second time, so the epoch is dropped and the fleet issues a new one.
"""

import binascii

from firmware.flash_files import read_json
from firmware.identity import Identity, Network, NotEnrolled
from firmware.sparing import const, lent
from protocols.identity import DEVICE_ID, is_device_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KEY_BYTES = const(32)


def start_boot(board) -> Identity:  # type: ignore[no-untyped-def]
    """Who we are, with the boot counter one higher and already on flash."""
    kept = lent("kept").found(board)
    files_lost = board.region("kept") is not None and lent("taking_in").take_in_files(kept, board.root)
    data = kept.get("identity")
    if data is None:
        data = read_json(board.root + "/identity.json")
    if type(data) is not dict or not is_device_id(str(data.get("device"))):
        raise not_enrolled("/identity.json: expected a device id of " + DEVICE_ID, data)
    device, slot, epoch = data["device"], slot_of(data), data.get("epoch")
    last = kept.get("boot")
    if type(last) is not int:
        last = 0
        if epoch is not None:
            epoch = data["epoch"] = None
            kept.put("identity", data)
    kept.put("boot", last + 1)
    return Identity(device, str(data.get("password")), epoch, last + 1, files_lost, slot)


def slot_of(data: "dict[str, Any]") -> "str | None":
    """Where the key lies that this device uses; None if it has a password. NotEnrolled where there is neither."""
    keys, slot = data.get("keys"), data.get("use")
    if keys is None:
        return None
    if type(keys) is dict and slot in keys:
        try:
            if all([len(binascii.unhexlify(keys[one])) == _KEY_BYTES for one in keys]):
                return slot  # type: ignore[no-any-return]
        except (TypeError, ValueError):
            pass
    raise NotEnrolled("/identity.json: expected keys of %d bytes in hex, and which one to use" % _KEY_BYTES)


def adopt(board, identity: Identity, epoch: int) -> None:  # type: ignore[no-untyped-def]
    """Keep the epoch that the fleet issued.

    It knows us by the key that we connected with: if that is the newest, an older one and the claim have done their
    work. In one write, so that the power may go.
    """
    kept = lent("kept").found(board)
    data = kept.get("identity")
    data["epoch"] = epoch
    if not identity.settled and data["use"] == identity.slot:  # a newer one may have come since
        data["keys"], data["claim"] = {identity.slot: data["keys"][identity.slot]}, None
    kept.put("identity", data)
    identity.epoch, identity.settled = epoch, True


def come_after(board, identity: Identity, boot: int) -> None:  # type: ignore[no-untyped-def]
    """Events of this boot are still held, so ours is a later one: the counter was lost, they were not."""
    if identity.boot <= boot:
        lent("kept").found(board).put("boot", boot + 1)
        identity.boot = boot + 1


def read_network(board, device: str, slot: bool = False) -> Network:  # type: ignore[no-untyped-def]
    """Where the broker stands, for this device; `slot`: it has keys, and makes a shared one."""
    return network_of(kept_network(board), device, slot)


def kept_network(board) -> "Any":  # type: ignore[no-untyped-def]
    """What is written of the network."""
    data = read_json(board.root + "/network.json")  # there if it is too large to be kept elsewhere
    return data if type(data) is dict else lent("kept").found(board).get("network")


def network_of(data: "Any", device: str, slot: bool) -> Network:
    """The network that decoded JSON describes. Raises NotEnrolled."""
    if type(data) is not dict or type(data.get("host")) is not str or type(data.get("port")) is not int:
        raise not_enrolled("/network.json: expected a host and a port", data)
    protocol, tls, wifi = data.get("protocol", 5), None, None
    if protocol not in (4, 5):
        raise not_enrolled("/network.json: expected protocol 4 or 5", protocol)
    if data.get("tls") is not None:
        from firmware.tls import TlsError, tls_of  # memory is short

        try:
            tls = tls_of(data, device, slot)
        except TlsError as err:
            raise NotEnrolled(f"/network.json: {err}") from None
    if data.get("ssid") is not None:
        from firmware.wifi import WifiError, wifi_of

        try:
            wifi = wifi_of(data, device)
        except WifiError as err:
            raise NotEnrolled(f"/network.json: {err}") from None
    network = Network(data["host"], data["port"], protocol, tls, wifi)
    if type(data.get("version")) is int:
        network.version = data["version"]
    return network


def not_enrolled(expected: str, found: object) -> NotEnrolled:
    """What keeps this device from its work, in words; they are loaded for it."""
    from protocols.wording import shown

    return NotEnrolled(f"{expected}, found {shown(found)}")

"""Who the device is, where its broker stands (the technician's cable wrote it), and the epoch that the fleet issued.

The boot counter lives here too, since an event's identity is (device, epoch, boot, seq). A counter that got lost
while an epoch is held could number events a second time, so the epoch is dropped and the fleet issues a new one.
"""

from firmware.flash_files import read_json, write_json
from protocols.identity import DEVICE_ID, is_device_id
from protocols.message import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.tls import Tls
    from firmware.wifi import Wifi

IDENTITY_FILE = "/identity.json"
NETWORK_FILE = "/network.json"
BOOT_FILE = "/boot.json"


class NotEnrolled(Exception):
    """The flash does not say who this device is, or where its broker stands."""


class Identity:
    """The device's name and password, its epoch (None until the fleet issues one), and the number of this boot."""

    def __init__(self, root: str, device: str, password: str, epoch: "int | None", boot: int) -> None:
        self.device = device
        self.password = password
        self.epoch = epoch
        self.boot = boot
        self._root = root

    def adopt(self, epoch: int) -> None:
        """Keep the epoch that the fleet issued."""
        if epoch != self.epoch:
            self.epoch = epoch
            save_identity(self._root, self.device, self.password, epoch)


class Network:
    """Where the broker stands; `protocol` is 4 for MQTT 3.1.1 and 5 for MQTT 5. `tls`: what `firmware/tls.py` needs.

    `wifi`: which one a board with a radio joins.
    """

    def __init__(
        self, host: str, port: int, protocol: int, tls: "Tls | None" = None, wifi: "Wifi | None" = None
    ) -> None:
        self.host = host
        self.port = port
        self.protocol = protocol
        self.tls = tls
        self.wifi = wifi


def start_boot(root: str) -> Identity:
    """Who we are, with the boot counter one higher and already on flash."""
    data = read_json(root + IDENTITY_FILE)
    if type(data) is not dict or not is_device_id(str(data.get("device"))):
        raise NotEnrolled(f"{IDENTITY_FILE}: expected a device id of {DEVICE_ID}, found {shown(data)}")
    device, password, epoch = data["device"], str(data.get("password")), data.get("epoch")
    last = read_json(root + BOOT_FILE)
    if type(last) is not int:
        last = 0
        if epoch is not None:
            epoch = None
            save_identity(root, device, password, None)
    write_json(root + BOOT_FILE, last + 1)
    return Identity(root, device, password, epoch, last + 1)


def read_network(root: str, device: str) -> Network:
    """Where the broker stands, for this device."""
    data = read_json(root + NETWORK_FILE)
    if type(data) is not dict or type(data.get("host")) is not str or type(data.get("port")) is not int:
        raise NotEnrolled(f"{NETWORK_FILE}: expected a host and a port, found {shown(data)}")
    protocol, tls, wifi = data.get("protocol", 5), None, None
    if protocol not in (4, 5):
        raise NotEnrolled(f"{NETWORK_FILE}: expected protocol 4 or 5, found {shown(protocol)}")
    if data.get("tls") is not None:
        from firmware.tls import TlsError, tls_of  # memory is short

        try:
            tls = tls_of(data, device)
        except TlsError as err:
            raise NotEnrolled(f"{NETWORK_FILE}: {err}") from None
    if data.get("ssid") is not None:
        from firmware.wifi import WifiError, wifi_of

        try:
            wifi = wifi_of(data, device)
        except WifiError as err:
            raise NotEnrolled(f"{NETWORK_FILE}: {err}") from None
    return Network(data["host"], data["port"], protocol, tls, wifi)


def save_identity(root: str, device: str, password: str, epoch: "int | None") -> None:
    """Write who we are."""
    write_json(root + IDENTITY_FILE, {"device": device, "password": password, "epoch": epoch})

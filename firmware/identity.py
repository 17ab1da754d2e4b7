"""Who the device is in this boot, and where its broker stands; `enrolling` finds that out and keeps it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from firmware.tls import Tls
    from firmware.wifi import Wifi


class NotEnrolled(Exception):
    """The flash does not say who this device is, or where its broker stands."""


class Identity:
    """The device's name and password, its epoch (None until the fleet issues one), and the number of this boot.

    `files_lost`: the filesystem is another one than in the boot before. `slot`: where the key lies of which the
    password is made, None for a device that has a password of its own; `refused`: the broker knows another, if any.
    `settled`: a welcome has nothing to clear up on flash.
    """

    def __init__(
        self, device: str, password: str, epoch: "int | None", boot: int, files_lost: bool, slot: "str | None" = None
    ) -> None:
        self.device = device
        self.password = password
        self.epoch = epoch
        self.boot = boot
        self.files_lost = files_lost
        self.slot = slot
        self.refused = False
        self.settled = True


class Network:
    """Where the broker stands; `protocol` is 4 for MQTT 3.1.1 and 5 for MQTT 5. `tls`: what `firmware/tls.py` needs.

    `wifi`: which one a board with a radio joins. `version`: of the last change that the fleet told; `back`: one that
    the device could not live with, and why.
    """

    version: "int | None" = None
    back: "dict[str, Any] | None" = None

    def __init__(
        self, host: str, port: int, protocol: int, tls: "Tls | None" = None, wifi: "Wifi | None" = None
    ) -> None:
        self.host = host
        self.port = port
        self.protocol = protocol
        self.tls = tls
        self.wifi = wifi

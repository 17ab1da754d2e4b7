"""A private Mosquitto.

Two doors: at the devices' one the client id *is* the user name, so no device can push another off; at the fleet's one
it is not, so that several workers can use one name. The fleet's door knows no device, or one could take another's
client id there; the devices' door does not know the fleet. The settings follow what was measured: the default queue of
1,000 messages drops what was acknowledged, and without no-delay small packets wait 40 ms.
"""

import os
import shutil

from fleet.flows.enrol import ACCESS_RULES, two_lists
from fleet.laptop.broker import PrivateBroker

SETTINGS = """# Made anew by motcua at each start.
{user}per_listener_settings true

listener {devices_port} 127.0.0.1
use_username_as_clientid true
allow_anonymous false
password_file {directory}/passwords
acl_file {directory}/access

listener {fleet_port} 127.0.0.1
allow_anonymous false
password_file {directory}/fleet
acl_file {directory}/access

check_retain_source false
persistence true
persistence_location {directory}/
autosave_interval 30
max_queued_messages 100000
max_queued_bytes 67108864
max_inflight_messages 0
message_size_limit 2097152
set_tcp_nodelay true
log_type error
log_type warning
log_type notice
"""
# What is retained was allowed when it came; with the check, what came through a port of another start would be refused.
# A payload of up to 2 MiB reaches the fleet, which counts it and keeps its beginning; above it Mosquitto cuts it off.


def find_mosquitto() -> str | None:
    """Where Mosquitto is installed, if it is."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Mosquitto(PrivateBroker):
    """Mosquitto, as the system has it."""

    name = "Mosquitto"
    protocol = "5"
    two_doors = True

    def command(self) -> list[str]:
        """Mosquitto with its own settings."""
        return [find_mosquitto() or "mosquitto", "-c", str(self.directory / "mosquitto.conf")]

    def settings(self) -> dict[str, str]:
        """Its settings, and who may speak where."""
        # Started by root it would become a user that may not read our folder.
        user = "user root\n" if os.geteuid() == 0 else ""
        settings = SETTINGS.format(
            user=user, directory=self.directory, devices_port=self.devices_port, fleet_port=self.fleet_port
        )
        return {"mosquitto.conf": settings, "access": ACCESS_RULES}

    def lists(self, passwords: str) -> dict[str, str]:
        """The devices for their door, the fleet for its own."""
        devices, fleet = two_lists(passwords)
        return {"passwords": devices, "fleet": fleet}

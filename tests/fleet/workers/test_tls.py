"""The fleet speaks TLS to its broker, with an authority that `motcua ca` makes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.laptop.mosquitto import Mosquitto
from fleet.settings import Settings
from tests.firmware.certificates import Certificates, own_certificates
from tests.fleet.workers.house import House, Loop, two_ports
from tests.fleet.workers.test_receiver import born, press, seqs

HERE = "127.0.0.1"


class Shows(Mosquitto):
    """A broker that shows a certificate at the fleet's door."""

    shown: Certificates

    def settings(self) -> dict[str, str]:
        """Its settings, with the certificate."""
        files, door = super().settings(), f"listener {self.fleet_port} {HERE}"
        shown = f"{door}\ncertfile {self.shown.certificate}\nkeyfile {self.shown.key}"
        return files | {"mosquitto.conf": files["mosquitto.conf"].replace(door, shown)}


class OverTls(House):
    """Its workers believe what that authority signed, and nothing else."""

    authority: Path

    @property
    def settings(self) -> Settings:
        """As an operator would set them."""
        return super().settings.model_copy(update={"broker_tls": True, "broker_tls_ca": self.authority})


@pytest.fixture
def over_tls(tmp_path: Path, loop: Loop) -> Iterator[OverTls]:
    """The small office; no worker is at work yet."""
    certificates = own_certificates(tmp_path / "ca", "mqtt.tinh.example.vn", HERE)
    broker = Shows(tmp_path / "broker", *two_ports())
    broker.shown = certificates
    house = OverTls(tmp_path, broker, loop)
    house.authority = certificates.ca
    yield house
    house.close()


def test_what_a_device_sends_is_stored_and_receipted_by_workers_that_come_by_tls(over_tls: OverTls) -> None:
    over_tls.all_workers().supplier()
    buttons = born(over_tls, "nut-1")
    buttons.speaker.does(press())
    assert buttons.deliver().through == 0
    assert seqs(over_tls, "nut-1") == [0]

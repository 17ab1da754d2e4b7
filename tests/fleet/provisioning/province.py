"""The broker of a province as docs/broker.md sets it up: a real Mosquitto, its doors, and who stands before them."""

import contextlib
import json
import os
import queue
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Set
from pathlib import Path

from fleet.domain.access import BrokerAccess, Credential
from fleet.flows.enrol import ACCESS_RULES, FLEET_USER, hashed
from fleet.flows.may_connect import Registry, credential
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import find_mosquitto
from fleet.provisioning.access import access_of
from fleet.provisioning.dynsec_commands import whole_file
from fleet.settings import Settings
from tests.firmware.certificates import P256, Certificates, make_certificates
from tests.fleet.workers.played_device import PlayedDevice

PAGE = Path(__file__).parents[3] / "docs" / "broker.md"
BLOCK = re.compile(r"^```\n(# /etc/mosquitto/conf\.d/motcua\.conf.*?)^```$", re.MULTILINE | re.DOTALL)
PLUGIN = "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so"
FLEET_PASSWORD = "the fleet's own"
SOON_S = 60.0
DOORS = {"password": 8883, "psk": 8884, "fleet": 18832}


class Listed(Registry):
    """A registry that is a dictionary of keys."""

    def __init__(self, *devices: str) -> None:
        self.now: dict[str, Credential] = {}
        self.enrol(*devices)

    def enrol(self, *devices: str, slot: int = 0) -> None:
        """These have a key, which `slot` makes another."""
        made = {device: credential_of(device, slot) for device in devices}
        self.now = {**self.now, **made}

    def revoke(self, device: str) -> None:
        """This one may no longer connect."""
        self.now = {name: one for name, one in self.now.items() if name != device}

    def may_connect(self) -> dict[str, Credential]:
        """Who may."""
        return self.now

    def revoked_but_there(self) -> list[str]:
        """Nobody was there before."""
        return []

    def strangers(self, listed: Set[str]) -> frozenset[str]:
        """Whoever is let in was enrolled here once."""
        return frozenset()


def credential_of(device: str, slot: int = 0) -> Credential:
    """What this device shows, always the same."""
    key = device.encode().ljust(31, b".") + bytes([slot])
    made = credential(device, "", key)
    assert made.password is not None
    return credential(device, hashed(made.password, key[:12]), key)


class Province:
    """A Mosquitto with the settings of the documentation, on ports and in a folder of its own."""

    def __init__(self, folder: Path, way: str, certificates: Certificates) -> None:
        self.folder = folder
        self.way = way
        self.certificates = certificates
        self.ports = {port: free_port() for port in DOORS.values()}
        self.process: subprocess.Popen[bytes] | None = None
        self.tunnels: list[Tunnel] = []
        folder.mkdir(parents=True)
        for name, text in self.first_files().items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        (folder / "mosquitto.conf").write_text(self.configuration())

    def configuration(self) -> str:
        """That of the page, with other places and ports."""
        files, dynsec = BLOCK.findall(PAGE.read_text("utf-8"))
        text: str = files if self.way == "files" else dynsec
        changes = {
            "/var/lib/motcua-broker": self.folder,
            "/var/lib/mosquitto": self.folder,
            "/etc/mosquitto/certs/broker.crt": self.certificates.certificate,
            "/etc/mosquitto/certs/broker.key": self.certificates.key,
            "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so": plugin(),
        }
        for before, after in changes.items():
            text = text.replace(before, str(after))
        for before, port in self.ports.items():
            text = re.sub(rf"listener {before}\b.*", f"listener {port} 127.0.0.1", text)
        user = "user root\n" if os.geteuid() == 0 else ""
        return f"{user}{text}pid_file {self.folder}/mosquitto.pid\npersistence false\n"

    def first_files(self) -> dict[str, str]:
        """What must be there before Mosquitto begins."""
        fleet = hashed(FLEET_PASSWORD)
        if self.way == "files":
            return {"passwords": "", "psk": "", "access": ACCESS_RULES, "fleet": f"{FLEET_USER}:{fleet}\n"}
        return {"dynamic-security.json": json.dumps(whole_file([], fleet)), "psk": ""}

    def start(self) -> None:
        """Start it and wait until all its doors are open."""
        assert self.process is None
        with (self.folder / "log").open("ab") as said:
            command = [find_mosquitto() or "mosquitto", "-v", "-c", str(self.folder / "mosquitto.conf")]
            self.process = subprocess.Popen(command, stdout=said, stderr=said)
        deadline = time.monotonic() + SOON_S
        for port in self.ports.values():
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                words = (self.folder / "log").read_text()[-2000:]
                assert self.process.poll() is None and time.monotonic() < deadline, f"no Mosquitto: {words}"
                time.sleep(0.01)

    def stop(self) -> None:
        """End it."""
        for tunnel in self.tunnels:
            tunnel.close()
        self.tunnels.clear()
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    @property
    def settings(self) -> Settings:
        """Those of `motcua send` for this broker."""
        return Settings(
            broker_host="127.0.0.1",
            broker_port=self.ports[DOORS["fleet"]],
            broker_user=FLEET_USER,
            broker_password=FLEET_PASSWORD,
            broker_access="files" if self.way == "files" else "dynsec",
            broker_access_files=self.folder,
            broker_access_reload=f"{self.folder}/mosquitto.pid",
        )

    def access(self) -> BrokerAccess:
        """The driver, as the settings make it."""
        access = access_of(self.settings)
        assert access is not None
        return access

    def fleet(self) -> PlayedDevice:
        """The fleet's own account, connected."""
        fleet = PlayedDevice(FLEET_USER, FLEET_PASSWORD, self.ports[DOORS["fleet"]], will=("mc/1/x/up/alive", b""))
        assert not fleet.connect().is_failure
        return fleet

    def device(self, device: str, door: str, one: Credential | None = None, **more: object) -> PlayedDevice:
        """Somebody at this door, with what this device shows unless it is something else; not connected yet."""
        one = credential_of(device) if one is None else one
        if door == "psk":
            tunnel = Tunnel(self.ports[DOORS["psk"]], one.device, one.psk or "")
            self.tunnels.append(tunnel)
            return PlayedDevice(device, None, tunnel.port, **more)  # type: ignore[arg-type]
        played = PlayedDevice(device, one.password, self.ports[DOORS[door]], **more)  # type: ignore[arg-type]
        if door == "password":
            played.client.tls_set(ca_certs=str(self.certificates.ca))
            played.client.tls_insecure_set(True)  # the attacker is not who checks names
        return played


class Tunnel:
    """A door in the clear to a door of pre-shared keys: Python 3.11 speaks no such TLS, OpenSSL's own program does."""

    def __init__(self, port: int, identity: str, key: str) -> None:
        at = f"127.0.0.1:{port}"
        shared = ["-psk_identity", identity, "-psk", key, "-tls1_2", "-cipher", "PSK"]
        self.command = ["openssl", "s_client", "-connect", at, *shared, "-quiet", "-no_ign_eof", "-nocommands"]
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.processes: list[subprocess.Popen[bytes]] = []
        self.thread = threading.Thread(target=self.carry, daemon=True)
        self.thread.start()

    def carry(self) -> None:
        """One process for each connection, until the door is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.door.accept()
                with connection:
                    self.processes.append(
                        subprocess.Popen(self.command, stdin=connection, stdout=connection, stderr=subprocess.DEVNULL)
                    )

    def close(self) -> None:
        """End the door and what goes through it."""
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        self.thread.join()
        for process in self.processes:
            process.kill()
            process.wait()


def plugin() -> str:
    """Where the plugin is installed, on this kind of machine."""
    found = sorted(Path("/usr/lib").glob("*/mosquitto_dynamic_security.so"))
    return str(found[0]) if found else PLUGIN


def let_in(device: PlayedDevice) -> bool:
    """Whether it is; a door of TLS may close without a word."""
    said: queue.Queue[bool] = queue.Queue()
    device.client.on_connect = lambda _c, _d, _f, reason, _p: said.put(not reason.is_failure)
    device.client.on_disconnect = lambda *_: said.put(False)
    device.client.connect("127.0.0.1", device.port, keepalive=30)
    device.client.loop_start()
    try:
        return said.get(timeout=SOON_S)
    finally:
        device.leave()


@contextlib.contextmanager
def running(folder: Path, way: str) -> Iterator[Province]:
    """A province's broker from start to end."""
    province = Province(
        folder / way, way, make_certificates(folder / f"{way}-certificates", "broker.motcua.test", P256)
    )
    province.start()
    try:
        yield province
    finally:
        province.stop()

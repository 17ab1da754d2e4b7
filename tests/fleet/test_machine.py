"""A server as its files say: systemd, nginx and Mosquitto read them, and what the wheel carries runs between them."""

import json
import os
import re
import shlex
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import httpx2
import paho.mqtt.client as mqtt
import pytest
import yaml

from fleet.authority import issue, make_authority
from fleet.authority_folder import AuthorityFolder
from fleet.domain.certificate_names import names_of
from fleet.laptop.broker import free_port, listens
from fleet.laptop.mosquitto import find_mosquitto
from fleet.machine.files import PROCESSES, SEVERAL, Machine, containers_of, files_of, write
from fleet.settings import Settings, addresses_in
from protocols.message import to_json
from protocols.topics import down, up
from tests.fleet.office import hello, open_office
from tests.on_path import found_program

ROOT = Path(__file__).parents[2]
CARRIED = ("protocols", "firmware", "fleet")
HERE = "127.0.0.1"
STARTS_WITHIN_S = 90
EXPOSURE_AT_MOST = 20
# A tenth of what `systemd-analyze security` tells: 2.0 of 10.
SEEN_BY_THE_DOCTOR = {
    **dict.fromkeys(("database", "day-keys", "broker", "time-zones"), "ok"),
    "certificates": "warn",  # they hold for some weeks
    **dict.fromkeys(("secrets", "fleet-key"), "ok"),
}
ADDED = """#!/bin/sh
PYTHONPATH={wheel} exec {python} -m fleet "$@"
"""
NGINX = """daemon off;
{user}pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    access_log off;
    types {{ text/css css; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/etc/nginx/sites-available/motcua;
}}
"""
# What Debian's own file says before it includes ours.
MOSQUITTO = """{user}pid_file {folder}/mosquitto.pid
persistence true
persistence_location {folder}/
log_dest file {folder}/mosquitto.log
include_dir {folder}/etc/mosquitto/conf.d
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the files that are kept, as a release is."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in (*kept_files(), "pyproject.toml", "README.md", "LICENSE"):
        path = folder / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((ROOT / name).read_bytes())
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    command = (sys.executable, "-c", build, str(folder))
    subprocess.run(command, cwd=folder / "source", check=True, capture_output=True)
    return next(folder.glob("motcua-*.whl"))


def kept_files() -> list[str]:
    """What belongs to the packages, and is no trace of a run."""
    paths = [path for top in CARRIED for path in (ROOT / top).rglob("*") if path.is_file()]
    return [path.relative_to(ROOT).as_posix() for path in paths if "__pycache__" not in path.parts]


def test_the_wheel_carries_everything(wheel: Path) -> None:
    with ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    assert names == set(kept_files())


@pytest.mark.parametrize("postgresql", [True, False], ids=["postgresql", "sqlite"])
def test_systemd_takes_every_unit_and_finds_little_that_it_could_do(tmp_path: Path, postgresql: bool) -> None:
    counts = dict.fromkeys(SEVERAL, 2 if postgresql else 1)
    write(tmp_path, files_of(Machine("h.example.vn", postgresql, program=Path("/bin/true"), counts=counts)))
    units = sorted((tmp_path / "etc/systemd/system").iterdir())
    assert len(units) == len(PROCESSES) + 1
    analyze = found_program("systemd-analyze")
    found = subprocess.run([analyze, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    services = [unit for unit in units if unit.suffix == ".service"]
    limit = f"--threshold={EXPOSURE_AT_MOST}"
    subprocess.run([analyze, "security", "--offline=true", limit, *services], check=True, capture_output=True)


def test_settings_that_are_written_are_settings_that_there_are() -> None:
    known = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}
    texts = [file.text for file in (*files_of(Machine("h.example.vn")), *containers_of(Machine("h.example.vn")))]
    said = {name for text in texts for name in re.findall(r"\bMOTCUA_[A-Z_]+", text)}
    assert said and said <= known


def test_containers_run_what_there_is(tmp_path: Path) -> None:
    write(tmp_path, containers_of(Machine("h.example.vn")))
    services = yaml.safe_load((tmp_path / "compose.yaml").read_text())["services"]
    assert [name for name, one in services.items() if one.get("command") == [name]] == list(PROCESSES)
    settings = services["serve"]["environment"]
    assert settings["MOTCUA_BROKER_ACCESS"] == "dynsec"
    watched = {
        host for host, port in addresses_in(settings["MOTCUA_WATCHED"]) if str(port) == settings["MOTCUA_WATCH_PORT"]
    }
    assert watched == set(PROCESSES) - {"migrate"}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    files = containers_of(Machine("h.example.vn"))
    write(tmp_path, files[:1])
    with pytest.raises(FileExistsError, match=r"expected none of our files, found Containerfile"):
        write(tmp_path, files)
    assert [path.name for path in tmp_path.iterdir()] == ["Containerfile"]


class Server:
    """A server below a folder; it runs what its files say."""

    def __init__(self, folder: Path, wheel: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.ears = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self.ears.bind(str(folder / "notify"))
        self.ears.settimeout(STARTS_WITHIN_S)
        program, lists, secrets = folder / "motcua", folder / "lists", folder / "secrets"
        with ZipFile(wheel) as file:
            file.extractall(folder / "wheel")
        program.write_text(ADDED.format(wheel=folder / "wheel", python=sys.executable))
        program.chmod(0o755)
        pages = free_port()
        authority = make_authority("Một cửa", names_of([f"{HERE}/32"]), datetime.now(UTC) + timedelta(days=30))
        ca = AuthorityFolder(folder / "ca")
        ca.keep(authority, "mười hai con giáp", None)
        certificate, key = ca.keep_issued("server", issue(authority, [HERE], datetime.now(UTC), 20, for_devices=True))
        self.authority = ca.certificate_file
        self.machine = Machine(
            HERE,
            postgresql=False,
            user=subprocess.check_output(("id", "-un"), text=True).strip(),
            program=program,
            settings=folder / "etc/motcua/motcua.env",
            secrets=secrets,
            authority=ca.certificate_file,
            data=folder / "data",
            broker_files=lists,
            broker_reload=str(folder / "mosquitto.pid"),
            broker_certificate=certificate,
            broker_key=key,
            pages_certificate=certificate,
            pages_key=key,
            http_port=free_port(),
            https_port=free_port(),
            devices_port=free_port(),
            psk_port=free_port(),
            broker_port=free_port(),
            first_pages_port=pages,
        )
        for path in (lists, secrets, self.machine.data):
            path.mkdir(mode=0o700)
        (secrets / "broker-password").write_text("một mật khẩu dài")
        (secrets / "broker-password").chmod(0o400)
        for file in files_of(self.machine):
            write(Path("/") if Path("/", file.path).is_relative_to(folder) else folder, [file])

    def motcua(self, *arguments: str) -> str:
        """The command of this machine."""
        command = (str(self.folder / "usr/local/bin/motcua"), *arguments)
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def start(self, *names: str) -> None:
        """These processes, each as its unit says; each tells when it is ready."""
        units = [unit for name in names for unit in self.machine.instances(name)]
        for unit in units:
            self.run(unit)
        assert {self.ears.recv(100) for _ in units} == {b"READY=1"}

    def run(self, unit: str) -> None:
        """What systemd would start: settings from file and unit, but a free port to watch it at."""
        stem, _, instance = unit.removesuffix(".service").partition("@")
        text = (self.folder / f"etc/systemd/system/{stem}{'@' if instance else ''}.service").read_text()
        lines = [line.partition("=")[::2] for line in text.replace("%i", instance).splitlines()]
        settings = shlex.split(self.machine.settings.read_text(), comments=True)
        more = [one for name, value in lines if name == "Environment" for one in value.split()]
        assert "Type=notify" in text and any(one.startswith("MOTCUA_WATCH_PORT=") for one in more)
        own = {"NOTIFY_SOCKET": str(self.folder / "notify"), "MOTCUA_WATCH_PORT": str(free_port())}
        environment = {**os.environ, **dict(one.split("=", 1) for one in (*settings, *more)), **own}
        (command,) = (value for name, value in lines if name == "ExecStart")
        self.started(command.split(), environment)

    def started(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        """A process that ends with the test."""
        process = self.stack.enter_context(
            subprocess.Popen(command, env=environment, cwd=self.machine.data, stderr=(self.folder / "said").open("ab"))
        )
        self.stack.callback(process.terminate)

    def around(self) -> None:
        """The broker and the proxy, each with its own main file as Debian has it."""
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder, user=user))
        (self.folder / "mosquitto.conf").write_text(MOSQUITTO.format(folder=self.folder, user=user.replace(";", "")))
        self.started([str(find_mosquitto()), "-c", str(self.folder / "mosquitto.conf")])
        self.started([found_program("nginx"), "-c", str(self.folder / "nginx.conf")])

    def until_open(self, *ports: int) -> None:
        """Wait for who listens."""
        end = time.monotonic() + STARTS_WITHIN_S
        while not all(map(listens, ports)):
            assert time.monotonic() < end, (self.folder / "said").read_text()[-2000:]
            time.sleep(0.05)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Iterator[tuple[Server, dict[str, str], str]]:
    """The whole server with an office, its devices' passwords, and the administrator's."""
    with ExitStack() as stack:
        one = Server(tmp_path_factory.mktemp("server"), wheel, stack)
        one.motcua("migrate")
        store, passwords = open_office(one.machine.data, database=f"sqlite:///{one.machine.data}/motcua.sqlite")
        store.close()
        said = one.motcua("users", "add", "lan", "--role", "administrator")
        names = ("passwords", "psk", "fleet", "access")
        with ThreadPoolExecutor() as at_once:
            texts = at_once.map(lambda name: one.motcua("devices", "broker-files", name), names)
            for name, text in zip(names, texts, strict=True):
                (one.machine.broker_files / name).write_text(text)
                (one.machine.broker_files / name).chmod(0o600)
        one.around()
        one.start("serve", "send")
        machine = one.machine
        one.until_open(*machine.pages_ports, machine.https_port, machine.devices_port, machine.broker_port)
        yield one, passwords, said


def test_people_reach_the_pages_by_https_only(server: tuple[Server, dict[str, str], str]) -> None:
    one, _, said = server
    machine, trusted = one.machine, ssl.create_default_context(cafile=one.authority)
    plain = httpx2.get(f"http://{HERE}:{machine.http_port}/devices?office=tan-an", follow_redirects=False)
    assert (plain.status_code, plain.headers["location"]) == (301, f"https://{HERE}/devices?office=tan-an")
    address = f"https://{HERE}:{machine.https_port}"
    with httpx2.Client(base_url=address, verify=trusted, follow_redirects=True, timeout=60) as browser:
        form = browser.get("/login")
        assert form.headers["strict-transport-security"] and "Secure" in form.headers["set-cookie"]
        csrf = re.findall(r'name="csrf" value="([^"]+)"', form.text)[0]
        name, password = said.split()[:2]
        answer = browser.post("/login", data={"name": name, "password": password, "csrf": csrf})
        assert answer.status_code == 200 and "Phường Tân An" in answer.text
        styles = re.findall(r'href="(/static/[^"]+\.css[^"]*)"', answer.text)
        assert styles and {browser.get(style).status_code for style in styles} == {200}
        with browser.stream("GET", "/live/devices") as live:
            assert live.headers["content-type"].startswith("text/event-stream")
            assert next(live.iter_bytes()), "nginx keeps nothing back"
        assert browser.get("/metrics").status_code == 404, "figures stay on the machine"


def test_a_device_comes_by_tls_and_is_welcomed(server: tuple[Server, dict[str, str], str]) -> None:
    one, passwords, _ = server
    heard: list[bytes] = []
    came = threading.Event()

    def hear(_: object, __: object, message: mqtt.MQTTMessage) -> None:
        heard.append(message.payload)
        came.set()

    device = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="tp-1", protocol=mqtt.MQTTv5)
    device.tls_set(ca_certs=str(one.authority))
    device.username_pw_set("tp-1", passwords["tp-1"])
    device.on_message = hear
    device.on_connect = lambda *_: device.subscribe(down("tp-1", "welcome"), 1)
    device.on_subscribe = lambda *_: device.publish(up("tp-1", "hello"), to_json(hello().to_dict()), 1)
    device.connect(HERE, one.machine.devices_port)
    device.loop_start()
    assert came.wait(STARTS_WITHIN_S), (one.folder / "said").read_text()[-2000:]
    device.loop_stop()
    assert b'"epoch":1' in heard[0].replace(b" ", b"")


def test_its_doctor_finds_it_well(server: tuple[Server, dict[str, str], str]) -> None:
    one, _, _ = server
    only = [word for name in SEEN_BY_THE_DOCTOR for word in ("--only", name)]
    command = (str(one.folder / "usr/local/bin/motcua"), "doctor", "--json", "--patience", "60", *only)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = {one["check"]: one["result"] for one in json.loads(done.stdout)["findings"]}
    assert (found, done.returncode) == (SEEN_BY_THE_DOCTOR, 3), done.stdout

"""The files of a server: settings, units of systemd, its proxy, its broker; and those of containers.

They are made for one server from a few values, so that paths, ports and names agree in all of them.
"""

from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from fleet.machine.dashboards import as_grafana_reads
from fleet.machine.panels import DASHBOARDS

PROCESSES = {
    "migrate": "the database is made, or brought up to date",
    "serve": "the pages and the API",
    "receive": "events into the database, then receipts",
    "link": "events into visits, estimates and alerts",
    "send": "devices are welcomed, told what they show, and known to the broker",
    "supply": "pieces of releases for devices",
}
SEVERAL = ("serve", "receive", "link", "supply")
# Of these a machine may run more than one; of a server of pages each has its port.
FIRST_PAGES_PORT = 8080
WATCHED = {"serve": "1%i", "receive": "211%i", "link": "212%i", "send": "2140", "supply": "213%i"}
# Where each tells how it is, `%i` being the number behind the `@` of its unit.
WEIGHTS = {"receive": 400, "send": 200, "link": 200, "serve": 50, "supply": 50}
# Of the processor and the disk where there is too little (100 is usual): pages wait before receipts do.
PROGRAM, OPEN = 0o755, 0o644


@dataclass(frozen=True)
class Machine:
    """A server. `host`: how browsers and devices reach it."""

    host: str
    postgresql: bool = True
    user: str = "motcua"
    program: Path = Path("/opt/motcua/bin/motcua")
    settings: Path = Path("/etc/motcua/motcua.env")
    secrets: Path = Path("/etc/motcua/secrets")
    authority: Path = Path("/etc/motcua/authority.crt")
    data: Path = Path("/var/lib/motcua")
    broker_files: Path = Path("/var/lib/motcua-broker")
    broker_certificate: Path = Path("/etc/mosquitto/certs/broker.crt")
    broker_key: Path = Path("/etc/mosquitto/certs/broker.key")
    broker_reload: str = "systemctl reload mosquitto.service"
    pages_certificate: Path = Path("/etc/nginx/motcua.crt")
    pages_key: Path = Path("/etc/nginx/motcua.key")
    http_port: int = 80
    https_port: int = 443
    devices_port: int = 8883
    psk_port: int = 8884
    broker_port: int = 18832
    first_pages_port: int = FIRST_PAGES_PORT
    watching: Path = Path("/etc/motcua/prometheus")
    language: str = "vi"
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEVERAL, 1))

    @property
    def pages_ports(self) -> list[int]:
        """One of each server of pages."""
        return [self.first_pages_port + number for number in range(self.counts["serve"])]

    @property
    def watched(self) -> list[str]:
        """Where each of its processes tells how it is."""
        return [
            f"127.0.0.1:{WATCHED[name].replace('%i', unit.rpartition('@')[2].removesuffix('.service'))}"
            for name in WATCHED
            for unit in self.instances(name)
        ]

    def instances(self, name: str) -> list[str]:
        """The units of this process that the machine runs."""
        if name not in SEVERAL:
            return [f"motcua-{name}.service"]
        numbers = self.pages_ports if name == "serve" else range(1, self.counts[name] + 1)
        return [f"motcua-{name}@{number}.service" for number in numbers]


@dataclass(frozen=True)
class File:
    """A file of the server, by its path without the leading slash."""

    path: str
    text: str
    mode: int = OPEN


def files_of(machine: Machine) -> list[File]:
    """What the server needs, as its folders are."""
    values = {**asdict(machine), "pages_ports": machine.pages_ports, "watched": WATCHED, "addresses": machine.watched}
    values["weights"] = WEIGHTS
    wanted = [unit for name in PROCESSES for unit in machine.instances(name)]
    units = [
        File(f"etc/systemd/system/{unit_file(name)}", made("systemd/process.service", name=name, does=does, **values))
        for name, does in PROCESSES.items()
    ]
    return [
        File(relative(machine.settings), made("motcua.env", **values)),
        *units,
        File("etc/systemd/system/motcua.target", made("systemd/motcua.target", wanted=wanted)),
        File("etc/polkit-1/rules.d/50-motcua.rules", made("polkit.rules", **values)),
        File("etc/nginx/sites-available/motcua", made("nginx.conf", **values)),
        File("etc/mosquitto/conf.d/motcua.conf", made("mosquitto.conf", **values)),
        File("usr/local/bin/motcua", made("command.sh", **values), PROGRAM),
        *watching_files(machine),
    ]


def watching_files(machine: Machine) -> list[File]:
    """What Prometheus and Grafana need to watch the server."""
    where = relative(machine.watching)
    rules = [File(f"{where}/{name}", asis(f"prometheus/{name}")) for name in ("recording.yml", "alerts.yml")]
    scraped = File(f"{where}/prometheus.yml", made("prometheus/prometheus.yml", addresses=machine.watched))
    boards = [
        File(f"{where}/dashboards/motcua-{one.name}.json", as_grafana_reads(one, machine.language))
        for one in DASHBOARDS
    ]
    found = made("prometheus/grafana.yml", folder=machine.watching / "dashboards")
    return [scraped, *rules, File(f"{where}/grafana.yml", found), *boards]


def containers_of(machine: Machine) -> list[File]:
    """The same as containers: files of one folder."""
    values = {**asdict(machine), "processes": PROCESSES, "version": version("motcua")}
    names = {
        "Containerfile": "Containerfile",
        "compose.yaml": "compose.yaml",
        "mosquitto.conf": "mosquitto/mosquitto.conf",
    }
    return [File(path, made(f"containers/{name}", **values)) for name, path in names.items()]


def write(folder: Path, wanted: list[File]) -> None:
    """Write them below this folder. Raises FileExistsError: what somebody may have changed is not written over."""
    there = [file.path for file in wanted if (folder / file.path).exists()]
    if there:
        raise FileExistsError(f"{folder}: expected none of our files, found {', '.join(there)}")
    for file in wanted:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
        path.chmod(file.mode)


def unit_file(name: str) -> str:
    """What systemd calls the file of this process."""
    return f"motcua-{name}{'@' if name in SEVERAL else ''}.service"


def relative(path: Path) -> str:
    """As it lies below another root."""
    return path.relative_to("/").as_posix()


def asis(name: str) -> str:
    """The text of a file that is the same on every server, with braces of its own."""
    return (files("fleet.machine") / "templates" / name).read_text("utf-8")


def made(template: str, **values: object) -> str:
    """The text of a template with these values."""
    return TEMPLATES.get_template(template).render(values)


TEMPLATES = Environment(
    loader=PackageLoader("fleet.machine"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 (these are no pages)
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)

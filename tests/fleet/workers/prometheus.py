"""A real Prometheus, with the files that a server has: it scrapes more often, and nothing else of them is changed."""

import json
import re
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml  # type: ignore[import-untyped]

from fleet.laptop.broker import die_with_parent, free_port
from fleet.machine.files import Machine, watching_files, write
from fleet.machine.panels import DASHBOARDS
from tests.on_path import found_program

NAMES = re.compile(r"\b(?:motcua|process)_[a-z_]+")
OF_A_HISTOGRAM = re.compile(r"_(bucket|sum|count)$")
SOON_S = 120
SCRAPED_EVERY = "3s"
# It waits no longer for an answer, which a busy machine may take some seconds for.
SELDOM = {
    *("motcua_unreadable_total", "motcua_supply_refused_total", "motcua_certificate_expires_seconds"),
    *("motcua_requests_total", "motcua_request_seconds", "motcua_database_errors_total", "motcua_forgotten_total"),
    *("motcua_worker_rounds_failed_total", "motcua_broker_lost_total", "motcua_shed_total"),
}
# Of these there is no series before something happens that does not happen here.


class Prometheus:
    """Runs with its files in this folder, and asks these addresses, until the end of the `with`."""

    def __init__(self, folder: Path, addresses: list[str]) -> None:
        write(folder, watching_files(Machine("h.example.vn")))
        here = folder / "etc/motcua/prometheus"
        settings = here / "prometheus.yml"
        told: dict[str, Any] = yaml.safe_load(settings.read_text())
        told["global"] = {"scrape_interval": SCRAPED_EVERY, "evaluation_interval": "1s"}
        told["scrape_configs"][0]["static_configs"][0]["targets"] = addresses
        settings.write_text(yaml.safe_dump(told))
        self.address = f"127.0.0.1:{free_port()}"
        self.log = folder / "log"
        self.command = [
            found_program("prometheus"),
            f"--config.file={settings}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={self.address}",
        ]

    def __enter__(self) -> "Prometheus":
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command, stderr=log, preexec_fn=die_with_parent)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(SOON_S)

    def asked(self, path: str, **values: str) -> Any:
        """What its API answers."""
        with urlopen(f"http://{self.address}/api/v1/{path}?{urlencode(values)}", timeout=SOON_S) as said:
            told = json.load(said)
        assert told["status"] == "success", told
        return told["data"]

    def query(self, expr: str) -> list[Any]:
        """What a query gives now."""
        found: list[Any] = self.asked("query", query=expr)["result"]
        return found

    def until_scraped_twice(self, processes: int) -> None:
        """Wait until each process was asked twice, and rules were worked out after that."""
        until_s = time.monotonic() + SOON_S
        done = (
            f'count(count_over_time(motcua_ready[1m]) >= 2) == {processes} and on() motcua:devices{{presence="online"}}'
        )
        while not self.answers(done):
            assert self.process.poll() is None and time.monotonic() < until_s, self.log.read_text()[-2000:]
            time.sleep(0.2)

    def until_answered(self, expr: str) -> None:
        """Wait until this gives something: a rate wants two samples, and a rule is worked out after them."""
        until_s = time.monotonic() + SOON_S
        while not self.answers(expr):
            assert time.monotonic() < until_s, f"nothing is shown: {expr}"
            time.sleep(0.2)

    def answers(self, expr: str) -> bool:
        """Whether it is there already, and this gives something."""
        try:
            return bool(self.query(expr))
        except OSError:
            return False

    def refuses_nothing(self) -> None:
        """Every rule is worked out without a fault, and every panel is answered, of metrics that processes told of."""
        told = set(self.asked("metadata"))
        rules = [rule for group in self.asked("rules")["groups"] for rule in group["rules"]]
        assert len(rules) > 30 and {rule["health"] for rule in rules} == {"ok"}, rules
        for panel in (panel for board in DASHBOARDS for panel in board.panels):
            for expr in (one.expr for one in panel.queries):
                names = {OF_A_HISTOGRAM.sub("", name) for name in NAMES.findall(expr)}
                assert names <= told, (expr, names - told)
                if names & SELDOM or "motcua:request" in expr:
                    self.query(expr)
                else:
                    self.until_answered(expr)

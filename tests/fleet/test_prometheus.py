"""Rules for Prometheus and dashboards: promtool takes them, each alert fires where it should and stays quiet where not,
all are of metrics that there are, and each alert is explained.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from fleet import metrics
from fleet.commands.metrics_listed import listed
from fleet.machine.dashboards import LANGUAGES, Query
from fleet.machine.files import Machine, watching_files, write
from fleet.machine.panels import DASHBOARDS

ROOT = Path(__file__).parent.parent.parent
FILES = {Path(file.path).name: file.text for file in watching_files(Machine("h.example.vn"))}


def rules_in(name: str) -> list[dict[str, Any]]:
    """The rules of one file."""
    return [rule for group in yaml.safe_load(FILES[name])["groups"] for rule in group["rules"]]


RULES, RECORDED = rules_in("alerts.yml"), rules_in("recording.yml")
OBSERVING = {page: (ROOT / "docs" / page).read_text("utf-8") for page in ("observing.md", "observing.vi.md")}
BEFORE_US = {"up", "process_open_fds", "process_max_fds", "process_cpu_seconds_total", "process_resident_memory_bytes"}
# What Prometheus itself says, and prometheus_client of a process where the system tells it.
NAMES = re.compile(r"\b(?:motcua|process)_[a-z_]+|\bmotcua:[a-z_:0-9]+|\bup\b")
GROWN, STILL = "0+1x300", "7x300"
AT = "4h50m"
FEW = {"answer", "cause", "door", "kept", "kind", "of", "part", "presence", "process", "python", "reason", "state"}
FEW |= {"status", "topic", "use", "version", "want", "what", "why", "worker"}
Series = dict[str, str]
# What fires, and what does not: each a name with labels, and its values, one a minute.
CASES: dict[str, tuple[Series, Series]] = {
    "MotcuaProcessDown": ({'up{job="motcua"}': "0x300"}, {'up{job="motcua"}': "1x300", 'up{job="other"}': "0x300"}),
    "MotcuaNoReceiver": (
        {'motcua_build_info{process="send"}': "1x300"},
        {'motcua_build_info{process="receive"}': "1x300"},
    ),
    "MotcuaTwoSenders": (
        {f'motcua_build_info{{process="send",instance="{one}"}}': "1x300" for one in "ab"},
        {'motcua_build_info{process="send"}': "1x300", 'motcua_build_info{process="link"}': "1x300"},
    ),
    "MotcuaNotReady": ({"motcua_ready": "0x300"}, {"motcua_ready": "1x300"}),
    "MotcuaWorkerFailing": (
        {'motcua_worker_rounds_failed_total{worker="linker"}': "0+3x300"},
        {'motcua_worker_rounds_failed_total{worker="linker"}': "0+0.5x300"},
    ),
    "MotcuaVersionsMixed": (
        {f'motcua_build_info{{version="{one}"}}': "1x300" for one in "12"},
        {f'motcua_build_info{{version="1",process="{one}"}}': "1x300" for one in "ab"},
    ),
    "MotcuaClockSet": (
        {"motcua_clock_set_total": "0x280 1x20", "motcua_clock_doubted_seconds": "0x300"},
        {"motcua_clock_set_total": "1x300", "motcua_clock_doubted_seconds": "0x300"},
    ),
    "MotcuaFilesRunOut": (
        {"process_open_fds": "900x300", "process_max_fds": "1024x300"},
        {"process_open_fds": "90x300", "process_max_fds": "1024x300"},
    ),
    "MotcuaDiskFull": (
        {'motcua_disk_free_ratio{of="files"}': "0.05x300", 'motcua_disk_free_ratio{of="room"}': "0.5x300"},
        {'motcua_disk_free_ratio{of="files"}': "0.2x300"},
    ),
    "MotcuaDatabaseFails": (
        {'motcua_database_errors_total{why="away"}': "0+2x300"},
        {'motcua_database_errors_total{why="conflict"}': "0+9x300"},
    ),
    "MotcuaCommitsSlow": (
        {
            'motcua_database_commit_seconds_bucket{le="0.5"}': "0+1x300",
            'motcua_database_commit_seconds_bucket{le="2"}': "0+10x300",
            'motcua_database_commit_seconds_bucket{le="+Inf"}': "0+10x300",
        },
        {
            'motcua_database_commit_seconds_bucket{le="0.5"}': "0+10x300",
            'motcua_database_commit_seconds_bucket{le="+Inf"}': "0+10x300",
        },
    ),
    "MotcuaBackupOld": ({"motcua_backup_age_seconds": "200000x300"}, {"motcua_backup_age_seconds": "90000x300"}),
    "MotcuaBrokerLost": (
        {'motcua_broker_connected{worker="sender"}': "0x300"},
        {'motcua_broker_connected{worker="sender"}': "1x300"},
    ),
    "MotcuaBrokerAccessBehind": ({"motcua_broker_access_behind": "1x300"}, {"motcua_broker_access_behind": "0x300"}),
    "MotcuaReceivingFails": (
        {"motcua_receive_store_failed_total": GROWN},
        {"motcua_receive_store_failed_total": STILL},
    ),
    "MotcuaReceivingSlow": (
        {
            'motcua_receive_lag_seconds_bucket{le="5"}': "0+1x300",
            'motcua_receive_lag_seconds_bucket{le="20"}': "0+9x300",
            'motcua_receive_lag_seconds_bucket{le="+Inf"}': "0+9x300",
        },
        {
            'motcua_receive_lag_seconds_bucket{le="1"}': "0+9x300",
            'motcua_receive_lag_seconds_bucket{le="+Inf"}': "0+9x300",
        },
    ),
    "MotcuaCollisions": ({"motcua_collisions_total": GROWN}, {"motcua_collisions_total": STILL}),
    "MotcuaUnreadable": (
        {'motcua_unreadable_total{part="event"}': "0+2x300"},
        {'motcua_unreadable_total{part="event"}': "0+0.5x300"},
    ),
    "MotcuaLinkingBehind": ({"motcua_link_lag_seconds": "0+60x300"}, {"motcua_link_lag_seconds": "30x300"}),
    "MotcuaFleetLost": ({"motcua_fleet_lost_devices": "40x300"}, {"motcua_fleet_lost_devices": "0x300"}),
    "MotcuaOfficeDark": (
        {'motcua_alerts_open{cause="dark",state="fresh"}': "1x300"},
        {'motcua_alerts_open{cause="dark"}': "0x300", 'motcua_alerts_open{cause="wait"}': "9x300"},
    ),
    "MotcuaOutboxesFill": (
        {"motcua_device_outbox_events": "0+100x300"},
        {"motcua_device_outbox_events": "30000-100x300"},
    ),
    "MotcuaRolloutStopped": (
        {'motcua_rollouts{kind="release",state="stopped"}': "1x300"},
        {'motcua_rollouts{kind="release",state="running"}': "3x300"},
    ),
    "MotcuaForgetsNothing": (
        {"motcua_purged_timestamp_seconds": "0x300"},
        {"motcua_purged_timestamp_seconds": "0+60x300"},
    ),
    "MotcuaLettersDead": ({'motcua_mails{state="dead"}': "1x300"}, {'motcua_mails{state="waiting"}': "9x300"}),
    "MotcuaCertificateEnds": (
        {'motcua_certificate_expires_seconds{use="broker"}': "900000x300"},
        {'motcua_certificate_expires_seconds{use="broker"}': "2000000x300"},
    ),
    "MotcuaCertificateEndsNow": (
        {'motcua_certificate_expires_seconds{use="pages"}': "-50x300"},
        {'motcua_certificate_expires_seconds{use="pages"}': "900000x300"},
    ),
    "MotcuaCertificateUnseen": (
        {'motcua_certificate_unseen{use="devices"}': "1x300"},
        {'motcua_certificate_unseen{use="devices"}': "0x200 1x100"},
    ),
    "MotcuaPagesFail": (
        {
            'motcua_requests_total{door="pages",status="5xx"}': "0+1x300",
            'motcua_requests_total{door="pages",status="2xx"}': "0+9x300",
        },
        {
            'motcua_requests_total{door="pages",status="5xx"}': "0+1x300",
            'motcua_requests_total{door="pages",status="2xx"}': "0+99x300",
        },
    ),
    "MotcuaPagesSlow": (
        {
            'motcua_request_seconds_bucket{door="api",le="2"}': "0+1x300",
            'motcua_request_seconds_bucket{door="api",le="5"}': "0+9x300",
            'motcua_request_seconds_bucket{door="api",le="+Inf"}': "0+9x300",
        },
        {
            'motcua_request_seconds_bucket{door="live",le="2"}': "0+1x300",
            'motcua_request_seconds_bucket{door="live",le="5"}': "0+9x300",
            'motcua_request_seconds_bucket{door="live",le="+Inf"}': "0+9x300",
        },
    ),
}


def case(name: str, series: Series, fires: bool) -> dict[str, Any]:
    """A case as promtool reads it: whether the alert stands at the end."""
    wanted = f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) > bool 0 or vector(0)'
    return {
        "name": f"{name} {'fires' if fires else 'stays quiet'}",
        "interval": "1m",
        "input_series": [{"series": one, "values": values} for one, values in series.items()],
        "promql_expr_test": [{"expr": wanted, "eval_time": AT, "exp_samples": [{"labels": "{}", "value": int(fires)}]}],
    }


def promtool(*words: str) -> str:
    """What promtool says of it; fails if it finds fault."""
    done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_settings_of_prometheus_are_good(tmp_path: Path) -> None:
    write(tmp_path, watching_files(Machine("h.example.vn")))
    promtool("check", "config", str(tmp_path / "etc/motcua/prometheus/prometheus.yml"))


def cases_of(rule: dict[str, Any], folder: Path) -> Path:
    """The cases of a rule as a file. It is there with what it is of alone: promtool would ask all in every case."""
    name, expr = rule["alert"], rule["expr"]
    own = [*(one for one in RECORDED if one["record"] in NAMES.findall(expr)), rule]
    alone = folder / f"{name}.rule.yml"
    alone.write_text(yaml.safe_dump({"groups": [{"name": name, "rules": own}]}))
    cases = [case(name, CASES[name][not fires], fires) for fires in (True, False)]
    told = {"rule_files": [str(alone)], "evaluation_interval": "1m", "tests": cases}
    path = folder / f"{name}.yml"
    path.write_text(yaml.safe_dump(told))
    return path


def test_every_alert_fires_where_it_should_and_is_quiet_where_not(tmp_path: Path) -> None:
    assert sorted(CASES) == sorted(rule["alert"] for rule in RULES) and all(map(all, CASES.values()))
    promtool("test", "rules", *(str(cases_of(rule, tmp_path)) for rule in RULES))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_is_of_metrics_that_there_are_and_is_explained(rule: dict[str, Any]) -> None:
    assert set(NAMES.findall(rule["expr"])) <= there()
    told = rule["annotations"]
    assert told["summary"] and told["description"]
    assert told["runbook"] == f"docs/observing.md#{rule['alert'].lower()}"
    assert all(f"### {rule['alert']}\n" in page for page in OBSERVING.values())


def there() -> set[str]:
    """What a query may name: metrics of ours and of every process, and what is recorded of them."""
    ours = {sample for one in REGISTRY._collector_to_names.values() for sample in one}
    return ours | BEFORE_US | {rule["record"] for rule in RECORDED}


# What is recorded: of these series (a minute apart) this value, half an hour later.
SAMES: dict[str, tuple[Series, str, float]] = {
    "motcua:devices": (
        {f'motcua_devices{{presence="online",instance="{one}"}}': "7x300" for one in "ab"},
        '{__name__="motcua:devices", presence="online"}',
        7,
    ),
    "motcua:alerts_open": (
        {f'motcua_alerts_open{{cause="wait",state="fresh",instance="{one}"}}': "2x300" for one in "ab"},
        '{__name__="motcua:alerts_open", cause="wait", state="fresh"}',
        2,
    ),
    "motcua:events:rate5m": (
        {f'motcua_events_total{{kind="scan",instance="{one}"}}': "0+60x300" for one in "ab"},
        '{__name__="motcua:events:rate5m", kind="scan"}',
        2,
    ),
    "motcua:receive_lag_seconds:p99_5m": (
        {
            f'motcua_receive_lag_seconds_bucket{{le="{le}"}}': grown
            for le, grown in (("1", "0+60x300"), ("+Inf", "0+60x300"))
        },
        '{__name__="motcua:receive_lag_seconds:p99_5m"}',
        0.99,
    ),
    "motcua:database_commit_seconds:p95_10m": (
        {f'motcua_database_commit_seconds_bucket{{instance="a",le="{le}"}}': "0+60x300" for le in ("2", "+Inf")},
        '{__name__="motcua:database_commit_seconds:p95_10m", instance="a"}',
        1.9,
    ),
    "motcua:requests:rate5m": (
        {f'motcua_requests_total{{door="live",status="2xx",instance="{one}"}}': "0+60x300" for one in "ab"},
        '{__name__="motcua:requests:rate5m", door="live", status="2xx"}',
        2,
    ),
    "motcua:requests_failed:ratio10m": (
        {
            f'motcua_requests_total{{door="api",status="{one}"}}': grown
            for one, grown in (("5xx", "0+1x300"), ("2xx", "0+3x300"))
        },
        '{__name__="motcua:requests_failed:ratio10m", door="api"}',
        0.25,
    ),
    "motcua:request_seconds:p95_10m": (
        {
            f'motcua_request_seconds_bucket{{door="{door}",le="{le}"}}': "0+60x300"
            for door in ("api", "live")
            for le in ("2", "+Inf")
        },
        '{__name__="motcua:request_seconds:p95_10m", door="api"}',
        1.9,
    ),
}


def test_what_is_recorded_is_what_it_is_called(tmp_path: Path) -> None:
    assert sorted(SAMES) == sorted(rule["record"] for rule in RECORDED)
    assert all(set(NAMES.findall(rule["expr"])) <= there() for rule in RECORDED)
    (tmp_path / "recording.yml").write_text(FILES["recording.yml"])
    series = [{"series": one, "values": values} for given, _, _ in SAMES.values() for one, values in given.items()]
    awaited = [
        {"expr": labels, "eval_time": "30m", "exp_samples": [{"labels": labels, "value": value}]}
        for _, labels, value in SAMES.values()
    ]
    case = {"interval": "1m", "input_series": series, "promql_expr_test": awaited}
    told = {"rule_files": ["recording.yml"], "evaluation_interval": "1m", "tests": [case]}
    (tmp_path / "cases.yml").write_text(yaml.safe_dump(told))
    promtool("test", "rules", str(tmp_path / "cases.yml"))


QUERIES = [(board, panel, one) for board in DASHBOARDS for panel in board.panels for one in panel.queries]


@pytest.mark.parametrize("query", [one for _, _, one in QUERIES], ids=lambda one: one.expr)
def test_every_panel_is_of_metrics_that_there_are(query: Query) -> None:
    names = set(NAMES.findall(query.expr))
    assert names and names <= there()
    assert set(re.findall(r"{{(\w+)}}", query.legend)) <= FEW | {"instance"}


def test_dashboards_are_files_that_grafana_could_read() -> None:
    assert len({board.name for board in DASHBOARDS}) == 4
    for language in LANGUAGES:
        files = {Path(one.path).name: one.text for one in watching_files(Machine("h.example.vn", language=language))}
        for board in DASHBOARDS:
            read = json.loads(files[f"motcua-{board.name}.json"])
            assert [one["title"] for one in read["panels"]] == [getattr(one, language) for one in board.panels]
            assert len({one["id"] for one in read["panels"]}) == len(board.panels)
            assert all(one["gridPos"]["x"] + one["gridPos"]["w"] <= 24 for one in read["panels"])
            exprs = [target["expr"] for one in read["panels"] for target in one["targets"]]
            assert exprs == [one.expr for board_, _, one in QUERIES if board_ is board]


def test_the_list_of_metrics_is_current() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text("utf-8") == listed()


def test_no_label_grows_with_the_fleet() -> None:
    ours = [one for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)]
    assert {label for one in ours for label in one._labelnames} <= FEW

"""The alerts for Prometheus: promtool takes them, each fires where it should and stays quiet where not, of metrics that
there are, and each is explained.
"""

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

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "prometheus"
RULES = [rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
OBSERVING = (ROOT / "docs" / "observing.md").read_text("utf-8")
BEFORE_US = {"up", "process_open_fds", "process_max_fds"}
# What Prometheus itself says, and prometheus_client of a process where the system tells it.
NAMES = re.compile(r"\b(?:motcua|process)_[a-z_]+|\bup\b")
GROWN, STILL = "0+1x300", "7x300"
AT = "4h50m"
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


def test_the_settings_of_prometheus_are_good() -> None:
    promtool("check", "config", str(FOLDER / "prometheus.yml"))


def cases_of(rule: dict[str, Any], folder: Path) -> Path:
    """The cases of a rule as a file. It stands alone there: promtool would ask every rule in every case."""
    name = rule["alert"]
    alone = folder / f"{name}.rule.yml"
    alone.write_text(yaml.safe_dump({"groups": [{"name": name, "rules": [rule]}]}))
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
    there = {sample for one in REGISTRY._collector_to_names.values() for sample in one}
    assert set(NAMES.findall(rule["expr"])) <= there | BEFORE_US
    told = rule["annotations"]
    assert told["summary"] and told["description"]
    assert told["runbook"] == f"docs/observing.md#{rule['alert'].lower()}"
    assert f"### {rule['alert']}\n" in OBSERVING


def test_the_list_of_metrics_is_current() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text("utf-8") == listed()


def test_no_label_grows_with_the_fleet() -> None:
    few = {"answer", "cause", "door", "kept", "kind", "of", "part", "presence", "process", "python", "reason", "state"}
    few |= {"status", "topic", "use", "version", "want", "why", "worker"}
    ours = [one for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)]
    assert {label for one in ours for label in one._labelnames} <= few

"""The processes of a province are asked at their watch ports: how they are, what they counted, and what time it is."""

import http.client
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from fleet.clock import now_ms
from fleet.commands.checks.subject import Answer
from fleet.settings import Settings, addresses_in

WAITING, LINK_LAG_S = "motcua_receive_waiting_messages", "motcua_link_lag_seconds"
ACCESS_BEHIND, OUTBOX = "motcua_broker_access_behind", "motcua_device_outbox_events"
FIGURES = (WAITING, LINK_LAG_S, ACCESS_BEHIND, OUTBOX)
MOST_BYTES = 4 << 20


def answers_of(settings: Settings, patience_s: float) -> tuple[Answer, ...]:
    """What each process that the settings name says, all asked at once."""
    addresses = addresses_in(settings.watched)
    with ThreadPoolExecutor(max(1, len(addresses))) as at_once:
        return tuple(at_once.map(lambda one: answer_of(one[0], one[1], patience_s), addresses))


def answer_of(host: str, port: int, patience_s: float) -> Answer:
    """What the process at this address says."""
    address, line = f"{host}:{port}", http.client.HTTPConnection(host, port, timeout=patience_s)
    try:
        told, ahead_ms = said_at(line, "/health/ready")
        figures, _ = said_at(line, "/metrics")
        known: dict[str, Any] = json.loads(told)
        lacks = tuple(f"{one['part']}: {one['found']}" for one in known["parts"] if not one["ok"])
        kept = figures_in(figures)
        return Answer(address, "", str(known["process"]), str(known["version"]), lacks, kept, ahead_ms)
    except (OSError, http.client.HTTPException) as problem:
        why = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        return Answer(address, why.lower())
    except (ValueError, KeyError, TypeError):
        return Answer(address, "it is no process of motcua")
    finally:
        line.close()


def said_at(line: http.client.HTTPConnection, path: str) -> tuple[str, int | None]:
    """What it answers there, and by how much its clock is before ours, to half a second."""
    asked_ms = now_ms()
    line.request("GET", path)
    answer = line.getresponse()
    text, date = answer.read(MOST_BYTES).decode(), answer.headers["Date"]
    middle_ms = (asked_ms + now_ms()) // 2
    line.close()
    if date is None:
        return text, None
    return text, round(parsedate_to_datetime(date).timestamp() * 1000) + 500 - middle_ms


def figures_in(text: str, wanted: Iterable[str] = FIGURES) -> dict[str, float]:
    """The figures that checks are about."""
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {sample.name: sample.value for sample in samples if sample.name in wanted}

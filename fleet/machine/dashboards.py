"""Dashboards for Grafana, made of short tables: what each panel shows, in which unit, by which query of Prometheus.

Queries use no variable of Grafana's, so that Prometheus itself can be asked each of them: tests do.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("vi", "en")
WIDTH, HEIGHT, A_ROW = 8, 7, 3
REFRESH, SINCE = "30s", "now-6h"
SCHEMA = 38
# Of Grafana 10, which newer ones bring up to date by themselves.
SOURCE = {"type": "prometheus", "uid": "${source}"}
OF_SOURCE = {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0}


@dataclass(frozen=True)
class Query:
    """One expression, and what its lines are called."""

    expr: str
    legend: str = ""


@dataclass(frozen=True)
class Panel:
    """One chart, or with `number` one number a line. `unit` is Grafana's word."""

    vi: str
    en: str
    unit: str
    queries: tuple[Query, ...]
    number: bool = False


@dataclass(frozen=True)
class Dashboard:
    """One page of panels, in rows of three."""

    name: str
    vi: str
    en: str
    panels: tuple[Panel, ...]


def chart(vi: str, en: str, unit: str, *queries: tuple[str, str]) -> Panel:
    """How something goes over time."""
    return Panel(vi, en, unit, tuple(Query(*one) for one in queries))


def number(vi: str, en: str, unit: str, *queries: tuple[str, str]) -> Panel:
    """How something is now."""
    return Panel(vi, en, unit, tuple(Query(*one) for one in queries), number=True)


def as_grafana_reads(board: Dashboard, language: str) -> str:
    """The dashboard as a file."""
    told = {
        "uid": f"motcua-{board.name}",
        "title": f"motcua · {board.vi if language == 'vi' else board.en}",
        "tags": ["motcua"],
        "timezone": "browser",
        "schemaVersion": SCHEMA,
        "refresh": REFRESH,
        "time": {"from": SINCE, "to": "now"},
        "templating": {"list": [OF_SOURCE]},
        "panels": [drawn(panel, place, language) for place, panel in enumerate(board.panels)],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def drawn(panel: Panel, place: int, language: str) -> dict[str, Any]:
    """One panel where it stands."""
    row, column = divmod(place, A_ROW)
    return {
        "id": place + 1,
        "title": panel.vi if language == "vi" else panel.en,
        "type": "stat" if panel.number else "timeseries",
        "datasource": SOURCE,
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": targets(panel.queries),
    }


def targets(queries: Sequence[Query]) -> list[dict[str, Any]]:
    """What is asked of Prometheus."""
    return [
        {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": one.expr, "legendFormat": one.legend}
        for place, one in enumerate(queries)
    ]

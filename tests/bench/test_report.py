"""The report: what is judged, what is drawn, and that a later run takes the place of an earlier one."""

import xml.etree.ElementTree as ET
from pathlib import Path

from tests.bench.plots import Frame
from tests.bench.report import last_of_each, write
from tests.bench.targets import Target

RATIO = {"name": "receive_ratio_null", "unit": "ratio", "n": 5, "db": "sqlite", "events_per_message": 1}
LIVE = {**RATIO, "load": "live", "null": "paho"}


def test_a_report_says_what_is_met_and_what_is_missed_and_draws_what_grows(tmp_path: Path) -> None:
    backlog = {**LIVE, "load": "backlog", "value": 2.4, "lowest": 2.1, "highest": 3.0}
    grown = [
        {"name": "growth_receive_us", "value": 20 + n, "unit": "µs", "n": 1, "db": db, "stored": 10**n}
        for n in (4, 5, 6)
        for db in ("sqlite", "postgresql")
    ]
    page = write([{**LIVE, "value": 1.6}, backlog, *grown], tmp_path).read_text()
    assert "| one event a message, live, SQLite | `receive_ratio_null` | ≥ 1.5 | 1.6 | met |" in page
    assert "| ≥ 2.5 | 2.4 (2.1 … 3.0) | **missed** |" in page
    assert "| one event a message, live, PostgreSQL | `receive_ratio_null` | ≥ 1.2 | – | not measured |" in page
    assert "](growth-received.svg)" in page and "growth-linked" not in page
    picture = ET.parse(tmp_path / "growth-received.svg").getroot()  # noqa: S314 (made here)
    texts = {text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"sqlite", "postgresql", "10,000", "1,000,000", "0"} <= texts


def test_the_worst_of_several_figures_is_judged_and_one_of_another_kind_is_not() -> None:
    lines = [{**LIVE, "value": 2.0}, {**LIVE, "value": 1.4, "each": [1, 2]}, {**LIVE, "null": "c", "value": 0.2}]
    worst = Target("", "receive_ratio_null", at_least=1.5, of={"null": "paho"}).worst(lines)
    assert worst is not None and worst["value"] == 1.4


def test_a_figure_of_too_little_says_nothing() -> None:
    small, large = ({"name": "naive_ratio", "value": ratio, "visits": visits} for ratio, visits in ((2, 30), (90, 300)))
    wanted = Target("", "naive_ratio", at_least=40, size={"visits": 100})
    assert wanted.worst([small, large]) is large and wanted.worst([small]) is None


def test_a_later_line_takes_the_place_of_an_earlier_one() -> None:
    assert last_of_each([{**LIVE, "value": 1.0}, {**RATIO, "value": 3.0}, {**LIVE, "value": 2.0, "n": 3}]) == [
        {**LIVE, "value": 2.0, "n": 3},
        {**RATIO, "value": 3.0},
    ]


def test_a_frame_has_round_numbers_that_reach_above_all() -> None:
    assert [Frame(10, 1000, highest).step() for highest in (5, 5.1, 48, 0.9)] == [1, 2, 10, 0.2]
    assert Frame(7, 7, 1).x(7) == Frame(10, 1000, 1).x(100)

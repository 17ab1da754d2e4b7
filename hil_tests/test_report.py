"""The report says what was run, what was not and why, and what is not the same elsewhere or before."""

import json
from pathlib import Path
from typing import Any

from hil_tests.evidence.kept import keep_not_there
from hil_tests.evidence.report import LAST, write_report
from hil_tests.evidence.table import table

RATED = [{"place": "counter", "boot": 1, "kind": "rating", "score": 4}]
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="


def keep(folder: Path, target: str, stream: list[dict[str, Any]], outcome: str = "passed") -> None:
    told = {
        "journey": "press_reaches_dossier",
        "about": "From a finger to the dossier.",
        "target": target,
        "kind": target,
        "outcome": outcome,
        "why": "" if outcome == "passed" else "expected a lamp, found <none>",
        "seconds": 1.5,
        "firmware": "4f0c4e9c4f9404b2",
        "boards": [{"name": "quay", "kind": target, "hw": "", "device": "quay-1", "roles": ["rating"]}],
        "moments": [[0.1, "quay", "boot 1: power"], [0.2, "journey", "rated 4"]],
        "papers": [[0.3, DOT, "A001"]],
        "stream": stream,
        "figures": {"press_to_lamp_ms": 22.5},
        "heap": [[float(n), "quay", 40_000 - n] for n in range(4)],
        "flash": {"quay": None},
    }
    (folder / target).mkdir(parents=True)
    (folder / target / "press_reaches_dossier.json").write_text(json.dumps(told))


def test_a_report_says_what_differs_and_what_was_not_run(tmp_path: Path) -> None:
    keep(tmp_path, "vm", RATED)
    keep(tmp_path, "cable", [{**RATED[0], "score": 5}], "failed")
    keep_not_there(str(tmp_path), "emulated", ["press_reaches_dossier"], "no image; get one")
    page = write_report(tmp_path).read_text("utf-8")
    assert "1 passed" in page and "1 failed" in page and "no image; get one" in page
    assert "event 1 (rating): score: expected 5, found 4" in page and "found &lt;none&gt;" in page
    assert f"data:image/png;base64,{DOT}" in page and "<polyline" in page and "not measured" in page
    assert "http" not in page.replace("data:", ""), "it needs nothing else"
    assert (tmp_path / LAST / "vm" / "press_reaches_dossier.json").exists()
    assert "vm, last run" in write_report(tmp_path).read_text("utf-8")


def test_figures_become_a_table_with_the_board_that_is_not_there(tmp_path: Path) -> None:
    keep(tmp_path, "vm", RATED)
    head, _, *rows = table(tmp_path).splitlines()
    assert head == "|  | vm | a real Pico W |"
    assert "| key up to its lamp, ms | 22.5 | not measured |" in rows

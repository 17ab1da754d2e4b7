"""The suite's own part of pytest: which target, what a journey needs of it, and what is left of a run.

    @pytest.mark.needs("hands", "power")
    def test_…(journey: Journey) -> None: …

A journey is run once for each target: those of `--target`, else vm and cable, or those of its mark `by_default`. What a
target has not is said, and the journey counts as skipped: "not run: no meter". A test without the fixture `journey` is
none, and runs as any other.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hil_tests.evidence.kept import Evidence, keep_not_there
from hil_tests.evidence.report import write_report
from hil_tests.journey import Journey
from hil_tests.rig import Rig
from hil_tests.target import NEEDS, NotRun
from hil_tests.targets import opened
from tests import compiled
from tests.fleet.workers.house import Loop

EVERY_RUN = ("vm", "cable")
NOT_RUN = 2
TIMEOUT_S = 400
# The first one on a target also waits for its boards to become devices.
OUTCOME = pytest.StashKey[pytest.TestReport]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make hil` gives them; without them the journeys run on what every machine has."""
    group = parser.getgroup("rig")
    group.addoption("--target", help="vm, cable, emulated, a serial port or a rig file; several with commas")
    group.addoption("--image", help="the image that an emulated board runs")
    group.addoption("--evidence", help="a folder for the report of this run")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """A marker that nobody knows is an error."""
    if not hasattr(config, "workerinput") and compiled.FOLDER not in os.environ:
        compiled.begin()
        config.add_cleanup(compiled.end)
    config.addinivalue_line(
        "markers", "by_default(*targets): where a journey runs when nobody names a target; nowhere, if that is empty"
    )
    config.addinivalue_line("markers", "needs(*names): what a journey needs of its target: " + ", ".join(NEEDS))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each journey once for each target."""
    if "rig" in metafunc.fixturenames:
        own = metafunc.definition.get_closest_marker("by_default")
        asked = metafunc.config.getoption("--target", None)
        names = asked.split(",") if asked else list(own.args) if own else list(EVERY_RUN)
        metafunc.parametrize("rig", names, indirect=True, scope="session", ids=[Path(name).name for name in names])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where nobody names a target, those without one are left out, and the others end some time.

    Who names one says by --timeout how long its boards may take.
    """
    if config.getoption("--target", None) is None:
        asked_for = [item for item in items if (mark := item.get_closest_marker("by_default")) and not mark.args]
        config.hook.pytest_deselected(items=asked_for)
        items[:] = [item for item in items if item not in asked_for]
        for item in items:
            if "journey" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture(scope="session")
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The target in an office; its boards are devices. A target that is not there ends the run."""
    loop, folder = Loop(), tmp_path_factory.mktemp("rig")
    image = request.config.getoption("--image", None)
    try:
        target = opened(request.param, None if image is None else Path(image), folder / "target", loop)
    except NotRun as why:
        loop.stop()
        if (kept := request.config.getoption("--evidence", None)) is not None:
            keep_not_there(kept, request.param, journeys_of(request.session, request.param), str(why))
        pytest.exit(f"not run: {why}", returncode=NOT_RUN)
    forget_last_run(request.config, target.name)
    rig = Rig(target, folder, loop)
    try:
        rig.enrol()
        yield rig
    finally:
        rig.close()
        loop.stop()


def forget_last_run(config: pytest.Config, target: str) -> None:
    """What was kept of it stands in the report of that run, and in what this one is compared with."""
    kept = config.getoption("--evidence", None)
    if kept is not None and not hasattr(config, "workerinput"):
        shutil.rmtree(Path(kept) / Path(target).name, ignore_errors=True)


def journeys_of(session: pytest.Session, target: str) -> list[str]:
    """The names of those that would run on it."""
    specs = [(item, getattr(item, "callspec", None)) for item in session.items]
    names = [item.originalname for item, spec in specs if spec is not None and spec.params.get("rig") == target]  # type: ignore[attr-defined]
    return [name.removeprefix("test_") for name in names]


@pytest.fixture
def journey(rig: Rig, request: pytest.FixtureRequest) -> Iterator[Journey]:
    """A journey on this target, whose evidence is kept; skipped where the target has not what it needs."""
    name = request.node.originalname.removeprefix("test_")
    journey = Journey(rig, name)
    folder = request.config.getoption("--evidence", None)
    evidence = Evidence(journey, request.node.function.__doc__ or "")
    missing = [
        need for mark in request.node.iter_markers("needs") for need in mark.args if need not in rig.target.has()
    ]
    if missing:
        why = "not run: no " + "; no ".join(NEEDS[need] for need in missing)
        evidence.keep(folder, "not run", why)
        pytest.skip(why)
    yield journey
    report = request.node.stash.get(OUTCOME, None)
    outcome = "failed" if report is None or report.failed else "passed"
    evidence.keep(folder, outcome, "" if report is None else report.longreprtext[-4000:])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """What became of a test is known to its fixtures."""
    report = yield
    if report.when == "call":
        item.stash[OUTCOME] = report
    return report  # type: ignore[return-value]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The report of what was kept, once all is over."""
    folder = session.config.getoption("--evidence", None)
    if folder is not None and not hasattr(session.config, "workerinput"):
        write_report(Path(folder))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A table of what was run, and why what was not."""
    folder = terminalreporter.config.getoption("--evidence", None)
    if folder is None or not Path(folder).is_dir():
        return
    terminalreporter.section("journeys")
    for file in sorted(Path(folder).glob("*/*.json")):
        one = json.loads(file.read_text())
        said = one["why"] if one["outcome"] == "not run" else one["outcome"]
        terminalreporter.write_line(f"{file.parent.name:<12} {one['journey']:<44} {said}")
    terminalreporter.write_line(f"report: {Path(folder, 'report.html')}")

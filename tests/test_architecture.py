"""The arrows of the house: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Modules that both Pythons have; protocols and the firmware use nothing else.
TWO_PYTHONS = {
    "array",
    "asyncio",
    "binascii",
    "errno",
    "gc",
    "hashlib",
    "io",
    "json",
    "os",
    "random",
    "select",
    "socket",
    "sys",
}
TWO_PYTHONS |= {"time", "micropython", "uctypes", "vfs", "tls", "struct"}
TWO_PYTHONS |= {"typing", "collections"}  # under TYPE_CHECKING only
CHIPS = {"machine", "network", "rp2", "esp32", "array", "flash_layout", "flashbdev", "board_flash", "mounting"}
# What only MicroPython on a chip has: the files of the boards stand between it and the firmware.
DOORS = ("workers", "api", "pages", "laptop", "commands", "provisioning")
WIRING = {"fleet/wiring.py", "fleet/__main__.py", "fleet/laptop/run.py", "fleet/laptop/opening.py"}
PEOPLE = ("residents.py", "clerks.py", "morning.py", "hands.py", "simulated_office.py")
DATABASE = {"sqlalchemy", "sqlmodel", "alembic", "sqlite3"}


def sources(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            # `from fleet.flows import watch` names the module fleet.flows.watch.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def door_of(name: str) -> str | None:
    parts = name.replace("/", ".").split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "fleet" and parts[1] in DOORS else None


@pytest.mark.parametrize("path", sources("protocols"), ids=named)
def test_protocols_import_only_themselves(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] in {"protocols"} | TWO_PYTHONS, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", sources("firmware"), ids=named)
def test_firmware_knows_protocols_and_never_the_fleet(path: Path) -> None:
    chips = CHIPS if named(path).startswith(("firmware/hardware/", "firmware/boards/")) else set()
    for name in imports(path):
        assert name.split(".")[0] in {"firmware", "protocols"} | TWO_PYTHONS | chips, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", sources("firmware/roles"), ids=named)
def test_what_decides_does_not_wait(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in {"asyncio", "time", "socket", "select"}, f"{named(path)} imports {name}"
        assert not name.startswith("firmware.hardware"), f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", sources("fleet"), ids=named)
def test_the_fleet_never_imports_the_firmware(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] != "firmware", f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", sources("fleet"), ids=named)
def test_arrows_run_down(path: Path) -> None:
    place = named(path)
    layers = {"fleet/domain/": 0, "fleet/store/": 1, "fleet/flows/": 2}
    own = next((level for prefix, level in layers.items() if place.startswith(prefix)), 3)
    for name in imports(path):
        above = next((level for prefix, level in layers.items() if name.startswith(prefix.replace("/", "."))), None)
        if above is None and name.startswith("fleet.") and name.split(".")[1] in (*DOORS, "wiring"):
            above = 3
        assert above is None or above <= own, f"{place} imports {name}"


@pytest.mark.parametrize("path", sources("fleet"), ids=named)
def test_doors_do_not_know_one_another(path: Path) -> None:
    place = named(path)
    own = door_of(place)
    if own is None or place in WIRING or own == "commands":
        return  # the commands are where a person chooses among the doors
    for name in imports(path):
        assert door_of(name) in (None, own), f"{place} imports {name}"


@pytest.mark.parametrize("path", sources("fleet"), ids=named)
def test_only_the_store_knows_sql(path: Path) -> None:
    place = named(path)
    for name in imports(path):
        if name.split(".")[0] in DATABASE and not place.startswith("fleet/store/"):
            # A flow passes the connection of its transaction on to the store; it never speaks to it.
            assert name == "sqlalchemy.Connection" and place.startswith("fleet/flows/"), f"{place} imports {name}"


@pytest.mark.parametrize("path", sources("fleet/domain"), ids=named)
def test_the_domain_has_no_clock_no_chance_and_no_files(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in {"time", "random", "secrets", "os", "pathlib", "socket", "asyncio", "logging"}
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    called = {func.attr for func in calls if isinstance(func, ast.Attribute)}
    assert not called & {"now", "today", "utcnow"}, f"{named(path)} asks for the time"
    assert "open" not in {func.id for func in calls if isinstance(func, ast.Name)}, f"{named(path)} opens a file"


@pytest.mark.parametrize("name", PEOPLE)
def test_simulated_people_touch_nothing_but_boards(name: str) -> None:
    path = ROOT / "fleet" / "laptop" / name
    for imported in imports(path):
        inside = imported.startswith("fleet.")
        assert not inside or imported.startswith("fleet.laptop."), f"{name} imports {imported}"
        assert imported.split(".")[0] not in DATABASE | {"paho"}, f"{name} imports {imported}"


def test_nobody_is_called_utils() -> None:
    for folder in ("protocols", "firmware", "fleet"):
        for path in sources(folder):
            assert path.stem not in {"utils", "util", "helpers", "helper", "manager", "common", "misc"}, named(path)

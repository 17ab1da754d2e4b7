"""The arrows of the house: who may import whom."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

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
CHIPS |= {"choosing", "deciding", "entering"}
# What only MicroPython on a chip has: the files of the boards stand between it and the firmware.
DOORS = ("workers", "api", "pages", "laptop", "commands", "provisioning", "crowd")
WIRING = {"fleet/wiring.py", "fleet/__main__.py", "fleet/laptop/run.py", "fleet/laptop/opening.py"}
PEOPLE = ("residents.py", "clerks.py", "morning.py", "hands.py", "simulated_office.py")
DATABASE = {"sqlalchemy", "sqlmodel", "alembic", "sqlite3"}


@cache
def sources(folder: str) -> list[Path]:
    found = sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)
    assert found, f"{folder}: expected sources, found none"
    return found


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> list[str]:
    return list(imported(path))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            # `from fleet.flows import watch` names the module fleet.flows.watch.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong(folder: str, may: Callable[[str, str], bool]) -> list[str]:
    """What files of this folder import and may not: all of it, so that one run shows everything."""
    each = ((named(path), name) for path in sources(folder) for name in imports(path))
    return [f"{place} imports {name}" for place, name in each if not may(place, name)]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def top(name: str) -> str:
    return name.split(".")[0]


def door_of(name: str) -> str | None:
    parts = name.replace("/", ".").split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "fleet" and parts[1] in DOORS else None


def level_of(name: str) -> int | None:
    """How high this module of the fleet stands: domain, store, flows, doors; None for what stands beside them."""
    parts = name.removesuffix(".py").replace("/", ".").split(".")
    levels = {"domain": 0, "store": 1, "flows": 2, **dict.fromkeys((*DOORS, "wiring"), 3)}
    return levels.get(parts[1]) if len(parts) > 1 and parts[0] == "fleet" else None


def test_protocols_import_only_themselves() -> None:
    assert not wrong("protocols", lambda _, name: top(name) in {"protocols"} | TWO_PYTHONS)


def test_firmware_knows_protocols_and_never_the_fleet() -> None:
    def may(place: str, name: str) -> bool:
        chips = CHIPS if place.startswith(("firmware/hardware/", "firmware/boards/")) else set()
        return top(name) in {"firmware", "protocols"} | TWO_PYTHONS | chips

    assert not wrong("firmware", may)


def test_the_actor_knows_the_firmwares_lines_and_never_its_host() -> None:
    def may(place: str, name: str) -> bool:
        ours = name.startswith(("hil_tests.actor.", "firmware.hardware."))
        chip = place.startswith("hil_tests/actor/hardware/pico")
        return place.endswith("__main__.py") or ours or top(name) in TWO_PYTHONS | ({"machine"} if chip else set())

    assert not wrong("hil_tests/actor", may)


def test_what_decides_does_not_wait() -> None:
    waiting = {"asyncio", "time", "socket", "select"}
    assert not wrong(
        "firmware/roles", lambda _, name: top(name) not in waiting and not name.startswith("firmware.hardware")
    )


def test_the_fleet_never_imports_the_firmware() -> None:
    assert not wrong("fleet", lambda _, name: top(name) != "firmware")


def test_arrows_run_down() -> None:
    def may(place: str, name: str) -> bool:
        own, above = level_of(place), level_of(name)
        return own is None or above is None or above <= own

    assert not wrong("fleet", may)


def test_doors_do_not_know_one_another() -> None:
    def may(place: str, name: str) -> bool:
        own = door_of(place)
        free = own is None or place in WIRING or own == "commands"
        return free or door_of(name) in (None, own)  # the commands are where a person chooses among the doors

    assert not wrong("fleet", may)


def test_only_the_store_knows_sql() -> None:
    def may(place: str, name: str) -> bool:
        if top(name) not in DATABASE or place.startswith("fleet/store/"):
            return True
        # A flow passes the connection of its transaction on to the store; it never speaks to it.
        return name == "sqlalchemy.Connection" and place.startswith("fleet/flows/")

    assert not wrong("fleet", may)


def test_the_domain_has_no_clock_no_chance_and_no_files() -> None:
    outside = {"time", "random", "secrets", "os", "pathlib", "socket", "asyncio", "logging"}
    assert not wrong("fleet/domain", lambda _, name: top(name) not in outside)
    for path in sources("fleet/domain"):
        calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        called = {func.attr for func in calls if isinstance(func, ast.Attribute)}
        assert not called & {"now", "today", "utcnow"}, f"{named(path)} asks for the time"
        assert "open" not in {func.id for func in calls if isinstance(func, ast.Name)}, f"{named(path)} opens a file"


def test_simulated_people_touch_nothing_but_boards() -> None:
    def may(place: str, name: str) -> bool:
        inside = name.startswith("fleet.")
        foreign = inside and not name.startswith("fleet.laptop.")
        return Path(place).name not in PEOPLE or not (foreign or top(name) in DATABASE | {"paho"})

    assert {path.name for path in sources("fleet/laptop")} >= set(PEOPLE)
    assert not wrong("fleet/laptop", may)


def test_nobody_is_called_utils() -> None:
    for folder in ("protocols", "firmware", "fleet"):
        for path in sources(folder):
            assert path.stem not in {"utils", "util", "helpers", "helper", "manager", "common", "misc"}, named(path)

"""The images of our own: what is frozen into them, how they divide the flash, and what they do with a broken one."""

import ast
import json
import os
import re
from pathlib import Path

import pytest

from fleet.laptop import package as packages
from fleet.laptop.needed import needed, roles
from tests.boards.test_real_boards import BOARDS, HERE, ROOT, on_the_vm

IMAGES = ROOT / "firmware" / "boards"
STORIES = [
    (module, node.name)
    for module in ("boot_stories", "slot_stories")
    for node in ast.parse((HERE / f"{module}.py").read_text()).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]
FLASH = {"pico_w": 2048, "pico_2_w": 4096}
CODE = {"pico_w": 1120, "pico_2_w": 1536}
# KiB, of which the stock image uses about 850 with Bluetooth, and ours has none.
PARTS = {"events": 256 * 1024, "kept": 32 * 1024}


class Options:
    """What `include` passes on, as MicroPython's tools/manifestfile.py does it."""

    def __init__(self, given):
        self.given = given

    def defaults(self, **defaults):
        self.given = {**defaults, **self.given}

    def __getattr__(self, name):
        return self.given[name]


def frozen(manifest, board, options=None):
    """The names that a manifest freezes; of MicroPython's own folders `<folder>/<file>`."""
    found = []

    def path_of(text):
        return Path(text.replace("$(BOARD_DIR)", str(IMAGES / board)))

    def freeze(path, script=None):
        scripts = [script] if isinstance(script, str) else script
        if path.startswith("$(PORT_DIR)"):
            found.extend(f"port:{one}" for one in scripts)
        elif scripts:
            assert all((path_of(path) / one).is_file() for one in scripts), scripts
            found.extend(scripts)
        else:
            found.extend(one.name for one in sorted(path_of(path).glob("*.py")))

    def include(path, **given):
        if path.startswith("$(MPY_DIR)"):
            found.append(path)
        else:
            found.extend(frozen(path_of(path), board, given))

    def package(name, files, base_path):
        for one in files:
            assert Path(base_path, name, one).is_file(), one
            found.append(f"{name}/{one}")

    before = Path.cwd()
    os.chdir(manifest.parent)
    try:
        functions = {"freeze": freeze, "include": include, "package": package, "options": Options(options or {})}
        exec(compile(manifest.read_text(), manifest, "exec"), functions)  # noqa: S102
    finally:
        os.chdir(before)
    return found


@pytest.mark.parametrize("board", BOARDS)
def test_an_image_holds_all_that_any_of_its_roles_needs(board):
    names = frozen(IMAGES / board / "manifest.py", board)
    family = BOARDS[board]
    sources = needed([f"firmware.hardware.{family}", "firmware.main"], frozenset((*roles(), board)))
    missing = {path.relative_to(ROOT).as_posix() for path in sources} - set(names)
    assert missing == set()
    assert len(names) == len(set(names)) and {
        "main.py",
        "_boot.py",
        "mounting.py",
        "board_flash.py",
        "choosing.py",
        "deciding.py",
        "entering.py",
    } <= set(names)
    hardware = {name for name in names if name.startswith("firmware/hardware/")}
    assert not [one for one in hardware if "simulated" in one] and len([one for one in hardware if "pins_" in one]) == 1
    assert not [name for name in names if "boards" in name or "contract" in name]
    assert ("port:rp2.py" in names) == (family == "rp2") and ("port:flashbdev.py" in names) == (family == "esp32")


@pytest.mark.parametrize("board", BOARDS)
def test_the_start_is_that_of_a_package(board):
    start = (IMAGES / board / "modules" / "main.py").read_text().partition('"""\n\n')[2]
    chosen = f'import choosing\n\nchoosing.choose("firmware.hardware.{BOARDS[board]}", "firmware.main")\n'
    assert start.count(chosen) == 1 and start.index(chosen) < start.index("import Board")
    assert start.replace(chosen, "") == packages.build(board, ["rating"]).files["main.py"].decode()


@pytest.mark.parametrize("board", [board for board in BOARDS if BOARDS[board] == "esp32"])
def test_the_partitions_do_not_touch_and_leave_the_rest_to_files(board):
    rows = [
        [cell.strip() for cell in line.split(",")]
        for line in (IMAGES / board / "partitions.csv").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    end = 0x9000  # behind bootloader and table
    for _, _, _, start, size in (row[:5] for row in rows):
        assert int(start, 16) >= end and int(start, 16) % 4096 == 0 and int(size, 16) % 4096 == 0
        end = int(start, 16) + int(size, 16)
    sizes = {row[0]: int(row[4], 16) for row in rows}
    assert {name: sizes[name] for name in PARTS} == PARTS and "vfs" not in sizes
    assert 4 * 1024 * 1024 - end == 1_114_112 and sizes["factory"] == 0x1F0000
    assert (
        sizes["romfs"] == 2 * 320 * 1024 and "MICROPY_VFS_ROM (1)" in (IMAGES / board / "mpconfigboard.h").read_text()
    )
    kinds = {row[0]: int(row[2], 16) for row in rows if row[0] in PARTS}
    assert all(0x40 <= kind < 0x80 for kind in kinds.values()) and len(set(kinds.values())) == 2


@pytest.mark.parametrize("board", FLASH)
def test_the_storage_of_a_pico_is_divided_without_a_gap(board):
    layout: dict = {}
    exec((IMAGES / board / "modules" / "flash_layout.py").read_text(), layout)  # noqa: S102
    assert layout["SLOTS_BYTES"] % 8192 == 0
    assert (CODE[board] * 1024) + layout["SLOTS_BYTES"] + layout["STORAGE_BYTES"] == FLASH[board] * 1024
    told = dict(
        re.findall(r"^set\((\w+_BYTES) (\d+)\)", (IMAGES / board / "mpconfigboard.cmake").read_text(), re.MULTILINE)
    )
    assert int(told["MICROPY_HW_FLASH_STORAGE_BYTES"]) == layout["STORAGE_BYTES"]
    assert int(told["MICROPY_HW_ROMFS_BYTES"]) == layout["SLOTS_BYTES"]
    end = layout["FILES_BYTES"]
    for name, (start, size) in sorted(layout["REGIONS"].items()):
        assert start == end and size == PARTS[name] and start % 4096 == 0
        end += size
    assert end == layout["STORAGE_BYTES"]


@pytest.mark.parametrize("board", BOARDS)
def test_the_readme_names_what_is_there_and_claims_no_build(board):
    text = (IMAGES / board / "README.md").read_text()
    assert "not built or run here" in text and f"firmware/boards/{board}" in text
    upstream = re.search(r"boards/(\w+)/mpconfigboard.cmake", (IMAGES / board / "mpconfigboard.cmake").read_text())[1]
    assert (
        f"`{upstream}`" in text
        and f"boards/{upstream}/mpconfigboard.h" in (IMAGES / board / "mpconfigboard.h").read_text()
    )


@pytest.mark.parametrize("module", ["boot_stories", "slot_stories"])
@pytest.mark.parametrize("board", BOARDS)
def test_a_boot_formats_nothing_that_it_can_not_mount_and_runs_nothing_that_was_not_confirmed(tree, board, module):
    home = "pico_w" if BOARDS[board] == "rp2" else "esp32"  # whose `board_flash` the whole family freezes
    modules = ":".join(str(IMAGES / place / "modules") for place in dict.fromkeys((board, home)))
    script = ROOT / "tests" / "on_micropython" / "run_tests.py"
    run = on_the_vm(tree, board, script, f"tests.boards.{module}", MOTCUA_MODULES=modules)
    told = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"t')]
    assert [(module, one["test"]) for one in told] == [one for one in STORIES if one[0] == module], (
        run.stdout + run.stderr
    )
    for one in told:
        assert not one["trace"], f"{one['test']}: {one['trace']}"

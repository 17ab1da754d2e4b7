"""The flash of a simulated board as a file on this machine: what the technician's cable does to a real one.

A littlefs of 256 blocks of 4096 bytes, laid out as MicroPython's VfsLfs2 does by default, and behind it the blocks of
the board's own regions, which the cable leaves as they are: the board takes in what it wrote into files.
"""

import json
from pathlib import Path
from typing import Any

from littlefs import LittleFS

from fleet.laptop.flash_layout import BLOCK_BYTES, BLOCKS, ERASED, REGION_BLOCKS

SMALLEST_BYTES = 32
IDENTITY_FILE = "/identity.json"
NETWORK_FILE = "/network.json"
TRUST_FILE = "/trust"


def create_image(
    path: Path, device: str, password: str, host: str, port: int, protocol: int, tls: dict[str, str] | None = None
) -> None:
    """A new flash that knows who it is and where its broker stands. Whatever was there is gone.

    `tls` is what `firmware/tls.py` wants to know for a protected line.
    """
    fs = open_flash(None)
    write_json(fs, IDENTITY_FILE, {"device": device, "password": password, "epoch": None})
    write_json(fs, NETWORK_FILE, {"host": host, "port": port, "protocol": protocol, **(tls or {})})
    save(fs, path, regions=ERASED * REGION_BLOCKS)


def set_network(path: Path, host: str, port: int, protocol: int, tls: dict[str, str] | None = None) -> None:
    """Tell a board that is not running where its broker stands now."""
    fs = open_flash(path)
    write_json(fs, NETWORK_FILE, {"host": host, "port": port, "protocol": protocol, **(tls or {})})
    save(fs, path)


def write_files(path: Path, files: dict[str, bytes]) -> None:
    """Put files on the flash of a board that is not running, with the folders above them."""
    fs = open_flash(path)
    for name, content in files.items():
        folder = name.rpartition("/")[0]
        if folder:
            fs.makedirs(folder, exist_ok=True)
        with fs.open(name, "wb") as f:
            f.write(content)
    save(fs, path)


def read_file(path: Path, name: str) -> bytes:
    """A file of a board that is not running; FileNotFoundError if it is not there."""
    fs = open_flash(path)  # a file that outlives its file system crashes littlefs
    with fs.open(name, "rb") as f:
        content: bytes = f.read()
    return content


def list_folder(path: Path, name: str = "/") -> list[str]:
    """What lies in a folder of a board that is not running."""
    fs = open_flash(path)
    return sorted(fs.listdir(name))


def open_flash(path: Path | None) -> Any:
    """The file system in an image; a new one without an image."""
    fs = LittleFS(
        block_size=BLOCK_BYTES,
        block_count=BLOCKS,
        prog_size=SMALLEST_BYTES,
        read_size=SMALLEST_BYTES,
        lookahead_size=SMALLEST_BYTES,
        disk_version=0x00020001,
        mount=False,
    )
    if path is None:
        fs.format()
    else:
        fs.context.buffer = bytearray(path.read_bytes()[: BLOCK_BYTES * BLOCKS])
    fs.mount()
    return fs


def write_json(fs: Any, name: str, data: object) -> None:
    """A small file."""
    with fs.open(name, "wb") as f:
        f.write(json.dumps(data).encode())


def read_regions(path: Path) -> bytes:
    """What lies behind the file system; nothing in an image of a board that had no regions yet."""
    return path.read_bytes()[BLOCK_BYTES * BLOCKS :]


def write_regions(path: Path, regions: bytes) -> None:
    """Put this behind the file system of a board that is not running."""
    save(open_flash(path), path, regions)


def save(fs: Any, path: Path, regions: bytes | None = None) -> None:
    """Put the image in its place, whole or not at all; with the regions that it had, unless there are others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if regions is None:
        regions = read_regions(path)
    beside = path.with_suffix(".new")
    beside.write_bytes(bytes(fs.context.buffer) + regions)
    beside.replace(path)

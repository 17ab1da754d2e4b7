"""Keeps what a release leaves behind, for every later one to be tested with.

`python -m tests.golden.keep <data> <source>`: `<data>` is a folder in which `motcua run` of that release lived a while,
`<source>` its clone. Kept are, named by the revision of its tables, a backup of its database (`schemas/`: rows that its
own program wrote), and of its firmware what the fleet and devices of other releases meet (`firmware/`: the sources of
the contract, and the ROM that a board ran).
"""

import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from fleet.domain.kept_backups import Keep
from fleet.flows.backup import backup
from fleet.laptop.firmware_tree import ROM
from fleet.settings import Settings
from fleet.store.database import Store

HERE = Path(__file__).parent
SCHEMAS, FIRMWARE = HERE / "schemas", HERE / "firmware"


def keep_schema(data: Path) -> Path:
    """A backup of the database in this folder."""
    store = Store(Settings(data=data).database_url, "sqlite://")
    try:
        to = SCHEMAS / f"{store.schema().revision}.zip"
        to.unlink(missing_ok=True)
        return backup(store, to, "kept", {}, 0, Keep(), lambda *_: None).file
    finally:
        store.close()


def keep_firmware(name: str, data: Path, source: Path) -> Path:
    """What the boards in this folder ran, and the contract in these sources. The same files give the same bytes."""
    (rom,) = data.glob(f"boards/firmware/*/{ROM}")
    found = {path.relative_to(source).as_posix(): path for path in sorted(source.glob("protocols/*.py"))}
    found |= {ROM: rom, "start.py": rom.with_name("start.py")}
    to = FIRMWARE / f"{name}.zip"
    with ZipFile(to, "w", ZIP_DEFLATED) as file:
        for inside, path in found.items():
            file.writestr(ZipInfo(inside), path.read_bytes(), ZIP_DEFLATED, 9)
    return to


def main(data: Path, source: Path) -> None:
    """Keep both."""
    for folder in (SCHEMAS, FIRMWARE):
        folder.mkdir(exist_ok=True)
    kept = keep_schema(data)
    print(kept, keep_firmware(kept.stem, data, source))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

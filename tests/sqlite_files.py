"""SQLite databases as files, copied from ones that were prepared once."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.fleet.office import migrated_file


class SqliteFiles:
    """The files that are copied, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, template: str, fill: Callable[[str], None] | None, to: Path) -> str:
        """The address of `motcua.sqlite` in this folder, a copy of what `fill` made when it was first asked for.

        It began with all tables; where nothing fills it, there is no file yet.
        """
        prepared = self.folder / f"{template}.sqlite"
        if fill is not None:
            if not prepared.exists():
                prepared.write_bytes(migrated_file())
                fill(f"sqlite:///{prepared}")
            shutil.copy(prepared, to / "motcua.sqlite")
        return f"sqlite:///{to / 'motcua.sqlite'}"

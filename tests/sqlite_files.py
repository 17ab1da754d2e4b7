"""SQLite databases as files, copied from ones that were prepared once."""

import shutil
from collections.abc import Callable
from pathlib import Path


class SqliteFiles:
    """The files that are copied, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, template: str, fill: Callable[[str], None], to: Path) -> str:
        """The address of `motcua.sqlite` in this folder, a copy of what `fill` made when it was first asked for."""
        prepared = self.folder / f"{template}.sqlite"
        if not prepared.exists():
            fill(f"sqlite:///{prepared}")
        if prepared.exists():
            shutil.copy(prepared, to / "motcua.sqlite")
        return f"sqlite:///{to / 'motcua.sqlite'}"

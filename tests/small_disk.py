"""A file system of a few megabytes, to be filled to the last byte. Root may have one, where the system lets him."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = "48m"
CHUNKS = (1 << 20, 4096, 1)


class SmallDisk:
    """What is mounted at this folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self, is_full: bool) -> None:
        """Nothing more finds room there, or all that was taken away from others is given back."""
        if not is_full:
            self.ballast.unlink()
            return
        with self.ballast.open("wb", buffering=0) as file:
            for chunk in CHUNKS:
                try:
                    while file.write(bytes(chunk)) == chunk:
                        pass
                except OSError:
                    pass


@contextmanager
def small_disk(folder: Path, owner: int) -> Iterator[SmallDisk | None]:
    """One at this folder, for this account; None, and a line that says why, where nobody lets us."""
    folder.mkdir()
    told = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700,uid={owner}", "tmpfs", str(folder)]
    done = subprocess.run(told, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"no file system of our own (as root, who may mount, there is one): {done.stderr.strip()}")
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()

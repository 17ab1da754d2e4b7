"""What templates were translated into is kept beside what Python keeps of our modules: a start need not do it anew.

Where nobody may write, or Python is told to keep nothing, each process translates for itself. Jinja keeps what a filter
makes of a constant, too: so no template shows a constant by a filter of ours.
"""

import hashlib
import sys
from contextlib import suppress
from pathlib import Path

from jinja2 import FileSystemBytecodeCache, __version__
from jinja2.bccache import Bucket


class KeptTranslations(FileSystemBytecodeCache):
    """In this folder. `made_by` is the file that says how templates are translated: another one translates anew."""

    def __init__(self, folder: Path, made_by: Path) -> None:
        options = hashlib.sha256(made_by.read_bytes()).hexdigest()[:16]
        super().__init__(str(folder), f"jinja-{__version__}-{options}-%s.cache")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one, if it may be kept."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)

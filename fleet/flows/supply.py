"""What devices may load of releases, out of memory: the database is read once for a file, and never for a piece."""

import time
from collections import OrderedDict
from collections.abc import Callable

from sqlalchemy import Connection

from fleet.store import releases
from fleet.store.database import Store

LOOK_S = 2.0
# However many names are asked for that are none, it is looked no more often whether there are new ones.
KEPT_BYTES = 32 << 20
ROOT, RELEASE, IMAGE = "root/", "release/", "image/"


class Unsure(Exception):
    """Whether there is such a file is not known just now; it is in a moment."""


class Shelf:
    """The files of releases by the names under which devices ask; those that are asked for are kept in memory."""

    def __init__(self, store: Store, most_bytes: int = KEPT_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self.most_bytes = most_bytes
        self.clock = clock
        self.names: frozenset[str] = frozenset()
        self.looked_s: float | None = None
        self.files: OrderedDict[str, bytes] = OrderedDict()

    def piece(self, name: str, offset: int, length: int) -> bytes:
        """So many bytes of this file from there, or fewer at its end; none: there is no such file. Raises Unsure."""
        data = self.files.get(name)
        if data is None:
            data = self.fetched(name)
        else:
            self.files.move_to_end(name)
        return data[offset : offset + length]

    def fetched(self, name: str) -> bytes:
        """The whole file, from the database. Raises Unsure."""
        if name not in self.names:
            self.look()
            if name not in self.names:
                return b""
        with self.store.reading() as connection:
            data = file_of(connection, name)
        if not data:  # it has gone, and may come back
            self.names -= {name}
            return data
        self.files[name] = data
        while len(self.files) > 1 and sum(map(len, self.files.values())) > self.most_bytes:
            self.files.popitem(last=False)
        return data

    def look(self) -> None:
        """Learn which files there are. Raises Unsure where that was done just now."""
        now_s = self.clock()
        if self.looked_s is not None and now_s - self.looked_s < LOOK_S:
            raise Unsure
        with self.store.reading() as connection:
            self.names = frozenset(names_in(connection))
        self.looked_s = now_s


def names_in(connection: Connection) -> list[str]:
    """All that a device may ask for."""
    roots = [f"{ROOT}{version}" for version in releases.root_versions(connection)]
    found = [f"{RELEASE}{sequence}" for sequence in releases.sequences(connection)]
    return [*roots, *found, *(f"{IMAGE}{image.sha256}" for image in releases.images(connection))]


def file_of(connection: Connection, name: str) -> bytes:
    """A file under its name; nothing: it has gone meanwhile."""
    kind, _, which = name.partition("/")
    if f"{kind}/" == IMAGE:
        return releases.image(connection, which) or b""
    if f"{kind}/" == ROOT:
        return releases.root(connection, int(which)) or b""
    found = releases.release(connection, int(which))
    return b"" if found is None else found.document

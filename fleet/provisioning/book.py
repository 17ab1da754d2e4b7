"""The bench's own book: which claim belongs to which board, how far it is, and what is still to be sent to the fleet.

A claim is bound to a board's own number before anything is written to that board, so the board gets the same one
whatever happens in between: it is enrolled once. The book is a file of lines that only grows; each is on the disk when
the call returns, and a last line that was cut off was not written. It holds keys, so it is its user's alone.
"""

import fcntl
import json
import os
import threading
from pathlib import Path
from typing import IO, Any

from fleet.provisioning.book_lines import ENROLLED, Known, Page, written
from fleet.provisioning.claims import BadClaims, Claim


class BookError(Exception):
    """The book has no claim for this board, or cannot be used; the text says why."""


class NoClaim(BookError):
    """No claim is left for another board."""


class ClaimExpired(BookError):
    """All claims that could be taken have expired."""


class Book:
    """A book in a folder; open in one process at a time, for any number of boards at once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "book.jsonl"
        self._lock = threading.RLock()
        self._known = Known()
        self._held = _hold(folder / "book.lock")
        self._read()
        self._file = self._begin_again()

    def add(self, claims: list[Claim]) -> int:
        """Take claims in; those that the book has already stay as they are. How many are new."""
        with self._lock:
            new = [claim for claim in claims if claim.id not in self._known.claims]
            for claim in new:
                self._write({"claim": claim.body})
            return len(new)

    def page(self, hw: str) -> Page | None:
        """What is known of a board."""
        with self._lock:
            return self._known.pages.get(hw)

    def bind(self, hw: str, now_ms: int) -> Page:
        """The claim of this board: the one that it had, one made for it, or the next that is free.

        A claim that expired before the board could have used it is let go. Raises NoClaim, ClaimExpired.
        """
        with self._lock:
            page = self._known.pages.get(hw)
            if page is not None and (page.claim.until_ms > now_ms or page.step == ENROLLED):
                return page
            taken = {one.claim.id for one in self._known.pages.values()}
            free = [claim for claim in self._known.claims.values() if claim.id not in taken and claim.body["key"]]
            fit = [claim for claim in free if claim.hw == hw] or [claim for claim in free if claim.hw is None]
            good = [claim for claim in fit if claim.until_ms > now_ms]
            if not good:
                late = [page.claim] if page is not None else fit
                if late:
                    raise ClaimExpired(_expired(late))
                raise NoClaim("no claim is left; `motcua claims make --out`, then give the file with --claims")
            self._write({"bound": good[0].id, "hw": hw})
            return self._known.pages[hw]

    def step(self, hw: str, step: str, seconds: float | None = None, result: str = "") -> None:
        """How far the board is."""
        with self._lock:
            self._write({"step": step, "hw": hw, "seconds": seconds, "result": result})

    def keep_record(self, identity: str, record: dict[str, Any]) -> None:
        """Keep a signed record until the fleet has it."""
        with self._lock:
            self._write({"record": record, "id": identity})

    def records(self) -> dict[str, dict[str, Any]]:
        """The records that the fleet does not have yet."""
        with self._lock:
            return dict(self._known.records)

    def sent(self, identity: str) -> None:
        """The fleet has it."""
        with self._lock:
            self._write({"sent": identity})

    def free(self, now_ms: int) -> int:
        """How many claims are left for boards that come."""
        with self._lock:
            taken = {page.claim.id for page in self._known.pages.values()}
            return sum(
                claim.id not in taken and claim.until_ms > now_ms and bool(claim.body["key"])
                for claim in self._known.claims.values()
            )

    def pages(self) -> list[Page]:
        """All boards, in the order in which they first came."""
        with self._lock:
            return list(self._known.pages.values())

    def close(self) -> None:
        """Let go of it."""
        self._file.close()
        self._held.close()

    def _read(self) -> None:
        if not self.path.exists():
            return
        lines = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines[:-1], start=1):  # the last one ends with a line break, or was cut off
            try:
                self._known.take(json.loads(line))
            except (ValueError, KeyError, TypeError, BadClaims):
                raise BookError(
                    f"{self.path}, line {number}: expected a line of the book; "
                    "move the file away and take the claims anew"
                ) from None

    def _begin_again(self) -> IO[bytes]:
        """Write all that is still true into a new file, in place of the old one: burnt keys are gone."""
        beside = self.path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(b"".join(written(one) for one in self._known.lines()))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        return self.path.open("ab")

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(written(line))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._known.take(line)


def _expired(claims: list[Claim]) -> str:
    named = ", ".join(claim.id for claim in claims[:3]) + (" …" if len(claims) > 3 else "")
    return f"claim {named} has expired; `motcua claims make --out`, then give the new file with --claims"


def _hold(path: Path) -> IO[bytes]:
    """Two benches with one book could bind a claim twice."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise BookError(
            f"{path.parent}: another bench works with this book; give this one its own with --book"
        ) from None
    return file

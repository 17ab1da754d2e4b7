"""What the bench has for every board: claims, packages, a Wi-Fi, and perhaps a person."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fleet.provisioning.book import Book
from fleet.provisioning.cable import Cable
from fleet.provisioning.codes import Codes
from fleet.provisioning.hands import Ask
from fleet.provisioning.results import Report

CONNECT_S = 120.0
# A first TLS handshake over Wi-Fi, with a rotation of the key behind it, and two tries that came to nothing.


@dataclass
class Means:
    """`files_of` gives a package by board and roles; `put_on` is how MicroPython comes onto a board that has none;
    `trust` is the root by which it will know the firmware of its updates;
    `person` says what somebody sees who stands there, presses keys and holds codes before readers.
    """

    book: Book
    files_of: Callable[[str, tuple[str, ...]], Mapping[str, bytes]]
    wifi: Callable[[], tuple[str | None, str | None]] = lambda: (None, None)
    put_on: Callable[[Cable, Report], None] | None = None
    trust: bytes | None = None
    person: Ask | None = None
    test: bool = True
    connect_s: float = CONNECT_S
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    clock: Callable[[], float] = time.monotonic
    codes: Codes = field(default_factory=Codes)

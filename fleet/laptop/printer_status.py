"""What a thermal printer says of itself: answers to `DLE EOT n`, `GS r n` and `GS a n`, as Epson's manual defines them.

`DLE EOT` is answered the moment it comes, even inside a picture or while the paper is out; `GS r` waits for its turn
among the orders, so its answer says that everything before it was printed.
"""

OK, LOW, OUT = "ok", "low", "out"
PAPER = (OK, LOW, OUT)

ALWAYS = 0b0001_0010
# Bits 1 and 4 are always set and bits 0 and 7 never: it tells a status byte from noise.


def real_time_answer(n: int, paper: str) -> bytes:
    """The answer to DLE EOT n; nothing for an n that asks for nothing."""
    status = {
        1: 0x08 if paper == OUT else 0,  # off line
        2: 0x20 if paper == OUT else 0,  # stopped by the end of the paper
        3: 0,  # no error
        4: {OK: 0, LOW: 0x0C, OUT: 0x6C}[paper],
    }
    return bytes([ALWAYS | status[n]]) if n in status else b""


def queued_answer(n: int, paper: str) -> bytes:
    """The answer to GS r n: 1 or 49 asks for the paper, 2 or 50 for the drawer."""
    if n in (1, 49):
        return bytes([{OK: 0, LOW: 0x03, OUT: 0x0F}[paper]])
    return b"\0" if n in (2, 50) else b""


def automatic_answer(paper: str) -> bytes:
    """The four bytes of the automatic status (GS a): printer, errors, paper, nothing."""
    return bytes([0x10 | (0x08 if paper == OUT else 0), 0, {OK: 0, LOW: 0x03, OUT: 0x0F}[paper], 0])


class StatusRequests:
    """Finds `DLE EOT n` in a stream of pieces, wherever it stands."""

    def __init__(self) -> None:
        self.tail = b""

    def feed(self, data: bytes) -> list[int]:
        """The n of each request that these bytes complete."""
        stream = self.tail + data
        asked = []
        start = stream.find(b"\x10\x04")
        while 0 <= start < len(stream) - 2:
            asked.append(stream[start + 2])
            start = stream.find(b"\x10\x04", start + 3)
        self.tail = stream[start:] if start >= 0 else stream[-1:] if stream.endswith(b"\x10") else b""
        return asked

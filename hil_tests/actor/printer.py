"""The actor as a thermal printer: what it answers, as Epson's manuals define it. Bytes in, bytes out.

`DLE EOT n` is answered the moment it comes, even inside a picture or while the paper is out; `GS r` waits for its turn:
its answer says that everything before it was printed. Without paper, or with the cover open, nothing is printed.
"""

from hil_tests.actor.orders import Orders

PAPER = ("ok", "low", "out")
COVER = ("shut", "open")
TROUBLE = ("none", "cutter", "broken", "hot")
MANNER = ("prompt", "silent")
# A silent one takes bytes and says nothing, as the cheapest do.
CHOICES = {"paper": PAPER, "cover": COVER, "trouble": TROUBLE, "manner": MANNER}
HELD_BYTES = 4096
# What a cheap printer holds while it can not print; more is lost, as there.

_ALWAYS = 0x12
# Two bits are always set in an answer and two never: it tells one from noise.


class Printer:
    """`state` is what a host may set; `came` counts all bytes, `lost` those for which there was no room."""

    def __init__(self) -> None:
        self.state = {"paper": "ok", "cover": "shut", "trouble": "none", "manner": "prompt"}
        self.came = self.lost = 0
        self._orders = Orders()
        self._tail = b""
        self._held = bytearray()

    def receive(self, data: bytes) -> bytes:
        """Bytes of the device, and what is said to them at once."""
        self.came += len(data)
        said = b"".join([self._real_time(n) for n in self._requests(data)])
        if self.prints():
            return self._told(said + self._queued(data))
        room = HELD_BYTES - len(self._held)
        self._held += data[:room]
        self.lost += max(0, len(data) - room)
        return self._told(said)

    def set(self, what: str, value: str) -> bytes:
        """Somebody pulls the paper out, or mends it; what waited is printed then, and answered. Raises ValueError."""
        if what not in CHOICES or value not in CHOICES[what]:
            wanted = " or ".join(sorted(CHOICES)) if what not in CHOICES else " or ".join(CHOICES[what])
            raise ValueError("expected %s, found %s" % (wanted, what if what not in CHOICES else value))
        self.state[what] = value
        if not self.prints() or not self._held:
            return b""
        held, self._held = bytes(self._held), bytearray()
        return self._told(self._queued(held))

    def prints(self) -> bool:
        """Whether paper comes out now."""
        return self.state["paper"] != "out" and self.state["cover"] == "shut" and self.state["trouble"] == "none"

    def _told(self, answer: bytes) -> bytes:
        return b"" if self.state["manner"] == "silent" else answer

    def _requests(self, data: bytes) -> "list[int]":
        """The n of each DLE EOT that these bytes complete, wherever it stands."""
        stream = self._tail + data
        asked = []
        at = stream.find(b"\x10\x04")
        while 0 <= at < len(stream) - 2:
            asked.append(stream[at + 2])
            at = stream.find(b"\x10\x04", at + 3)
        self._tail = stream[at:] if at >= 0 else stream[-1:] if stream.endswith(b"\x10") else b""
        return asked

    def _real_time(self, n: int) -> bytes:
        paper, trouble = self.state["paper"], self.state["trouble"]
        is_open = self.state["cover"] == "open"
        answers = {
            1: 0 if self.prints() else 0x08,
            2: (0x04 if is_open else 0) | (0x20 if paper == "out" else 0) | (0x40 if trouble != "none" else 0),
            3: {"none": 0, "cutter": 0x08, "broken": 0x20, "hot": 0x40}[trouble],
            4: {"ok": 0, "low": 0x0C, "out": 0x6C}[paper],
        }
        return bytes([_ALWAYS | answers[n]]) if n in answers else b""

    def _queued(self, data: bytes) -> bytes:
        said = b""
        for n in self._orders.feed(data):
            if n in (1, 49):
                said += bytes([{"ok": 0, "low": 0x03, "out": 0x0F}[self.state["paper"]]])
            elif n in (2, 50):
                said += b"\0"
        return said

"""Frames of Improv Serial, by which a technician's cable speaks with a board: bytes in, frames out, and back.

    IMPROV | version 1 | type | length | data | sum of all before it, its lowest byte | newline

Between frames anything may stand: what a board prints, what is left of an interrupted frame, noise. Standard: types 1
state, 2 error, 3 request (RPC), 4 result; requests 1 to 4 below. Ours is request 0xC0, which carries one JSON object in
pieces: flags and the piece's number, then a part of its bytes. Each piece but the last is confirmed, so no board must
hold more than one. An object of which a piece is missing is no object.
"""

from protocols.message import ProtocolError

HEAD = b"IMPROV\x01"
STATE, ERROR, REQUEST, RESULT = 1, 2, 3, 4
AUTHORIZED, PROVISIONING, PROVISIONED = 2, 3, 4
NO_ERROR, INVALID, UNKNOWN_REQUEST, NO_CONNECTION, FAILED = 0, 1, 2, 3, 0xFF
WIFI, ASK_STATE, ASK_DEVICE, SCAN, OBJECT = 1, 2, 3, 4, 0xC0

MORE, TAKEN, FIRST = 1, 2, 4
# Flags of a piece: others follow; the piece that you sent was taken, and this one has no bytes of its own; an object
# begins. The upper four bits count the pieces of an object from 0, and begin again after 15.
PIECE_BYTES = 120
# With its frame less than the 256 bytes that a board's serial line holds while the board looks elsewhere.
OBJECT_AT_MOST = 8192
# A certificate of an authority and a claim are about half of it.
_BEFORE_DATA = 9
_CHATTER_AT_MOST = 256


class Frames:
    """Finds the frames in what comes, however it is cut. `chatter`: the last bytes that were part of none.

    What looks like the head of a frame and is none holds up what stands behind it until that is long enough, or until
    `idle` says that nothing more comes.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self.chatter = b""
        self._ended = False

    def feed(self, data: "bytes | bytearray") -> "list[tuple[int, bytes]]":
        """The frames that these bytes complete: (type, data)."""
        self._held += data
        return self._found(False)

    def idle(self) -> "list[tuple[int, bytes]]":
        """Nothing came for a while: what has begun will not be whole. Frames may stand in it."""
        return self._found(True)

    def inside(self) -> bool:
        """Whether a frame has begun."""
        return len(self._held) > 0

    def _found(self, give_up: bool) -> "list[tuple[int, bytes]]":
        frames = []
        while self._held:
            if self._ended and self._held[0] == 10:  # the newline of the frame before
                self._drop(1, False)
                continue
            length = self._length()
            if length > len(self._held) and not give_up:
                break
            if 0 < length <= len(self._held) and sum(self._held[: length - 1]) & 0xFF == self._held[length - 1]:
                frames.append((self._held[7], bytes(self._held[_BEFORE_DATA : length - 1])))
                self._drop(length, False)
                self._ended = True
            else:
                self._drop(1, True)  # a frame may begin within what looked like one
        return frames

    def _length(self) -> int:
        """How many bytes the frame at the front has, or at least will have; 0 if there is none."""
        held = self._held
        if bytes(held[: len(HEAD)]) != HEAD[: len(held)]:
            return 0
        return _BEFORE_DATA + 1 + (held[8] if len(held) >= _BEFORE_DATA else 0)

    def _drop(self, count: int, chatter: bool) -> None:
        self._ended = False
        if chatter:
            self.chatter = (self.chatter + bytes(self._held[:count]))[-_CHATTER_AT_MOST:]
        self._held = self._held[count:]


class Objects:
    """Puts the pieces of an object together. What is left of one whose beginning nobody heard is left aside."""

    def __init__(self) -> None:
        self._held = b""
        self._open = False
        self._number = 0

    def take(self, data: bytes) -> "bytes | None":
        """The object that this piece completes; None while more follow, if one is missing, or if it only confirms."""
        if not data:
            raise ProtocolError("piece", "a flag and a part of an object", data)
        flags = data[0]
        if flags & TAKEN:
            return None
        if flags & FIRST:
            self._held, self._open, self._number = b"", True, 0
        if not self._open or flags >> 4 != self._number:
            self._open = False
            return None
        if len(self._held) + len(data) - 1 > OBJECT_AT_MOST:
            self._open = False
            raise ProtocolError("object", "at most %d bytes" % OBJECT_AT_MOST, len(self._held) + len(data) - 1)
        self._held += data[1:]
        self._number = self._number + 1 & 15
        self._open = flags & MORE != 0
        return None if self._open else self._held

    def forget(self) -> None:
        """Whoever sent the first pieces begins anew."""
        self._open = False


def frame(kind: int, data: "bytes | bytearray" = b"") -> bytes:
    """A frame with its newline."""
    if len(data) > 255:
        raise ProtocolError("frame", "at most 255 bytes of data", len(data))
    whole = HEAD + bytes([kind, len(data)]) + bytes(data)
    return whole + bytes([sum(whole) & 0xFF, 10])


def request(command: int, data: "bytes | bytearray" = b"") -> bytes:
    """A frame that asks for something."""
    return frame(REQUEST, bytes([command, len(data)]) + bytes(data))


def result(command: int, *texts: str) -> bytes:
    """A frame that answers a standard request."""
    return frame(RESULT, answer(command, strings(*texts)))


def answer(command: int, data: bytes) -> bytes:
    """The data of a result."""
    return bytes([command, len(data)]) + data


def read(data: bytes) -> "tuple[int, bytes]":
    """(command, its data) of a request or a result. Raises ProtocolError."""
    if len(data) < 2 or data[1] != len(data) - 2:
        raise ProtocolError("request", "a command, a length, and so many bytes", data)
    return data[0], data[2:]


def strings(*texts: str) -> bytes:
    """Texts as the standard has them: each with its length in bytes before it."""
    return b"".join([bytes([len(text.encode())]) + text.encode() for text in texts])


def read_strings(data: bytes) -> "list[str]":
    """The texts that stand there. Raises ProtocolError."""
    texts, at = [], 0
    while at < len(data):
        end = at + 1 + data[at]
        if end > len(data):
            raise ProtocolError("texts", "%d bytes" % data[at], data[at + 1 :])
        try:
            texts.append(str(data[at + 1 : end], "utf-8"))
        except UnicodeError:
            raise ProtocolError("texts", "UTF-8", data[at + 1 : end]) from None
        at = end
    return texts


def wifi(ssid: str, password: str) -> bytes:
    """The standard request that names a Wi-Fi."""
    return request(WIFI, strings(ssid, password))


def pieces(kind: int, raw: bytes):  # type: ignore[no-untyped-def]
    """The frames that carry this object, as requests or as results. After each but the last wait for `taken`."""
    for at in range(0, max(1, len(raw)), PIECE_BYTES):
        flags = (at // PIECE_BYTES & 15) << 4 | (0 if at else FIRST) | (MORE if at + PIECE_BYTES < len(raw) else 0)
        yield frame(kind, answer(OBJECT, bytes([flags]) + raw[at : at + PIECE_BYTES]))


def taken() -> bytes:
    """What confirms a piece that others follow."""
    return frame(RESULT, answer(OBJECT, bytes([TAKEN])))


def is_taken(kind: int, data: bytes) -> bool:
    """Whether this frame confirms a piece."""
    return kind == RESULT and data[:1] == bytes([OBJECT]) and len(data) == 3 and data[2] & TAKEN != 0

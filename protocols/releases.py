"""Firmware on its way: what a device shall run, and the pieces of it."""

from protocols.message import COUNT, Message, Range, Text

NAME = Text(100)
PIECE = Text(1400)


class Release(Message):
    """A signed assignment, bound to the nonce of the last hello. `signed` is the text that was signed, as it was.

    It says `device`, `nonce`, `sequence`, the `release` by length and hash of its document, and the `root` that the
    fleet knows; it may say `rate` (bytes a second at most), `within_s` (to fetch everything), `quiet_s` (in which
    nobody does anything, before the device begins anew with it) and `confirm_within_s`. A `release` of null and the
    sequence 0: none is assigned any more, and what is under way ends. A signature is the id of a key, a blank and
    base64.
    """

    FIELDS = {"nonce": Text(32), "signed": PIECE, "signatures": [Text(600)]}

    nonce: str
    signed: str
    signatures: "list[str]"


class FileWanted(Message):
    """The device asks for `length` bytes of a file from `offset`.

    `root/<version>` and `release/<sequence>` are signed documents, `image/<sha256 in hex>` is an application.
    """

    FIELDS = {"name": NAME, "offset": COUNT, "length": Range(1, 1024)}

    name: str
    offset: int
    length: int


class FilePiece(Message):
    """The piece that was asked for, base64; empty: there is no such file, or nothing from this offset."""

    FIELDS = {"name": NAME, "offset": COUNT, "data": PIECE}

    name: str
    offset: int
    data: str

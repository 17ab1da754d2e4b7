"""Firmware on its way: what a device shall run, and the pieces of it."""

from protocols.message import COUNT, Message, Range, Text

NAME = Text(100)
PIECE = Text(1400)


class Release(Message):
    """A signed assignment, bound to the nonce of the last hello. `signed` is the text that was signed, as it was."""

    FIELDS = {"nonce": Text(32), "signed": PIECE, "signatures": [Text(600)]}

    nonce: str
    signed: str
    signatures: "list[str]"


class FileWanted(Message):
    """The device asks for `length` bytes of a release's file from `offset`."""

    FIELDS = {"name": NAME, "offset": COUNT, "length": Range(1, 1024)}

    name: str
    offset: int
    length: int


class FilePiece(Message):
    """The piece that was asked for, base64."""

    FIELDS = {"name": NAME, "offset": COUNT, "data": PIECE}

    name: str
    offset: int
    data: str

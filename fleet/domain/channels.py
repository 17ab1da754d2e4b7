"""How a dossier was handed in, in whatever words or number its system has for it."""

from enum import StrEnum

from fleet.domain.cells import text_of
from fleet.domain.columns import Cell


class Channel(StrEnum):
    """How a dossier was handed in."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"
    OTHER = "other"


NUMBERS = {"1": Channel.COUNTER, "2": Channel.ONLINE, "3": Channel.POST}
# KenhThucHien of the national portal.
WORDS: tuple[tuple[str, Channel], ...] = (
    ("trực tuyến", Channel.ONLINE),
    ("online", Channel.ONLINE),
    ("on-line", Channel.ONLINE),
    ("qua mạng", Channel.ONLINE),
    ("cổng dịch vụ", Channel.ONLINE),
    ("bưu chính", Channel.POST),
    ("bưu điện", Channel.POST),
    ("post", Channel.POST),
    ("trực tiếp", Channel.COUNTER),
    ("một cửa", Channel.COUNTER),
    ("tại quầy", Channel.COUNTER),
    ("counter", Channel.COUNTER),
)


def read_channel(cell: Cell) -> str:
    """The channel in this cell; empty if it is empty, `other` for words that none of ours are in."""
    text = text_of(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).casefold()
    if not text:
        return ""
    return NUMBERS.get(text) or next((channel for word, channel in WORDS if word in text), Channel.OTHER)


def channel_of(told: str) -> Channel:
    """The channel of a dossier; the official rule takes silence for the counter."""
    return Channel(told) if told else Channel.COUNTER

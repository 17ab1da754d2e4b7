"""The answer to a batch of events."""

from protocols.message import BIGGEST, COUNT, Message, Range


class Receipt(Message):
    """The fleet's word that the events of this boot up to `through` are stored; `refused` can not be."""

    FIELDS = {"epoch": COUNT, "boot": COUNT, "through": Range(-1, BIGGEST), "now": COUNT, "refused": [COUNT]}

    epoch: int
    boot: int
    through: int
    now: int
    refused: "list[int]" = []

"""The fleet welcomes a device. It lies apart from what the device says, which it knows without these classes."""

from protocols.message import COUNT, WORD, Message


class Welcome(Message):
    """The answer to a hello: the time, the epoch to use, and the nonce back as proof that it is fresh.

    `report`: the fleet was restored, and asks the printer what leases it holds.
    """

    FIELDS = {"now": COUNT, "epoch": COUNT, "generation": COUNT, "report": bool, "nonce": WORD}

    now: int
    epoch: int
    generation: int
    report: bool = False
    nonce: str

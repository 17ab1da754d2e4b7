"""The printer's part of `down/config`: what a model can. The fleet checks it before it is sent.

A device has no room for one more message, so it reads these fields one by one, each with the default that stands here.
"""

from protocols.message import Message, Range


class Printer(Message):
    """A printer of a model: how wide it prints, in dots, and what it can.

    `text`: how Vietnamese comes out right: on its own TCVN-3 pages, drawn by the device, or without accents. `qr`: who
    draws the code, the printer itself or the device. `status`: whether it answers when it is asked.
    """

    FIELDS = {
        "width": Range(384, 832),
        "text": ("tcvn3", "raster", "ascii"),
        "small_page": Range(0, 255),
        "capital_page": Range(0, 255),
        "qr": ("native", "raster"),
        "cutter": bool,
        "status": bool,
    }

    width: int = 576
    text: str = "tcvn3"
    small_page: int = 30
    capital_page: int = 31
    qr: str = "native"
    cutter: bool = True
    status: bool = True

"""The call display's part of `down/config`: what shows the calls, and what speaks them."""

from protocols.message import Message, Range


class Display(Message):
    """A call display.

    `show`: a chain of `modules` MAX7219 with a matrix of 8 x 8 each, one MAX7219 with eight digits of seven segments,
    or a display that takes lines of text. `light` and `volume`: how bright and how loud. `languages`: the folders of
    clips in which each call is spoken, one after the other.
    """

    FIELDS = {
        "show": ("matrix", "segments", "text", "none"),
        "modules": Range(1, 8),
        "light": Range(0, 15),
        "voice": ("dfplayer", "none"),
        "volume": Range(0, 30),
        "languages": [Range(1, 99)],
    }

    show: str = "matrix"
    modules: int = 4
    light: int = 4
    voice: str = "dfplayer"
    volume: int = 20
    languages: "list[int]" = [1]

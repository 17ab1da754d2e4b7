"""What a display shows and a keypad's digits, and the module that speaks: a person sees and hears them."""

from firmware.cable.selftest import FAIL, PASS, SKIPPED
from firmware.drivers.dfplayer import SILENT, Player
from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.cable.selftest import SelfTest

_ALL_BARS = const("8888")
_MODULES = const(4)
_LIGHT = const(4)
_VOLUME = const(20)
_FOLDER = const(1)
_CLIP = const(1)
# In the first folder, which every card has.


async def screen(test: "SelfTest") -> "tuple[str, str]":
    """All bars or many dots; what a bare board has to show it is not known, so it is shown in each way."""

    async def show() -> None:
        for role in test.offer.roles:
            if role == "keypad":
                test.board.uart("display").write(_ALL_BARS.encode() + b"\r")
            elif role == "display":
                on_display(test.board)

    await show()
    return await test.confirmed("screen", "does it show 8888?", "8888", show)


def on_display(board) -> None:  # type: ignore[no-untyped-def]
    """On a chain of LEDs, and on a display of text."""
    from firmware.drivers.max7219 import Chain

    Chain(board.shifter("matrix"), _MODULES, _LIGHT, False).show(_ALL_BARS, "")
    board.uart("panel").write(b"\x0c" + _ALL_BARS.encode() + b"\r\n")


async def voice(test: "SelfTest") -> "tuple[str, str]":
    """The module answers, and a clip is heard."""
    if "display" not in test.offer.roles:
        return SKIPPED, "this device does not speak"
    player = Player(test.board.uart("voice"), test.clock)
    if not await player.begin(_VOLUME):
        return SKIPPED, "no module answers; calls will be shown, and not spoken"
    said = ""

    async def speak() -> None:
        nonlocal said
        said = await player.play(_FOLDER, _CLIP)

    await speak()
    if said == SILENT:
        return FAIL, "the module fell silent while it spoke"
    if said:
        return FAIL, "its card has no clip 1 in folder 01"
    if not test.hands:
        return PASS, "it says that it spoke"
    return await test.confirmed("voice", "was it heard?", "it says that it spoke", speak)

"""The emulated board of the rig, but for the emulator: what stands in for it needs no image and no library."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from fleet.laptop.boards import Boards
from hil_tests.drivers import emulated, emulated_lines, pico_image
from hil_tests.drivers.emulator.kept_flash import ERASE_SECTOR, PROGRAM, SECTOR_BYTES, KeptFlash
from hil_tests.rig_file import BoardThere
from hil_tests.target import NotRun
from tests.boards.test_emulated import uf2

HW = "e6614c311b7e6f01"
STAND_IN = """
import json, sys
def tell(**what):
    print(json.dumps(what), flush=True)
tell(port="/dev/pts/none")
tell(said=b"boot 1: power\\r\\n".hex(), at_ms=1500)
for line in sys.stdin:
    wish = json.loads(line)
    if "press" in wish:
        tell(drove=wish["press"], level=0, at_ms=1600)
        tell(pin=19, level=1, at_ms=1640)
    elif "uart" in wish:
        tell(uart=wish["uart"], bytes=wish["bytes"], at_ms=1700)
    elif "tell" in wish:
        tell(told=True, at_ms=1800)
    elif "cut" in wish:
        tell(cut=True, at_ms=1900)
        break
"""


@pytest.fixture
def chip(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A chip's flash controller as the emulator has it, with an empty flash in a file."""
    file = tmp_path / "flash"
    file.write_bytes(b"\xff" * 2 * SECTOR_BYTES)
    controller = SimpleNamespace(_tx_buffer=b"", _write_enabled=True, _shift_byte=lambda byte: 0)
    mcu = SimpleNamespace(flash=bytearray(4 * SECTOR_BYTES), ssi=controller, clock=SimpleNamespace(nanos=0.0))

    def apply() -> None:
        sent, at = controller._tx_buffer, int.from_bytes(controller._tx_buffer[1:4], "big")
        after = b"\xff" * SECTOR_BYTES if sent[0] == ERASE_SECTOR else sent[4:]
        mcu.flash[at : at + len(after)] = after

    controller._apply_command = apply
    yield SimpleNamespace(mcu=mcu, file=file)


def command(chip: SimpleNamespace, *sent: bytes) -> None:
    chip.mcu.ssi._tx_buffer = b"".join(sent)
    chip.mcu.ssi._apply_command()


def test_without_an_image_the_target_says_how_to_get_one() -> None:
    with pytest.raises(NotRun, match=r"no image; get the Pico W's \.uf2 at https://micropython\.org/.*IMAGE="):
        emulated.image_of(BoardThere("quay", "emulated", ("rating",)))


def test_an_image_without_the_emulator_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = tmp_path / "pico.uf2"
    image.write_bytes(uf2())
    monkeypatch.setattr(emulated, "EMULATOR", "no_such_emulator")
    with pytest.raises(NotRun, match="expected the emulator no_such_emulator, found none"):
        emulated.image_of(BoardThere("quay", "emulated", ("rating",), firmware=str(image)))


def test_the_whole_flash_has_the_program_first_and_the_files_where_a_stock_image_looks(tmp_path: Path) -> None:
    image = tmp_path / "pico.uf2"
    image.write_bytes(uf2())
    flash = pico_image.whole_flash(image, b"littlefs")
    assert len(flash) == 2 * 1024 * 1024 and flash.startswith(b"MicroPython")
    assert flash[0x12C000:].startswith(b"littlefs\xff")


def test_what_is_erased_and_programmed_is_in_the_file_at_once(chip: SimpleNamespace) -> None:
    kept = KeptFlash(chip.mcu, chip.file, bytes.fromhex(HW), lambda: None)
    command(chip, bytes([PROGRAM, 0, 16, 8]), b"event")
    command(chip, bytes([ERASE_SECTOR, 0, 0, 0]))
    assert chip.file.read_bytes()[4104:4109] == b"event"
    assert kept.told() == {"programmed": 1, "erased": 1, "most_of_a_sector": 1, "waited_ms": 0.0}


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_the_power_goes_in_the_midst_of_an_operation(chip: SimpleNamespace, part: float) -> None:
    class Gone(Exception):
        """The process would have ended."""

    def gone() -> None:
        raise Gone

    kept = KeptFlash(chip.mcu, chip.file, bytes.fromhex(HW), gone)
    kept.cut(1, part)
    command(chip, bytes([PROGRAM, 0, 0, 0]), b"first")
    with pytest.raises(Gone):
        command(chip, bytes([PROGRAM, 0, 1, 0]), b"secondly")
    done = int(8 * part)
    assert chip.file.read_bytes()[:5] == b"first"
    assert chip.file.read_bytes()[256:264] == b"secondly"[:done] + b"\xff" * (8 - done)


def test_hands_use_names_and_the_chip_knows_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = tmp_path / "chip.py"
    stand_in.write_text(STAND_IN)
    monkeypatch.setattr(emulated_lines, "PROGRAM", (str(stand_in),))

    async def a_life() -> None:
        lines = emulated_lines.EmulatedLines(Boards(tmp_path, "127.0.0.1", 1), "quay", HW, ("rating", "reader"))
        await lines.plug_in_again()
        heard = lines.listen()
        first = asyncio.ensure_future(anext(heard))
        await asyncio.sleep(0)
        await lines.press("score_3", 1)
        assert (await first).pin == "lamp_3" and lines.levels == {"lamp_3": 1}
        await lines.feed("scanner", b"H15")
        change = await anext(heard)
        assert (change.uart, change.data) == ("scanner", b"H15")
        assert (await lines.told())["at_ms"] == 1800 and lines.clock() >= 1.8
        assert [one.text for one in lines.heard.lines] == ["boot 1: power"]
        await lines.wish({"cut": 0, "part": 0.5})
        await asyncio.to_thread(lines.heard.expect, emulated_lines.POWER_WENT, 1)
        await lines.unplug()
        assert lines.port is None and lines.pid is None

    asyncio.run(asyncio.wait_for(a_life(), 60))

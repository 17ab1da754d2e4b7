"""Images of the application: what is in them, and that they fit where they go."""

import ast
import re
from pathlib import Path

import pytest

from firmware import VERSION
from fleet.domain.release_images import check
from fleet.laptop import application_image, romfs
from fleet.laptop.application_image import build, firmware_version, manifest
from fleet.laptop.firmware_tree import ROOT, module_name
from fleet.laptop.needed import needed, roles, source_of
from fleet.laptop.package import BOARDS, PackageError
from fleet.laptop.slot_sizes import in_layout, slot_bytes


def test_an_image_holds_the_application_of_its_board_and_the_letters() -> None:
    built = build("pico_w", minimum=3)
    files = romfs.files(built.data)
    assert {"firmware/main.mpy", "firmware/hardware/rp2.mpy", "firmware/fonts/ticket.font"} <= set(files)
    assert not {"firmware/hardware/simulated.mpy", "firmware/hardware/esp32.mpy"} & set(files)
    assert set(manifest(built.data)) == set(files)
    check(built.image, built.data)
    said = built.image.board, built.image.mpy, built.image.firmware, built.image.minimum
    assert said == ("pico_w", "6.3", VERSION, 3)
    assert firmware_version() == VERSION
    room = min(slot_bytes(board) or 0 for board in BOARDS)
    assert len(built.data) <= room * 0.9, "no layout changes out there: what comes next must fit, too"


MODULE, STATE = re.compile(r"(protocols|firmware)(\.[a-z_0-9]+)+"), re.compile(r"\[?([a-z_]+)\.[A-Z]\w+\]?")


def test_what_the_application_names_by_a_text_is_in_its_image() -> None:
    sources = needed(["firmware.hardware.simulated", "firmware.main"], frozenset((*roles(), "simulated")))
    there = {module_name(source) for source in sources}
    parts = [part for source in sources for part in ast.walk(ast.parse(source.read_text("utf-8")))]
    texts = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    named = {text for text in texts if MODULE.fullmatch(text)}
    states = {f"protocols.{found[1]}" for text in texts if (found := STATE.fullmatch(text))}
    assert len(named) > 10 and "protocols.reader_state" in states
    assert {name for name in named | states if source_of(name, ROOT)} <= there


def test_an_image_that_no_slot_takes_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application_image, "compiled", lambda board, progress: bytes(5000))
    monkeypatch.setattr(application_image, "slot_bytes", lambda board: 4096)
    with pytest.raises(PackageError, match="esp32: expected an image of 4096 bytes at most, found 5000"):
        build("esp32")
    with pytest.raises(PackageError, match="board: expected one of"):
        build("toaster")


def test_a_slot_is_half_of_what_the_layout_of_the_board_gives() -> None:
    assert in_layout("SLOTS_BYTES = 2 * 256 * 1024") == 512 * 1024
    assert in_layout("STORAGE_BYTES = 848 * 1024") is None
    expected = {"simulated": 320, "pico_w": 280, "pico_2_w": 512, "esp32": 320, "esp32_s3": 320, "esp32_c3": 320}
    assert {board: (slot_bytes(board) or 0) / 1024 for board in BOARDS} == expected


def test_what_was_put_into_a_read_only_file_system_comes_out(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.mpy").write_bytes(b"x" * 300)
    (tmp_path / "z").write_bytes(b"")
    image = romfs.image(tmp_path)
    assert romfs.files(image) == {"a/b/c.mpy": b"x" * 300, "z": b""}
    for wrong in (image[:-1], image + b"x", b"", image[:5] + b"\xff" * (len(image) - 5)):
        with pytest.raises(romfs.NoImage):
            romfs.files(wrong)

"""Ports: which ones are boards; and what a board says of itself, as it is shown."""

from dataclasses import dataclass

import pytest

from fleet.provisioning import ports
from fleet.provisioning.boards_known import board_of
from fleet.provisioning.untrusted import shown


@dataclass
class Listed:
    device: str
    vid: int | None
    pid: int | None
    serial_number: str | None = None
    location: str | None = None


def test_only_what_may_be_a_board_is_found_and_each_keeps_its_key() -> None:
    bridge = Listed("/dev/ttyUSB1", 0x1A86, 0x7523, None, "1-1.2")
    native = Listed("/dev/ttyACM0", 0x2E8A, 0x0005, "e6614c311b7e6f35", "1-1.3")
    mouse = Listed("/dev/ttyACM7", 0x046D, 0xC077)
    no_usb = Listed("/dev/ttyS0", None, None)
    found = ports.known([bridge, mouse, native, no_usb])
    assert [(port.path, port.key) for port in found] == [
        ("/dev/ttyACM0", "2e8a:0005:e6614c311b7e6f35"),
        ("/dev/ttyUSB1", "1a86:7523:at 1-1.2"),
    ]
    again = ports.known([Listed("/dev/ttyACM3", 0x2E8A, 0x0005, "e6614c311b7e6f35", "1-1.4")])[0]
    assert again.key == found[0].key and again.path != found[0].path


@pytest.mark.parametrize(
    ("machine", "board"),
    [
        ("Raspberry Pi Pico W with RP2040 rp2", "pico_w"),
        ("Raspberry Pi Pico 2 W with RP2350 rp2", "pico_2_w"),
        ("Generic ESP32 module with ESP32 esp32", "esp32"),
        ("Generic ESP32S3 module with ESP32S3 esp32", "esp32_s3"),
        ("ESP32C3 module with ESP32C3 esp32", "esp32_c3"),
        ("PYBv1.1 with STM32F405RG pyboard", None),
    ],
)
def test_the_type_of_board_is_what_micropython_says_of_its_machine(machine: str, board: str | None) -> None:
    assert board_of(machine) == board


def test_what_a_board_says_is_shown_as_one_harmless_short_line() -> None:
    assert shown(b"Xin ch\xc3\xa0o\r\n\x1b[2Jb\xe1\xbb") == "Xin chào ?[2Jb?"  # cut within a letter
    assert len(shown("x" * 500)) == 120

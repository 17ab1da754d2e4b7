"""What is known of the boards and bridges that a technician plugs in: by the numbers of their USB."""

from dataclasses import dataclass

BRIDGE, JTAG, NATIVE, BOOT_ROM, UNKNOWN = "bridge", "jtag", "native", "boot_rom", "unknown"
# A chip beside the board's own · the serial port of Espressif's USB-JTAG · a port that the program on the board makes ·
# one that waits for its first program · a port that a person named.


@dataclass(frozen=True)
class Kind:
    """A kind of port. `raises_dtr`: its program says nothing while nobody holds that line."""

    name: str
    way: str

    @property
    def raises_dtr(self) -> bool:
        """A board that makes its port itself sees by DTR that somebody reads; behind a bridge that line is a reset."""
        return self.way == NATIVE


ANY = Kind("a port that was named", UNKNOWN)
KINDS = {
    (0x10C4, 0xEA60): Kind("CP210x", BRIDGE),
    (0x10C4, 0xEA70): Kind("CP2105", BRIDGE),
    (0x1A86, 0x7523): Kind("CH340", BRIDGE),
    (0x1A86, 0x7522): Kind("CH340K", BRIDGE),
    (0x1A86, 0x55D3): Kind("CH343", BRIDGE),
    (0x1A86, 0x55D4): Kind("CH9102", BRIDGE),
    (0x0403, 0x6001): Kind("FT232", BRIDGE),
    (0x0403, 0x6010): Kind("FT2232", BRIDGE),
    (0x0403, 0x6014): Kind("FT232H", BRIDGE),
    (0x0403, 0x6015): Kind("FT231X", BRIDGE),
    (0x303A, 0x1001): Kind("ESP32 USB-JTAG", JTAG),
    (0x303A, 0x4001): Kind("ESP32 with MicroPython", NATIVE),
    (0x303A, 0x0002): Kind("ESP32-S2 in boot mode", BOOT_ROM),
    (0x2E8A, 0x0005): Kind("RP2 with MicroPython", NATIVE),
    (0x2E8A, 0x000A): Kind("RP2 with another program", NATIVE),
    (0xF055, 0x9800): Kind("MicroPython", NATIVE),
    (0xF055, 0x9801): Kind("MicroPython", NATIVE),
    (0xF055, 0x9802): Kind("MicroPython", NATIVE),
}

MACHINES = (
    ("pico 2 w", "pico_2_w"),
    ("pico w", "pico_w"),
    ("esp32s3", "esp32_s3"),
    ("esp32c3", "esp32_c3"),
    ("with esp32", "esp32"),
    ("linux", "simulated"),
)
# The first that is found in what MicroPython says of its machine, such as "Raspberry Pi Pico 2 W with RP2350".


def board_of(machine: str) -> str | None:
    """The type of board for which its package is built; None if motcua does not know this machine."""
    said = machine.lower()
    return next((board for sign, board in MACHINES if sign in said), None)

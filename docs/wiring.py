"""Draws the wiring: the tables of docs/boards.md and a picture for each role, from the tables that the firmware uses.

`python -m docs.wiring` writes them anew; a test tells when they are old.
"""

import importlib
from html import escape
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
PAGE = DOCS / "boards.md"
BEGIN, END = "<!-- made by docs/wiring.py -->\n", "<!-- end -->\n"
BOARDS = {
    "Pico W, Pico 2 W": "pins_pico",
    "ESP32": "pins_esp32",
    "ESP32-S3": "pins_esp32_s3",
    "ESP32-C3": "pins_esp32_c3",
}
DRAWN = "Pico W, Pico 2 W"
ROLES = {
    "printer": "Ticket printer · Máy in số",
    "rating": "Rating buttons · Nút đánh giá",
    "reader": "Barcode reader · Đầu đọc mã",
    "keypad": "Counter keypad · Bàn phím quầy",
    "display": "Call display · Bảng gọi số",
}
PARTS = (
    ("service_", "key to GND", "#2f6f4f"),
    ("score_", "key to GND", "#2f6f4f"),
    ("key_", "key to GND", "#2f6f4f"),
    ("priority", "key to GND", "#2f6f4f"),
    ("reprint", "key to GND", "#2f6f4f"),
    ("lamp_", "LED, 330 Ω, to GND", "#9a6a00"),
    ("buzzer", "buzzer, by transistor", "#9a6a00"),
)
SERIAL = "serial part, 3.3 V"
LEDS = "MAX7219 chain"
SHIFTER_PINS = 3
ROW, TOP, WIDTH = 26, 74, 760
BOARD_X, BOARD_WIDTH, PART_X, PART_WIDTH = 40, 200, 460, 260


def pins(board: str) -> dict[str, dict[str, Any]]:
    """{role: {line: place}} of a board."""
    table: dict[str, dict[str, Any]] = importlib.import_module(f"firmware.hardware.{BOARDS[board]}").PINS
    return table


def shown(place: Any) -> str:
    """A place as a person reads it."""
    if place is None:
        return "–"
    if isinstance(place, int):
        return f"GPIO{place}"
    if len(place) == SHIFTER_PINS:
        data, clock, select = place
        return f"data GPIO{data}, clock GPIO{clock}, select GPIO{select}"
    number, tx, rx, baud = place
    return f"UART{number}: tx GPIO{tx}, rx GPIO{rx}, {baud} baud"


def tables() -> str:
    """One table for each role, a column for each board, and its picture."""
    parts = []
    for role, title in ROLES.items():
        columns = [pins(board)[role] for board in BOARDS]
        rows = [f"| `{line}` | " + " | ".join(shown(one[line]) for one in columns) + " |" for line in columns[0]]
        head = f"| line | {' | '.join(BOARDS)} |\n|---|{'---|' * len(BOARDS)}\n"
        picture = f"![{title}, on a Pico W](pictures/wiring-{role}.svg)\n"
        parts.append(f"### {title}\n\n{head}" + "\n".join(rows) + f"\n\n{picture}")
    return "\n".join(parts)


def picture(role: str) -> str:
    """The wires of one role as SVG."""
    wires = []
    for line, place in pins(DRAWN)[role].items():
        if place is None:  # no pin of its own until /pins.json gives it one
            continue
        if isinstance(place, int):
            part, colour = next((what, ink) for front, what, ink in PARTS if line.startswith(front))
            wires.append((f"GP{place}", line, part, colour))
        elif len(place) == SHIFTER_PINS:
            wires += [
                (f"GP{pin}", f"{line}: {name}", f"{LEDS}: {mark}", "#1f4e9a")
                for pin, name, mark in zip(place, ("data", "clock", "select"), ("DIN", "CLK", "CS"), strict=True)
            ]
        else:
            wires.append((f"GP{place[1]}", f"{line}: tx ▶ its rx", SERIAL, "#1f4e9a"))
            wires.append((f"GP{place[2]}", f"{line}: rx ◀ its tx", SERIAL, "#1f4e9a"))
    wires.append(("GND", "ground of all parts", "common ground", "#333"))
    return drawn(ROLES[role], "Pico W / Pico 2 W", wires)


def drawn(title: str, board: str, wires: list[tuple[str, str, str, str]]) -> str:
    """A board at the left with a wire in each row: its pin, the line, what hangs there, and the colour."""
    height = TOP + ROW * len(wires) + 24
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        ' font-family="sans-serif" font-size="14">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{BOARD_X}" y="30" font-size="18" font-weight="bold">{escape(title)}</text>',
        f'<rect x="{BOARD_X}" y="46" width="{BOARD_WIDTH}" height="{height - 62}" rx="8"',
        ' fill="#e9f2ec" stroke="#2f6f4f"/>',
        f'<text x="{BOARD_X + 12}" y="66" font-weight="bold">{escape(board)}</text>',
    ]
    for index, (pin, line, part, colour) in enumerate(wires):
        y = TOP + ROW * index + 14
        out += [
            f'<text x="{BOARD_X + BOARD_WIDTH - 12}" y="{y + 5}" text-anchor="end">{pin}</text>',
            f'<path d="M{BOARD_X + BOARD_WIDTH} {y}H{PART_X}" stroke="{colour}" stroke-width="2" fill="none"/>',
            f'<circle cx="{BOARD_X + BOARD_WIDTH}" cy="{y}" r="4" fill="{colour}"/>',
            f'<text x="{BOARD_X + BOARD_WIDTH + 14}" y="{y - 5}" font-size="12" fill="#444">{escape(line)}</text>',
            f'<rect x="{PART_X}" y="{y - 11}" width="{PART_WIDTH}" height="22" rx="4" fill="none" stroke="{colour}"/>',
            f'<text x="{PART_X + 10}" y="{y + 5}" fill="{colour}">{escape(part)}</text>',
        ]
    return "\n".join([*out, "</svg>"]) + "\n"


def page(text: str) -> str:
    """The page with its tables as they are now."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n" + tables() + "\n" + END + rest.split(END)[1]


def main() -> None:
    """Write page and pictures."""
    PAGE.write_text(page(PAGE.read_text()))
    for role in ROLES:
        (DOCS / "pictures" / f"wiring-{role}.svg").write_text(picture(role))


if __name__ == "__main__":
    main()

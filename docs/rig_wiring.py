"""Draws the wiring of a rig: the tables of docs/rig-wiring.md and its Vietnamese twin, and three pictures.

`python -m docs.rig_wiring` writes them anew from the table that the actor uses; a test tells when they are old.
"""

from html import escape
from pathlib import Path

from docs.wiring import BEGIN, BOARDS, DOCS, END, drawn, pins
from hil_tests.actor.pins import EYES, HANDS, LINES, METER, RELAY, SERIAL

PAGES = {DOCS / "rig-wiring.md": "en", DOCS / "rig-wiring.vi.md": "vi"}
MADE = BEGIN.replace("wiring.py", "rig_wiring.py")
HEADS = {"en": ("wire", "the actor's pin", "line of the device"), "vi": ("dây", "chân của Pico thứ hai", "đường dây")}
HAND, EYE, LINE, POWER, EARTH = "#2f6f4f", "#9a6a00", "#1f4e9a", "#a02020", "#333"
ON_BOARD = (
    (0, 1, None, 2, 3, 4, 5, None, 6, 7, 8, 9, None, 10, 11, 12, 13, None, 14, 15),
    ("VBUS", "VSYS", None, "3V3_EN", "3V3", "VREF", 28, None, 27, 26, "RUN", 22, None, 21, 20, 19, 18, None, 17, 16),
)
# The pins of a Pico from the end with the USB socket, left and right; None is ground.
ROW = 24


def place(pin: int) -> str:
    """A pin by its name, and by its number on the board: GP16 is pin 21."""
    left, right = ON_BOARD
    number = left.index(pin) + 1 if pin in left else 40 - right.index(pin)
    return f"GP{pin} ({number})"


def lines_of(wire: str) -> list[str]:
    """The lines that hang on this wire; none for one of the actor's own."""
    return [line for line, its in LINES.items() if its == wire]


def at_device(board: str, line: str, which: int = 0) -> str:
    """Where a line lies on a board; `which`: of a serial line 1 is its tx and 2 its rx."""
    where = next((lines[line] for lines in pins(board).values() if line in lines), None)
    if where is None:
        return "–"
    return str(where if isinstance(where, int) else where[which])


def rows() -> list[tuple[str, str, str, int]]:
    """(wire, actor's pin, lines, 0 or which pin of a serial line) of every wire between the two."""
    found = []
    for wire, pin in {**HANDS, **EYES}.items():
        found.append((wire, place(pin), " ".join(lines_of(wire)), 0))
    for wire, (_, tx, rx) in SERIAL.items():
        found.append((f"{wire} ▶", place(tx), " ".join(lines_of(wire)), 2))
        found.append((f"{wire} ◀", place(rx), " ".join(lines_of(wire)), 1))
    return found


def table(language: str) -> str:
    """One row for each wire, with the pin of each line on each board."""
    head = "| " + " | ".join((*HEADS[language], *BOARDS)) + " |\n" + "|---" * (3 + len(BOARDS)) + "|\n"
    made = []
    for wire, pin, lines, which in rows():
        each = lines.split(" ")
        cells = ["GPIO" + ", ".join(dict.fromkeys(at_device(board, line, which) for line in each)) for board in BOARDS]
        named = " ".join(f"`{line}`" for line in each) + {0: "", 1: " tx", 2: " rx"}[which]
        made.append("| " + " | ".join((wire, pin, named, *(cell.replace("GPIO–", "–") for cell in cells))) + " |")
    return head + "\n".join(made) + "\n"


def wires_picture() -> str:
    """Every wire between a Pico W and the actor."""
    drawn_rows = []
    for wire, pin, lines, which in rows():
        places = dict.fromkeys(at_device("Pico W, Pico 2 W", line, which) for line in lines.split(" "))
        ink = HAND if wire in HANDS else EYE if wire in EYES else LINE
        device = " / ".join(f"GP{one}" for one in places)
        drawn_rows.append((device, lines.replace(" ", " · "), f"1 kΩ · {pin} · {wire}", ink))
    drawn_rows.append(("GND", "no resistor · không điện trở", "GND (38)", EARTH))
    return drawn("A Pico W and the actor · Pico W và Pico thứ hai", "device · thiết bị", drawn_rows)


def actor_picture() -> str:
    """The actor from above, its pins with what hangs on them."""
    wires = {pin: (wire, HAND if wire in HANDS else EYE) for wire, pin in {**HANDS, **EYES}.items()}
    for wire, (_, tx, rx) in SERIAL.items():
        wires |= {tx: (f"{wire} tx", LINE), rx: (f"{wire} rx", LINE)}
    wires |= {RELAY: ("relay", POWER), METER[1]: ("meter sda", POWER), METER[2]: ("meter scl", POWER)}
    height = 20 * ROW + 110
    out = head(580, height, "The actor, from above · Pico thứ hai, từ trên xuống")
    out += [
        f'<rect x="190" y="56" width="180" height="{20 * ROW + 30}" rx="10" fill="#e9f2ec" stroke="#2f6f4f"/>',
        '<rect x="250" y="44" width="60" height="26" fill="#ccc" stroke="#666"/>',
        text(280, 62, "USB", "middle"),
    ]
    for side, column in enumerate(ON_BOARD):
        for index, pin in enumerate(column):
            number = index + 1 if side == 0 else 40 - index
            name, ink = ("GND", EARTH) if pin is None else wires.get(pin, ("", "#bbb"))  # type: ignore[call-overload]
            label = "GND" if pin is None else f"GP{pin}" if isinstance(pin, int) else pin
            out += pin_drawn(side, 84 + index * ROW, f"{number}", label, "" if pin is None else name, ink)
    return "\n".join([*out, "</svg>"]) + "\n"


def pin_drawn(side: int, y: int, number: str, label: str, name: str, ink: str) -> list[str]:
    """One pin with its number, its label inside and what hangs there outside."""
    x, inward, anchors = (190, 1, ("start", "end")) if side == 0 else (370, -1, ("end", "start"))
    return [
        f'<circle cx="{x}" cy="{y}" r="8" fill="{ink}"/>',
        f'<text x="{x}" y="{y + 4}" text-anchor="middle" font-size="10" fill="#fff">{number}</text>',
        text(x + 14 * inward, y + 5, label, anchors[0]),
        text(x - 14 * inward, y + 5, name, anchors[1], ink),
    ]


def power_picture() -> str:
    """How the device's power goes through relay and meter."""
    out = head(900, 392, "The device's power · Nguồn của thiết bị")
    for x, y, wide, high, names in (
        (30, 60, 110, 160, ("computer", "máy tính")),
        (250, 60, 140, 110, ("relay · rơ le", "VCC: VBUS (40)", "GND")),
        (500, 60, 140, 110, ("INA219", "VCC: 3V3 (36)", "GND")),
        (770, 60, 110, 230, ("device", "thiết bị")),
        (250, 270, 390, 100, ("actor", "Pico thứ hai")),
    ):
        out.append(f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="8" fill="#e9f2ec" stroke="#2f6f4f"/>')
        out += [text(x + wide // 2, y + 22 + 18 * at, one, "middle") for at, one in enumerate(names)]
    for way, label, x, y, ink in (
        ("M140 145H250", "5 V ▶ COM", 152, 138, POWER),
        ("M390 145H500", "NC ▶ VIN+", 402, 138, POWER),
        ("M640 145H770", "VIN− ▶ VBUS (40)", 648, 138, POWER),
        ("M140 200H770", "D+  D−  GND", 152, 216, EARTH),
        ("M320 270V170", f"{place(RELAY)} ▶ IN", 328, 240, LINE),
        ("M540 270V170", f"{place(METER[1])} SDA", 438, 240, LINE),
        ("M590 270V170", f"{place(METER[2])} SCL", 598, 240, LINE),
        ("M640 280H770", "GND (38)", 660, 274, EARTH),
        ("M85 220V330H250", "USB", 152, 324, EARTH),
    ):
        out.append(f'<path d="{way}" stroke="{ink}" stroke-width="2" fill="none"/>')
        out.append(text(x, y, label, "start", ink))
    return "\n".join([*out, "</svg>"]) + "\n"


def head(wide: int, high: int, title: str) -> list[str]:
    """How a picture begins."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{wide}" height="{high}" fill="#fff"/>',
        f'<text x="30" y="30" font-size="18" font-weight="bold">{escape(title)}</text>',
    ]


def text(x: int, y: int, what: str, anchor: str, ink: str = "#333") -> str:
    """A few words."""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{ink}">{escape(what)}</text>'


PICTURES = {"rig-wires": wires_picture, "rig-actor": actor_picture, "rig-power": power_picture}


def page(written: str, language: str) -> str:
    """The page with its table as it is now."""
    before, rest = written.split(MADE)
    return before + MADE + "\n" + table(language) + "\n" + END + rest.split(END)[1]


def file_of(picture: str) -> Path:
    """Where a picture lies."""
    return DOCS / "pictures" / f"{picture}.svg"


def main() -> None:
    """Write pages and pictures."""
    for path, language in PAGES.items():
        path.write_text(page(path.read_text("utf-8"), language), "utf-8")
    for name, draw in PICTURES.items():
        file_of(name).write_text(draw(), "utf-8")


if __name__ == "__main__":
    main()

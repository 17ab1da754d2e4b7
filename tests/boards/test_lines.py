"""Every line that a role asks its board for has a place, or none, on every board."""

import ast
import importlib
from pathlib import Path

import pytest

from fleet.laptop import firmware_tree

TABLES = ("pins_pico", "pins_esp32", "pins_esp32_s3", "pins_esp32_c3")
WIRING = Path(firmware_tree.ROOT) / "firmware" / "wiring"
OF_PRINTER = [f"service_{button}" for button in range(1, 13)] + ["priority"]


def asked() -> set[str]:
    """The names in `board.output("…")`, `.uart("…")` and in lists of keys, in the files that join roles to lines."""
    lines = set(OF_PRINTER)
    for path in (*WIRING.glob("*.py"), firmware_tree.ROOT / "firmware" / "rescue.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                if node.func.attr in ("output", "uart", "shifter") and isinstance(first, ast.Constant):
                    lines.add(first.value)
                if node.func.attr in ("output", "uart", "shifter") and isinstance(first, (ast.BinOp, ast.JoinedStr)):
                    lines |= {f"lamp_{score}" for score in range(1, 6)}
            if isinstance(node, ast.List) and node.elts and all(isinstance(one, ast.Constant) for one in node.elts):
                lines |= {one.value for one in node.elts if str(one.value).startswith(("key_", "score_"))}
    return lines


@pytest.mark.parametrize("table", TABLES)
def test_every_line_has_its_place(table: str) -> None:
    known = {line for lines in importlib.import_module(f"firmware.hardware.{table}").PINS.values() for line in lines}
    assert asked() - known == set(), f"firmware/hardware/{table}.py: these lines have no place"
    assert {"printer", "scanner", "display", "lamp_5", "key_next", "lamp_fault", "matrix", "voice"} <= asked()

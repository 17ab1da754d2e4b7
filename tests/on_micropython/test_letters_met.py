"""MicroPython keeps each letter for ever that a loop over a text, or `text[0]`, gives: as a name, which is never freed.

A name is 13 bytes, and when their table is full the next is twice as large, up to 14 KB in one piece. So no text that
a stranger's code, an office's words or a citizen's name brings may add one.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("letters_met.py")
VIETNAMESE = "ĂÂĐÊÔƠƯăâđêôơưÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬÈẺẼÉẸỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíị"
ASCII = "".join(chr(code) for code in range(33, 127))
FOREIGN = "Ωжщ漢字ñ한글ไทยעב€™\u00a0–«»…"


@pytest.mark.parametrize("letters", [VIETNAMESE, ASCII, FOREIGN], ids=["vietnamese", "ascii", "foreign"])
def test_no_letter_that_a_device_meets_becomes_a_name(tree, letters):
    run = subprocess.run(
        [sys.executable, "-m", "micropython_unix", "-X", "heapsize=4m", SCRIPT],
        env=dict(os.environ, MICROPYPATH=f".frozen:{tree}", LETTERS=letters),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    names = re.findall(r"n_qstr=(\d+)", run.stdout)
    assert len(names) == 2, run.stdout + run.stderr
    assert names[0] == names[1]

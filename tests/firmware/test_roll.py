"""Learning how long a roll of paper is."""

import os

from firmware.writing import roll
from tests.firmware.fresh_flash import fresh_flash


def use(root, metres):
    rest = 0
    for _ in range(metres * 10):
        rest = roll.fed(root, rest + 800)
    return rest


def test_a_roll_is_known_once_one_was_seen_from_its_start_to_its_end():
    root = fresh_flash()
    use(root, 5)
    roll.ended(root)  # who knows how long it was in there
    assert roll.left(root) is None
    roll.begun(root)
    use(root, 30)
    assert roll.left(root) is None
    roll.ended(root)
    assert roll.left(root) is None  # there is none
    roll.begun(root)
    assert roll.left(root) == 30
    use(root, 12)
    assert roll.left(root) == 18
    use(root, 30)
    assert roll.left(root) == 0
    roll.ended(root)
    roll.begun(root)
    assert roll.left(root) == 42


def test_flash_is_written_once_a_metre():
    root = fresh_flash()
    assert roll.fed(root, 7_999) == 7_999 and not os.listdir(root)
    assert roll.fed(root, 8_100) == 100 and os.listdir(root) == ["roll"]


def test_what_stands_in_the_file_may_be_anything():
    root = fresh_flash()
    for text in ("", "[1]", '["a", 1, 2]', "{}"):
        with open(root + roll.ROLL_FILE, "w") as file:
            file.write(text)
        assert roll.left(root) is None

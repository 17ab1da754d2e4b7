"""Our own QR codes, row by row."""

from firmware.writing import qr


def rows_of(text):
    rows = None
    for done in qr.encode(text):
        rows = done
    return rows


def naive_penalty(modules):
    """The rules of the standard, word by word; finders are looked for with four light modules inside the code."""
    side, points = len(modules), 0
    lines = modules + [[row[column] for row in modules] for column in range(side)]
    for line in lines:
        run = 1
        for at in range(1, side + 1):
            if at < side and line[at] == line[at - 1]:
                run += 1
            else:
                points += run - 2 if run >= 5 else 0
                run = 1
        text = "".join(str(one) for one in line)
        for at in range(side - 10):
            points += 40 * (text[at : at + 11] in ("10111010000", "00001011101"))
    for row in range(side - 1):
        for column in range(side - 1):
            points += 3 * (
                modules[row][column]
                == modules[row][column + 1]
                == modules[row + 1][column]
                == modules[row + 1][column + 1]
            )
    dark = sum([sum(row) for row in modules])
    return points + abs(dark * 20 - side * side * 10) // (side * side) * 10


def test_the_version_is_the_smallest_that_holds_the_text():
    sides = [len(rows_of("x" * length)) for length in (1, 14, 15, 26, 27, 84, 85, 180, 181, 213)]
    assert sides == [21, 21, 25, 25, 29, 37, 41, 53, 57, 57]


def test_a_text_that_no_code_holds_is_refused():
    try:
        rows_of("x" * 214)
    except qr.TooLong as err:
        assert "at most 213 bytes" in str(err) and "214" in str(err)
    else:
        raise AssertionError("expected TooLong")


def test_points_are_counted_as_the_standard_says():
    for seed in range(1, 6):
        side, value, modules = 21, seed * 7919, []
        for _ in range(side):
            row = []
            for _ in range(side):
                value = (value * 1103515245 + 12345) & 0x7FFFFFFF
                row.append(value >> 16 & 1 if seed < 4 else (value >> 16 & 3) // 3)
            modules.append(row)
        rows = [int("".join([str(one) for one in row]), 2) for row in modules]
        assert qr.penalty(rows, qr.turned(rows, side), side) == naive_penalty(modules), seed


def test_work_is_cut_into_pieces():
    assert len(list(qr.encode("https://motcua.example/t/MC1:29f3a6c21b:12:as96jkf8xak9vtgh"))) > 8

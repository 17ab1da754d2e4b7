"""Reads the content of a clean QR code from its modules, so that tests ask the paper and not the printer.

Versions 1 to 6, byte, digit and capital modes; it trusts every module and repairs nothing.
"""

BLOCKS = {  # (version, level): (blocks, data codewords a block)
    (1, 1): (1, 19), (2, 1): (1, 34), (3, 1): (1, 55), (4, 1): (1, 80), (5, 1): (1, 108), (6, 1): (2, 68),
    (1, 0): (1, 16), (2, 0): (1, 28), (3, 0): (1, 44), (4, 0): (2, 32), (5, 0): (2, 43), (6, 0): (4, 27),
}  # fmt: skip
MASKS = (
    lambda r, c: (r + c) % 2,
    lambda r, c: r % 2,
    lambda r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)
CAPITALS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def read_qr(modules):
    """The text in a square of booleans."""
    side = len(modules)
    version = (side - 17) // 4
    form = 0
    for column in (0, 1, 2, 3, 4):
        form = form << 1 | modules[8][column]
    form ^= 0b10101
    level, mask = form >> 3, MASKS[form & 7]
    bits = []
    upwards, right = True, side - 1
    while right > 0:
        if right == 6:
            right -= 1
        for row in range(side - 1, -1, -1) if upwards else range(side):
            for column in (right, right - 1):
                if not is_function(row, column, side, version):
                    bits.append(modules[row][column] ^ (mask(row, column) == 0))
        upwards, right = not upwards, right - 2
    words = [sum(bit << 7 - n for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    blocks, length = BLOCKS[version, level]
    return content([words[place * blocks + block] for block in range(blocks) for place in range(length)])


def is_function(row, column, side, version):
    """Whether the module belongs to a pattern and holds no data."""
    if row == 6 or column == 6:
        return True
    if (row < 9 and column < 9) or (row < 9 and column >= side - 8) or (row >= side - 8 and column < 9):
        return True
    return version > 1 and abs(row - (side - 7)) < 3 and abs(column - (side - 7)) < 3


def content(words):
    """The text of the data codewords."""
    bits = "".join(f"{word:08b}" for word in words)
    text, at = b"", 0

    def take(count):
        nonlocal at
        at += count
        return int(bits[at - count : at] or "0", 2)

    while at + 4 <= len(bits):
        mode = take(4)
        if mode == 0:
            break
        count = take({1: 10, 2: 9, 4: 8}[mode])
        if mode == 4:
            text += bytes(take(8) for _ in range(count))
            continue
        letters = ""
        while mode == 2 and len(letters) < count:
            two = take(11) if count - len(letters) > 1 else None
            letters += CAPITALS[two // 45] + CAPITALS[two % 45] if two is not None else CAPITALS[take(6)]
        while mode == 1 and len(letters) < count:
            group = min(3, count - len(letters))
            letters += f"{take({3: 10, 2: 7, 1: 4}[group]):0{group}d}"
        text += letters.encode()
    return text

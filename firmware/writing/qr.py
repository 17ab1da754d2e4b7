"""A QR code as rows of bits, for printers that can not draw one: bytes, level M, versions 1 to 10 (ISO/IEC 18004).

Each row is a whole number, its leftmost module the highest bit. The work is cut into pieces, so that keys are seen and
lamps lit while it goes on: `encode` is a generator that yields None now and then, and at last the rows.
"""

from firmware.sparing import const

_DATA = const(b"\x10\x1c\x2c\x40\x56\x6c\x7c\x9a\xb6\xd8")
_REPAIR = const(b"\x0a\x10\x1a\x12\x18\x10\x12\x16\x16\x1a")
BLOCKS = b"\x01\x01\x01\x02\x02\x04\x04\x04\x05\x05"
# Of version 1, 2, …: all data bytes; bytes for repair in each block; blocks.

CENTRES = ((), (18,), (22,), (26,), (30,), (34,), (22, 38), (24, 42), (26, 46), (28, 50))
# Of the alignment patterns, beside row and column 6.
_MOST_BYTES = const(213)
_MASKS = const(8)


class TooLong(Exception):
    """The text does not fit the largest code."""


def encode(text: str):  # type: ignore[no-untyped-def]
    """The code that says this: yields None while it works, then the list of rows; TooLong if it does not fit."""
    raw = text.encode()
    version = version_for(len(raw))
    words = yield from with_repair(raw, version)
    side = version * 4 + 17
    rows, free = [0] * side, [(1 << side) - 1] * side
    draw_patterns(rows, free, side, version)
    yield None
    place(rows, free, side, words)
    yield None
    columns, free_down = turned(rows, side), turned(free, side)
    del words
    best, mask = None, 0
    for one in range(_MASKS):
        across = masked(rows, free, one, False)
        found = penalty(across, masked(columns, free_down, one, True), side)
        if best is None or found < best:
            best, mask = found, one
        yield None
    rows = masked(rows, free, mask, False)
    draw_format(rows, side, mask)
    yield rows


def version_for(length: int) -> int:
    """The smallest version that holds so many bytes."""
    for version in range(1, 11):
        if length + (2 if version < 10 else 3) <= _DATA[version - 1]:
            return version
    raise TooLong("expected at most %d bytes for a QR code, found %d" % (_MOST_BYTES, length))


def with_repair(raw: bytes, version: int):  # type: ignore[no-untyped-def]
    """All bytes of the code in their order: those of the data, then those for repair, each block's in turn."""
    total, blocks, repair = _DATA[version - 1], BLOCKS[version - 1], _REPAIR[version - 1]
    words = bytearray(total)
    at = 1 if version < 10 else 2
    head = bytes([len(raw)]) if at == 1 else bytes([len(raw) >> 8, len(raw) & 255])
    words[0] = 0x40  # the mode takes half a word, so each byte stands half in one word and half in the next
    for number, byte in enumerate(head + raw):
        words[number] |= byte >> 4
        words[number + 1] = byte << 4 & 0xF0
    for number, pad in enumerate(range(len(raw) + at + 1, total)):
        words[pad] = 0x11 if number & 1 else 0xEC
    powers, logs = field()
    divisor = generator(repair, powers, logs)
    parts, repairs, start = [], [], 0
    for block in range(blocks):
        size = total // blocks + (1 if block >= blocks - total % blocks else 0)
        parts.append(words[start : start + size])
        start += size
        repairs.append(remainder(parts[-1], divisor, powers, logs))
        yield None
    out = bytearray()
    for place_in in range(total // blocks + 1):
        for part in parts:
            if place_in < len(part):
                out.append(part[place_in])
    for place_in in range(repair):
        for part in repairs:
            out.append(part[place_in])
    return out


def field():  # type: ignore[no-untyped-def]
    """The powers of two in GF(256), and their logarithms."""
    powers, logs, value = bytearray(256), bytearray(256), 1
    for power in range(255):
        powers[power] = value
        logs[value] = power
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


def generator(degree: int, powers: bytearray, logs: bytearray) -> bytearray:
    """The product of (x - 2^i) for i below the degree, without its leading one; the highest power first."""
    product = bytearray(degree)
    product[-1] = 1
    for root in range(degree):
        for at in range(degree):
            value = powers[(logs[product[at]] + root) % 255] if product[at] else 0
            product[at] = value ^ (product[at + 1] if at + 1 < degree else 0)
    return product


def remainder(data: bytearray, divisor: bytearray, powers: bytearray, logs: bytearray) -> bytearray:
    """The bytes for repair of a block."""
    degree = len(divisor)
    rest = bytearray(degree)
    for byte in data:
        factor = byte ^ rest[0]
        for at in range(degree):
            value = rest[at + 1] if at + 1 < degree else 0
            if factor and divisor[at]:
                value ^= powers[(logs[divisor[at]] + logs[factor]) % 255]
            rest[at] = value
    return rest


def draw_patterns(rows: "list[int]", free: "list[int]", side: int, version: int) -> None:
    """All that is alike in every code of this version; the places of the format are only kept free of data."""
    for at in range(side):
        put(rows, free, side, 6, at, not at & 1)
        put(rows, free, side, at, 6, not at & 1)
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        for row in range(max(0, top - 1), min(side, top + 8)):
            for column in range(max(0, left - 1), min(side, left + 8)):
                put(rows, free, side, row, column, max(abs(row - top - 3), abs(column - left - 3)) not in (2, 4))
    for at in range(side):
        if at < 9 or at >= side - 8:
            free[8] &= ~(1 << side - 1 - at)
            free[at] &= ~(1 << side - 9)
    last = side - 7
    centres = (6,) + CENTRES[version - 1]
    for middle in centres if version > 1 else ():
        for centre in centres:
            if (middle, centre) not in ((6, 6), (6, last), (last, 6)):
                for down in range(-2, 3):
                    for along in range(-2, 3):
                        put(rows, free, side, middle + down, centre + along, max(abs(down), abs(along)) != 1)
    if version >= 7:
        bits = version << 12 | rest_of(version, 12, 0x1F25)
        for at in range(18):
            put(rows, free, side, at // 3, side - 11 + at % 3, bits >> at & 1)
            put(rows, free, side, side - 11 + at % 3, at // 3, bits >> at & 1)


def put(rows, free, side: int, row: int, column: int, dark) -> None:  # type: ignore[no-untyped-def]
    """A module that is no data."""
    bit = 1 << side - 1 - column
    free[row] &= ~bit
    rows[row] = rows[row] | bit if dark else rows[row] & ~bit


def place(rows: "list[int]", free: "list[int]", side: int, words: bytearray) -> None:
    """Put the bits where there is room: in columns of two from the right, up and down in turn."""
    bit, upwards, right = 0, True, side - 1
    bits = len(words) * 8
    while right > 0:
        if right == 6:
            right = 5
        for step in range(side):
            row = side - 1 - step if upwards else step
            for module in (1 << side - 1 - right, 1 << side - right):
                if free[row] & module and bit < bits:
                    if words[bit >> 3] << (bit & 7) & 0x80:
                        rows[row] |= module
                    bit += 1
        upwards, right = not upwards, right - 2


def turned(rows: "list[int]", side: int) -> "list[int]":
    """Rows become columns."""
    columns = []
    for shift in range(side - 1, -1, -1):
        column = 0
        for row in rows:
            column = column << 1 | row >> shift & 1
        columns.append(column)
    return columns


def masked(rows: "list[int]", free: "list[int]", mask: int, down: bool) -> "list[int]":
    """The rows under a mask; `down`: they are columns."""
    side = len(rows)
    period = []
    for row in range(12):
        turns = [flips(mask, at, row) if down else flips(mask, row, at) for at in range(12)]
        pattern = "".join(["1" if one else "0" for one in turns])
        period.append(int((pattern * (side // 12 + 1))[:side], 2))
    return [row ^ (period[at % 12] & free[at]) for at, row in enumerate(rows)]


def flips(mask: int, row: int, column: int) -> bool:
    """Whether the mask turns this module over."""
    if mask == 0:
        return (row + column) % 2 == 0
    if mask == 1:
        return row % 2 == 0
    if mask == 2:
        return column % 3 == 0
    if mask == 3:
        return (row + column) % 3 == 0
    if mask == 4:
        return (row // 2 + column // 3) % 2 == 0
    product = row * column
    if mask == 5:
        return product % 2 + product % 3 == 0
    if mask == 6:
        return (product % 2 + product % 3) % 2 == 0
    return ((row + column) % 2 + product % 3) % 2 == 0


def penalty(rows: "list[int]", columns: "list[int]", side: int) -> int:
    """How hard the code is to read: long runs, blocks, false corners, too much of one colour."""
    points, dark, whole = 0, 0, (1 << side) - 1
    for lines in (rows, columns):
        last = last_alike = 0
        for number, row in enumerate(lines):
            alike = (row ^ row >> 1 ^ whole) & whole >> 1  # a module and its neighbour
            runs = alike & alike >> 1 & alike >> 2 & alike >> 3  # five of them
            if runs:
                points += ones(runs) + 2 * ones(runs & ~(runs << 1))
            other = row ^ whole
            corner = row & row >> 2 & row >> 3 & row >> 4 & row >> 6 & other >> 1 & other >> 5
            if corner:
                four = other & other >> 1 & other >> 2 & other >> 3
                points += 40 * (ones(corner & four << 4) + ones(corner & four >> 7))
            if lines is rows:
                dark += ones(row)
                if number:
                    points += 3 * ones(alike & last_alike & (row ^ last ^ whole))
            last, last_alike = row, alike
    return points + abs(dark * 20 - side * side * 10) // (side * side) * 10


def ones(bits: int) -> int:
    """How many bits are set."""
    return bin(bits).count("1")


def draw_format(rows: "list[int]", side: int, mask: int) -> None:
    """Level M and the mask, twice; and the module that is always dark."""
    bits = (mask << 10 | rest_of(mask, 10, 0x537)) ^ 0x5412
    for at in range(15):
        if bits >> at & 1:
            row = at if at < 6 else at + 1 if at < 8 else side - 15 + at
            rows[row] |= 1 << side - 9
            column = side - 1 - at if at < 8 else 7 if at == 8 else 14 - at
            rows[8] |= 1 << side - 1 - column
    rows[side - 8] |= 1 << side - 9


def rest_of(value: int, degree: int, divisor: int) -> int:
    """The check bits of format and version."""
    value <<= degree
    while value >> degree:
        length = len(bin(value)) - 2
        value ^= divisor << length - degree - 1
    return value

"""The ways to print that a printer's trial page shows, by the numbers that stand on it.

The device prints them, a technician reads off which came out right, and the fleet takes the answer: one list for all.
Tuples of what is known when it is compiled, which take no memory of a device.
"""

LETTERS = ((1, "tcvn3", 30, 31), (2, "tcvn3", 27, 27), (3, "raster", 30, 31), (4, "ascii", 30, 31))
# `text`, `small_page` and `capital_page` of a printer.
CODES = ((5, "native"), (6, "raster"))
# `qr`
WIDTHS = ((7, 384), (8, 576))
# `width`

"""What MicroPython runs first: the board's files are mounted, or stood in for."""

from board_flash import GEOMETRY, flash
from mounting import mount_files

mount_files(flash, **GEOMETRY)

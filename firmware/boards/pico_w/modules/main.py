"""Frozen into the image: starts the firmware."""

import micropython

micropython.kbd_intr(-1)  # at the cable frames may come, in which Ctrl-C is a byte like others
import choosing

choosing.choose("firmware.hardware.rp2", "firmware.main")
from firmware.hardware.rp2 import Board
from firmware.main import main

board = Board("pico_w")
try:
    main(board)
except KeyboardInterrupt:
    board.stop_watchdog()  # a person is at the cable
    raise

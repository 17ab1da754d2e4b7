"""Frozen into the image: starts the firmware."""

import micropython

micropython.kbd_intr(-1)  # at the cable frames may come, in which Ctrl-C is a byte like others
import choosing

choosing.choose("firmware.hardware.esp32", "firmware.main")
from firmware.hardware.esp32 import Board
from firmware.main import main

board = Board("esp32")
try:
    main(board)
except KeyboardInterrupt:
    board.stop_watchdog()  # a person is at the cable
    raise

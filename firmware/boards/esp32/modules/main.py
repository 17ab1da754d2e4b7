"""Frozen into the image: starts the firmware."""

from firmware.hardware.esp32 import Board
from firmware.main import main

board = Board("esp32")
try:
    main(board)
except KeyboardInterrupt:
    board.stop_watchdog()  # a person is at the cable
    raise

"""A Pico W in a process of its own: what an emulator of the chip, `rp2040py`, is given to be a board that lies here."""

"""Random numbers of one purpose: the same story makes the same choices on every machine, whatever else is drawn."""

MULTIPLIER = 6_364_136_223_846_793_005
INCREMENT = 1_442_695_040_888_963_407
MASK = (1 << 64) - 1


class Chance:
    """A linear congruential generator (Knuth's MMIX), seeded with a number and a purpose."""

    def __init__(self, seed, purpose):
        self._state = seed & MASK
        for letter in purpose:
            self._state = ((self._state ^ ord(letter)) * MULTIPLIER + INCREMENT) & MASK

    def below(self, most):
        """A number from 0 to most - 1."""
        self._state = (self._state * MULTIPLIER + INCREMENT) & MASK
        return (self._state >> 33) % most

    def between(self, low, high):
        """A number from low to high."""
        return low + self.below(high - low + 1)

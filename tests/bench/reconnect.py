"""A thousand devices lose their broker at one moment: how they knock when it is back, by the shipping back-off."""

import random

from tests.bench.figures import figure
from tests.firmware.test_back_off import DEVICES, busiest, tries_of

AWAY_S = (0, 10, 60, 600, 3_600)


def run() -> None:
    """Print the figures: when half and all are back, and how many come in the busiest second and tenth of one."""
    random.seed(1)
    for away_s in AWAY_S:
        back = sorted(tries_of(away_s * 1_000)[-1] - away_s * 1_000 for _ in range(DEVICES))
        figure("reconnect_half_back_s", back[DEVICES // 2] / 1_000, "s", DEVICES, away_s=away_s)
        figure("reconnect_all_back_s", back[-1] / 1_000, "s", DEVICES, away_s=away_s)
        figure("reconnect_busiest_second", busiest(back, 1_000), "devices", DEVICES, away_s=away_s)
        figure("reconnect_busiest_tenth", busiest(back, 100), "devices", DEVICES, away_s=away_s)

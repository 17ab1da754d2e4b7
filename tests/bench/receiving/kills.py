"""A receiver is killed ten times while devices tell of 20,000 events: what is missing then, and what is there twice."""

from tests.bench.figures import figure, progress
from tests.bench.receiving.house import LONGEST_S, House, wait_for
from tests.bench.receiving.takers import Receiving

EVENTS, KILLS = 20_000, 10
PACES = {"paced": 4_000.0, "flood": 0.0}
# Events a second that are due; 0: all at once.


def measure(house: House, db: str) -> None:
    """Print the figures of each pace."""
    for pace, rate_hz in PACES.items():
        missing, doubled, again = killed(house, db, rate_hz, pace)
        fields = {"db": db, "pace": pace, "events": EVENTS}
        figure("receive_kills_missing", missing, "events", KILLS, **fields)
        figure("receive_kills_doubled", doubled, "events", KILLS, **fields, sent_again=again)


def killed(house: House, db: str, rate_hz: float, pace: str) -> tuple[int, int, int]:
    """(missing, doubled, sent again). The kills are spread over what is receipted, so each hits one that works."""
    boot = house.new_boot()
    receiver = Receiving(house, db)
    try:
        receiver.await_ready()
        house.load.begin(boot, EVENTS, rate_hz, LONGEST_S)
        for number in range(1, KILLS + 1):
            progress(f"receive: {pace} on {db}, kill {number} of {KILLS}")
            upto = EVENTS * number // (KILLS + 1)
            wait_for(lambda upto=upto: house.load.has_receipted(upto), f"{upto} receipts")  # type: ignore[misc]
            receiver.kill()
            receiver = Receiving(house, db)
        lived = house.load.answer()
    finally:
        receiver.stop()
    rows, events = house.counted(db, boot)
    return EVENTS - events, rows - events, lived.sent_again

"""From when an event is due to its receipt, at a part of the rate that the receiver was just found to take."""

from tests.bench.figures import figure, middle, percentile, progress
from tests.bench.receiving.house import LONGEST_S, House
from tests.bench.receiving.takers import Receiving

PERCENT = (10, 50, 90)
SECONDS, LEAST = 2.0, 1_000
SHARES = {"receive_p50_ms": 0.5, "receive_p99_ms": 0.99}


def measure(house: House, db: str, most_hz: float, rounds: int) -> None:
    """Print the figures of each load; one receiver for all rounds, the loads in turn."""
    receiver = Receiving(house, db)
    waited: dict[int, list[list[float]]] = {percent: [] for percent in PERCENT}
    again = dict.fromkeys(PERCENT, 0)
    try:
        receiver.await_ready()
        for number in range(rounds):
            for percent in PERCENT:
                progress(f"receive: latency on {db} at {percent} %, round {number + 1} of {rounds}")
                rate_hz = most_hz * percent / 100
                events = max(LEAST, int(rate_hz * SECONDS))
                house.load.begin(house.new_boot(), events, rate_hz, LONGEST_S)
                lived = house.load.answer()
                waited[percent].append(lived.waited_ms)
                again[percent] += lived.sent_again
    finally:
        receiver.stop()
    for percent, found in waited.items():
        fields = {"db": db, "load_percent": percent, "rate_hz": round(most_hz * percent / 100)}
        for name, share in SHARES.items():
            middle(name, [percentile(its, share) for its in found], "ms", **fields, events=len(found[0]))
        figure("receive_sent_again", again[percent], "events", rounds, **fields)

"""What is seen of a crowd while it is there: a few lines on a terminal, a sentence now and then elsewhere."""

import time

from rich.console import Console
from rich.live import Live
from rich.table import Table

from fleet.crowd.latency import quantile_ms
from fleet.crowd.seen import Seen
from fleet.domain.office_rhythm import WEEK_MIN, told

TELL_EVERY_S = 10.0
OVER_S = 5.0
# Of so long the number of events a second is the mean.


class CrowdScreen:
    """Draws what it is shown. `begins_min` and `times`: the time in which the crowd's people live."""

    def __init__(self, console: Console, begins_min: float, times: float) -> None:
        self.console, self.begins_min, self.times = console, begins_min, times
        self.began_s = self.told_s = time.monotonic()
        self.before: list[tuple[float, int]] = [(self.began_s, 0)]
        self.live = Live(console=console, refresh_per_second=2, transient=True)

    def __enter__(self) -> "CrowdScreen":
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def show(self, seen: Seen) -> None:
        """This is how it is now."""
        now_s = time.monotonic()
        self.before = [one for one in self.before if one[0] > now_s - OVER_S] + [(now_s, seen.stored)]
        if self.console.is_terminal:
            self.live.update(drawn(self.lines(seen, now_s)))
        elif now_s - self.told_s >= TELL_EVERY_S:
            self.told_s = now_s
            said = (f"{name} {value}" for name, value in self.lines(seen, now_s) if value)
            self.console.print("; ".join(said), highlight=False, markup=False, soft_wrap=True)

    def lines(self, seen: Seen, now_s: float) -> list[tuple[str, str]]:
        """Names and values."""
        office_min = (self.begins_min + (now_s - self.began_s) / 60 * self.times) % WEEK_MIN
        return [
            ("office time", f"{told(office_min)} (× {self.times:g})"),
            ("on line", f"{seen.online:,} of {seen.devices:,} devices"),
            ("connections", f"{seen.connections:,}, {seen.refused:,} lost or refused"),
            ("events", f"{seen.said:,} said, {self.a_second():,.0f} a second stored"),
            ("people called", f"{seen.called:,}, asked for {seen.wants:,} times"),
            ("waiting for a receipt", f"{seen.waiting:,}, {seen.resent:,} said again"),
            ("until the receipt", f"p50 {ms(seen, 0.5)}, p99 {ms(seen, 0.99)}"),
            ("this program", f"{seen.cpu_s:,.0f} s of processor, {seen.rss_mb:,.0f} MB"),
            ("last trouble", seen.trouble),
        ]

    def a_second(self) -> float:
        """Events that got their receipt, a second."""
        (from_s, first), (to_s, last) = self.before[0], self.before[-1]
        return (last - first) / (to_s - from_s) if to_s > from_s else 0.0


def drawn(lines: list[tuple[str, str]]) -> Table:
    """As two columns."""
    table = Table.grid(padding=(0, 2))
    for name, value in lines:
        table.add_row(f"[dim]{name}[/]", value)
    return table


def ms(seen: Seen, share: float) -> str:
    """A time that this share does not exceed, in words."""
    found = quantile_ms(seen.latency, share)
    return "–" if found is None else f"{found:,.0f} ms"

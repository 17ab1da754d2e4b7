"""That this machine's clock was set is noticed, and said; who decides something for good asks whether to believe it."""

import logging

from fleet import metrics
from fleet.clock import counted_ms, now_ms
from fleet.domain.wall_clock import BELIEVED_AFTER_MS, WallClock
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0


class OwnClock(WallClock):
    """This machine's. `since_ms`: what it showed when somebody last believed it; else what it shows now."""

    def __init__(self, since_ms: int | None = None) -> None:
        super().__init__(now_ms() if since_ms is None else since_ms, counted_ms())

    def look_now(self) -> int:
        """By how much it was set since the last look."""
        return self.look(now_ms(), counted_ms())

    def is_believed(self) -> bool:
        """Whether what is for good may be decided by it."""
        self.look_now()
        return not self.ahead_ms


class Timekeeper(Worker):
    """Looks each few seconds; any process has one."""

    name = "timekeeper"

    def __init__(self) -> None:
        super().__init__()
        self.clock = OwnClock()

    def stop(self) -> None:
        """End at once."""
        self.stopping.set()
        super().stop()

    def round(self) -> None:
        """Look once."""
        step_ms = self.clock.look_now()
        metrics.CLOCK_DOUBTED_S.set(self.clock.ahead_ms / 1000)
        if step_ms:
            metrics.CLOCK_SET.inc()
            log.warning("the clock was set %s by %s", "ahead" if step_ms > 0 else "back", spoken(abs(step_ms)))
        if step_ms > 0 and self.clock.ahead_ms:
            log.warning(
                "no day is ended, nothing deleted, no rollout continued before %d minutes have passed, or it goes back",
                BELIEVED_AFTER_MS // 60_000,
            )
        self.stopping.wait(LOOK_EVERY_S)


def spoken(ms: int) -> str:
    """So long."""
    seconds = ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} hours" if seconds >= 60 else f"{seconds} s"

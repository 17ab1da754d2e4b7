"""A clock on the wall, which may be set, beside one that only counts: was it set, and can it be believed?

What a wrong clock decides may be for good: queues of a day that is not over are ended, what shall be kept is deleted.
So whoever decides such things waits for an hour when the clock leaps ahead, in which somebody may notice and set it
right. That it goes back is believed at once: nothing is due by it.
"""

SET_MS = 2_000
# A service that keeps the time moves it by less between two looks.
LEAP_MS = 600_000
# By ten minutes too early nothing is decided that a day decides.
BELIEVED_AFTER_MS = 3_600_000


class WallClock:
    """Looked at now and then; `counted_ms` goes on evenly, whatever the clock on the wall does."""

    def __init__(self, wall_ms: int, counted_ms: int) -> None:
        self.offset_ms = self.believed_ms = wall_ms - counted_ms
        self.leapt_ms = counted_ms

    def look(self, wall_ms: int, counted_ms: int) -> int:
        """By how much it was set since the last look; 0: it was not."""
        offset_ms = wall_ms - counted_ms
        step_ms, self.offset_ms = offset_ms - self.offset_ms, offset_ms
        if step_ms > LEAP_MS:
            self.leapt_ms = counted_ms
        if self.ahead_ms <= LEAP_MS or counted_ms - self.leapt_ms >= BELIEVED_AFTER_MS:
            self.believed_ms = offset_ms
        return step_ms if abs(step_ms) >= SET_MS else 0

    @property
    def ahead_ms(self) -> int:
        """By how much it leapt ahead and is not believed yet; 0: it is believed."""
        return max(0, self.offset_ms - self.believed_ms)

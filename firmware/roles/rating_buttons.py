"""The rating buttons: every press is an event; the fleet decides which of them counts."""

from protocols.rating_events import RatingGiven

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.rating_state import Armed

LONGEST_HELD_MS = 2_000
# A key that is held longer is reported then, with this as its time: somebody leans on it, or it is stuck.

OWN_ARMED_MS = 120_000


def keys(scale: int) -> "list[str]":
    """The lines of the keys, from the worst score to the best."""
    return ["score_%d" % score for score in range(1, scale + 1)]


class RatingButtons:
    """Turns keys into ratings. Times are milliseconds since boot."""

    def __init__(self) -> None:
        self._down: "dict[int, int]" = {}
        self.finish: "str | None" = None
        self.answered: "str | None" = None  # the last finish for which a press was kept
        self._armed_until = 0

    def arm(self, finish: str, until: int) -> None:
        """The next presses answer this finish."""
        self.finish = finish
        self._armed_until = until

    def arm_from(self, armed: "Armed", offset: int, up: int) -> None:
        """The fleet says which finish is to be answered; `offset` is UTC at boot. One taken back is over already."""
        until = armed.expires - offset
        if until > up or armed.finish == self.finish:
            self.arm(armed.finish, until)

    def armed(self, up: int) -> "str | None":
        """The finish that a press would answer now."""
        return self.finish if up < self._armed_until else None

    def invites(self, up: int) -> bool:
        """Whether a rating is awaited. After the first press one may change one's mind, but nobody is asked to."""
        finish = self.armed(up)
        return finish is not None and finish != self.answered

    def felt(self) -> bool:
        """Whether a finger is on a key."""
        return len(self._down) > 0

    def pressed(self, score: int, up: int) -> None:
        """A key went down."""
        self._down[score] = up

    def released(self, score: int, up: int) -> "int | None":
        """A key went up: how long it was held; None if it was reported already, or down when the board started."""
        if score not in self._down:
            return None
        return min(LONGEST_HELD_MS, up - self._down.pop(score))

    def held_too_long(self, up: int) -> "int | None":
        """A key that is still down and now to be reported."""
        for score in sorted(self._down):
            if up - self._down[score] >= LONGEST_HELD_MS:
                del self._down[score]
                return score
        return None

    def due_ms(self, up: int) -> "int | None":
        """How long until a held key is to be reported or the right to rate ends; None if neither."""
        dues = [since + LONGEST_HELD_MS - up for since in self._down.values()]
        if self.armed(up) is not None:
            dues.append(self._armed_until - up)
        return max(0, min(dues)) if dues else None

    def rating(
        self, score: int, held_ms: "int | None", scale: int, version: int, up: int, at: "int | None"
    ) -> RatingGiven:
        """The event of a press; `held_ms` None: it woke the board."""
        return RatingGiven(
            score=score,
            scale=scale,
            scale_version=version,
            armed=self.armed(up - (held_ms or 0)),
            held_ms=held_ms,
            up=up,
            at=at,
        )

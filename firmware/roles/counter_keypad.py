"""The counter keypad: four keys, one resident at a time. The fleet says who is next; cut off, a reserve does.

What the keys do when they are held (park, transfer, pause) lies in `setting_aside.py`, which is lent for that moment.
"""

from firmware.sparing import const
from protocols.counter_events import NoShow, NumberCalled, NumberRecalled, VisitFinished

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.counter_state import Reserve, Show

NOBODY = "----"
CUT_OFF = "--"
IDLE = "    "
PAUSED = "NGHI"
# What seven segments can write of "nghỉ".
ANSWER_MS = 5_000
_REMEMBERED = const(64)


class Serving:
    """Who is at the counter."""

    def __init__(self, service: str, number: int, label: str) -> None:
        self.service = service
        self.number = number
        self.label = label


class CounterKeypad:
    """What the keys do. Times are milliseconds since boot; `serving` is whom the last call brought.

    `parked` were set aside and come back to this counter, the first first; a counter that is `paused` calls nobody.
    `held` is the reserve of which the fleet was told that it is here, all calls before it being stored; `unsaid` is one
    of which it is yet to be told so.
    """

    def __init__(
        self, serving: "Serving | None" = None, paused: bool = False, parked: "list[Serving] | None" = None
    ) -> None:
        self.paused = paused
        self.parked = parked or []
        self._idle = IDLE
        self.serve(serving)
        self._want: "int | None" = None
        self._asked = 0
        self._reserve: "list[tuple[str, int, str]]" = []
        self._reserve_until = 0
        self.held: "int | None" = None
        self.unsaid: "int | None" = None
        self._called: "list[tuple[str, int]]" = []

    def called(self) -> "tuple[str, int] | None":
        """Service and number that were called last since the boot: the fleet may not have heard of it yet."""
        return self._called[-1] if self._called else None

    # The key "next"

    def may_ask(self) -> bool:
        """Whether the key `next` means something: nobody is served and no answer is awaited."""
        return self.serving is None and not self.paused and (self._want is None or self._asked == 0)

    def ask(self, want: int, up: int) -> None:
        """The fleet was asked who is next."""
        self._want = want
        self._asked = up or 1

    def answer(self, show: "Show", up: int, at: "int | None") -> "NumberCalled | None":
        """The fleet's answer to our wish: whom to call. A late one still counts while nobody is served.

        An answer that names the number which was called last and is finished is none: nobody is called twice so. One
        that names nobody says what to show instead, or nothing: nobody waits.
        """
        if self._want is None or show.want != self._want or self.serving is not None:
            return None
        if at is not None and at >= show.expires:
            return None
        if self._called and self._called[-1] == (show.service, show.number):
            return None
        self._want, self._asked = None, 0
        if show.number is None or show.service is None:
            self.text = show.label or NOBODY
            return None
        return self._call(Serving(show.service, show.number, show.label), up, at)

    def staffed(self, label: str) -> None:
        """Who is signed in here, in a word for the display of a counter that serves nobody; empty: nobody is."""
        before, self._idle = self._idle, label or IDLE
        if self.serving is None and before != self._idle:
            self.serve(None)

    def due_ms(self, up: int) -> "int | None":
        """How long the fleet still has to answer; None if it was not asked."""
        return max(0, self._asked + ANSWER_MS - up) if self._asked else None

    def from_reserve(self, up: int, at: "int | None") -> "NumberCalled | None":
        """The fleet does not answer: the next of this counter's reserve, or `--`."""
        self._asked = 0
        while self._reserve and at is not None and at < self._reserve_until:
            service, number, label = self._reserve.pop(0)
            if (service, number) not in self._called:
                self._want = None  # a late answer is none: the fleet keeps that number for the next wish
                if self.held is not None:
                    self.held, self.unsaid = None, self.held
                return self._call(Serving(service, number, label or "%03d" % number), up, at, True)
        self.text = CUT_OFF
        return None

    def keep_reserve(self, reserve: "Reserve") -> None:
        """The numbers that only this counter may call while it is cut off. RAM keeps them: after a boot it has none."""
        self._reserve = [(one.service, one.number, one.label) for one in reserve.numbers]
        self._reserve_until = reserve.expires
        self.held, self.unsaid = None, reserve.id

    def said(self) -> None:
        """The fleet was told which reserve is here."""
        self.held, self.unsaid = self.unsaid, None

    # The other keys

    def recall(self, up: int, at: "int | None") -> "NumberRecalled | None":
        """Call the same number once more."""
        if self.serving is None:
            return None
        self.text = self.serving.label
        return NumberRecalled(service=self.serving.service, number=self.serving.number, up=up, at=at)

    def no_show(self, up: int, at: "int | None") -> "NoShow | None":
        """Nobody came."""
        one = self._leave()
        return NoShow(service=one.service, number=one.number, up=up, at=at) if one else None

    def finish(self, up: int, at: "int | None") -> "VisitFinished | None":
        """This resident's business is done."""
        one = self._leave()
        return VisitFinished(service=one.service, number=one.number, up=up, at=at) if one else None

    def took_over(self, one: Serving) -> None:
        """A program called this number here: no answer is awaited any more, and it is what was called last."""
        self._want, self._asked = None, 0
        self.serve(one)
        self._called = self._called[-_REMEMBERED:] + [(one.service, one.number)]

    # What could not be kept

    def uncall(self) -> None:
        """The last call did not happen."""
        self._called.pop()
        self.serve(None)

    def serve(self, serving: "Serving | None") -> None:
        """This one is at the counter, or nobody."""
        self.serving = serving
        if serving is not None:
            self.text = serving.label
        elif self.paused:
            self.text = PAUSED
        else:
            self.text = "P%3d" % len(self.parked) if self.parked else self._idle

    def as_it_is(self) -> "tuple[Serving | None, bool, list[Serving]]":
        """What `put_back` takes, should a key turn out to have done nothing."""
        return self.serving, self.paused, list(self.parked)

    def put_back(self, before: "tuple[Serving | None, bool, list[Serving]]") -> None:
        """It is as it was."""
        serving, self.paused, self.parked = before
        self.serve(serving)

    def _leave(self) -> "Serving | None":
        one = self.serving
        if one is not None:
            self.serve(None)
        return one

    def _call(self, serving: Serving, up: int, at: "int | None", reserve: bool = False) -> NumberCalled:
        self.serving = serving
        self.text = serving.label
        self._called = self._called[-_REMEMBERED:] + [(serving.service, serving.number)]
        return NumberCalled(service=serving.service, number=serving.number, reserve=reserve, up=up, at=at)

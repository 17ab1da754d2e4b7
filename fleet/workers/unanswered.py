"""What devices said and the sender has not answered: nothing twice, and no wish behind a thousand births.

After a broker's death all devices say hello at once, and again until they are welcomed. Answered one by one in the
order of their coming, births of connections that are long over stand before those of devices that are there, and a
clerk's wish behind them all. In an hour of faults (300 devices, 2026-11-23) so much lay at the sender's connection that
it did not hear for 25 minutes that the broker was another one, and a printer ran out of numbers. While no more wait
than are answered in one go, the order is that of their coming.
"""

from itertools import count, islice
from typing import NamedTuple

from fleet.flows.keep_unread import refuse_large
from fleet.workers.carrier import Arrived
from protocols.message import ProtocolError, decode
from protocols.presence import Hello
from protocols.topics import parse

LIVE = ("hello", "alive")
# Of these only the last counts. The broker keeps it and says it again to a sender that comes back.
WISHES_EACH = 4
# So many wishes go before one birth.


class Said(NamedTuple):
    """A message. `turn` rises in the order of coming; `of`: the next one of the same makes it void."""

    turn: int
    of: tuple[object, ...]
    message: Arrived


class Unanswered:
    """Messages in hand. `few`: so many wait for nobody, and go in the order of their coming."""

    def __init__(self, few: int) -> None:
        self.few = few
        self.turns = count()
        self.births: dict[tuple[object, ...], Said] = {}
        self.wishes: dict[tuple[object, ...], Said] = {}

    def __len__(self) -> int:
        return len(self.births) + len(self.wishes)

    def messages(self) -> list[Arrived]:
        """All that wait; another thread may ask."""
        return [said.message for said in (*list(self.births.values()), *list(self.wishes.values()))]

    def add(self, message: Arrived) -> Arrived | None:
        """Keep a message; the one that is void by that: the one before it, whose turn it has, or itself."""
        turn, name = next(self.turns), message.topic.rsplit("/", 1)[-1]
        waiting = self.births if name in LIVE else self.wishes
        of = life_of(message) if name in LIVE and len(self) >= self.few else None
        before = waiting.get(of) if of is not None else None
        if before is None:
            waiting[of or (turn,)] = Said(turn, of or (turn,), message)
            return None
        if message.retain and bytes(message.payload) == bytes(before.message.payload):
            return message  # we heard it when it was said, and know when that was
        waiting[before.of] = before._replace(message=message)
        return before.message

    def next(self, most: int) -> list[Said]:
        """Whose turn it is: where many wait, a birth and then some wishes, again and again."""
        if len(self) <= self.few:
            return sorted((*self.births.values(), *self.wishes.values()), key=lambda said: said.turn)[:most]
        births, wishes = iter(self.births.values()), iter(self.wishes.values())
        found: list[Said] = []
        while len(found) < most and (some := [*islice(births, 1), *islice(wishes, WISHES_EACH)]):
            found += some
        return found[:most]

    def done(self, said: Said) -> None:
        """It was answered, or never will be."""
        for waiting in (self.births, self.wishes):
            if waiting.get(said.of) is said:
                del waiting[said.of]


def life_of(message: Arrived) -> tuple[object, ...] | None:
    """Of what a birth or presence is the last word: of a device, or of one boot of one board. None: of nothing."""
    try:
        device, _, name = parse(message.topic)
        if name == "alive":
            return name, device
        payload = bytes(message.payload)
        refuse_large(payload)
        hello = decode(Hello, payload)
    except ProtocolError:
        return None
    return name, device, hello.hw, hello.claim, hello.epoch, hello.boot

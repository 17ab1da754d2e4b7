"""How often strangers may try codes of tickets, and how often a page may be asked for; kept in this process alone.

The token of a ticket has 80 bits, so nobody finds one by trying: this only keeps those who try from taking the
server's time. Whoever holds a ticket that was right before is never refused for what others at the same address do.
"""

from collections import OrderedDict, deque
from threading import Lock

WINDOW_S = 60.0
WRONG_AT_MOST = 30
# From one address in a minute; a whole lobby may stand behind one address, and misread a ticket now and then.
LOOKS_AT_MOST = 60
# At one ticket's page in a minute: open on three telephones it is asked for less often.
REMEMBERED = 20_000


class Often:
    """How often each key was noted within the last minute."""

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self._noted: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def is_too_often(self, key: str, now_s: float) -> bool:
        """Whether it was noted as often as it may be."""
        with self._lock:
            noted = self._noted.get(key)
            while noted and now_s - noted[0] > WINDOW_S:
                noted.popleft()
            return noted is not None and len(noted) >= self.at_most

    def note(self, key: str, now_s: float) -> None:
        """Once more."""
        with self._lock:
            noted = self._noted.setdefault(key, deque(maxlen=self.at_most))
            noted.append(now_s)
            self._noted.move_to_end(key)
            if len(self._noted) > REMEMBERED:
                self._noted.popitem(last=False)

    def __contains__(self, key: str) -> bool:
        with self._lock:
            return key in self._noted


class Tries:
    """Who tries codes, and which were right."""

    def __init__(self) -> None:
        self._wrong = Often(WRONG_AT_MOST)
        self._right = Often(LOOKS_AT_MOST)

    def may(self, address: str, code: str, now_s: float) -> bool:
        """Whether this address may ask for this code now."""
        if code in self._right:
            return not self._right.is_too_often(code, now_s)
        return not self._wrong.is_too_often(address, now_s)

    def was_right(self, code: str, now_s: float) -> None:
        """The code is a ticket's."""
        self._right.note(code, now_s)

    def was_wrong(self, address: str, now_s: float) -> None:
        """Somebody at this address tried a code that is none."""
        self._wrong.note(address, now_s)

"""The people before the device: what they do, and what they see. What was shown to a person is the truth of a story.

Every act can be told from all others by its content: a press by how long it was held, a scan by its code, a ticket and
a call by their number. So the fleet's events are matched with what people saw, and with nothing that the device says.
"""

from tests.bench.virtual.truth import named

PRINTER_BYTES_PER_MS = 1
PIECE = 32
LABEL = b"\x1d!\x44"
# Five times as high and wide: only the number is.
RESET = b"\x1b@"
IDLE = "    "
BOUNCE_MS = 3


class Shown:
    """Something that a person saw: `what` is ("rating", score, held), ("scan", code), ("ticket", label) and so on.

    `since` and `boot`: when the device began to show it; paper comes slowly, or once somebody has put in a new roll.
    """

    def __init__(self, since, boot, what):
        self.since = since
        self.boot = boot
        self.what = what


class People:
    """`shown` and `done` are kept for the verdict; `world.board` is the board with power, or None."""

    def __init__(self, world):
        self.world = world
        self.shown = []
        self.done = set()
        self.labels = []
        self.printer_answers = True
        self.paper_out = False
        self.keys_pressed = {"recall": 0, "no_show": 0, "finish": 0}
        self.power_went()
        self._paper = b""
        self._label_begun = None
        self._strip = None  # the number on the paper that is not finished, and its boot

    def power_went(self):
        """Whatever somebody had begun is over."""
        self._released = {}
        self._scanned = []  # codes held before the reader that no lamp has answered yet
        self._key = None
        self._display = ""
        self._partial = b""
        self._printing_until = 0

    # What they do

    def press(self, pin, held, bounces):
        """Press a key for so many milliseconds."""
        agenda, board = self.world.agenda, self.world.board
        if board is None:
            return
        now = agenda.now
        for bounce in range(2 * bounces + 1):
            agenda.at(now + bounce * BOUNCE_MS, self._edge, board, pin, bounce % 2, now + bounce * BOUNCE_MS)
        for bounce in range(2 * bounces + 1):
            when = now + held + bounce * BOUNCE_MS
            agenda.at(when, self._edge, board, pin, 1 - bounce % 2, when)
        if pin.startswith("score_"):
            what = ("rating", int(pin[6:]), held)
            self.done.add(what)
            if board.is_up:
                agenda.at(now + held, self._let_go, board, what)
            else:  # some of the first edges may be missed, and the press seem shorter
                for bounce in range(1, 2 * bounces + 1):
                    self.done.add(("rating", int(pin[6:]), held - bounce * BOUNCE_MS))
        elif pin.startswith("key_"):
            self._key = (pin[4:], self._display)
            if pin[4:] in self.keys_pressed:
                self.keys_pressed[pin[4:]] += 1

    def scan(self, code):
        """Hold a code before the reader."""
        board = self.world.board
        if board is not None:
            what = ("scan", code)
            self.done.add(what)
            self._scanned.append(what)
            board.feed("scanner", code.encode() + b"\r")

    def _edge(self, board, pin, level, when):
        if board is self.world.board:
            board.edge(pin, level, when)

    def _let_go(self, board, what):
        if board is self.world.board:
            self._released["lamp_%d" % what[1]] = what

    # What they see

    def saw(self, *what, begun=None):
        """Somebody saw this; `begun` is when, and in which boot."""
        since, boot = begun or (self.world.agenda.now, self.world.boot)
        self.shown.append(Shown(since, boot, what))
        self.world.tell("seen: " + named(what))

    def lamp(self, name, level):
        """A lamp changed."""
        if level and name in self._released:
            self.saw(*self._released.pop(name))
        elif level and name in ("lamp_ok", "lamp_unknown"):
            waiting, self._scanned = self._scanned, []
            if len(waiting) == 1:  # of two that wait nobody can tell whose lamp it is
                self.saw(*waiting[0])

    def serial(self, name, data, power):
        """The board sent bytes: they pass one after another, while it has power."""
        if name == "display":
            for byte in data:
                if byte == 13:
                    self._displayed(self._partial.decode())
                    self._partial = b""
                else:
                    self._partial += bytes([byte])
            return
        agenda = self.world.agenda
        when = max(agenda.now, self._printing_until)
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            when += 1 + len(piece) // PRINTER_BYTES_PER_MS
            agenda.at(when, self._printed, piece, power, (agenda.now, self.world.boot))
        self._printing_until = when

    def _printed(self, piece, power, begun):
        if not power.on:
            return
        self._paper = (self._paper + piece)[-400:]
        asked = self._paper[-3:]
        if asked[:2] == b"\x10\x04":
            self._answer(b"\x72" if self.paper_out else b"\x12", power)
        elif asked == b"\x1dr\x01":
            self._strip = None
            self._answer(b"\x0c" if self.paper_out else b"\x00", power)
        start = self._paper.find(LABEL)
        torn = self._paper.find(RESET, start) if start >= 0 else -1
        if torn > start:  # the power went; the printer drops the line that had begun
            self._paper = self._paper[torn:]
            start = self._paper.find(LABEL)
            self._label_begun = None
        if start < 0:
            self._label_begun = None
        elif self._label_begun is None:
            self._label_begun = begun
        if start >= 0 and not self.paper_out:
            end = self._paper.find(b"\n", start)
            if end > start:
                label = self._paper[start + len(LABEL) : end].decode()
                self._paper = self._paper[end:]
                # Begun anew before its end (the heap was full): both are on one strip of paper, which is one ticket.
                if self._strip != (label, begun[1]):
                    self.labels.append(label)
                    self.saw("ticket", label, begun=self._label_begun)
                self._strip = label, begun[1]
                self._label_begun = None

    def _answer(self, data, power):
        board = self.world.board
        if not self.printer_answers:
            return
        self.world.agenda.after(5, lambda: power.on and board is self.world.board and board.feed("printer", data))

    def _displayed(self, text):
        key, before = self._key or (None, "")
        if is_label(text) and ("call", text) not in self.done:
            self.done.add(("call", text))
            self.saw("call", text)
        elif key == "recall" and is_label(text) and before == text:
            self.saw("recall", text)
            self._key = None
        elif key in ("finish", "no_show") and is_label(before):
            if text == IDLE:
                self.saw(key, before)
            self._key = None
        self._display = text


def is_label(text):
    """Whether a display shows a number."""
    return len(text) >= 4 and text[0] == "A" and text[1:].isdigit()

"""What the technician sees at the bench: a line a board, with what to do about those that are stuck, and what a board
asks of him; then a summary."""

import time
from collections.abc import Callable, Iterable, Sequence

import segno
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from fleet.commands.bench_texts import note_in, part_in, question_in, text
from fleet.provisioning.advice import ADVICE, advice_in, step_in
from fleet.provisioning.batch import Line
from fleet.provisioning.hands import Question
from fleet.provisioning.results import ASK, READER, PartSaid, Result

COLOURS = {"enrolled": "green", "already": "green", "failed": "red", "again": "yellow"}
BAR_WIDTH = 10
FRAMES_S = 8
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


class Screen:
    """Shows the lines of a batch, live on a terminal, one sentence a step elsewhere; and the first of `questions`."""

    def __init__(self, console: Console, language: str, questions: Callable[[], Sequence[Question]] = tuple) -> None:
        self.console = console
        self.language = language
        self.lines: dict[str, Line] = {}
        self.free = 0
        self._questions = questions
        self._began: dict[str, float] = {}
        self._said: dict[str, tuple[str, str, str]] = {}
        self._live = Live(console=console, refresh_per_second=FRAMES_S, get_renderable=self.drawn, transient=True)

    def __enter__(self) -> "Screen":
        if self.console.is_terminal:
            self._live.start()
        else:
            self.console.print(text("waiting", self.language, free=self.free), highlight=False)
        return self

    def __exit__(self, *_: object) -> None:
        if self.console.is_terminal:
            self._live.stop()

    def show(self, line: Line) -> None:
        """A line is another; called by the threads of the boards."""
        if self.lines.get(line.port, line).result is not None or line.port not in self.lines:
            self._began[line.port] = time.monotonic()
        self.lines[line.port] = line
        if not self.console.is_terminal:
            self._say(line)

    def _say(self, line: Line) -> None:
        """A sentence for a step, and one for what a person shall do."""
        asks = line.note.part if isinstance(line.note, PartSaid) and line.note.result == ASK else ""
        said = line.step, line.device, asks
        before = self._said.get(line.port)
        if before == said or (before is not None and before[:2] == said[:2] and not asks):
            return
        self._said[line.port] = said
        words = [line.port, line.device, step_in(line.step, self.language), note_in(line.note, self.language)]
        self.console.print(escape(" · ".join(word for word in words if word)), highlight=False, soft_wrap=True)

    def drawn(self) -> Group:
        """The table as it is now."""
        lines = list(self.lines.values())
        table = Table(box=None, padding=(0, 2, 0, 0))
        for column in ("port", "device", "place", "step", "seconds", "to_do"):
            table.add_column(text(column, self.language), overflow="fold")
        for line in lines:
            table.add_row(*self._row(line))
        waiting = Text(text("waiting", self.language, free=self.free), style="bold")
        return Group(waiting, *([table] if lines else []), *self._asked(), *self._to_read(lines))

    def _row(self, line: Line) -> list[RenderableType]:
        step: RenderableType = Text(
            step_in(line.step, self.language), style=COLOURS.get(line.step, "cyan"), no_wrap=True
        )
        if line.share is not None:
            bar = Table.grid(padding=(0, 1))
            bar.add_row(step, ProgressBar(1.0, line.share, width=BAR_WIDTH))
            step = bar
        seconds = line.result.seconds if line.result else time.monotonic() - self._began.get(line.port, 0.0)
        return [line.port, line.device, Text(line.place), step, f"{seconds:.0f}", Text(self._to_do(line))]

    def _to_do(self, line: Line) -> str:
        """What to do about it, or how it goes; and why it was begun again."""
        note = note_in(line.note, self.language)
        if line.result is not None and line.result.advice in ADVICE:
            note = f"{advice_in(line.result.advice, self.language)} ({note})"
        elif line.step == "connecting" and note:
            note = advice_in("network", self.language)
        again = again_in(line.tried, self.language) if line.step != "again" else ""
        return " · ".join(word for word in (note, again) if word)

    def _asked(self) -> Iterable[RenderableType]:
        """The first question, and how many wait behind it."""
        questions = self._questions()
        if questions:
            first = questions[0]
            asks = question_in(first.part, first.found, self.language)
            yield Text(f"\n{first.device} · {part_in(first.part, self.language)}: {asks}", style="bold yellow")
            yield Text(text("answers", self.language), style="bold")
        if len(questions) > 1:
            yield Text(text("more", self.language, count=len(questions) - 1), style="dim")

    def _to_read(self, lines: Iterable[Line]) -> Iterable[RenderableType]:
        """The code that the first reader waits for: on paper, or here."""
        for line in lines:
            said = line.note
            if isinstance(said, PartSaid) and said.part == READER and said.result == ASK and said.code:
                what = text("read_this", self.language, device=line.device, code=said.code)
                yield Text(f"\n{what}", style="bold yellow")
                yield Text(drawn_code(said.code), style="black on white")
                return


def drawn_code(code: str) -> str:
    """A QR code of half blocks, as a reader takes it from a screen."""
    rows = [[bool(dot) for dot in row] for row in segno.make(code, error="m", micro=False).matrix_iter(border=2)]
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(HALVES[two] for two in zip(upper, lower, strict=True)) for upper, lower in pairs)


def again_in(tried: Sequence[str], language: str) -> str:
    """That a board was begun again, and why; nothing if it was not."""
    return text("tried", language, count=len(tried), why="; ".join(tried)) if tried else ""


def summary(results: Iterable[Result], language: str) -> Table:
    """What became of each board."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("device", "place", "result", "test", "seconds", "to_do"):
        table.add_column(text(column, language), overflow="fold")
    for one in results:
        state = tested(one)
        note = "" if one.good else f"{advice_in(one.advice, language)} ({one.why})"
        note = " · ".join(word for word in (note, again_in(one.tried, language)) if word)
        table.add_row(
            one.device or one.port,
            escape(one.place),
            f"[{COLOURS[one.outcome]}]{step_in(one.outcome, language)}[/]",
            text(state, language),
            f"{one.seconds:.0f}",
            escape(note),
        )
    return table


def tested(result: Result) -> str:
    """How the self-test ended, as a key of TEXTS: the worst of its parts."""
    results = {one for _, one, _ in result.parts}
    return "fail" if "fail" in results else "open" if "ask" in results else "pass" if "pass" in results else ""

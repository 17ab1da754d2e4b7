"""What the technician sees at the bench: a line a board, with what to do about those that are stuck; then a summary."""

import time
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from fleet.provisioning.advice import ADVICE, LANGUAGES, advice_in, step_in
from fleet.provisioning.batch import Line
from fleet.provisioning.one_board import Result

TEXTS = {
    "waiting": ("Cắm bo mạch vào máy. Còn {free} phiếu ghi danh.", "Plug boards in. {free} claims are left."),
    "summary": (
        "{good} thiết bị đã ghi danh, {bad} chưa xong",
        "{good} devices enrolled, {bad} not finished",
    ),
    "port": ("cổng", "port"),
    "device": ("thiết bị", "device"),
    "place": ("nơi đặt", "place"),
    "step": ("đang làm", "step"),
    "result": ("kết quả", "result"),
    "test": ("tự kiểm tra", "self-test"),
    "seconds": ("giây", "seconds"),
    "to_do": ("cần làm", "to do"),
    "open": ("cần người xem", "to be looked at"),
    "fail": ("hỏng", "broken"),
    "pass": ("đạt", "passed"),
    "": ("", ""),
}
COLOURS = {"enrolled": "green", "already": "green", "failed": "red"}
BAR_WIDTH = 16
FRAMES_S = 8


def text(key: str, language: str, **values: object) -> str:
    """A text of the bench."""
    return TEXTS[key][LANGUAGES.index(language)].format(**values)


class Screen:
    """Shows the lines of a batch, live on a terminal, one sentence a step elsewhere."""

    def __init__(self, console: Console, language: str) -> None:
        self.console = console
        self.language = language
        self.lines: dict[str, Line] = {}
        self.free = 0
        self._began: dict[str, float] = {}
        self._said: dict[str, tuple[str, str]] = {}
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
        if self.lines.get(line.port, line).step in ("enrolled", "already", "failed") or line.port not in self.lines:
            self._began[line.port] = time.monotonic()
        self.lines[line.port] = line
        if not self.console.is_terminal and self._said.get(line.port) != (line.step, line.device):
            self._said[line.port] = (line.step, line.device)
            words = [line.port, line.device, step_in(line.step, self.language), line.note]
            self.console.print(escape(" · ".join(word for word in words if word)), highlight=False, soft_wrap=True)

    def drawn(self) -> Group:
        """The table as it is now."""
        table = Table(box=None, padding=(0, 2, 0, 0))
        for column in ("port", "device", "place", "step", "seconds", "to_do"):
            table.add_column(text(column, self.language), overflow="fold")
        for line in list(self.lines.values()):
            table.add_row(*self._row(line))
        waiting = Text(text("waiting", self.language, free=self.free), style="bold")
        return Group(waiting, table) if self.lines else Group(waiting)

    def _row(self, line: Line) -> list[RenderableType]:
        step: RenderableType = Text(step_in(line.step, self.language), style=COLOURS.get(line.step, "cyan"))
        if line.share is not None:
            bar = Table.grid(padding=(0, 1))
            bar.add_row(step, ProgressBar(1.0, line.share, width=BAR_WIDTH))
            step = bar
        seconds = line.result.seconds if line.result else time.monotonic() - self._began.get(line.port, 0.0)
        return [line.port, line.device, Text(line.place), step, f"{seconds:.0f}", Text(self._to_do(line))]

    def _to_do(self, line: Line) -> str:
        if line.result is not None and line.result.advice in ADVICE:
            return f"{advice_in(line.result.advice, self.language)} ({line.note})"
        if line.step == "connecting" and line.note:
            return advice_in("network", self.language)
        return line.note


def summary(results: Iterable[Result], language: str) -> Table:
    """What became of each board."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("device", "place", "result", "test", "seconds", "to_do"):
        table.add_column(text(column, language), overflow="fold")
    for one in results:
        state = tested(one)
        to_do = "" if one.good else f"{advice_in(one.advice, language)} ({one.why})"
        table.add_row(
            one.device or one.port,
            escape(one.place),
            f"[{COLOURS[one.outcome]}]{step_in(one.outcome, language)}[/]",
            text(state, language),
            f"{one.seconds:.0f}",
            escape(to_do),
        )
    return table


def tested(result: Result) -> str:
    """How the self-test ended, as a key of TEXTS: the worst of its parts."""
    results = {one for _, one, _ in result.parts}
    return "fail" if "fail" in results else "open" if "ask" in results else "pass" if "pass" in results else ""

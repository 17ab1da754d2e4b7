"""Charts of a report, drawn as lines and letters: they stay sharp and small, and say their figures in print."""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf.enums import Align

from fleet.flows.report_page import LEFT_MM, RIGHT_MM, PublicDocument

BAR, BAR_LIGHT, MARK, GRID = (31, 95, 139), (158, 194, 217), (178, 58, 30), (214, 214, 214)
LEVELS = ((178, 58, 30), (224, 155, 92), (200, 200, 200), (132, 180, 160), (38, 112, 92))
# From the worst level to the best, told apart in grey as well; their names stand below.
LETTERS_PT = 9
PLOT_MM = 38
THICKEST_MM = 14
LABELS_AT_MOST = 16


@dataclass(frozen=True)
class Bar:
    """A bar with its name. `inner` is a second value within it."""

    name: str
    value: float
    inner: float | None = None


def columns(page: PublicDocument, title: str, bars: Sequence[Bar]) -> None:
    """Upright bars with their values above them."""
    page.keep(PLOT_MM + 22)
    caption(page, title)
    width = page.w - LEFT_MM - RIGHT_MM
    bottom = page.get_y() + 4 + PLOT_MM
    most = max(bar.value for bar in bars) or 1
    step = width / len(bars)
    every = -(-len(bars) // LABELS_AT_MOST)
    page.letters(LETTERS_PT)
    page.set_draw_color(*GRID)
    page.set_line_width(0.2)
    page.line(LEFT_MM, bottom, LEFT_MM + width, bottom)
    for n, bar in enumerate(bars):
        height = PLOT_MM * bar.value / most
        x = LEFT_MM + n * step
        page.set_fill_color(*BAR)
        thick = min(step * 0.64, THICKEST_MM)
        page.rect(x + (step - thick) / 2, bottom - height, thick, height, style="F")
        if len(bars) <= 2 * LABELS_AT_MOST:
            page.set_xy(x - 3, bottom - height - 4)
            page.cell(step + 6, 4, f"{bar.value:g}", align=Align.C)
        if n % every == 0:
            page.set_xy(x - 6, bottom + 0.5)
            page.cell(step + 12, 4, bar.name, align=Align.C)
    page.set_xy(LEFT_MM, bottom + 7)
    page.set_draw_color(0)


def spans(page: PublicDocument, title: str, bars: Sequence[Bar], target: float | None, target_name: str) -> None:
    """Lying bars with a mark within each, and a line for the target."""
    row_mm, names_mm = 6.5, 46
    page.keep(row_mm * len(bars) + 20)
    caption(page, title)
    x, width = LEFT_MM + names_mm, page.w - LEFT_MM - RIGHT_MM - names_mm - 14
    most = max([bar.value for bar in bars] + ([target] if target else [])) or 1
    top = page.get_y() + 5
    page.letters(LETTERS_PT)
    for n, bar in enumerate(bars):
        y = top + n * row_mm
        page.set_xy(LEFT_MM, y)
        page.cell(names_mm - 2, row_mm - 1.5, fitted(page, bar.name, names_mm - 3), align=Align.R)
        page.set_fill_color(*BAR_LIGHT)
        page.rect(x, y, width * bar.value / most, row_mm - 1.8, style="F")
        if bar.inner is not None:
            page.set_fill_color(*BAR)
            page.rect(x + width * bar.inner / most - 0.6, y, 1.2, row_mm - 1.8, style="F")
        page.set_xy(x + width * bar.value / most + 1, y)
        page.cell(14, row_mm - 1.8, f"{bar.value:.0f}")
    bottom = top + len(bars) * row_mm
    if target:
        at = x + width * target / most
        page.set_draw_color(*MARK)
        page.set_line_width(0.4)
        page.set_dash_pattern(dash=1.2, gap=0.8)
        page.line(at, top - 1.5, at, bottom)
        page.set_dash_pattern()
        page.set_text_color(*MARK)
        page.set_xy(at - 20, top - 5.5)
        page.cell(40, 4, f"{target_name} {target:.0f}", align=Align.C)
        page.set_text_color(0)
    page.set_draw_color(0)
    page.set_xy(LEFT_MM, bottom + 3)


def shares(page: PublicDocument, title: str, bars: Sequence[Bar]) -> None:
    """One bar that is cut by shares, with a legend below."""
    page.keep(32)
    caption(page, title)
    width, y, x = page.w - LEFT_MM - RIGHT_MM, page.get_y() + 2, float(LEFT_MM)
    whole = sum(bar.value for bar in bars) or 1
    page.letters(LETTERS_PT, "B")
    for colour, bar in zip(levels(len(bars)), bars, strict=True):
        part = width * bar.value / whole
        page.set_fill_color(*colour)
        page.rect(x, y, part, 8, style="F")
        if part > 12:
            page.set_text_color(255 if sum(colour) < 400 else 0)
            page.set_xy(x, y)
            page.cell(part, 8, f"{100 * bar.value / whole:.0f} %", align=Align.C)
        x += part
    page.set_text_color(0)
    page.letters(LETTERS_PT)
    x, y = float(LEFT_MM), y + 10
    for colour, bar in zip(levels(len(bars)), bars, strict=True):
        label = f"{bar.name}: {bar.value:g}"
        needed = page.get_string_width(label) + 9
        if x + needed > page.w - RIGHT_MM:
            x, y = float(LEFT_MM), y + 5
        page.set_fill_color(*colour)
        page.rect(x, y + 0.8, 3, 3, style="F")
        page.set_xy(x + 4, y)
        page.cell(needed - 4, 4.6, label)
        x += needed
    page.set_xy(LEFT_MM, y + 8)


def caption(page: PublicDocument, title: str) -> None:
    page.letters(LETTERS_PT + 1.5, "B")
    page.set_x(LEFT_MM)
    page.multi_cell(0, 5, title, align=Align.C)
    page.set_x(LEFT_MM)


def levels(n: int) -> tuple[tuple[int, int, int], ...]:
    """The colours of so many levels, the worst first."""
    return {3: (LEVELS[0], LEVELS[3], LEVELS[4]), 4: (LEVELS[0], LEVELS[1], LEVELS[3], LEVELS[4])}.get(n, LEVELS)[:n]


def fitted(page: PublicDocument, name: str, width: float) -> str:
    """As much of a name as there is room for."""
    if page.get_string_width(name) <= width:
        return name
    while name and page.get_string_width(name + "…") > width:
        name = name[:-1]
    return name.rstrip() + "…"

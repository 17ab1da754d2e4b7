"""Paper for public documents: A4 with the margins, letters and parts that Nghị định 30/2020/NĐ-CP prescribes.

The letters are Tinos, which is as wide as Times New Roman and may be given to everybody.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from fleet.domain.report_tables import Kind, Table, shown

FONTS = Path(__file__).parent / "report_fonts"
FAMILY = "Tinos"
TOP_MM = BOTTOM_MM = 20
LEFT_MM, RIGHT_MM = 30, 18
INDENT_MM = 10
LINE = 1.3
BODY_PT, SMALL_PT, TABLE_PT = 13, 10, 10.5
GREY, SHADE = 110, (232, 238, 244)
PT_MM = 25.4 / 72


class PublicDocument(FPDF):
    """A document that numbers its pages from the second on, in the middle of the upper margin."""

    def __init__(self, title: str, language: str, made_on: date) -> None:
        super().__init__(format="A4", unit="mm")
        for style, name in (("", "Regular"), ("B", "Bold"), ("I", "Italic"), ("BI", "BoldItalic")):
            self.add_font(FAMILY, style, FONTS / f"tinos-{name}.ttf")
        self.set_margins(LEFT_MM, TOP_MM, RIGHT_MM)
        self.set_auto_page_break(True, BOTTOM_MM)
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("motcua")
        self.set_creation_date(datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC))
        self.letters(BODY_PT)
        self.add_page()

    def header(self) -> None:
        """The number of the page; none on the first."""
        if self.page_no() > 1:
            self.set_y(10)
            self.letters(BODY_PT)
            self.cell(0, 6, str(self.page_no()), align=Align.C)
            self.set_y(TOP_MM)

    def letters(self, size: float, style: str = "") -> None:
        """Write on in this size and style: B for bold, I for italic."""
        self.set_font(FAMILY, style, size)

    def line_mm(self, size: float) -> float:
        """How high a line of this size is."""
        return size * PT_MM * LINE

    def middle(self, text: str, size: float, style: str = "", x: float | None = None, width: float = 0) -> None:
        """Lines in the middle of the page, or of a part of it."""
        self.letters(size, style)
        if x is not None:
            self.set_x(x)
        self.multi_cell(width, self.line_mm(size), text, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rule(self, x: float, width: float) -> None:
        """A line under what was written last."""
        y = self.get_y() + 0.8
        self.set_line_width(0.25)
        self.line(x, y, x + width, y)
        self.set_y(y + 1)

    def heading(self, text: str) -> None:
        """The heading of a part; it stays with what follows."""
        self.keep(30)
        self.ln(2)
        self.letters(BODY_PT, "B")
        self.multi_cell(0, self.line_mm(BODY_PT), text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def paragraph(self, text: str, size: float = BODY_PT, style: str = "", indent: bool = True) -> None:
        """A paragraph, its first line indented."""
        self.letters(size, style)
        with (
            self.text_columns(text_align=Align.J, line_height=LINE) as column,
            column.paragraph(first_line_indent=INDENT_MM if indent else 0) as paragraph,
        ):
            paragraph.write(text)
        self.ln(1.2)

    def keep(self, height_mm: float) -> None:
        """Begin a new page unless so much of this one is left."""
        if self.get_y() + height_mm > self.h - BOTTOM_MM:
            self.add_page()

    def table_of(self, table: Table, widths: tuple[float, ...], language: str) -> None:
        """A table with its title and notes; its heading comes again on each page."""
        self.keep(34)
        self.letters(TABLE_PT + 0.5, "B")
        self.multi_cell(0, 6, table.title, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.letters(TABLE_PT)
        self.set_draw_color(GREY)
        self.set_fill_color(255)
        head = FontFace(emphasis="BOLD", fill_color=SHADE)
        with self.table(
            col_widths=widths,
            headings_style=head,
            line_height=self.line_mm(TABLE_PT),
            padding=(0.6, 1.2),
            borders_layout=TableBordersLayout.ALL,
            align=Align.L,
            text_align=tuple(alignments(table, len(widths))),
        ) as printed:
            heading = printed.row()
            for column in table.columns:
                heading.cell(column, align=Align.C)
            for row in table.rows:
                line: Any = printed.row()
                for figure in row:
                    line.cell(shown(figure, language))
        self.set_draw_color(0)
        for note in table.notes:
            self.letters(SMALL_PT, "I")
            self.multi_cell(0, self.line_mm(SMALL_PT), note, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)


def alignments(table: Table, columns: int) -> list[Align]:
    """Words begin on the left, figures end on the right."""
    if not table.rows:
        return [Align.L] * columns
    words = [all(row[at].kind == Kind.TEXT for row in table.rows) for at in range(columns)]
    return [Align.L if is_word else Align.R for is_word in words]

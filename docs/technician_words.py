"""The technician's guide, page by page: what to do, what is seen then, and what to do if it is not.

The pictures are taken by `docs/technician_steps.py`. `python -m docs.technician_words` writes both languages anew.
"""

from dataclasses import dataclass
from pathlib import Path

GUIDES = Path(__file__).parent / "guides"
PICTURES = "../pictures/steps"
LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Words:
    """A page in one language."""

    title: str
    do: tuple[str, ...]
    see: str
    otherwise: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Step:
    """A page: its pictures by name, each with what it shows, and the words in both languages."""

    pictures: tuple[str, ...]
    vi: Words
    en: Words

    def words(self, language: str) -> Words:
        """The words in this language."""
        return self.vi if language == "vi" else self.en


TITLES = {
    "vi": "Từng bước: từ bo mạch trống đến thiết bị tại quầy",
    "en": "Step by step: from a bare board to a device at the counter",
}
INTRODUCTIONS = {
    "vi": (
        "Mười ba trang, mỗi trang một việc, theo đúng thứ tự làm. Ảnh do `make screenshots` chụp từ hệ thống"
        " đang chạy: bo mạch mô phỏng chạy phần mềm thật, nối qua cổng nối tiếp. Tên và mã trong ảnh chỉ là ví dụ."
    ),
    "en": (
        "Thirteen pages, one task each, in the order of the work. `make screenshots` takes the pictures of the running"
        " system, which speaks Vietnamese: simulated boards with the real firmware, on serial ports. Names and keys in"
        " them are examples; that office is gone when the pictures are there."
    ),
}
HEADS = {"vi": ("Làm", "Sẽ thấy", "Nếu không"), "en": ("Do", "You see", "If not")}
OTHER = {"vi": "[English](technician-steps.md)", "en": "[Tiếng Việt](technician-steps.vi.md)"}
ENDS = {
    "vi": (
        "Mọi việc khác của kỹ thuật viên: [hướng dẫn đầy đủ](technician.vi.md). Bo mạch chưa có MicroPython, các loại"
        " cổng: [bàn cài đặt](../bench.vi.md). Nối dây: [boards.md](../boards.md)."
    ),
    "en": (
        "All else that a technician does: [the whole guide](technician.md). Boards without MicroPython, and ports:"
        " [the bench](../bench.md). Wiring: [boards.md](../boards.md)."
    ),
}


def page(steps: tuple[Step, ...], language: str) -> str:
    """The whole guide as Markdown."""
    lines = [f"# {TITLES[language]}", "", OTHER[language], "", INTRODUCTIONS[language], ""]
    for number, step in enumerate(steps, start=1):
        lines += pages_of(number, step, language)
    return "\n".join([*lines, "---", "", ENDS[language]]) + "\n"


def pages_of(number: int, step: Step, language: str) -> list[str]:
    """The lines of one page."""
    words, (do, see, otherwise) = step.words(language), HEADS[language]
    lines = [f"## {number}. {words.title}", "", f"**{do}**", ""]
    lines += [f"{place}. {what}" for place, what in enumerate(words.do, start=1)]
    lines += ["", f"**{see}**: {words.see}", ""]
    for name in step.pictures:
        lines += [f"![{words.title}]({PICTURES}/{name}.png)", ""]
    if words.otherwise:
        lines += [f"| {otherwise} | |", "|---|---|", *(f"| {what} | {then} |" for what, then in words.otherwise), ""]
    return lines


def path_of(language: str) -> Path:
    """Where the guide lies."""
    return GUIDES / ("technician-steps.vi.md" if language == "vi" else "technician-steps.md")


def write() -> None:
    """Write the guide in both languages."""
    from docs.technician_pages import STEPS

    for language in LANGUAGES:
        path_of(language).write_text(page(STEPS, language))


if __name__ == "__main__":
    write()

"""The documentation holds: its links lead somewhere, its pictures are shown, its commands and targets exist."""

import re
from functools import cache
from pathlib import Path

import pytest
import typer.main

from docs import technician_words
from docs.technician_pages import STEPS
from fleet.__main__ import app

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PICTURES = sorted(one for part in ("", "steps") for one in (ROOT / "docs" / "pictures" / part).glob("*.png"))
BIGGEST_PICTURE = 250 * 1024
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(page: Path) -> list[str]:
    text = FENCE.sub("", page.read_text("utf-8"))
    found = [one or other for one, other in LINK.findall(text)]
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    headings = HEADING.findall(FENCE.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def commands() -> set[str]:
    """Every command, with those of its groups as two words."""
    found = set()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        found |= {name} | {f"{name} {part}" for part in getattr(command, "commands", {})}
    return found


def typed(page: Path) -> list[str]:
    """What a reader is told to type, a line each."""
    text = page.read_text("utf-8")
    fenced = [line.strip() for block in FENCE.findall(text) for line in block.splitlines()]
    return [line.removeprefix(".venv/bin/") for line in fenced + CODE.findall(FENCE.sub("", text))]


def fenced(page: Path) -> list[str]:
    """The lines of its blocks."""
    return [line for block in FENCE.findall(page.read_text("utf-8")) for line in block.splitlines()]


def command(line: str) -> str:
    """What is typed, without what is said in a language: a remark, or what stands in quotes."""
    return re.sub(r'"[^"]*"', '""', line.removeprefix("$ ").split("  #")[0]).strip()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), f"{named(page)} leads to {link}"
        assert not anchor or anchor in anchors(target), f"{named(page)} leads to {link}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_exist(page: Path) -> None:
    known = commands()
    groups = {command.split()[0] for command in known if " " in command}
    for line in typed(page):
        if match := re.match(r"motcua ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", line):
            name, part = match.groups()
            said = f"{name} {part}" if part and name in groups else name
            assert said in known, f"{named(page)} names `{line}`"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_targets_of_make_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for line in typed(page):
        if match := re.match(r"make ([a-z]+)", line):
            assert match[1] in targets, f"{named(page)} names `{line}`"


@pytest.mark.parametrize("page", [page for page in PAGES if page.name.endswith(".vi.md")], ids=named)
def test_both_languages_have_the_same_sections(page: Path) -> None:
    english = page.with_name(page.name.replace(".vi.md", ".md"))
    depths = [re.findall(r"^(#+) ", FENCE.sub("", one.read_text("utf-8")), re.M) for one in (page, english)]
    assert depths[0] == depths[1]


@pytest.mark.parametrize("page", [page for page in PAGES if page.name.endswith(".vi.md")], ids=named)
def test_both_languages_tell_people_to_type_the_same(page: Path) -> None:
    english = page.with_name(page.name.replace(".vi.md", ".md"))
    told = [{line for line in map(command, fenced(one)) if line.startswith("motcua ")} for one in (page, english)]
    assert told[0] == told[1]


@pytest.mark.parametrize("picture", PICTURES, ids=named)
def test_a_picture_is_shown_somewhere_and_small(picture: Path) -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    assert picture in shown, f"no page shows {named(picture)}; take it out of docs/screenshots.py"
    assert picture.stat().st_size <= BIGGEST_PICTURE


@pytest.mark.parametrize("language", technician_words.LANGUAGES)
def test_the_technicians_steps_are_as_they_are_written(language: str) -> None:
    written = technician_words.path_of(language).read_text("utf-8")
    assert written == technician_words.page(STEPS, language), "run `python -m docs.technician_words`"

"""What a page tells people to type, and how a test types it: each line that begins with `$`, and what is then seen.

A block is typed (its lines begin with `$`, and what should be seen stands below each, `…` for anything), the content of
a file (its first line is `# /the/path`), or not run (its first line says so, and why).
"""

import os
import re
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import Result

DOCS = Path(__file__).parent.parent / "docs"
HEADING = re.compile(r"^(#+) (.+)$")
FILE = re.compile(r"^# (/\S+)$")
NOT_RUN = re.compile(r"^# (?:not run|chưa chạy): \S")
FOR_A_SHELL = re.compile(r"[|;<>&]|\$\(")
ANYTHING = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block: in which section (by its number) it stands, and its lines."""

    section: int
    lines: tuple[str, ...]

    @property
    def file(self) -> str | None:
        """The path of the file whose content it is."""
        found = FILE.match(self.lines[0])
        return found[1] if found else None

    @property
    def is_not_run(self) -> bool:
        """Whether it says why no test types it."""
        return bool(NOT_RUN.match(self.lines[0]))

    @property
    def typed(self) -> list[tuple[str, str]]:
        """(what is typed, what is then seen), one after the other."""
        steps: list[tuple[str, list[str]]] = []
        for line in self.lines:
            if line.startswith("$ "):
                steps.append((line[2:], []))
            elif steps:
                steps[-1][1].append(line)
        return [(command, "\n".join(seen)) for command, seen in steps]


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page of the documentation."""
    found, section, inside = [], 0, None
    for line in (DOCS / page).read_text("utf-8").splitlines():
        if line.startswith("```"):
            if inside:
                found.append(Block(section, tuple(inside)))
            inside = [] if inside is None else None
        elif inside is not None:
            inside.append(line)
        elif HEADING.match(line):
            section += 1
    return found


def typed(page: str) -> list[tuple[str, str]]:
    """(what is typed, what is then seen) on the whole page."""
    return [step for block in blocks(page) for step in block.typed]


def words_after(page: str, program: str) -> list[list[str]]:
    """The words of each line that begins with this program."""
    return [shlex.split(line)[1:] for line, _ in typed(page) if line.startswith(f"{program} ")]


class Typist:
    """Types in a folder: `motcua` in this process, all else in a shell. `known`: what stands for what in a page."""

    def __init__(self, motcua: Callable[..., Result], known: Mapping[str, str], **how: Any) -> None:
        self.motcua, self.known, self.how = motcua, known, how

    def meant(self, text: str) -> str:
        """What a line or a file of the page is here."""
        for name, here in self.known.items():
            text = text.replace(name, here)
        return text

    def type(self, command: str, seen: str) -> str:
        """Type it; what it said, which must hold what the page shows."""
        line = self.meant(command)
        said = self.said_by_motcua(line) if is_motcua_alone(line) else self.said_by_shell(line)
        assert shows(seen, said), f"{command}\nexpected:\n{seen}\nfound:\n{said}"
        return said

    def said_by_motcua(self, line: str) -> str:
        done = self.motcua(*shlex.split(line)[1:])
        assert done.exit_code == 0, f"{line}: {done.output}"
        return done.output

    def said_by_shell(self, line: str) -> str:
        done = subprocess.run(
            ("/bin/sh", "-ec", line),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=self.how.get("env", os.environ),
            **self.how.get("account", {}),
        )
        assert done.returncode == 0, f"{line}: {done.stdout}"
        return done.stdout


def is_motcua_alone(line: str) -> bool:
    """Whether no shell is needed."""
    return line.startswith("motcua ") and not FOR_A_SHELL.search(line)


def shows(seen: str, said: str) -> bool:
    """Whether what was said holds what should be seen, however its lines are broken."""
    parts = [re.escape(" ".join(part.split())) for part in seen.split(ANYTHING)]
    return re.search(".*".join(parts), " ".join(said.split())) is not None

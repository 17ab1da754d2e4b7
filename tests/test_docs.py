"""The documentation is whole: every setting, command and option stands there; and no file tells of a machine."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from fleet.__main__ import app
from fleet.settings import Settings

ROOT = Path(__file__).parent.parent
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text("utf-8")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
OF_ALL = {"--help", "--data"}

# Put together here, so that this file does not name what it looks for.
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "proxy.go" + "lang.org",
    "jf" + "rog",
    "arti" + "factory",
]
REGISTRY = re.compile("|".join(map(re.escape, HOSTS)) + r"|(?<!no-emit-)index" + r"-url|/sim" + "ple/", re.IGNORECASE)
PLACES = ("home", "Users", "root", "work", "tmp", "mnt", "private", "workspace", "builds")
MACHINE = re.compile(r"(?<![\w.<>{}$~/:-])/(?:" + "|".join(PLACES) + r")/[\w.-]")


def commands(command: object = None, name: str = "motcua") -> Iterator[tuple[str, object]]:
    """Every command by its full name, groups too."""
    command = typer.main.get_command(app) if command is None else command
    yield name, command
    for part, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {part}")


def section(name: str) -> str:
    """What docs/commands.md says of a command."""
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", COMMANDS, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def committed() -> list[Path]:
    """The text files of the project: those that git knows, or all where there is no git."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = asked.stdout.split("\0")[:-1] if asked.returncode == 0 else []
    paths = [ROOT / name for name in names] or [path for path in ROOT.rglob("*") if not hidden(path)]
    return [path for path in paths if path.is_file() and is_text(path)]


def hidden(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(part.startswith(".") or part in {"build", "var", "__pycache__", "node_modules"} for part in parts)


def is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:8192]


def shown(default: object) -> str:
    """A default as the table of settings shows it."""
    if default in ("", None):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


FILES = committed()
PAGES = [path for path in FILES if path.suffix == ".md"]
NAMED = dict(commands())
LEAVES = {name: command for name, command in NAMED.items() if not getattr(command, "commands", {})}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_there_with_its_default_and_meaning(name: str) -> None:
    field = Settings.model_fields[name]
    assert f"| `MOTCUA_{name.upper()}` | {shown(field.default)} | {field.description} |\n" in SETTINGS


def test_no_setting_stands_there_that_there_is_not() -> None:
    rows = re.findall(r"^\| `MOTCUA_(\w+)`", SETTINGS, re.MULTILINE)
    assert sorted(rows) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_stands_there_with_its_options_and_an_example(name: str) -> None:
    text = section(name)
    assert text, f"docs/commands.md has no section {name!r}"
    assert f"\n$ {name}" in text, f"no example of {name!r}"
    for parameter in LEAVES[name].params:  # type: ignore[attr-defined]
        for word in {*parameter.opts, *parameter.secondary_opts} - OF_ALL:
            assert f"`{word}`" in text, f"{name!r}: {word} is missing"


def test_what_every_command_takes_stands_there_once() -> None:
    assert all(f"| `{word}` |" in COMMANDS for word in OF_ALL)


def test_what_a_group_takes_itself_stands_there() -> None:
    for name, command in NAMED.items():
        words = {word for parameter in command.params for word in parameter.opts} - OF_ALL  # type: ignore[attr-defined]
        assert not words or all(f"`{word}`" in section(name) for word in words), name


def test_no_command_or_option_stands_there_that_there_is_not() -> None:
    for name in re.findall(r"^## (.+)$", COMMANDS, re.MULTILINE):
        assert name in NAMED, name
        known = {word for parameter in NAMED[name].params for word in parameter.opts}  # type: ignore[attr-defined]
        for word in re.findall(r"^\| `(--[\w-]+)`", section(name), re.MULTILINE):
            assert word in known or word == "--install-completion", f"{name} {word}"


def test_every_example_could_be_typed() -> None:
    examples = re.findall(r"^\$ (motcua.*)$", COMMANDS, re.MULTILINE)
    assert len(examples) >= len(LEAVES)
    for example in examples:
        words = shlex.split(example.split(" > ")[0])
        name = max((one for one in NAMED if words[: len(one.split())] == one.split()), key=len)
        parameters = NAMED[name].params  # type: ignore[attr-defined]
        known = {word for one in parameters for word in [*one.opts, *one.secondary_opts]}
        options = {word for word in words if word.startswith("--")}
        assert options <= known | OF_ALL, example


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if not re.match(r"[a-z]+:", link):
            assert (page.parent / link).exists(), f"{named(page)} leads to {link}"


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    """A checkout builds anywhere: from whatever registry its user has set, in whatever folder."""
    found = []
    for path in FILES:
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            if REGISTRY.search(line) or MACHINE.search(line):
                found.append(f"{named(path)}:{number}: {line.strip()[:120]}")
    assert found == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("index" + "-url = https://example.org", True),
        ("see /wo" + "rk/main/fleet", True),
        ('"/ho' + 'me/somebody/motcua"', True),
        ("--no-emit-index" + "-url", False),
        ("mc/1/tp-1/up/hello and docs/work/x", False),
        ("https://example.org/home/x", False),
    ],
)
def test_what_counts_as_a_registry_or_a_machine(line: str, told: bool) -> None:
    assert bool(REGISTRY.search(line) or MACHINE.search(line)) is told

"""Looks for secrets in the files of the repository: keys and passwords of known shapes, and words of chance.

python -m tests.attacks.planted_secrets
"""

import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHAPES = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}"),
    "cloud key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b"),
    "token of a forge": re.compile(r"\b(?:gh[pousr]_\w{36,}|github_pat_\w{50,}|glpat-[\w-]{20,})\b"),
    "token of a chat": re.compile(r"\bxox[abprs]-[\w-]{10,}"),
    "token of a registry": re.compile(r"\bpypi-AgEI[\w-]{20,}|\bnpm_\w{36}\b"),
    "bearer token": re.compile(r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{15,}"),
    "webhook secret": re.compile(r"\bwhsec_[A-Za-z0-9+/=]{30,}"),
    "password in an address": re.compile(r"\b\w+://[^\s:/@{}<>$]+:(?P<word>(?!password@)[^\s:/@{}<>$…•*]{6,})@[\w.-]+"),
}
NAMED = re.compile(
    r"""(?i)\b\w*(?:secret|passwo?rd|passwd|token|api_?key|private_?key)\w*["']?\s*[:=]\s*["'](?P<word>[^\s"']{16,})["']"""
)
CHANCE_BITS = 3.6
# A word of 16 or more letters has so much chance in each where it is no word: hex has 3.6 to 4, base64 more.
BIGGEST = 2 << 20
ALLOWED = {
    "tests/": "secrets of houses that stand for the length of a test, and planted ones that tests look for",
    "hil_tests/": "the same, at a rig",
    "docs/": "examples; each is drawn by chance and was never anybody's",
    "fleet/api/contract_examples.py": "examples of messages, as docs/asyncapi.json shows them",
}
NOT_READ = (".woff2", ".png", ".jpg", ".zip", ".bin", ".svg", ".lock", ".po", ".pot")


def files(root: Path = ROOT) -> Iterator[Path]:
    """The files that belong to the repository; nothing of what was."""
    told = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    names = (
        told.stdout.decode().split("\0")
        if told.returncode == 0
        else [str(p.relative_to(root)) for p in root.rglob("*")]
    )
    for name in names:
        path = root / name
        if name and path.is_file() and path.suffix not in NOT_READ and path.stat().st_size < BIGGEST:
            yield path


def bits(word: str) -> float:
    """How much chance is in each letter of a word."""
    return -sum(n / len(word) * math.log2(n / len(word)) for n in Counter(word).values())


def found_in(text: str) -> Iterator[tuple[int, str]]:
    """Lines, from 1, and what seems to be secret there."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, shape in SHAPES.items():
            if what != "private key" and shape.search(line):
                yield number, what
        named = NAMED.search(line)
        if named and bits(named["word"]) >= CHANCE_BITS and re.search(r"\d", named["word"]):
            yield number, "word of chance under a secret's name"
    for key in SHAPES["private key"].finditer(text):
        yield text.count("\n", 0, key.start()) + 1, "private key"


def scan(root: Path = ROOT) -> tuple[list[str], Counter[str]]:
    """What was found where it may not be, and how often where it may."""
    bad, allowed = [], Counter[str]()
    for path in files(root):
        name = path.relative_to(root).as_posix()
        place = next((one for one in ALLOWED if name.startswith(one)), None)
        for line, what in found_in(path.read_text("utf-8", errors="replace")):
            if place is None or what in ("cloud key", "token of a forge", "token of a chat", "token of a registry"):
                bad.append(f"{name}:{line}: {what}")
            else:
                allowed[place] += 1
    return bad, allowed


def main() -> int:
    """Print what was found."""
    bad, allowed = scan()
    for place, n in sorted(allowed.items()):
        print(f"allowed {n:3} in {place}: {ALLOWED[place]}")
    print("\n".join(bad) or "no secret found elsewhere")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

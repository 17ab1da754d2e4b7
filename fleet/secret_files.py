"""What is secret of the settings: it may lie in files, which environments and process lists do not show, and no log may
show it."""

import json
import logging
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, urlsplit

LETTERS_AT_LEAST = 6
# What is shorter stands inside many a harmless word, so it is hidden where it stands alone.
HIDDEN = "•••"


class SecretUnreadable(Exception):
    """The file of a secret can not be read. No ValueError: pydantic would show all that was given beside it."""


class Scrubbed(logging.Formatter):
    """Writes what another formatter writes, tracebacks too, without what is secret."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self.inner = inner
        self.forms: set[str] = set()
        self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """These, too, from now on."""
        self.forms |= {form for secret in secrets if secret for form in written(secret)}
        longest_first = sorted(self.forms, key=len, reverse=True)
        self.found = re.compile("|".join(map(found_as, longest_first)) or r"(?!)")

    def format(self, record: logging.LogRecord) -> str:
        """The line, or the lines."""
        return self.found.sub(HIDDEN, self.inner.format(record))


def written(secret: str) -> set[str]:
    """All ways in which a log may write it: as it is, in JSON, in an address, and as Python shows a text."""
    shown = {secret, repr(secret)[1:-1], ascii(secret)[1:-1], quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return shown | {json.dumps(one, ensure_ascii=plain)[1:-1] for one in shown for plain in (True, False)}


def found_as(form: str) -> str:
    """The expression that finds it: a short one only as a word of its own."""
    found = re.escape(form)
    return found if len(form) >= LETTERS_AT_LEAST else rf"(?<!\w){found}(?!\w)"


def scrub_logs(secrets: Iterable[str]) -> None:
    """From now on no log of this process shows these; the logs must have been set up."""
    known = list(secrets)
    for handler in handlers():
        handler.setFormatter(Scrubbed(handler.formatter or logging.Formatter(), known))


def hide(secret: str) -> None:
    """Nor this, which was learnt only now; where no logs were set up there is nothing to do."""
    for handler in handlers():
        if isinstance(handler.formatter, Scrubbed):
            handler.formatter.hide([secret])


def handlers() -> list[logging.Handler]:
    """All that writes logs."""
    return [one for name in ("", "uvicorn", "uvicorn.access") for one in logging.getLogger(name).handlers]


def secret_in(setting: str, file: Path) -> str:
    """What this file holds. Raises SecretUnreadable."""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "not a text"
        raise SecretUnreadable(f"{setting}: expected a file that can be read, found {file}: {why.lower()}") from None


def passwords_in(url: str) -> set[str]:
    """The password of a database's address, as it is and as it is written there."""
    try:
        written = urlsplit(url).password or ""
    except ValueError:
        return set()
    return {written, unquote(written)} - {""}

"""What is secret of the settings: it may lie in files, which environments and process lists do not show, and no log may
show it."""

import logging
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

LETTERS_AT_LEAST = 6
# What is shorter stands in many a harmless word.
HIDDEN = "•••"


class SecretUnreadable(Exception):
    """The file of a secret can not be read. No ValueError: pydantic would show all that was given beside it."""


class Scrubbed(logging.Formatter):
    """Writes what another formatter writes, tracebacks too, without what is secret."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self.inner = inner
        self.secrets = sorted((one for one in secrets if len(one) >= LETTERS_AT_LEAST), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line, or the lines."""
        text = self.inner.format(record)
        for one in self.secrets:
            text = text.replace(one, HIDDEN)
        return text


def scrub_logs(secrets: Iterable[str]) -> None:
    """From now on no log of this process shows these; the logs must have been set up."""
    known = list(secrets)
    for name in ("", "uvicorn", "uvicorn.access"):
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(Scrubbed(handler.formatter or logging.Formatter(), known))


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

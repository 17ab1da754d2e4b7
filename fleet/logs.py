"""Logs: a line for people, or one JSON object a line for programs; each says which request it belongs to.

What people did not mean for a log stays out of it: values of statements never stand in errors of the database (see
`store/database.py`), and what a server says about rows is cut off here.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from fleet.secret_files import scrub_logs
from fleet.settings import Settings
from protocols.message import ProtocolError

HUMAN = "%(asctime)s %(levelname)s %(name)s: %(message)s"
ROWS = re.compile(r"^(DETAIL|CONTEXT): .*?(?=^\[SQL: |^HINT: |^$|\Z)", re.MULTILINE | re.DOTALL)
# PostgreSQL repeats values there, `DETAIL:  Key (holder)=(…) already exists.`, over several lines where they have some.

request: ContextVar[str] = ContextVar("request", default="")


def set_up_logs(settings: Settings, process: str, handler: logging.Handler | None = None) -> None:
    """What this process logs goes to its standard error, or to this handler; no secret of the settings does."""
    handler = handler or logging.StreamHandler()
    handler.setFormatter(JsonLines(process) if settings.log == "json" else Lines(HUMAN))
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper())
    scrub_logs(settings.secrets)


def unread(error: ProtocolError) -> str:
    """Why something was not read, without what stood there: a reader in error may send a whole card."""
    found = error.found
    length = f" of {len(found)}" if isinstance(found, str | bytes | list | dict) else ""
    return f"{error.where}: expected {error.expected}, found {type(found).__name__}{length}"


class Lines(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and of which request it is."""
        known = request.get()
        return ROWS.sub("", super().format(record)) + (f" [{known}]" if known else "")

    def formatException(self, ei: Any) -> str:
        """What was raised, without what stood in rows."""
        return ROWS.sub("", super().formatException(ei))


class JsonLines(Lines):
    """One JSON object a line: at, level, process, thread, logger, message, and request and problem where there are."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        """The object."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self.process,
            "thread": record.threadName,
            "logger": record.name,
            "message": ROWS.sub("", record.getMessage()),
            "request": request.get(),
            "problem": self.formatException(record.exc_info) if record.exc_info else "",
        }
        return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False)

"""Addresses of databases: which ones there are, and what is said of one that is none."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

POSTGRESQL = "postgresql+psycopg"
SQLITE = ("sqlite", "sqlite+pysqlite")
SHORT = ("postgres", "postgresql")
# As PostgreSQL's own programs write it; the driver is ours to choose.


class BadAddress(ValueError):
    """What should be a database's address is none, or its driver is not installed. It never shows a password."""

    setting = "MOTCUA_DATABASE"


class BadKeysAddress(BadAddress):
    """The same of the day keys."""

    setting = "MOTCUA_KEYS_URL"


def read_address(url: str) -> URL:
    """The address, if it is one of SQLite or PostgreSQL. Raises BadAddress."""
    try:
        parsed = make_url(url)
        if parsed.drivername in SHORT:
            parsed = parsed.set(drivername=POSTGRESQL)
        parsed.get_dialect().import_dbapi()
    except (NoSuchModuleError, ImportError) as problem:
        found = f"{url.partition(':')[0]} ({str(problem).lower()})"
        raise BadAddress(f"expected a database whose driver is installed, found {found}") from None
    except (ArgumentError, ValueError):
        raise BadAddress(
            "expected an address such as sqlite:////srv/motcua/motcua.sqlite or postgresql://motcua@db/motcua, "
            "found something else"
        ) from None
    if parsed.drivername not in (POSTGRESQL, *SQLITE):
        raise BadAddress(f"expected an address that begins with sqlite: or postgresql:, found {parsed.drivername}:")
    return parsed


def is_postgresql(url: URL) -> bool:
    """Whether this is an address of PostgreSQL; otherwise it is one of SQLite."""
    return url.drivername == POSTGRESQL


def in_memory(url: URL) -> bool:
    """Whether this is an SQLite database that ends with its process."""
    return not is_postgresql(url) and url.database in (None, "", ":memory:")

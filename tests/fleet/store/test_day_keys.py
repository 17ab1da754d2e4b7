"""Day keys: in a database of their own, and gone when they are destroyed."""

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from fleet.store.addresses import BadKeysAddress
from fleet.store.database import Store, alembic_config
from fleet.store.rows import sql

DAY_MS = 86_400_000
KEY = "c0ffee" * 5 + "00"
BEFORE = next(
    migration.down_revision
    for migration in ScriptDirectory.from_config(alembic_config()).walk_revisions()
    if migration.doc == "Day keys move into a database of their own."
)


def opened(folder: Path, keys_url: str = "") -> Store:
    store = Store(f"sqlite:///{folder / 'motcua.sqlite'}", keys_url)
    store.migrate()
    return store


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_key_lies_beside_the_database_and_never_in_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert store.keys.key("tan-an", "2026-11-09", KEY, DAY_MS) == KEY
    assert store.keys.key("tan-an", "2026-11-09", "another", DAY_MS) == KEY, "the first one holds"
    assert {name for name, data in bytes_of(tmp_path).items() if KEY.encode() in data} == {"day-keys.sqlite"}
    store.close()


def test_keys_of_some_days_are_had_at_once_and_what_is_over_is_destroyed(store: Store) -> None:
    store.keys.key("tan-an", "2026-11-08", KEY, DAY_MS)
    days = {"2026-11-09": ("a" * 32, 2 * DAY_MS), "2026-11-10": ("b" * 32, 3 * DAY_MS)}
    assert store.keys.keys_now("tan-an", days, DAY_MS + 1) == {day: made for day, (made, _) in days.items()}
    assert store.keys.count() == 2
    later = {"2026-11-09": ("c" * 32, 4 * DAY_MS)}
    assert store.keys.keys_now("tan-an", later, 2 * DAY_MS) == {"2026-11-09": "a" * 32}
    assert store.keys.destroy_expired(3 * DAY_MS + 1) == 1, "the one that holds longer now is kept"


def test_a_key_that_was_destroyed_is_in_no_byte_of_any_file(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for day in range(1, 40):
        store.keys.key("tan-an", f"2026-11-{day:02}", KEY if day == 9 else f"{day:032x}", day * DAY_MS)
    assert store.keys.destroy_expired(9 * DAY_MS + 1) == 9
    assert store.keys.destroy_expired(9 * DAY_MS + 1) == 0
    assert store.keys.count() == 30
    assert [name for name, data in bytes_of(tmp_path).items() if KEY.encode() in data] == []
    store.close()


def test_the_keys_of_an_older_database_move_out_of_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.writing() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
        connection.execute(sql("PRAGMA defer_foreign_keys = ON"))
        connection.execute(
            sql(
                "INSERT INTO offices (id, name, hotline, timezone, generation, scan_opens_visit, "
                "valid_from_ms, ticket_url, texts) VALUES ('tan-an', '', '', '', 1, 0, 0, '', '{}')"
            )
        )
        connection.execute(sql(f"INSERT INTO day_keys VALUES ('tan-an', '2026-11-09', '{KEY}', {DAY_MS})"))  # noqa: S608
    store.migrate()
    assert store.keys.key("tan-an", "2026-11-09", "another", DAY_MS) == KEY
    store.close()
    assert {name for name, data in bytes_of(tmp_path).items() if KEY.encode() in data} == {"day-keys.sqlite"}


def test_keys_may_lie_elsewhere_but_not_in_the_database_itself(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "keys.sqlite"
    store = opened(tmp_path, f"sqlite:///{elsewhere}")
    store.keys.key("tan-an", "2026-11-09", KEY, DAY_MS)
    store.close()
    assert KEY.encode() in elsewhere.read_bytes() and "day-keys.sqlite" not in bytes_of_files(tmp_path)
    with pytest.raises(BadKeysAddress, match="found the one that is backed up"):
        Store(f"sqlite:///{tmp_path / 'motcua.sqlite'}", f"sqlite:///{tmp_path / 'motcua.sqlite'}")
    with pytest.raises(BadKeysAddress, match="expected an address"):
        Store("sqlite://", "no address")


def bytes_of_files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file()]

"""motcua migrate: what it says of tables, and tables that are taken back and brought forth."""

from pathlib import Path

from fleet.store.database import Store, newest_revision
from fleet.store.rows import run, sql
from tests.fleet.commands.conftest import Motcua
from tests.fleet.office import with_tables

TOMORROW = "9999"
REACHES = sql("UPDATE schema_reach SET oldest_program = :oldest")
IS = sql("UPDATE alembic_version SET version_num = :revision")


def tables_of_tomorrow(folder: Path, oldest_program: str) -> Store:
    """Tables that a later program left."""
    store = Store(with_tables(folder))
    with store.writing() as connection:
        run(connection, IS, revision=TOMORROW)
        run(connection, REACHES, oldest=oldest_program)
    return store


def test_tables_are_looked_at_taken_back_and_brought_forth(motcua: Motcua, tmp_path: Path) -> None:
    with_tables(tmp_path)
    newest = newest_revision()
    checked = motcua("migrate", "--check", "--data", tmp_path)
    assert (checked.exit_code, f"revision {newest}\nprograms of" in checked.stdout) == (0, True)
    back = motcua("migrate", "--to", "0066", "--back", "--data", tmp_path)
    assert (back.exit_code, back.stdout) == (0, "the database is of revision 0066\n")
    behind = motcua("migrate", "--check", "--data", tmp_path)
    assert (behind.exit_code, f"revision {newest}, found 0066" in behind.stderr) == (1, True)
    assert "of revision 0067" in motcua("migrate", "--to", "0067", "--data", tmp_path).stdout
    assert "up to date" in motcua("migrate", "--data", tmp_path).stdout
    assert "--back takes" in motcua("migrate", "--to", "0067", "--data", tmp_path).stderr.replace("\n", " ")


def test_a_database_that_somebody_uses_is_not_taken_back(motcua: Motcua, tmp_path: Path) -> None:
    store = Store(with_tables(tmp_path))
    with store.reading() as connection:
        connection.execute(sql("SELECT id FROM offices")).all()
        refused = motcua("migrate", "--to", "0066", "--back", "--data", tmp_path)
    store.close()
    assert (refused.exit_code, "expected a database that nobody uses" in refused.stderr) == (1, True)


def test_a_program_works_with_tables_of_tomorrow_until_something_is_taken_away(motcua: Motcua, tmp_path: Path) -> None:
    tables_of_tomorrow(tmp_path, newest_revision()).close()
    assert motcua("users", "list", "--data", tmp_path).exit_code == 0
    store = tables_of_tomorrow(tmp_path / "more", TOMORROW)
    for command in (("users", "list"), ("link",), ("migrate",), ("migrate", "--check")):
        refused = motcua(*command, "--data", tmp_path / "more")
        said = refused.stderr.replace("\n", " ")
        assert (refused.exit_code, f"{TOMORROW}, which needs one of {TOMORROW} or newer" in said) == (1, True)
    assert store.schema().revision == TOMORROW
    store.close()

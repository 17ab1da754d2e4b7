"""Alembic's entry: runs within the transaction that `Store.migrate` opened."""

from alembic import context
from sqlmodel import SQLModel

from fleet.store import tables

tables.load()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    # SQLite would do, but Alembic does not know that we begin its transactions ourselves.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

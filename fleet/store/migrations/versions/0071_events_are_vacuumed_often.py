"""On PostgreSQL the room of deleted events is used again after a fiftieth of all, not a fifth.

Of a year that is kept a fiftieth is a week of deletions; a fifth is months, in which hashes of cards stay in the files.
"""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

SETTINGS = {"autovacuum_vacuum_scale_factor": "0.02", "autovacuum_analyze_scale_factor": "0.02"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE events SET ({', '.join(f'{name} = {value}' for name, value in SETTINGS.items())})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE events RESET ({', '.join(SETTINGS)})")

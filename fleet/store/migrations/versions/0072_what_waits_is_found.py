"""A linker finds the days that wait, and those that other rules linked, without reading all days of all offices."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

WAITS = sa.text("marked > linked")


def upgrade() -> None:
    op.create_index("windows_marked", "windows", ["day", "office"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("windows_by_rules", "windows", ["rules"])


def downgrade() -> None:
    op.drop_index("windows_by_rules", "windows")
    op.drop_index("windows_marked", "windows")

"""Through which states a dossier has come, how often more was asked for, and when its result was there and returned."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("finished_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("returned_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("supplements", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("change", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.create_index("ix_dossiers_change", ["change"], unique=False)
    op.create_table(
        "dossier_states",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["dossiers.code"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", "change"),
    )
    op.execute(
        "INSERT INTO dossier_states (code, change, state, since_ms) SELECT code, 0, state, imported_ms FROM dossiers"
    )


def downgrade() -> None:
    op.drop_table("dossier_states")
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.drop_index("ix_dossiers_change")
        for column in ("change", "supplements", "returned_on", "finished_on"):
            batch_op.drop_column(column)

"""Units are found by their codes, by what is above them, and by whom they took over from."""

import sqlalchemy as sa
from alembic import op

from fleet.domain.responsible import prefixes

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("units_below", "units", ["parent"])
    op.create_index("unit_heirs_back", "unit_heirs", ["heir"])
    table = op.create_table(
        "unit_codes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("code", "unit"),
    )
    known = op.get_bind().execute(sa.text("SELECT id, codes FROM units WHERE codes <> ''"))
    found = sorted({(prefixes(code)[0], row.id) for row in known for code in row.codes.split()})
    if found:
        op.bulk_insert(table, [{"code": code, "unit": unit} for code, unit in found])


def downgrade() -> None:
    op.drop_table("unit_codes")
    op.drop_index("unit_heirs_back", "unit_heirs")
    op.drop_index("units_below", "units")

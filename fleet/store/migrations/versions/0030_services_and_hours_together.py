"""Sums of waits by service and hour together, made of the cells of days."""

import sys
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from fleet.domain.times import Times, read_lanes

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COUNTS = ("visits", "no_shows", "finished", "rated", "wait_ms", "service_ms", "total_ms")
TIMES = ("wait", "service_times", "total")
NAMES = (*COUNTS, *TIMES)
INSERT = sa.text(
    f"INSERT INTO wait_sums (office, span, part, begins, key, {', '.join(NAMES)}) "  # noqa: S608
    f"VALUES (:office, :span, 'mix', :begins, :key, {', '.join(':' + name for name in NAMES)})"
)
CELLS = sa.text(
    f"SELECT day, service, hour, {', '.join(NAMES)} FROM wait_hours WHERE office = :office"  # noqa: S608
)


def upgrade() -> None:
    connection = op.get_bind()
    offices = [row.office for row in connection.execute(sa.text("SELECT DISTINCT office FROM wait_hours"))]
    for at, office in enumerate(offices, 1):
        sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0] * len(NAMES))
        for row in connection.execute(CELLS, {"office": office}):
            numbers = [*row[3:10], *(read_lanes(stored) for stored in row[10:])]
            for span, begins in (("month", f"{row.day[:7]}-01"), ("year", f"{row.day[:4]}-01-01")):
                known = sums[span, begins, f"{row.service}/{row.hour:02d}"]
                for place, number in enumerate(numbers):
                    known[place] += number
        rows = [
            {"office": office, "span": span, "begins": begins, "key": key}
            | dict(zip(COUNTS, numbers, strict=False))
            | {name: Times(lanes).to_bytes() for name, lanes in zip(TIMES, numbers[len(COUNTS) :], strict=True)}
            for (span, begins, key), numbers in sums.items()
        ]
        if rows:
            connection.execute(INSERT, rows)
        if sys.stderr.isatty():
            print(f"\rsums by service and hour: {at} of {len(offices)} offices", end="", file=sys.stderr, flush=True)
    if offices and sys.stderr.isatty():
        print(file=sys.stderr)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM wait_sums WHERE part = 'mix'"))

"""Ratings of longer stretches of time, as statistics read them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from fleet.domain.rating_cells import Counted
from fleet.store.rows import every, sql

COUNTED = sql("""
    SELECT r.day, r.score, r.scale, r.scale_version, x.id AS excluded,
        COALESCE(v.about, v.service) AS service, v.counter, v.wait_ms FROM ratings r
    LEFT JOIN visits v ON v.office = r.office AND v.day = r.day AND v.id = r.visit
    LEFT JOIN excluded_presses x ON x.office = r.office AND x.day = r.day AND x.id = r.id AND x.stands
    WHERE r.office = :office AND r.day >= :first AND r.day <= :last AND r.counted ORDER BY r.day, r.place, r.id""")


def counted(connection: Connection, office: str, first: str, last: str) -> Sequence[Counted]:
    """The presses of these days that count, in the order of days and of how the fleet learnt of them."""
    return [
        Counted(
            day=row.day,
            score=row.score,
            scale=row.scale,
            scale_version=row.scale_version,
            excluded=row.excluded is not None,
            service=row.service or "",
            counter=row.counter or "",
            wait_ms=row.wait_ms,
        )
        for row in every(connection, COUNTED, office=office, first=first, last=last)
    ]

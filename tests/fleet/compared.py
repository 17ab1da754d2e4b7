"""A province whose offices can be compared."""

from datetime import date
from typing import Any

from fleet.domain.day import bounds
from fleet.domain.linked import RatingSeen, VisitSeen
from fleet.domain.named_periods import read_period
from fleet.domain.org_tree import Heir, Kind, Node
from fleet.flows.count_waits import count_whole
from fleet.store import places, units
from fleet.store.database import Store
from fleet.store.day_parts import RATINGS, VISITS, DayParts
from fleet.store.places import OfficeRow, ServiceRow
from tests.fleet.recounted import as_linked

MIN = 60_000
QUARTER = read_period("2026-Q3")
NOW_MS = bounds("2026-10-05", "Asia/Ho_Chi_Minh")[0]
SLOW = "xa-4"
SERVICES = {"ho-tich": "Hộ tịch", "dat-dai": "Đất đai"}


def furnish(store: Store) -> None:
    """Six communes under a centre for July to September: the fourth is slow, the fifth has mostly the hard service."""
    with store.writing() as connection:
        units.save(connection, [Node("tinh", Kind.PROVINCE, "Tỉnh"), Node("tt", Kind.CENTRE, "Trung tâm", "tinh")])
        nodes = [Node(f"xa-{n}", Kind.OFFICE, f"Xã {n}", "tt") for n in range(1, 7)]
        old = Node("xa-cu", Kind.OFFICE, "Xã cũ", "tt", valid_to=date(2026, 8, 1), heirs=(Heir("xa-1"),))
        units.save(connection, [*nodes, old])
        for one in (*nodes, old):
            places.save_office(connection, OfficeRow(one.id, one.name, "1022"), 0)
            rows = [ServiceRow(id_, one.id, name, id_[0], at) for at, (id_, name) in enumerate(SERVICES.items())]
            places.save_services(connection, rows)
        for office in [one.id for one in nodes]:
            for day in range(1, 31, 3):
                served(connection, office, f"2026-09-{day:02d}")
        served(connection, "xa-cu", "2026-07-06")


def served(connection: Any, office: str, day: str) -> None:
    """Sixteen visits, half of them rated: the hard service takes long everywhere, at the slow office both do."""
    nine = bounds(day, "Asia/Ho_Chi_Minh")[0] + 9 * 60 * MIN
    hard = {"xa-5": 12, "xa-cu": 0}.get(office, 4)
    seen, ratings = [], []
    for at in range(16):
        is_hard = at < hard
        waits = (20 if at % 4 else 12) if is_hard else (16 if office == SLOW and at % 3 == 1 else 4)
        called = nine + (at % 4) * 120 * MIN
        finish = f"q/1/1/{2 * at + 1}"
        rated = at % 2 == 0
        seen.append(
            VisitSeen(
                f"q/1/1/{2 * at}",
                "quay-1",
                "dat-dai" if is_hard else "ho-tich",
                at,
                called,
                False,
                waits * MIN,
                finished_ms=called + MIN,
                outcome="done",
                closed_by=finish,
                finish=finish,
                rated=rated,
            )
        )
        if rated:
            bad = at % 4 == 0 and (is_hard or office == SLOW)
            ratings.append(
                RatingSeen(f"n/1/1/{at}", "quay-1", seen[-1].id, False, 1 if bad else 5, 5, 1, called, True, None)
            )
    parts = DayParts(connection, office, day)
    parts.save(VISITS, [], seen)
    parts.save(RATINGS, [], ratings)
    place = places.office(connection, office)
    assert place is not None
    count_whole(connection, place, day, seen)
    as_linked(connection, office, day)

"""How SQLite reads what is asked for all day: the visits of a number are found by it, not among all of their day."""

import pytest
from sqlalchemy import TextClause

from fleet.store import estimates, queue
from fleet.store.database import Store


@pytest.mark.parametrize("statement", [queue.WAITING, estimates.CAME_TRUE], ids=["who waits", "what came true"])
def test_the_visits_of_a_number_are_found_by_it(statement: TextClause) -> None:
    store = Store("sqlite://")
    store.migrate()
    values = dict.fromkeys(statement.compile().params, "")
    with store.reading() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", values)]
    store.close()
    assert [step for step in plan if step.startswith("SEARCH v ")] == [
        "SEARCH v USING INDEX visits_of_number (office=? AND day=? AND service=? AND number=?)"
    ]

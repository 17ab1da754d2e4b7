"""How SQLite reads what is asked for all day: what is wanted is found, not looked for among all that there is."""

import pytest
from sqlalchemy import TextClause

from fleet.store import estimates, queue, windows
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


def test_what_is_to_be_linked_is_found_among_all_days_that_were() -> None:
    store = Store("sqlite://")
    store.migrate()
    with store.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {windows.MARKED.on_sqlite}", {"rules": 1}).all()
    store.close()
    found = [row[3] for row in plan if " windows " in row[3]]
    by_rules = [
        "SEARCH windows USING INDEX windows_by_rules (rules<?)",
        "SEARCH windows USING INDEX windows_by_rules (rules>?)",
    ]
    assert found == ["SCAN windows USING INDEX windows_marked", *by_rules]

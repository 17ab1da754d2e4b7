"""What offices do is read anew before anybody there is touched, and remembered where nobody may be."""

from dataclasses import replace

import pytest

from fleet.domain.rollout_plan import Plan, When
from fleet.domain.rollout_windows import Doing
from fleet.flows import office_doing
from fleet.flows.office_doing import DoingNow
from fleet.store.database import Store
from tests.fleet.office import NINE, OFFICE

SECOND = 1000


@pytest.mark.parametrize(
    ("plan", "found", "is_remembered"),
    [
        (Plan(), Doing(is_open=True), True),
        (Plan(), Doing(waiting=1), True),
        (Plan(), Doing(), False),
        (Plan(when=When.QUIET), Doing(is_open=True), False),
        (Plan(when=When.QUIET), Doing(is_open=True, serving=frozenset({"quay-1"})), False),
    ],
)
def test_only_that_nobody_there_may_be_touched_is_remembered(
    store: Store, monkeypatch: pytest.MonkeyPatch, plan: Plan, found: Doing, is_remembered: bool
) -> None:
    known = {}
    now = replace(found, waiting=found.waiting + 5)
    with store.reading() as connection:
        monkeypatch.setattr(office_doing, "doing", lambda *_: found)
        assert DoingNow(connection, plan, NINE, known)[OFFICE] == found
        monkeypatch.setattr(office_doing, "doing", lambda *_: now)
        later = DoingNow(connection, plan, NINE + 9 * SECOND, known)[OFFICE]
        assert later == (found if is_remembered else now)
        assert DoingNow(connection, plan, NINE + 90 * SECOND, known)[OFFICE] == now
        assert DoingNow(connection, plan, NINE, known).get("nowhere") is None

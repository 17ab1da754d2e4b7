"""How far a dossier has come."""

from datetime import date, timedelta

import pytest

from fleet.domain.dossier import Dossier
from fleet.domain.dossier_course import Purpose, State, Warned, purpose, supplements, warnings

TODAY = date(2026, 11, 9)
ONE = Dossier("H15.50-261101-0001", "H15.50", date(2026, 11, 1), state="Đang xử lý")


@pytest.mark.parametrize(
    ("left", "asked", "state", "said"),
    [
        (None, 0, "Đang xử lý", ()),
        (2, 0, "Đang xử lý", ()),
        (1, 0, "Đang xử lý", (Warned.DUE_SOON,)),
        (0, 1, "Đang xử lý", (Warned.DUE_SOON, Warned.SUPPLEMENTED)),
        (-1, 2, "Đang xử lý", (Warned.OVERDUE, Warned.LATE_BY_SUPPLEMENTS)),
        (9, 1, "Chờ bổ sung hồ sơ", (Warned.SUPPLEMENTED,)),
        (-1, 0, "Chờ trả kết quả", ()),
        (-1, 2, " ĐÃ TRẢ kết quả", ()),
    ],
)
def test_what_a_clerk_should_know(left: int | None, asked: int, state: str, said: tuple[Warned, ...]) -> None:
    due_on = None if left is None else TODAY + timedelta(days=left)
    assert warnings(ONE._replace(due_on=due_on, state=state), asked, TODAY) == said


def test_a_result_that_was_returned_warns_of_nothing() -> None:
    late = ONE._replace(due_on=TODAY - timedelta(days=3))
    assert warnings(late, 2, TODAY)
    assert warnings(late._replace(returned_on=TODAY), 2, TODAY) == ()


def test_supplements_are_counted_by_states_or_told_by_the_system() -> None:
    seen = [State("Đang xử lý", 1), State("Yêu cầu bổ sung", 2), State("Đã bổ sung", 3), State("chờ bổ sung hồ sơ", 4)]
    assert supplements(ONE, seen) == 2
    assert supplements(ONE._replace(supplements=3), seen) == 3
    assert supplements(ONE, []) == 0


def test_what_a_visit_was_for() -> None:
    states = [State("Đang xử lý", 10), State("Chờ bổ sung", 20), State("Đang xử lý", 30), State("Chờ trả kết quả", 40)]
    assert purpose(ONE, states, ONE.received_on, 5) is Purpose.HAND_IN
    found = [purpose(ONE, states, TODAY, ms) for ms in (5, 15, 20, 35, 45)]
    assert found == [Purpose.OTHER, Purpose.OTHER, Purpose.SUPPLEMENT, Purpose.OTHER, Purpose.RESULT]
    assert purpose(ONE._replace(returned_on=TODAY), [], TODAY, 5) is Purpose.RESULT

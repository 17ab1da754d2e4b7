"""What the reader's owner should hear."""

from datetime import date, timedelta

import pytest

from fleet.domain import verdict
from fleet.domain.dossier import Dossier
from fleet.domain.verdict import Unfit

TODAY = date(2026, 11, 9)
DAY = timedelta(days=1)


def dossier(due_in_days: int | None, state: str = "Đang xử lý") -> Dossier:
    due = None if due_in_days is None else TODAY + due_in_days * DAY
    return Dossier("H15.50-261101-0001", "H15.50", date(2026, 11, 1), due, state=state)


@pytest.mark.parametrize(
    ("due_in_days", "tone"),
    [(None, "accepted"), (9, "accepted"), (2, "accepted"), (1, "due_soon"), (0, "due_soon"), (-5, "due_soon")],
)
def test_what_is_due_sounds_so(due_in_days: int | None, tone: str) -> None:
    assert verdict.of_dossier(dossier(due_in_days), TODAY, None, TODAY) == tone


@pytest.mark.parametrize(
    ("due_in_days", "supplements", "because"),
    [
        (1, 0, None),
        (-5, 0, "overdue"),
        (9, 1, "supplemented"),
        (9, 2, "supplemented"),
        (-5, 1, "overdue"),
        (1, 1, None),
    ],
)
def test_what_it_warns_of_is_said_the_most_pressing_first(
    due_in_days: int, supplements: int, because: str | None
) -> None:
    assert verdict.of_dossier(dossier(due_in_days), TODAY, None, TODAY, supplements) == "due_soon"
    assert verdict.because(dossier(due_in_days), supplements, TODAY) == because


@pytest.mark.parametrize("state", ["Đã trả kết quả", " ĐÃ TRẢ ", "Đã hủy"])
def test_what_is_over_is_not_due(state: str) -> None:
    assert verdict.of_dossier(dossier(-5, state), TODAY, None, TODAY) == "accepted"


def test_only_what_should_be_known_is_unknown() -> None:
    assert verdict.of_dossier(None, TODAY - DAY, TODAY, TODAY) == "unknown"
    assert verdict.of_dossier(None, TODAY, TODAY, TODAY) is None, "handed in after the last import, perhaps"
    assert verdict.of_dossier(None, TODAY - 9 * DAY, None, TODAY) is None, "nothing was imported yet"


@pytest.mark.parametrize(
    ("here", "today", "proved", "cancelled", "unfit", "tone"),
    [
        (True, True, True, False, None, "accepted"),
        (None, False, False, False, Unfit.TICKET_UNKNOWN, "unknown"),
        (False, False, False, True, Unfit.TICKET_FORGED, "wrong"),
        (False, False, True, False, Unfit.TICKET_ELSEWHERE, "wrong"),
        (True, False, True, True, Unfit.TICKET_OTHER_DAY, "wrong"),
        (True, True, True, True, Unfit.TICKET_CANCELLED, "wrong"),
    ],
)
def test_a_ticket_is_right_at_its_office_on_its_day(here, today, proved, cancelled, unfit, tone) -> None:
    assert verdict.ticket_unfit(here, today, proved, cancelled) is unfit
    assert verdict.of_ticket(unfit) == tone

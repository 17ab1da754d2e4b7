"""The rules of an office's queue as data."""

from typing import Any

import pytest

from fleet.domain.queue_policy import BadPolicy, PriorityClass, QueuePolicy, read_policy


def test_what_is_left_out_is_as_usual() -> None:
    assert read_policy({}) == QueuePolicy()
    assert read_policy({"most_in_a_row": 3}).most_added_s == QueuePolicy().most_added_s


def test_what_is_written_is_read() -> None:
    policy = QueuePolicy(
        classes=(PriorityClass("thuong-binh", "Thương binh", "War invalid", "Pháp lệnh 02/2020", "2026-07-01"),),
        most_in_a_row=1,
        most_added_s=600,
        calls=2,
        late_s=300,
        grace_min=0,
        sent_on="front",
    )
    assert read_policy(policy.to_dict()) == policy


def test_the_class_of_a_ticket() -> None:
    policy = QueuePolicy()
    assert policy.place("appointment", False, "2026-11-09") == 0
    assert policy.place("priority", True, "2026-11-09") == 1
    assert policy.place("", True, "2026-11-09") == 2
    assert policy.place("", False, "2026-11-09") is None
    assert policy.place("unheard-of", False, "2026-11-09") is None


def test_a_class_holds_from_a_day_to_a_day() -> None:
    policy = QueuePolicy(
        classes=(PriorityClass("priority", "Ưu tiên", valid_from="2026-07-01", valid_to="2026-07-31"),)
    )
    days = ("2026-06-30", "2026-07-01", "2026-07-31", "2026-08-01")
    assert [policy.place("priority", False, day) for day in days] == [None, 0, 0, None]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"most": 2}, "most: expected one of"),
        ({"most_in_a_row": 10}, "most_in_a_row: expected a number from 0 to 9, found 10"),
        ({"most_in_a_row": True}, "found True"),
        ({"classes": "priority"}, "classes: expected a list"),
        ({"classes": [{"id": "Ưu tiên", "name": "Ưu tiên"}]}, "an id of small letters"),
        ({"classes": [{"id": "a"}]}, "a.name: expected a name in Vietnamese"),
        ({"classes": [{"id": "a", "name": "A\n"}]}, "a.name: expected one line"),
        ({"classes": [{"id": "a", "name": "A", "colour": "red"}]}, "expected each with"),
        ({"classes": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "found 'a' twice"),
        ({"classes": [{"id": "a", "name": "A", "valid_from": "1/7/2026"}]}, "a day such as 2026-07-01"),
        ({"classes": [{"id": "a", "name": "A", "valid_from": "2026-07-02", "valid_to": "2026-07-01"}]}, "a later one"),
    ],
)
def test_what_can_not_be(data: dict[str, Any], said: str) -> None:
    with pytest.raises(BadPolicy, match=said):
        read_policy(data)


def test_where_somebody_is_sent_on_to_is_one_of_three() -> None:
    with pytest.raises(BadPolicy, match="sent_on: expected ticket, front or end, found 'last'"):
        read_policy({"sent_on": "last"})

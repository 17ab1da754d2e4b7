"""Which number is next, whatever the power and the clock do; no number twice."""

import os

from firmware.flash_files import write_json
from firmware.leases import Leases
from protocols.state import Lease
from tests.firmware.fresh_flash import fresh_flash

MORNING = 1_795_280_400_000
DAY = 86_400_000


def lease(name, service="a", day=0, first=1, last=10):
    return Lease(
        id=name,
        service=service,
        prefix="A",
        day="2026-11-%d" % (22 + day),
        first=first,
        last=last,
        secret="00" * 16,
        since=MORNING + day * DAY,
        expires=MORNING + (day + 1) * DAY,
    )


def holding(root, *leases, boot=1):
    held = Leases(root, boot)
    if leases:
        held.replace(list(leases))
    return held


def taken(held, service, at):
    one = held.lease_for(service, at)
    return None if one is None else (one.id, held.take(one))


def test_numbers_of_the_day_one_after_the_other():
    held = holding(fresh_flash(), lease("l/1"), lease("l/2", day=1))
    assert [taken(held, "a", MORNING + 5) for _ in range(2)] == [("l/1", 1), ("l/1", 2)]
    assert taken(held, "a", MORNING + DAY) == ("l/2", 1)
    assert taken(held, "b", MORNING) is None
    assert taken(held, "a", MORNING - 1) is None and taken(held, "a", MORNING + 2 * DAY) is None


def test_after_a_boot_it_goes_on_where_it_was():
    root = fresh_flash()
    held = holding(root, lease("l/1"), lease("l/2", service="b"))
    taken(held, "a", MORNING)
    again = holding(root, boot=2)
    assert again.ids() == ["l/1", "l/2"]
    assert taken(again, "a", MORNING) == ("l/1", 2)


def test_a_number_whose_ticket_was_never_printed_is_not_given_again():
    root = fresh_flash()
    held = holding(root, lease("l/1"))
    held.take(held.lease_for("a", MORNING))  # the power went before the event was kept
    assert taken(holding(root, boot=2), "a", MORNING) == ("l/1", 2)


def test_granted_again_it_does_not_begin_again():
    root = fresh_flash()
    held = holding(root, lease("l/1"))
    taken(held, "a", MORNING)
    held.replace([])
    assert taken(held, "a", MORNING) is None
    held.replace([lease("l/1")])
    assert taken(held, "a", MORNING) == ("l/1", 2)


def test_the_older_of_two_leases_goes_first_then_the_other():
    held = holding(fresh_flash(), lease("l/2", first=11, last=20), lease("l/1", last=2))
    given = [taken(held, "a", MORNING) for _ in range(4)]
    assert given == [("l/1", 1), ("l/1", 2), ("l/2", 11), ("l/2", 12)]


def test_a_lease_that_is_used_up_gives_none():
    held = holding(fresh_flash(), lease("l/1", last=2))
    assert [taken(held, "a", MORNING) for _ in range(3)] == [("l/1", 1), ("l/1", 2), None]


def test_without_a_clock_the_day_used_last_goes_on():
    root = fresh_flash()
    leases = [lease("l/%d%s" % (day, service), service, day) for day in (0, 1) for service in ("a", "b")]
    held = holding(root, *leases)
    taken(held, "a", MORNING)
    taken(held, "a", MORNING + DAY)
    dark = holding(root, boot=2)
    assert taken(dark, "a", None) == ("l/1a", 2)
    assert taken(dark, "b", None) == ("l/1b", 1)


def test_few_are_left_below_a_fifth():
    held = holding(fresh_flash(), lease("l/1"))
    left = []
    for _ in range(9):
        taken(held, "a", MORNING)
        left.append(held.few("a", MORNING))
    assert left == [False] * 8 + [True]


def test_ids_with_slashes_and_underscores_do_not_meet():
    held = holding(fresh_flash(), lease("l/1", last=5), lease("l_s1", service="b", first=6))
    assert taken(held, "a", MORNING) == ("l/1", 1)
    assert taken(held, "b", MORNING) == ("l_s1", 6)
    assert taken(held, "a", MORNING) == ("l/1", 2)


def uses(root):
    return sorted(os.listdir(root + "/next"))


def test_how_far_a_lease_was_used_goes_when_it_is_neither_listed_nor_valid():
    root = fresh_flash()
    held = holding(root, lease("l/1"), lease("l/2", day=1))
    taken(held, "a", MORNING)
    taken(held, "a", MORNING + DAY)
    held.replace([], MORNING + 5)
    assert uses(root) == ["nl_s1", "nl_s2"]
    held.replace([], MORNING + DAY + 5)
    assert uses(root) == ["nl_s2"]
    held.replace([lease("l/2", day=1)], MORNING + 5 * DAY)
    assert uses(root) == ["nl_s2"]


def test_a_lease_that_is_listed_again_after_that_gives_no_number_twice():
    root = fresh_flash()
    held = holding(root, lease("l/1"))
    taken(held, "a", MORNING)
    held.replace([], MORNING + 2 * DAY)
    assert uses(root) == []
    for boot in (1, 2):
        held = holding(root, lease("l/1"), lease("l/2", day=1), boot=boot)
        assert taken(held, "a", MORNING + 6) is None  # the fleet's clock went back
        assert taken(held, "a", MORNING + DAY) == ("l/2", boot)


def test_uses_that_the_firmware_before_noted_without_an_end_go_after_a_week():
    root = fresh_flash()
    held = holding(root)
    write_json(root + "/next/nold", {"next": 9, "used": [1, 1]})
    held.replace([], MORNING)
    held.replace([], MORNING + 6 * DAY)
    assert uses(root) == ["nold"]
    held.replace([], MORNING + 8 * DAY)
    assert uses(root) == []

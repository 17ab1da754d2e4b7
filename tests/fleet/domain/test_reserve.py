"""Whom each counter may call while it is cut off."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.queue_policy import QueuePolicy
from fleet.domain.queueing import Waiting
from fleet.domain.reserve import NUMBERS, Desk, draft, in_turn, number_of

NOW = 10_000_000


def line(*numbers: int, place: int | None = None) -> list[Waiting]:
    return [Waiting("a", number, NOW - 1_000_000 + number, place, str(number)) for number in numbers]


def numbers(chosen: dict[str, list[Waiting]]) -> dict[str, list[int]]:
    return {counter: [ticket.number for ticket in tickets] for counter, tickets in chosen.items()}


def test_counters_take_turns_along_the_line() -> None:
    people = line(*range(1, 9))
    chosen = draft([Desk("one", people), Desk("two", people)], NOW)
    assert numbers(chosen) == {"one": [1, 3, 5], "two": [2, 4, 6]}


def test_who_is_lent_stays_lent_to_the_same_counter_and_new_ones_follow() -> None:
    people = line(3, 4, 5, 6, 7, 8)
    desks = [Desk("one", people, has={("a", 3), ("a", 5)}), Desk("two", people, has={("a", 4), ("a", 6)})]
    assert numbers(draft(desks, NOW)) == {"one": [3, 5, 7], "two": [4, 6, 8]}
    assert numbers(draft(desks[::-1], NOW)) == {"two": [4, 6, 7], "one": [3, 5, 8]}, "whose turn comes first"


def test_the_counter_that_calls_first_has_the_only_one() -> None:
    people = line(1)
    assert numbers(draft([Desk("one", people), Desk("two", people)], NOW)) == {"one": [1], "two": []}
    lent = [Desk("two", people), Desk("one", people, has={("a", 1)})]
    assert numbers(draft(lent, NOW)) == {"one": [], "two": [1]}


def test_a_class_goes_before_others_in_a_reserve_too_and_is_bounded() -> None:
    people = [*line(1, 2, 3), *line(4, 5, 6, place=0)]
    assert numbers(draft([Desk("one", people)], NOW)) == {"one": [4, 5, 1]}
    assert numbers(draft([Desk("one", people, recent=[True, True])], NOW)) == {"one": [1, 4, 5]}


def test_nobody_is_lent_who_does_not_wait_for_the_counter() -> None:
    chosen = draft([Desk("one", line(1, 2)), Desk("two", line(2, 3)), Desk("three", [])], NOW)
    assert numbers(chosen) == {"one": [1], "two": [2, 3], "three": []}


@st.composite
def offices(draw: st.DrawFn) -> tuple[list[Desk], QueuePolicy]:
    """Counters with lines that overlap, and reserves from before that do not."""
    tickets = [
        Waiting(
            "a",
            number,
            NOW + draw(st.integers(-3_000_000, 100_000)),
            draw(st.sampled_from([None, None, 0, 1])),
            str(number),
            draw(st.sampled_from([None, NOW - 1_000_000, NOW - 1_000])),
        )
        for number in range(draw(st.integers(0, 20)))
    ]
    desks = []
    held = {number_of(ticket): draw(st.integers(0, 5)) for ticket in tickets}
    for place in range(draw(st.integers(1, 5))):
        waiting = [ticket for ticket in tickets if draw(st.integers(0, 3))]
        recent = draw(st.lists(st.booleans(), max_size=3))
        desks.append(Desk(f"c{place}", waiting, recent, {number for number, at in held.items() if at == place}))
    return desks, QueuePolicy(most_in_a_row=draw(st.integers(0, 3)))


@given(offices())
def test_reserves_are_disjoint_small_in_order_and_of_those_who_wait_there(
    office: tuple[list[Desk], QueuePolicy],
) -> None:
    desks, policy = office
    chosen = draft(desks, NOW, policy)
    lent = [number_of(ticket) for tickets in chosen.values() for ticket in tickets]
    assert len(lent) == len(set(lent))
    for desk in desks:
        tickets = chosen[desk.counter]
        assert len(tickets) <= NUMBERS and all(ticket in desk.waiting for ticket in tickets)
        assert tickets == in_turn(tickets, desk.recent, NOW, policy)


@given(offices())
def test_what_was_decided_stays_while_nothing_changes(office: tuple[list[Desk], QueuePolicy]) -> None:
    desks, policy = office
    chosen = draft(desks, NOW, policy)
    again = [Desk(one.counter, one.waiting, one.recent, {number_of(t) for t in chosen[one.counter]}) for one in desks]
    then = draft(again, NOW, policy)
    assert {name: set(map(number_of, tickets)) for name, tickets in chosen.items()} == {
        name: set(map(number_of, tickets)) for name, tickets in then.items()
    }


@given(offices())
def test_where_all_call_for_all_the_head_of_the_line_is_lent(office: tuple[list[Desk], QueuePolicy]) -> None:
    desks, _ = office
    plain = QueuePolicy(classes=(), most_in_a_row=0)
    people = [Waiting("a", ticket.number, ticket.since_ms, None, ticket.rank) for ticket in desks[0].waiting]
    chosen = draft([Desk(desk.counter, people, (), desk.has) for desk in desks], NOW, plain)
    head = sorted(people, key=Waiting.order)[: NUMBERS * len(desks)]
    assert {number_of(t) for tickets in chosen.values() for t in tickets} == {number_of(ticket) for ticket in head}

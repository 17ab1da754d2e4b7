"""The log of a day shows whether priority was bounded."""

import os
from random import Random

import pytest

from fleet.domain.fairness import ADDED, IN_A_ROW, Breach, Period, Stood, Turn, breaches
from fleet.domain.queue_policy import QueuePolicy
from tests.fleet.domain.random_days import Ruled, a_policy, play, some_people, some_skills

MIN = 60_000
SKILLS = {"q": ("ho-tich",)}
DAYS = int(os.environ.get("DAYS", "300"))


def turn(minute: int, preferred: bool = True, since: int = 30) -> Turn:
    return Turn("q", minute * MIN, since * MIN, preferred)


def stood(since: int, until: int | None = None, known: int | None = None, service: str = "ho-tich") -> Stood:
    known_ms = (since if known is None else known) * MIN
    return Stood(service, 7, since * MIN, known_ms, None if until is None else until * MIN)


def rules(turns: list[Turn], waited: Stood, **policy: int) -> list[str]:
    return [one.rule for one in breaches(turns, [Period(None, QueuePolicy(**policy), SKILLS, [waited])])]


def test_a_third_in_a_row_is_found() -> None:
    turns = [turn(31), turn(32), turn(33)]
    assert breaches(turns, [Period(None, QueuePolicy(), SKILLS, [stood(10)])]) == [
        Breach(IN_A_ROW, turns[2], "ho-tich", 7)
    ]
    assert rules([turn(31), turn(32, preferred=False), turn(33)], stood(10)) == []
    assert rules(turns, stood(10), most_in_a_row=0) == [IN_A_ROW] * 3


def test_passing_by_for_longer_than_may_be_is_found() -> None:
    turns = [turn(31), turn(40, preferred=False), turn(46)]
    assert rules(turns, stood(10)) == [ADDED]
    assert rules(turns, stood(10), most_added_s=901) == []


@pytest.mark.parametrize(
    "waited",
    [
        stood(10, until=32),
        stood(33),
        stood(10, known=33),
        stood(10, service="dat-dai"),
    ],
)
def test_who_did_not_wait_was_not_passed_by(waited: Stood) -> None:
    assert rules([turn(31), turn(32), turn(33)], waited) == []


@pytest.mark.parametrize("seed", range(4))
def test_no_day_by_chance_breaks_a_bound(seed: int) -> None:
    """DAYS says how many there are: a few hundred here, ten thousand in a campaign."""
    chance = Random(seed)
    passed = 0
    for _ in range(DAYS // 4):
        rules = [Ruled(some_skills(chance), a_policy(chance), chance.choice((None, 60 * MIN, 90 * MIN, 150 * MIN)))]
        if rules[0].until_ms is not None:
            rules.append(Ruled(some_skills(chance), a_policy(chance)))
        day = play(chance, some_people(chance), rules)
        periods = [Period(one.until_ms, one.policy, one.skills, day.stood) for one in rules]
        assert breaches(day.turns, periods) == []
        assert len(day.turns) + day.left == day.came
        passed += sum(one.preferred for one in day.turns)
    assert passed > DAYS // 4, "days on which nobody went before others would prove nothing"


def test_a_day_before_the_rules_were_changed_is_measured_by_those_before() -> None:
    turns = [turn(31), turn(32), turn(33), turn(34)]
    before, after = QueuePolicy(most_in_a_row=9), QueuePolicy(most_in_a_row=2)
    periods = [Period(34 * MIN, before, SKILLS, [stood(10)]), Period(None, after, SKILLS, [stood(10)])]
    assert [(one.rule, one.turn) for one in breaches(turns, periods)] == [(IN_A_ROW, turns[3])]
    senior = [Period(34 * MIN, after, SKILLS, []), Period(None, after, SKILLS, [stood(10)])]
    assert [one.turn for one in breaches(turns, senior)] == [turns[3]], "before, they were in a class themselves"


def test_days_under_looser_rules_break_the_stricter_ones() -> None:
    chance = Random(2026)
    found = set()
    for _ in range(40):
        skills = some_skills(chance)
        loose = QueuePolicy(most_in_a_row=9, most_added_s=7200)
        day = play(chance, some_people(chance), [Ruled(skills, loose)])
        strict = Period(None, QueuePolicy(most_added_s=600), skills, day.stood)
        found |= {one.rule for one in breaches(day.turns, [strict])}
    assert found == {IN_A_ROW, ADDED}

"""Staged rollouts: never more than the wave, never two of a role, never before a resident; it stops when it hurts."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import comb, prod
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.chances import binomial, hypergeometric, summed
from fleet.domain.rollout_budget import mid_p, over_budget, too_few, too_many_failed
from fleet.domain.rollout_harm import Harm, Lived, Why, worse
from fleet.domain.rollout_letters import LANGUAGES, settled_letter, stopped_letter, what_it_is, why_said
from fleet.domain.rollout_order import in_turn
from fleet.domain.rollout_plan import (
    Plan,
    RolloutRefused,
    Wave,
    When,
    deadline_for,
    errors_for,
    hours_text,
    read_hours,
    read_waves,
    text_of,
)
from fleet.domain.rollout_targets import HAD_IT, Answer, At, Failure, Kind, Target, settle
from fleet.domain.rollout_turns import Seen
from fleet.domain.rollout_waves import Stage
from fleet.domain.rollout_windows import MARGIN_MS, Doing, Hold, speaks_against
from fleet.domain.rollouts import Decision, decide

MIN = 60_000
HOUR = 60 * MIN
NOW = 1_794_189_600_000
OFFICES = ("a", "b", "c")
PRINTERS, BUTTONS = Kind("pico_w", ("printer",)), Kind("pico_w", ("rating",))
TARGETS = st.builds(
    Target,
    id=st.text("xyz", min_size=1, max_size=4),
    roles=st.sets(st.sampled_from(["printer", "rating", "reader"]), min_size=1).map(lambda some: tuple(sorted(some))),
    office=st.sampled_from([*OFFICES, None]),
    counter=st.sampled_from(["1", "2", None]),
    presence=st.sampled_from(["online", "online", "sleeping", "lost"]),
    rescue=st.sampled_from([False, False, False, True]),
    at=st.sampled_from([At.PENDING, At.PENDING, At.GIVEN, At.DONE, At.FAILED]),
    given_ms=st.just(NOW - HOUR),
    settled_ms=st.just(NOW - HOUR),
)
FLEETS = st.lists(TARGETS, unique_by=lambda one: one.id, max_size=14)
DOINGS = st.builds(
    Doing,
    is_open=st.booleans(),
    opens_ms=st.sampled_from([None, NOW + MIN, NOW + HOUR]),
    over_ms=st.sampled_from([None, NOW - MIN, NOW - 3 * HOUR]),
    waiting=st.integers(0, 1),
    serving=st.sampled_from([frozenset(), frozenset({"1"})]),
    minute=st.integers(0, 1439),
)
PLANS = st.builds(
    Plan,
    waves=st.sampled_from(["1, 100%", "2, 10%, 50%, 100%", "100%"]).map(read_waves),
    when=st.sampled_from(When),
    hours=st.sampled_from([None, (22 * 60, 5 * 60), (11 * 60, 14 * 60)]),
    errors=st.sampled_from([0.05, 1.0]),
    success=st.sampled_from([0.0, 0.9]),
    watch_min=st.sampled_from([0, 15]),
    at_once=st.integers(1, 5),
)
SEEN = st.builds(
    Seen,
    doing=st.fixed_dictionaries(dict.fromkeys(OFFICES, DOINGS)),
    elsewhere=st.lists(TARGETS, max_size=2),
)


@given(PLANS, FLEETS, SEEN, st.integers(0, 1), st.randoms(use_true_random=False))
def test_what_is_given_keeps_every_rule_in_any_order(
    plan: Plan, fleet: list[Target], seen: Seen, wave: int, chance: Random
) -> None:
    stage = Stage(min(wave, len(plan.waves) - 1), NOW - HOUR)
    decided = decide(plan, stage, fleet, seen, NOW)
    shuffled = fleet[:]
    chance.shuffle(shuffled)
    assert decide(plan, stage, shuffled, seen, NOW) == decided
    hurried = decide(plan, stage, shuffled, seen, NOW, all_reasons=False)
    assert replace(hurried, held=decided.held) == decided, "whoever gets it does so without all reasons, too"
    known = {one.id: one for one in fleet}
    given_now = [known[one] for one in decided.give]
    had = [one for one in fleet if one.at in HAD_IT]
    busy = [one for one in fleet if one.at is At.GIVEN] + given_now
    if given_now:
        assert len(had) + len(given_now) <= plan.waves[decided.wave].limit(len(fleet))
        assert len(busy) <= max(plan.at_once, len(busy) - len(given_now))
    for one in given_now:
        assert one.at is At.PENDING and one.presence != "lost" and not one.rescue
        assert not any(one.stands_for & other.stands_for for other in (*busy, *seen.elsewhere) if other is not one)
        doing = Doing() if one.office is None else seen.doing[one.office]
        assert plan.is_hour(doing.minute) or one.office is None
        if plan.when is When.CLOSED:
            assert not doing.is_open and (doing.opens_ms is None or doing.opens_ms >= NOW + MARGIN_MS)
        if plan.when is not When.ANY and doing.over_ms is None:
            assert not doing.waiting and one.counter not in doing.serving
    if not decided.stops and not decided.is_done:
        waiting = {one.id for one in fleet if one.at is At.PENDING}
        assert waiting == {*decided.give, *decided.held}, "whoever waits has a reason"


@given(st.integers(1, 40), st.sampled_from(["1, 10%, 50%, 100%", "3, 100%", "5%, 100%"]), st.integers(0, 2**32))
def test_it_ends_once_all_have_answered(n: int, waves: str, seed: int) -> None:
    chance, plan = Random(seed), Plan(read_waves(waves), When.ANY, errors=1.0, success=0.0, watch_min=5)
    fleet = {f"d{one}": Target(f"d{one}", ("rating",), chance.choice(OFFICES)) for one in range(n)}
    decided, _ = carried_out(plan, fleet, lambda one: Answer(ok=chance.random() < 0.9, failure=None))
    assert decided.is_done and not any(one.at is At.PENDING for one in fleet.values())


def test_it_stops_at_its_first_device_and_goes_on_when_that_is_tried_again() -> None:
    plan = Plan(read_waves("1, 100%"), When.ANY)
    fleet = {f"d{n}": Target(f"d{n}", ("rating",), "a") for n in range(4)}
    bad = Answer(failure=Failure.REVERTED)
    decided, now_ms = carried_out(plan, fleet, lambda _: bad)
    assert decided.stops and (decided.stops.harm, decided.stops.k, decided.stops.n) == (Harm.FAILURES, 1, 1)
    assert [one.at for one in fleet.values()].count(At.PENDING) == 3, "the others are as they were"
    forgiven = decide(plan, Stage(since_ms=now_ms + 1), fleet.values(), Seen(), now_ms)
    assert not forgiven.stops, "whoever resumes it has seen what failed"
    failed = next(one.id for one in fleet.values() if one.at is At.FAILED)
    fleet[failed] = replace(fleet[failed], at=At.PENDING)
    decided, _ = carried_out(plan, fleet, lambda _: Answer(ok=True))
    assert decided.is_done and all(one.at is At.DONE for one in fleet.values())


@given(st.lists(st.sampled_from([("printer",), ("rating",), ("keypad", "reader")]), min_size=1, max_size=60))
def test_whatever_part_has_had_its_turn_every_kind_of_device_has_had_its_share(kinds: list[tuple[str, ...]]) -> None:
    fleet = [Target(f"d{n:02d}", kind, f"office-{n % 7}") for n, kind in enumerate(kinds)]
    order = list(in_turn(fleet))
    assert sorted(order, key=lambda one: one.id) == fleet
    for n in range(1, len(order) + 1):
        for kind in set(kinds):
            had = sum(one.roles == kind for one in order[:n])
            assert abs(had - kinds.count(kind) * n / len(kinds)) < 2
    again = [replace(one, at=At.DONE) if one in order[:5] else one for one in fleet]
    assert list(in_turn(again)) == order[5:], "whoever looks later goes on where it was"


def test_one_office_after_the_other_has_its_turn() -> None:
    fleet = [Target(f"d{n}", ("printer",) if n % 2 else ("rating",), f"office-{n // 4}") for n in range(40)]
    assert Counter(one.office for one in list(in_turn(fleet))[:20]).most_common(1)[0][1] == 2


def carried_out(plan: Plan, fleet: dict[str, Target], say: Callable[[Target], Answer]) -> tuple[Decision, int]:
    """Go on until it stops or is done: devices answer after a minute, or not at all."""
    stage, now_ms = Stage(wave_ms=NOW), NOW
    for _ in range(10_000):
        for one in [one for one in fleet.values() if one.at is At.GIVEN]:
            at, _ = settle(plan, one, say(one) if one.given_ms == now_ms - MIN else Answer(), now_ms)
            fleet[one.id] = replace(one, at=at, settled_ms=None if at is At.GIVEN else now_ms)
        decided = decide(plan, stage, fleet.values(), Seen(), now_ms)
        if decided.stops or decided.is_done:
            return decided, now_ms
        stage = replace(stage, wave=decided.wave, wave_ms=stage.wave_ms if decided.wave == stage.wave else now_ms)
        for device in decided.give:
            fleet[device] = replace(fleet[device], at=At.GIVEN, given_ms=now_ms)
        now_ms += MIN
    raise AssertionError(f"expected an end, found {decided}")


def test_silence_is_a_failure_once_the_deadline_is_past_and_sleep_is_no_silence() -> None:
    plan, one = Plan(), Target("d", at=At.GIVEN, given_ms=NOW)
    assert settle(plan, one, Answer(), NOW + 29 * MIN) == (At.GIVEN, None)
    assert settle(plan, one, Answer(), NOW + 30 * MIN) == (At.FAILED, Failure.SILENT)
    assert settle(plan, replace(one, presence="sleeping"), Answer(), NOW + 30 * MIN) == (At.GIVEN, None)
    done = replace(one, at=At.DONE)
    assert settle(plan, done, Answer(failure=Failure.RESCUE), NOW) == (At.FAILED, Failure.RESCUE)


def test_those_that_are_away_are_not_waited_for_without_end() -> None:
    plan = Plan(read_waves("50%, 100%"), When.ANY, watch_min=0)
    fleet = [Target("d", at=At.DONE), Target("e", presence="lost"), Target("f", presence="lost")]
    assert decide(plan, Stage(0, NOW), fleet, Seen(), NOW).held == {"e": Hold.AWAY, "f": Hold.AWAY}
    assert decide(plan, Stage(0, NOW), fleet, Seen(), NOW + 24 * HOUR).wave == 1
    assert decide(plan, Stage(1, NOW), fleet, Seen(), NOW + 24 * HOUR).is_done
    nobody = [Target("e", presence="lost")]
    assert not decide(plan, Stage(1, NOW), nobody, Seen(), NOW + 99 * HOUR).is_done, "nobody ever had it"


@pytest.mark.parametrize(
    ("doing", "counter", "expected"),
    [
        (Doing(is_open=True), "1", Hold.OPEN),
        (Doing(opens_ms=NOW + 9 * MIN), "1", Hold.OPENS_SOON),
        (Doing(waiting=1), "1", Hold.QUEUE),
        (Doing(serving=frozenset({"1"})), "1", Hold.RESIDENT),
        (Doing(serving=frozenset({"2"})), "1", None),
        (Doing(waiting=3, over_ms=NOW - HOUR), "1", None),
        (Doing(opens_ms=NOW + HOUR), None, None),
    ],
)
def test_what_an_office_does_speaks_against_it(doing: Doing, counter: str | None, expected: Hold | None) -> None:
    assert speaks_against(Plan(), doing, counter, NOW) == expected


def test_it_compares_with_what_was_before_and_is_not_deceived_by_chance() -> None:
    old = Lived(2000, 1996, 40)

    def harm(new: Lived, old: Lived = old) -> Why | None:
        return worse({BUTTONS: (new, old)})

    assert harm(Lived(3, 0, 0)) is not None and harm(Lived(1, 0, 0)) is None
    crashes = harm(Lived(20, 16, 0))
    assert crashes is not None and (crashes.harm, crashes.k, crashes.n) == (Harm.CRASHES, 4, 20)
    assert harm(Lived(20, 19, 0)) is None, "one crash may be chance"
    faults = harm(Lived(100, 100, 20))
    assert faults is not None and faults.harm is Harm.FAULTS
    assert harm(Lived(100, 100, 3)) is None
    assert harm(Lived(10_000_000, 9_979_000, 0), Lived(10_000_000, 9_980_000, 0)) is None, "sure, but no matter"


def test_like_is_compared_with_like() -> None:
    restless, calm = Lived(1000, 900), Lived(9000, 9000)
    early = {PRINTERS: (Lived(400, 360), restless), BUTTONS: (Lived(40, 40), calm)}
    assert worse(early) is None, "printers crash as they always did; more of them have it"
    assert worse({Kind(): (Lived(440, 400), Lived(10_000, 9900))}) is not None, "of all in one it would be harm"
    fewer = {PRINTERS: (Lived(30, 22), Lived(1000, 990)), BUTTONS: (Lived(3000, 3000), Lived(1000, 990))}
    found = worse(fewer)
    assert found == Why(Harm.CRASHES, 8, 30, 10, 1000, board=PRINTERS.board, roles=PRINTERS.roles), "hidden in the mass"
    faults = {PRINTERS: (Lived(30, 30, 9), Lived(1000, 1000, 10)), BUTTONS: (Lived(3000, 3000), Lived(1000, 1000, 40))}
    assert (told := worse(faults)) is not None and (told.harm, told.k, told.board) == (Harm.FAULTS, 9, PRINTERS.board)
    both = {kind: (Lived(30, 29), Lived(1000, 1000)) for kind in (PRINTERS, BUTTONS)}
    assert worse({PRINTERS: both[PRINTERS]}) is None, "one of thirty may be chance"
    assert worse(both) == Why(Harm.CRASHES, 2, 60, 0, 2000), "twice the same is not"
    assert worse({PRINTERS: (Lived(30, 0), Lived())}) is None, "with nothing to compare with nothing is said"


@given(st.integers(1, 40), st.integers(0, 40), st.sampled_from([1, 5, 20, 50]))
def test_what_has_certainly_failed_is_counted_exactly(n: int, k: int, percent: int) -> None:
    k, share = min(k, n), Fraction(percent, 100)
    each = [comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(n + 1)]
    assert mid_p(k, n, float(share)) == pytest.approx(float(sum(each[k + 1 :]) + each[k] / 2), rel=1e-9)
    found = too_many_failed(k, n, float(share))
    assert (found is not None) == (k > 0 and k > n * share and sum(each[k + 1 :]) + each[k] / 2 <= Fraction(1, 20))


@pytest.mark.parametrize(
    ("allowed", "enough"), [(0.05, {1: 2, 2: 10, 3: 20}), (0.01, {1: 10, 2: 49, 3: 100}), (0.0, {1: 999}), (1.0, {})]
)
def test_so_many_of_at_most_so_many_are_too_many(allowed: float, enough: dict[int, int]) -> None:
    for k in (1, 2, 3):
        found = [n for n in range(k, 1000) if too_many_failed(k, n, allowed)]
        assert allowed == 0.0 or found == list(range(k, enough.get(k, 0) + 1))


@pytest.mark.parametrize(
    ("breaks", "of", "least", "most"),
    [(0.002, 1000, 0.0, 0.025), (0.01, 1000, 0.0, 0.3), (0.1, 100, 0.998, 1.0), (0.05, 200, 0.98, 1.0)],
)
def test_chances_of_stopping_over_all_looks_are_those_that_the_page_says(
    breaks: float, of: int, least: float, most: float
) -> None:
    goes_on, allowed = {0: 1.0}, errors_for("release")
    for n in range(1, of + 1):
        found: dict[int, float] = Counter()
        for k, chance in goes_on.items():
            found[k] += chance * (1 - breaks)
            found[k + 1] += chance * breaks
        goes_on = {k: one for k, one in found.items() if not (k and (n <= 2 or too_many_failed(k, n, allowed)))}
    assert least <= 1 - sum(goes_on.values()) <= most


PRINTER, BUTTONS = ("printer",), ("rating",)


@pytest.mark.parametrize("waves", ["1, 10%, 50%, 100%", "10%, 100%"])
@pytest.mark.parametrize("seed", range(6))
def test_what_breaks_a_tenth_of_one_kind_stops_before_half_of_it_has_it(seed: int, waves: str) -> None:
    chance = Random(seed)
    fleet = {f"d{n:03d}": Target(f"d{n:03d}", PRINTER if n % 5 < 2 else BUTTONS, board="pico_w") for n in range(200)}
    bad = chance.sample([one.id for one in fleet.values() if one.roles == PRINTER], 8)
    plan = Plan(read_waves(waves), When.ANY, errors=errors_for("release"), watch_min=0)
    broken = Answer(failure=Failure.REVERTED)
    decided, _ = carried_out(plan, fleet, lambda one: broken if one.id in bad else Answer(ok=True))
    failed = sum(one.at is At.FAILED for one in fleet.values())
    had = sum(one.at in HAD_IT and one.roles == PRINTER for one in fleet.values())
    assert decided.stops and failed < 8 and had <= 40


def test_one_kind_alone_stops_it_and_is_named() -> None:
    def answered(n: int, roles: tuple[str, ...], at: At, from_ms: int, board: str = "pico_w") -> list[Target]:
        return [Target(f"{roles[0]}{at}{i}", roles, board=board, at=at, settled_ms=from_ms + i) for i in range(n)]

    many = answered(500, BUTTONS, At.DONE, NOW)
    first = answered(1, PRINTER, At.FAILED, NOW)
    late = answered(1, PRINTER, At.FAILED, NOW + 9000)
    others = answered(30, PRINTER, At.DONE, NOW + 10)
    found = over_budget([*many, *first, *others], 0.01)
    assert found == Why(Harm.FIRST, 1, 2, limit=0.01, board="pico_w", roles=PRINTER), "the first of its kind"
    assert over_budget([*many, *others, *late], 0.01) is None, "one of 31 may be chance"
    more = [*many, *others, *late, *answered(1, PRINTER, At.FAILED, NOW + 9000, "esp32")]
    found = over_budget(more, 0.01)
    assert found and (found.harm, found.k, found.n, found.board) == (Harm.FAILURES, 1, 1, "esp32"), "another board"
    assert over_budget(more, 1.0) is None, "whoever says 100 % wants to see all of it"
    third = [*answered(2, PRINTER, At.DONE, NOW), *late, *many]
    assert over_budget(third, 0.2) is None and too_few(third, 0.9) == Why(
        Harm.TOO_FEW, 2, 3, limit=0.9, board="pico_w", roles=PRINTER
    )
    assert "printer, pico_w" in why_said(found and replace(found, board="pico_w"), "en")


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=3), st.integers(0, 20))
def test_the_chances_of_a_sum_are_those_of_all_its_ways(each: list[tuple[int, int]], k: int) -> None:
    ways = [[Fraction(comb(marked, i) * comb(9 - marked, drawn - i), comb(9, drawn)) for i in range(drawn + 1)]
            for drawn, marked in each]  # fmt: skip
    exact = sum(
        prod(chances[i] for chances, i in zip(ways, found, strict=True))
        for found in product(*[range(len(one)) for one in ways])
        if sum(found) >= k
    )
    count = summed(hypergeometric(drawn, marked, 9) for drawn, marked in each)
    assert count.at_least(k) == pytest.approx(float(exact), abs=1e-9)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_tails_are_those_of_whole_numbers(k: int, drawn: int, marked: int) -> None:
    of = 20
    exact = sum(Fraction(comb(marked, i) * comb(of - marked, drawn - i), comb(of, drawn)) for i in range(k, drawn + 1))
    assert hypergeometric(drawn, marked, of).at_least(k) == pytest.approx(float(exact), abs=1e-9)
    third = sum(Fraction(comb(12, i) * 2 ** (12 - i), 3**12) for i in range(k, 13))
    assert binomial(12, 1 / 3).at_least(k) == pytest.approx(float(third), abs=1e-9)


def test_waves_and_hours_are_read_as_people_write_them() -> None:
    assert text_of(read_waves("1,10 %, 50%,100%")) == "1, 10%, 50%, 100%"
    assert [Wave(percent=10).limit(n) for n in (0, 1, 10, 11)] == [0, 1, 1, 2]
    assert hours_text(read_hours("22:00-5:00")) == "22:00-05:00" and read_hours(" ") is None
    for waves in ("", "5", "10%, 5%, 100%", "50%", "100%, 3", "0, 100%", "200%", "1.5, 100%", "2, 1, 100%"):
        with pytest.raises(RolloutRefused, match="waves: expected"):
            read_waves(waves)
    for hours in ("22", "25:00-26:00", "9:00-9:00"):
        with pytest.raises(RolloutRefused, match="hours: expected"):
            read_hours(hours)
    with pytest.raises(RolloutRefused, match="deadline_min: expected 5 to 10080, found 1"):
        Plan(deadline_min=1).checked()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("harm", Harm)
def test_why_it_stopped_is_a_sentence_in_a_letter(harm: Harm, language: str) -> None:
    what = what_it_is("release", "firmware", 12, language)
    subject, text = stopped_letter(Why(harm, 3, 40, 1, 900, 0.05), what, "9:00", language)
    assert "12" in subject and "3" in text and "40" in text and "{" not in subject + text
    for decided in ("resume", "retry", "abort"):
        assert "Lan" in settled_letter(decided, "Lan", what, "9:30", language)[1]


def test_a_release_has_more_time_than_a_configuration() -> None:
    assert (deadline_for("template"), deadline_for("release")) == (30, 120)
    assert (errors_for("template"), errors_for("release")) == (0.05, 0.01), "and fewer may fail"

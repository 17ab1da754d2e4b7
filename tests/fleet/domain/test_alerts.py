"""Alerts as rules: one of a cause, no flapping, nothing in quiet hours, and nothing lost."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.domain.alert_limits import AlertLimits, BadLimits, read_limits
from fleet.domain.alert_sights import CounterSeen, OfficeSeen, PrinterSeen, QueueSeen, sights
from fleet.domain.alert_telling import Telling, next_telling_ms, tell, untold_of
from fleet.domain.alerts import Alert, Cause, Height, Sight, look, next_turn_ms
from fleet.domain.alerts_now import LANGUAGES, shown
from fleet.domain.bad_ratings import LEAST, Share, cluster
from fleet.domain.incidents import FRESH_MS, Incident, Kind

some = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The rules are small: what breaks them is found soon. A slow machine breaks nothing.
ZONE = "Asia/Ho_Chi_Minh"
NINE = 1_794_189_600_000  # Monday 2026-11-09 09:00 there
MIN = 60_000
CALM_MS = 120_000
HEIGHTS = st.sampled_from(Height)
SUBJECTS = ("ho-tich", "dat-dai")


def sight(height: Height, subject: str = "ho-tich", n: int = 1) -> Sight:
    return Sight(Cause.WAIT, subject, height, {"waiting": n})


seen = st.builds(sight, HEIGHTS, st.sampled_from(SUBJECTS), st.integers(1, 9))
day = st.lists(st.tuples(st.integers(0, 200), st.lists(seen, max_size=4)), max_size=30)


def played(looks: list[tuple[int, list[Sight]]], calm_ms: int = CALM_MS) -> list[list[Alert]]:
    """The alerts after each look; before each of these so many seconds pass."""
    now_ms, alerts, found = NINE, [], []
    for seconds, what in looks:
        now_ms += seconds * 1000
        alerts = look(alerts, what, now_ms, calm_ms)
        found.append(alerts)
    return found


@some
@given(day)
def test_of_a_cause_one_alert_is_open_and_none_is_ever_lost(looks: list[tuple[int, list[Sight]]]) -> None:
    known = 0
    for alerts in played(looks):
        assert max(Counter(one.key for one in alerts if one.is_open).values(), default=0) <= 1
        assert len(alerts) >= known
        known = len(alerts)


@some
@given(day, st.data())
def test_the_order_in_which_things_are_seen_and_a_second_look_change_nothing(
    looks: list[tuple[int, list[Sight]]], data: st.DataObject
) -> None:
    unlike = [(s, list({one.key: one for one in what}.values())) for s, what in looks]
    for at, (seconds, what) in enumerate(unlike):
        before = played(unlike[:at])[-1] if at else []
        now_ms = NINE + 1000 * sum(s for s, _ in unlike[: at + 1])
        after = look(before, what, now_ms, CALM_MS)
        mixed = data.draw(st.permutations(what))
        assert look(list(reversed(before)), mixed, now_ms, CALM_MS) == after, seconds
        assert look(after, what, now_ms, CALM_MS) == after


@some
@given(st.lists(st.tuples(st.integers(1, 600), st.sampled_from([Height.BAND, Height.HIGH])), min_size=1, max_size=40))
def test_within_the_band_and_above_an_alert_neither_opens_twice_nor_closes(wavers: list[tuple[int, Height]]) -> None:
    alerts = played([(s, [sight(height)]) for s, height in wavers])[-1]
    assert len(alerts) == any(height is Height.HIGH for _, height in wavers)
    assert all(one.is_open for one in alerts)


@some
@given(st.lists(st.tuples(st.integers(1, 300), HEIGHTS), max_size=60))
def test_an_alert_lasts_at_least_as_long_as_it_must_be_calm(wavers: list[tuple[int, Height]]) -> None:
    found = played([(s, [sight(height)]) for s, height in wavers])
    for one in found[-1] if found else []:
        assert one.closed_ms is None or one.closed_ms - one.opened_ms >= CALM_MS


def test_what_is_not_seen_any_more_closes_and_opens_anew_only_after_that() -> None:
    high, gone = [sight(Height.HIGH)], []
    (first,) = played([(0, high), (60, gone), (119, high)])[-1]
    assert first.is_open and first.low_since_ms is None, "it was not low for long enough"
    found = played([(0, high), (60, gone), (120, gone), (1, high)])[-1]
    assert [one.closed_ms for one in found] == [NINE + 180_000, None]
    assert found[0].figures == {"waiting": 1}


minutes = st.integers(-90, 90)
offices = st.builds(
    OfficeSeen,
    minute=st.integers(0, 1439),
    queues=st.tuples(
        st.builds(
            QueueSeen,
            st.just("ho-tich"),
            st.sampled_from([300, 900]),
            st.integers(1, 9),
            st.none() | minutes.map(lambda minute: NINE + minute * MIN),
            st.none() | st.tuples(st.floats(0, 60), st.floats(60, 90)),
        )
    ),
    counters=st.tuples(
        st.builds(
            CounterSeen,
            st.just("quay-1"),
            st.sampled_from(["free", "serving", "paused", "closed"]),
            minutes.map(lambda minute: NINE + minute * MIN),
            st.just(2),
            st.none() | minutes.map(lambda minute: NINE + minute * MIN),
            st.booleans(),
        )
    ),
    printers=st.tuples(
        st.builds(
            PrinterSeen, st.just("tp-1"), st.booleans(), st.none() | minutes.map(lambda minute: NINE + minute * MIN)
        )
    ),
    due=st.none() | st.tuples(st.integers(0, 3), st.integers(0, 3)),
)


@some
@given(offices, st.integers(0, 100 * MIN))
def test_nothing_turns_by_itself_before_its_time_and_then_it_does(office: OfficeSeen, later_ms: int) -> None:
    limits = AlertLimits()
    found = sights(office, limits, NINE)
    turns_ms = next_turn_ms([], found, CALM_MS)
    later = sights(office, limits, NINE + later_ms)
    if turns_ms is None or NINE + later_ms < turns_ms:
        assert later == found
    if turns_ms is not None:
        assert turns_ms > NINE
        assert [(one.height, one.figures) for one in sights(office, limits, turns_ms)] != [
            (one.height, one.figures) for one in found
        ]


@some
@given(offices, st.sets(st.sampled_from(Cause)))
def test_what_is_off_is_not_looked_at(office: OfficeSeen, off: set[Cause]) -> None:
    limits = AlertLimits(off=tuple(off))
    assert {one.cause for one in sights(office, limits, NINE)} & off == set()


def height(office: OfficeSeen, cause: Cause, limits: AlertLimits | None = None) -> Height:
    (found,) = (one.height for one in sights(office, limits or AlertLimits(), NINE) if one.cause is cause)
    return found


def test_a_wait_is_held_against_the_services_target_or_the_offices_limit() -> None:
    office = OfficeSeen(queues=(QueueSeen("ho-tich", 900, 3, NINE - 14 * MIN),))
    assert height(office, Cause.WAIT) is Height.BAND
    assert height(office, Cause.WAIT, AlertLimits(wait_s=600)) is Height.HIGH
    assert height(office, Cause.WAIT, AlertLimits(wait_s=1800)) is Height.LOW


def test_what_newcomers_are_told_alerts_before_anybody_waits_too_long_and_not_twice() -> None:
    queue = QueueSeen("ho-tich", 900, 3, NINE - 5 * MIN, told=(16.0, 31.0))
    assert height(OfficeSeen(queues=(queue,)), Cause.WAIT_TOLD) is Height.HIGH
    assert height(OfficeSeen(queues=(replace(queue, told=(11.0, 16.0)),)), Cause.WAIT_TOLD) is Height.LOW
    assert height(OfficeSeen(queues=(replace(queue, told=(11.0, 16.0)),)), Cause.WAIT_TOLD, AlertLimits(told=90)) is (
        Height.HIGH
    )
    soon = OfficeSeen(queues=(replace(queue, oldest_ms=NINE - 14 * MIN),))
    assert (height(soon, Cause.WAIT), height(soon, Cause.WAIT_TOLD)) == (Height.BAND, Height.BAND)
    late = OfficeSeen(queues=(replace(queue, oldest_ms=NINE - 16 * MIN),))
    assert (height(late, Cause.WAIT), height(late, Cause.WAIT_TOLD)) == (Height.HIGH, Height.LOW)
    assert height(late, Cause.WAIT_TOLD, AlertLimits(off=("wait",))) is Height.HIGH
    assert height(OfficeSeen(queues=(replace(queue, told=None),)), Cause.WAIT_TOLD) is Height.BAND


def test_a_counter_is_silent_only_while_people_wait_for_it() -> None:
    counter = CounterSeen("quay-1", "free", NINE - 60 * MIN, 1, NINE - 11 * MIN)
    for one, expected in (
        (counter, Height.HIGH),
        (replace(counter, oldest_ms=NINE - 2 * MIN), Height.LOW),  # nobody waited before
        (replace(counter, oldest_ms=None), Height.LOW),
        (replace(counter, last_ms=NINE - MIN), Height.LOW),
        (replace(counter, state="paused"), Height.LOW),
        (replace(counter, staffed=False), Height.LOW),
        (replace(counter, state="serving"), Height.LOW),  # a visit may take long
        (replace(counter, state="serving", oldest_ms=NINE - 50 * MIN), Height.HIGH),
    ):
        assert height(OfficeSeen(counters=(one,)), Cause.SILENT) is expected, one


def test_a_printer_alerts_only_where_somebody_needs_it() -> None:
    queues = (QueueSeen("ho-tich", 900, 1, NINE - MIN),)
    empty, lost = PrinterSeen("tp-1", has_paper=False), PrinterSeen("tp-1", lost_since_ms=NINE - 3 * MIN)
    assert height(OfficeSeen(printers=(empty,)), Cause.PRINTER) is Height.LOW
    assert height(OfficeSeen(queues=queues, printers=(empty,)), Cause.PRINTER) is Height.HIGH
    assert height(OfficeSeen(queues=queues, printers=(lost,)), Cause.PRINTER) is Height.HIGH
    roaming = PrinterSeen("tp-1", lost_since_ms=NINE - MIN)
    assert height(OfficeSeen(queues=queues, printers=(roaming,)), Cause.PRINTER) is Height.BAND


def test_dossiers_are_told_from_their_hour_on() -> None:
    for minute, due, expected in (
        (479, (2, 1), Height.LOW),
        (480, (2, 1), Height.HIGH),
        (480, (0, 0), Height.LOW),
        (480, None, Height.LOW),
    ):
        assert height(OfficeSeen(minute=minute, due=due), Cause.DOSSIERS) is expected
    assert height(OfficeSeen(minute=480, due=(2, 1)), Cause.DOSSIERS, AlertLimits(dossiers=4)) is Height.BAND


@some
@given(st.lists(st.booleans(), max_size=40), st.integers(0, 400), st.integers(0, 400))
def test_of_few_ratings_nothing_is_said_and_more_bad_ones_are_never_likelier(bad: list[bool], k: int, n: int) -> None:
    found = cluster(bad, Share(min(k, n), n))
    if found is None:
        assert len(bad) < LEAST or n < 20
        return
    assert len(bad) >= LEAST and 0 <= found.chance <= 1
    worse = cluster([*bad[:-1], True], Share(min(k, n), n))
    assert worse is not None and worse.chance <= found.chance + 1e-9


def test_a_bad_hour_after_a_good_morning_stands_out_and_a_usual_day_does_not() -> None:
    usual, good = Share(40, 800), [False] * 80
    assert not cluster(good + [True] + [False] * 19, usual).opens(50)  # type: ignore[union-attr]
    bad = cluster(good + [False] * 12 + [True] * 8, usual)
    assert bad is not None and bad.opens(50) and (bad.bad, bad.n) == (8, 20)
    calm = cluster(good + [False] * 12 + [True] * 8 + [False] * 40, usual)
    assert calm is not None and calm.closes


QUIET = AlertLimits(quiet=("09:30-10:00", "12:00-13:00"), again_min=30)
acts = st.lists(
    st.tuples(st.integers(1, 20), st.sampled_from([Height.LOW, Height.HIGH]), st.booleans()), min_size=1, max_size=40
)


@some
@given(acts)
def test_in_quiet_hours_nothing_is_told_afterwards_everything_and_each_thing_once(
    told: list[tuple[int, Height, bool]],
) -> None:
    now_ms, alerts = NINE, []
    heard: Counter[tuple[int, Telling]] = Counter()
    # After all that the quiet hours end, and what is open closes.
    for passed_min, height_now, acknowledges in [*told, (600, Height.LOW, False), (200, Height.LOW, False)]:
        now_ms += passed_min * MIN
        if acknowledges:
            alerts = [
                replace(one, acknowledged_ms=one.acknowledged_ms or now_ms) if one.is_open else one for one in alerts
            ]
        alerts = look(alerts, [sight(height_now)], now_ms, CALM_MS)
        messages, after = tell(alerts, QUIET, ZONE, now_ms)
        for before, one in zip(alerts, after, strict=True):
            heard.update((one.opened_ms, telling) for telling in untold_of(before).keys() - untold_of(one).keys())
        alerts = after
        if messages:
            assert not QUIET.is_quiet(now_ms, ZONE)
            assert sum(one.telling is Telling.SUMMARY for one in messages) <= 1
            again = [one for message in messages if message.telling is Telling.AGAIN for one in message.alerts]
            assert all(one.acknowledged_ms is None for one in again)
        elif not QUIET.is_quiet(now_ms, ZONE):
            assert not any(untold_of(one) for one in alerts)
    expected = {(one.opened_ms, telling) for one in alerts for telling in (Telling.OPENED, Telling.CLOSED)}
    expected |= {(one.opened_ms, Telling.ACKNOWLEDGED) for one in alerts if one.acknowledged_ms is not None}
    assert heard == Counter(expected) and all(one.is_settled for one in alerts)


def test_what_nobody_acknowledges_is_told_again_after_a_while() -> None:
    alerts = look([], [sight(Height.HIGH)], NINE, CALM_MS)
    limits = AlertLimits(again_min=30)
    heard = []
    for minute in range(100):
        messages, alerts = tell(alerts, limits, ZONE, NINE + minute * MIN)
        heard += [(minute, one.telling) for one in messages]
    assert heard == [(0, Telling.OPENED), (30, Telling.AGAIN), (60, Telling.AGAIN), (90, Telling.AGAIN)]
    assert next_telling_ms(alerts, limits) == NINE + 120 * MIN
    assert next_telling_ms(alerts, AlertLimits(again_min=0)) is None
    seen_to = [replace(one, acknowledged_ms=NINE + 95 * MIN, acknowledged_by="lan") for one in alerts]
    messages, alerts = tell(seen_to, limits, ZONE, NINE + 100 * MIN)
    assert [one.telling for one in messages] == [Telling.ACKNOWLEDGED]
    assert tell(alerts, limits, ZONE, NINE + 400 * MIN)[0] == [], "never again"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"wait": 3}, "'wait': expected one of off, wait_s"),
        ({"closes": 5}, "closes: expected a number from 10 to 100, found 5"),
        ({"closes": True}, "closes: expected a number"),
        ({"told": 75}, "told: expected one of 50, 90, found 75"),
        ({"off": ["rain"]}, "off: expected one of wait, wait_told"),
        ({"off": "wait"}, "off: expected a list"),
        ({"quiet": ["18:00"]}, "quiet: expected stretches such as 18:00-06:30, found '18:00'"),
        ({"quiet": ["08:00-08:00"]}, "quiet: expected stretches"),
        ({"quiet": ["00:00-12:00", "11:00-00:00"]}, "quiet: expected some time that is not quiet"),
        ({"quiet_days": [1, 2, 3, 4, 5, 6, 7]}, "quiet: expected some time"),
        ({"quiet_days": [8]}, "quiet_days: expected numbers from 1 (Monday) to 7, found 8"),
        ({"dossiers_at": "8h"}, "dossiers_at: expected a time such as 08:00, found '8h'"),
        ({"mail": ["lan"]}, "mail: address: expected one such as van-phong@example.vn, found 'lan'"),
        ({"mail": ["lan@example.vn\nBcc: x@y.vn"]}, "mail: address: expected one such as"),
        ({"language": "fr"}, "language: expected one of vi, en"),
    ],
)
def test_limits_that_can_not_be_are_refused_in_a_sentence(data: dict[str, object], said: str) -> None:
    with pytest.raises(BadLimits) as refused:
        read_limits(data)
    assert str(refused.value).startswith(said)


def test_limits_are_read_as_they_were_written_and_nights_go_past_midnight() -> None:
    limits = AlertLimits(off=("wait",), quiet=("18:00-06:30", "11:30-13:30"), quiet_days=(7,), mail=("lan@example.vn",))
    assert read_limits(limits.to_dict()) == limits and read_limits({}) == AlertLimits()
    at = [NINE + minute * MIN for minute in (0, 160, 9 * 60, 21 * 60, 21 * 60 + 30, 6 * 1440)]
    assert [limits.is_quiet(ms, ZONE) for ms in at] == [False, True, True, True, False, True]


def test_an_incident_is_told_for_a_day_after_it_came_last() -> None:
    before = Incident("kp-9", Kind.CLAIM_REUSED, NINE - 9, NINE - 9, 1, "")
    latest = Incident("kp-9", Kind.CLONED, NINE - 5, NINE, 3, "")
    (one,) = sights(OfficeSeen(incidents=(latest, before)), AlertLimits(), NINE + FRESH_MS - 1)[-1:]
    assert (one.subject, one.height, one.figures, one.turns_ms) == (
        "kp-9",
        Height.HIGH,
        {"what": "cloned"},
        NINE + FRESH_MS,
    )
    assert sights(OfficeSeen(incidents=(latest,)), AlertLimits(), NINE + FRESH_MS)[-1].height is Height.LOW


def test_every_incident_has_its_sentence() -> None:
    for kind in Kind:
        alert = Alert(Cause.INCIDENT, "kp-9", NINE, {"what": kind.value})
        said = {shown(alert, "tan-an", "2026-11-09", {}).said(language) for language in LANGUAGES}
        assert len(said) == len(LANGUAGES) and all("kp-9" in one for one in said)

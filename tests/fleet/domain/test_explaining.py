"""A visit is explained by what the linker noted, in both languages, without its score."""

from itertools import pairwise

import pytest

from fleet.domain import satisfaction
from fleet.domain.clerk_sessions import Badge
from fleet.domain.counter_line import UNFINISHED
from fleet.domain.explaining import LANGUAGES, Names, Why, explain
from fleet.domain.explaining_sentences import JUDGED, SENTENCES
from fleet.domain.linked import Happened
from fleet.domain.linking import Told, tell
from protocols import events
from tests.fleet.domain.test_linking import DOSSIER, FINISH, MIN, MORNING, Teller, a_visit, call, rating, scan

NAMES = Names({("ho-tich", 7): "A007"}, {"dat-dai": "Đất đai"}, {"quay-1": "Quầy 1"}, {})


def said(told: Told, number: int = 0, language: str = "en", names: Names = NAMES) -> list[str]:
    """What is said of a day's visit."""
    return [one.said[language] for one in explain(told, told.day.visits[number].id, names)]


def test_a_visit_from_ticket_to_rating_in_english_and_in_vietnamese() -> None:
    told = tell(a_visit().told)
    assert said(told) == [
        "Number A007 was taken at a ticket printer.",
        "The wait runs from the ticket (or the appointment's time) to the call: 5 min 0 s.",
        "Quầy 1 called number A007: the visit began.",
        f"Dossier {DOSSIER} was scanned at Quầy 1 while this visit was open, so it belongs to it.",
        "Quầy 1 pressed finish: served.",
        "A press on the rating buttons names this visit (they were armed when it was finished). It counts.",
    ]
    assert said(told, language="vi")[2] == "Quầy 1 gọi số A007: lượt phục vụ bắt đầu."


def test_each_link_names_its_event_and_moment_but_of_presses_neither_is_told() -> None:
    tell_ = a_visit()
    whole = explain(tell(tell_.told), "q-1/1/1/0", NAMES)
    assert [(one.event, one.ms) for one in whole] == [
        ("tp-1/1/1/0", 0),
        (None, None),
        ("q-1/1/1/0", 5 * MIN),
        ("q-1/1/1/1", 6 * MIN),
        ("q-1/1/1/2", 9 * MIN),
        (None, None),
    ]


@pytest.mark.parametrize("score", range(1, 6))
def test_whatever_the_score_the_same_is_said(score: int) -> None:
    tell_ = a_visit()
    press = tell_.told.pop()
    tell_("nut-1", press.happened_ms, rating(score, "q-1/1/1/2"), "quay-1")
    assert said(tell(tell_.told)) == said(tell(a_visit().told))


def test_every_way_in_which_a_visit_ends() -> None:
    tell_ = Teller()
    for at, closing in enumerate(
        (
            events.NoShow(up=0),
            events.Parked(up=0),
            events.Transferred(up=0),
            events.Transferred(to_service="dat-dai", up=0),
            events.VisitFinished(outcome="supplement", up=0),
            events.Transferred(to_counter="quay-1", up=0),
        )
    ):
        tell_("q-1", 2 * at * MIN, call(7), "quay-1")
        tell_("q-1", (2 * at + 1) * MIN, closing, "quay-1")
    tell_("q-1", 50 * MIN, events.Resumed(service="ho-tich", number=7, up=0), "quay-1")
    tell_("q-1", 51 * MIN, call(8), "quay-1")
    told = tell(tell_.told)
    assert [said(told, number)[-1] for number in (0, 1, 2, 3)] == [
        "Quầy 1 reported a no-show: nobody came to the counter.",
        "Quầy 1 set number A007 aside: this visit ended, and its holder will come back.",
        "Quầy 1 sent number A007 on to another counter of its service: the visit here ended.",
        "Quầy 1 sent number A007 on to Đất đai: the visit here ended.",
    ]
    assert said(told, 4)[-2:] == [
        "Quầy 1 pressed finish, with the outcome “supplement”.",
        "No press on rating buttons belongs to this visit.",
    ]
    assert said(told, 5)[-1].startswith("Quầy 1 sent number A007 on to Quầy 1")
    assert said(told, 6)[1:] == [
        "Quầy 1 resumed number A007, which was set aside: another visit began.",
        "Quầy 1 began to serve somebody else while this visit was open: it was closed as “not closed”.",
    ]
    assert told.day.visits[6].outcome == UNFINISHED


def test_a_step_that_was_taken_back_is_told_as_such() -> None:
    tell_ = Teller()
    tell_("q-1", 0, call(7), "quay-1")
    step = tell_("q-1", MIN, FINISH, "quay-1")
    tell_("srv-1", 2 * MIN, events.Undone(step=step.id, up=0), "quay-1")
    tell_("q-1", 3 * MIN, scan(DOSSIER), "quay-1")
    assert said(tell(tell_.told))[2:4] == [
        "Quầy 1 closed the visit, but that step was taken back later.",
        "The last step of Quầy 1 was taken back: the visit went on as before it.",
    ]


@pytest.mark.parametrize(("signed_in_ms", "key"), [(0, "clerk"), (9 * MIN - 1, "clerk_later")])
def test_whose_visit_it_is(signed_in_ms: int, key: str) -> None:
    tell_ = a_visit()
    badge = events.CodeScanned(what="badge", badge="staff", badge_hash="a" * 32, up=0)
    session = tell_("doc-1", signed_in_ms, badge, "quay-1")
    told = tell(tell_.told, badges=[Badge("a" * 32, 1, 7, 0)])
    names = Names(clerks={session.id: "CB-07"})
    assert SENTENCES[key][1].format(clerk="CB-07") in said(told, names=names)


def test_why_a_press_does_not_count_has_words_of_its_own() -> None:
    assert {satisfaction.REPLACED, satisfaction.LATE, satisfaction.OTHER_WAY} < JUDGED.keys()
    tell_ = a_visit()
    tell_("nut-1", 9 * MIN + 4_000, rating(5, "q-1/1/1/2"), "quay-1")
    assert [one.endswith("a later press replaced it.") for one in said(tell(tell_.told))[-2:]] == [False, True]


def test_a_visit_that_there_is_not_is_not_explained() -> None:
    assert explain(tell(MORNING), "q-9/1/1/1", NAMES) == ()


def test_every_event_of_a_counter_is_in_the_explanation_of_one_visit_or_belongs_to_nothing() -> None:
    told = tell(MORNING)
    whole: list[Why] = [one for visit in told.day.visits for one in explain(told, visit.id, NAMES)]
    explained = [one.event for one in whole if one.event is not None]
    left = {one.id for one in told.day.unlinked}
    assert sorted(set(explained) | left) == sorted({one.id for one in MORNING if at_a_counter(one)} | left)
    for visit in told.day.visits:
        moments = [one.ms for one in explain(told, visit.id, NAMES) if one.ms is not None]
        assert all(before <= after for before, after in pairwise(moments))


def at_a_counter(one: Happened) -> bool:
    return not isinstance(one.event, (events.RatingGiven, events.Paused))


def test_every_sentence_is_there_in_both_languages() -> None:
    assert all(len(sentences) == len(LANGUAGES) and all(sentences) for sentences in SENTENCES.values())

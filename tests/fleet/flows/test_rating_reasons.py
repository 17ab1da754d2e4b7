"""Which reasons rating buttons offer after a low rating, and what is shown of what visitors said."""

import pytest

from fleet.flows import rating_reasons, rating_scale
from fleet.flows.equip import EquipError
from fleet.flows.instruct import config_for
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.watch import office_now
from fleet.store.database import Store
from protocols import events
from protocols.configuring import checked
from protocols.rating import Rating
from tests.fleet.office import NINE, OFFICE, Speaker

MIN = 60_000


def test_a_device_is_told_its_reasons_and_takes_them(store: Store) -> None:
    set_to = rating_reasons.set_reasons(store, "nut-1", NINE, ["long_wait", "attitude"], [2, 1, 2], 10)
    assert (
        set_to
        == rating_reasons.reasons_of(store, "nut-1", NINE)
        == Rating(reasons=["long_wait", "attitude"], scores=[1, 2], wait_s=10)
    )
    config = config_for(store, "nut-1", NINE)
    assert config is not None and checked(config.to_bytes()).rating == set_to.to_dict()
    assert rating_reasons.set_reasons(store, "nut-1", NINE, wait_s=5).reasons == ["long_wait", "attitude"]
    rating_reasons.set_reasons(store, "nut-1", NINE, [], [], 8)
    again = config_for(store, "nut-1", NINE)
    assert again is not None and again.rating == {} and again.version > config.version


@pytest.mark.parametrize(
    ("device", "reasons", "scores", "sentence"),
    [
        ("q-1", ["a"], None, "expected a device with rating buttons, found 'q-1'"),
        ("nut-1", ["a", "b", "c", "d", "e", "f"], None, "reason: expected at most 5, one a button, found 6"),
        ("nut-1", ["a", "a"], None, "reason: expected each once, found a 2 times"),
        ("nut-1", ["Chờ lâu"], None, "reason: expected a code of a-z, 0-9 and _"),
        ("nut-1", ["a"], [6], "a whole number from 1 to 5"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_changed(
    store: Store, device: str, reasons: list[str], scores: list[int] | None, sentence: str
) -> None:
    with pytest.raises(EquipError, match=sentence):
        rating_reasons.set_reasons(store, device, NINE, reasons, scores)
    assert rating_reasons.reasons_of(store, "nut-1", NINE) == Rating()


def test_a_scale_with_fewer_buttons_than_reasons_is_refused(store: Store) -> None:
    rating_reasons.set_reasons(store, "nut-1", NINE, ["a", "b", "c", "d"])
    with pytest.raises(EquipError, match="does not fit 3 buttons: reason: expected at most 3, one a button, found 4"):
        rating_scale.set_scale(store, "nut-1", 3, NINE)
    assert rating_scale.set_scale(store, "nut-1", 4, NINE).levels == 4


def rate(keypad: Speaker, buttons: Speaker, turn: int, score: int, reason: str | None) -> None:
    """A resident is served, rates, and may say why."""
    at = NINE + turn * MIN
    keypad.does(events.NumberCalled(service="ho-tich", number=turn, up=at - NINE, at=at))
    finish = keypad.does(events.VisitFinished(up=at + 1 - NINE, at=at + 1))
    press = events.RatingGiven(score=score, scale=5, armed=f"q-1/1/1/{finish}", up=at + 2 - NINE, at=at + 2)
    seq = buttons.does(press)
    if reason is not None:
        said = events.RatingReason(reason=reason, rating=f"nut-1/1/1/{seq}", up=at + 3 - NINE, at=at + 3)
        buttons.does(said)


def shown(store: Store, *speakers: Speaker) -> tuple[int, tuple[tuple[str, int], ...]]:
    receive(store, [Arrival(one.topic, one.batch()) for one in speakers], NINE)
    link_marked(store, NINE)
    ratings = office_now(store, OFFICE, NINE).ratings
    return ratings.n, ratings.reasons


def test_reasons_are_shown_in_fives_of_ratings_that_are_shown(store: Store) -> None:
    keypad, buttons = Speaker("q-1"), Speaker("nut-1")
    for turn in range(1, 5):
        rate(keypad, buttons, turn, 1, "long_wait")
    assert shown(store, keypad, buttons) == (0, ())
    rate(keypad, buttons, 5, 5, None)
    assert shown(store, keypad, buttons) == (5, ()), "five scores, and only four reasons"
    rate(keypad, buttons, 6, 2, "attitude")
    assert shown(store, keypad, buttons) == (5, ()), "the fifth reason belongs to a score that is not shown yet"
    for turn in range(7, 11):
        rate(keypad, buttons, turn, 4, None)
    assert shown(store, keypad, buttons) == (10, (("long_wait", 4), ("attitude", 1)))

"""When people are told that a certificate ends, and what is known of one that can not be seen."""

import pytest

from fleet.domain.certificate_letters import certificate_letter
from fleet.domain.certificates import DAY_MS, Certificate, Use, after_look, is_news, stage
from fleet.domain.letters import Letter

NOW = 1_794_189_600_000
ONE = Certificate(Use.BROKER, "mqtt.example.vn", NOW + 40 * DAY_MS, NOW)


def test_told_30_14_and_3_days_before_and_when_it_has_ended_once_each() -> None:
    one, told = ONE, []
    for half_days in range(100):
        now = NOW + half_days * DAY_MS // 2
        if is_news(one, now):
            one = Certificate(**{**vars(one), "told_days": stage(one, now)})
            told.append(half_days / 2)
    assert told == [10, 26, 37, 40]


def test_who_begins_late_is_told_once_and_not_of_all_that_was_missed() -> None:
    now = NOW + 38 * DAY_MS
    assert is_news(ONE, now) and stage(ONE, now) == 3
    assert not is_news(Certificate(**{**vars(ONE), "told_days": 3}), now)


def test_another_one_in_its_place_begins_anew_and_one_out_of_sight_stays_what_it_was() -> None:
    known = {Use.BROKER: Certificate(**{**vars(ONE), "told_days": 14})}
    (same,) = after_look(known, [Certificate(Use.BROKER, ONE.name, ONE.ends_ms, NOW + 1)])
    assert (same.told_days, same.seen_ms) == (14, NOW + 1)
    (renewed,) = after_look(known, [Certificate(Use.BROKER, ONE.name, NOW + 800 * DAY_MS, NOW + 1)])
    assert renewed.told_days is None
    (unseen,) = after_look(known, [Certificate(Use.BROKER, "", None, NOW + 1, "connection refused")])
    assert unseen == Certificate(Use.BROKER, ONE.name, ONE.ends_ms, NOW, "connection refused", 14)
    assert after_look(known, []) == [], "nobody speaks of it any more"
    (never,) = after_look({}, [Certificate(Use.PAGES, "", None, NOW, "no such file")])
    assert not is_news(never, NOW)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("use", Use)
@pytest.mark.parametrize("days", [30, -1])
def test_every_letter_can_be_written(use: Use, days: int, language: str) -> None:
    subject, text = certificate_letter(use, "mqtt.example.vn", "08:00", days, language)
    Letter("alerts", "k", "lan@example.vn", subject, text)
    assert "mqtt.example.vn" in text and ("30" in subject) is (days == 30)

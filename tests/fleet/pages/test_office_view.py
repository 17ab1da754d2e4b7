from dataclasses import replace

import pytest

from fleet.domain.office_now import OfficeNow, RatingsNow
from fleet.domain.rights import Person, Role
from fleet.domain.wait_level import WaitLevel
from fleet.pages.office_view import Counters, Headline, Satisfaction, sections
from tests.fleet.pages.sample_office import MINUTE, busy_office, quiet_office

NOW_MS = 1_795_399_200_000
SUPERVISOR = Person(1, "hạnh", "Hạnh", Role.SUPERVISOR, "tan-an", "vi")
CLERK = replace(SUPERVISOR, role=Role.CLERK)


def headline_of(office: OfficeNow) -> Headline:
    found = sections(office, SUPERVISOR)["headline"]
    assert isinstance(found, Headline)
    return found


def test_the_headline_says_where_someone_waits_too_long() -> None:
    found = headline_of(busy_office("tan-an", NOW_MS))
    assert found.level is WaitLevel.LATE
    assert found.where == ("Đất đai, môi trường",)
    assert (found.waiting, found.oldest_at, found.served_today) == (18, "Đất đai, môi trường", 65)
    assert (found.serving, found.open, found.counters) == (3, 5, 6)


def test_the_longest_wait_is_named_first() -> None:
    office = busy_office("tan-an", NOW_MS)
    late = tuple(
        replace(one, oldest_ms=NOW_MS - waited * MINUTE)
        for one, waited in zip(office.services, (20, 31, 25, 16, 8), strict=True)
    )
    found = headline_of(replace(office, services=late))
    assert found.where == (
        "Đất đai, môi trường",
        "Đăng ký kinh doanh",
        "Hộ tịch, chứng thực",
        "Lao động, người có công, bảo trợ xã hội",
        "Trả kết quả",
    )


def test_nobody_waits_in_a_quiet_office_nor_in_one_without_services() -> None:
    assert headline_of(quiet_office("tan-an", NOW_MS)).level is WaitLevel.NONE
    empty = replace(quiet_office("tan-an", NOW_MS), services=(), counters=())
    assert headline_of(empty).level is WaitLevel.NONE
    assert headline_of(empty).oldest_at is None


def test_a_section_does_not_change_because_time_passes() -> None:
    office = busy_office("tan-an", NOW_MS)
    assert sections(office, SUPERVISOR) == sections(replace(office, now_ms=NOW_MS + 1000), SUPERVISOR)


def test_a_section_changes_when_a_wait_passes_its_target() -> None:
    office = busy_office("tan-an", NOW_MS)
    later = replace(office, now_ms=NOW_MS + 7 * MINUTE)
    before, after = sections(office, SUPERVISOR), sections(later, SUPERVISOR)
    assert {name for name in before if before[name] != after[name]} == {"headline", "queues"}
    assert headline_of(later).where == (
        "Đất đai, môi trường",
        "Đăng ký kinh doanh",
        "Hộ tịch, chứng thực",
    )


def test_a_clerk_sees_neither_ratings_nor_visits() -> None:
    assert list(sections(busy_office("tan-an", NOW_MS), CLERK)) == ["headline", "queues", "counters"]


@pytest.mark.parametrize(
    ("ratings", "shares", "answered"),
    [
        (RatingsNow(10, 0.8, 0.49, 0.94, (0, 2, 8), 3, 20, 11), [(3, 0.8), (2, 0.2), (1, 0.0)], 0.55),
        (RatingsNow(15, 0.8, 0.49, 0.94, (0, 2, 8), 3, 20, 11), [(3, 0.8), (2, 0.2), (1, 0.0)], 0.55),
        (RatingsNow(5, 0.8, 0.49, 0.94, None, 3, 20, 11), [], 0.55),
        (RatingsNow(0, None, None, None, None, 3, 4, 2), [], 0.5),
        (RatingsNow(0, None, None, None, None, 3, 0, 0), [], None),
    ],
)
def test_the_best_score_stands_first_and_the_response_rate_beside(
    ratings: RatingsNow, shares: list[tuple[int, float]], answered: float | None
) -> None:
    found = sections(replace(busy_office("tan-an", NOW_MS), ratings=ratings), SUPERVISOR)["satisfaction"]
    assert isinstance(found, Satisfaction)
    assert [(bar.score, bar.share) for bar in found.bars] == shares
    assert found.answered == answered


def test_clerks_see_that_a_counter_is_staffed_and_not_by_whom() -> None:
    office = busy_office("tan-an", NOW_MS)
    seen = {person.role: sections(office, person)["counters"] for person in (SUPERVISOR, CLERK)}
    for counters in seen.values():
        assert isinstance(counters, Counters) and counters.sign_in
        assert [one.staffed for one in counters.counters] == [True, True, True, False, False, False]
    assert "CB-07" in str(seen[Role.SUPERVISOR]) and "CB-07" not in str(seen[Role.CLERK])
    assert "C-104" not in str(sections(office, CLERK))

from collections import Counter
from statistics import mean

from fleet.laptop.morning import AT_THE_DOOR, LAST_COMES_MINUTES, PEAK_MINUTES, PEOPLE, plan_morning
from fleet.laptop.office import OFFICE
from fleet.laptop.sample_dossiers import codes

MANY = [one for day in range(40) for one in plan_morning(OFFICE, codes(), 7, day)]


def share(found):
    return sum(1 for one in MANY if found(one)) / len(MANY)


def test_one_seed_is_one_morning():
    assert plan_morning(OFFICE, codes(), 3, 1) == plan_morning(OFFICE, codes(), 3, 1)


def test_other_seeds_and_days_are_other_mornings():
    mornings = [plan_morning(OFFICE, codes(), seed, day) for seed in (1, 2) for day in (0, 1)]
    assert len(set(mornings)) == 4


def test_people_come_by_the_clock_and_mostly_early():
    morning = plan_morning(OFFICE, codes(), 1)
    arrivals = [one.arrives_minutes for one in morning]
    assert PEOPLE[0] <= len(morning) <= PEOPLE[1]
    assert arrivals == sorted(arrivals)
    assert arrivals[0] >= 0 and arrivals[-1] <= LAST_COMES_MINUTES
    assert sum(at < 1 for at in arrivals) >= AT_THE_DOOR
    quarters = Counter(int(one.arrives_minutes // 15) * 15 for one in MANY if one.arrives_minutes >= 1)
    assert abs(quarters.most_common(1)[0][0] - PEAK_MINUTES) <= 15


def test_shares_are_plausible():
    assert 0.09 < share(lambda one: one.priority) < 0.15
    assert 0.04 < share(lambda one: one.comes_at is None) < 0.08
    assert 0.03 < share(lambda one: one.comes_at == 2) < 0.07
    assert 0.65 < share(lambda one: one.score is not None) < 0.75
    assert 0.6 < share(lambda one: len(one.dossiers) == 1) < 0.8
    scores = Counter(one.score for one in MANY if one.score)
    assert scores[5] > scores[4] > scores[3] > scores[1] > 0


def test_services_take_their_time():
    for service in OFFICE.services:
        times = [one.takes_minutes for one in MANY if one.service == service.id]
        assert abs(mean(times) / service.minutes - 1) < 0.15, service.id
        assert min(times) >= service.minutes / 4
        assert max(times) <= service.minutes * 4


def test_three_counters_can_serve_them_in_a_morning():
    work_minutes = sum(one.takes_minutes for one in MANY if one.comes_at) / 40
    assert 400 < work_minutes < 3 * 240


def test_every_service_has_a_counter_and_its_own_button_and_letter():
    called = {service for counter in OFFICE.counters for service in counter.services}
    assert called == {service.id for service in OFFICE.services}
    assert len({service.button for service in OFFICE.services}) == len(OFFICE.services)
    assert len({service.prefix for service in OFFICE.services}) == len(OFFICE.services)
    assert abs(sum(service.share for service in OFFICE.services) - 1) < 1e-9


def test_no_two_devices_share_an_id():
    ids = [device.id for device in OFFICE.devices]
    assert len(set(ids)) == len(ids) == 8

"""The devices of a crowd by their numbers."""

from fleet.domain.crowd import AT_EACH, LARGEST, Verdict, is_of_crowd, offices, password, stand, stands
from protocols.identity import is_device_id


def test_ten_devices_stand_in_an_office_each_at_its_place() -> None:
    roles = [one.roles for one in stands(0, AT_EACH)]
    assert roles.count(("printer",)) == roles.count(("display",)) == 1
    assert roles.count(("keypad", "reader")) == roles.count(("rating",)) == 4
    assert stand(13).id == "crowd-00001-ban-2" and stand(14).id == "crowd-00001-nut-2"
    assert (stand(13).counter, stand(14).counter, stand(19).counter) == (2, 2, None)


def test_a_number_is_a_device_of_its_own() -> None:
    names = {one.id for one in stands(0, 3_000)} | {stand(LARGEST - 1).id}
    assert len(names) == 3_001
    assert all(is_device_id(name) and is_of_crowd(name) for name in names)
    assert (offices(0), offices(1), offices(10), offices(11)) == (0, 1, 1, 2)
    assert len({password("00" * 32, name) for name in names}) == 3_001


def test_a_verdict_counts_and_names_what_is_wrong() -> None:
    verdict = Verdict(said=2, stored=1)
    assert verdict.is_clean
    verdict.found("lost", "an event")
    assert not verdict.is_clean
    assert (verdict.counts()["lost"], verdict.examples) == (1, ["lost: an event"])

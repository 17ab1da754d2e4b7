"""Offices, counters and services are set up by people: what holds then, what is refused, and who is told."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from fleet.domain.org_tree import Kind, Node
from fleet.domain.place_rules import SERVICES_AT_MOST, BadPlace
from fleet.domain.seen import ChangedMeanwhile, mark_of
from fleet.domain.unfit import Expected
from fleet.flows import counters, desk_view, services
from fleet.flows.enrol import EnrolError, enrol
from fleet.flows.equip import EquipError
from fleet.flows.place import add_office, set_here, set_place
from fleet.flows.set_up_office import CounterPlan, OfficePlan, set_up_office
from fleet.flows.units import tree_of
from fleet.store import devices, past_rules, places, units
from fleet.store.database import Store

NOW = 1_795_400_000_000
LAND: dict[str, Any] = {"name": "Đất đai", "name_en": "Land", "prefix": "B", "target_wait_s": 900}


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store("sqlite://")
    made.migrate()
    add_office(made, "tan-an", "Phường Tân An", "1022", NOW)
    services.add_service(made, "tan-an", "dat-dai", LAND, NOW)
    services.add_service(made, "tan-an", "ho-tich", {**LAND, "name": "Hộ tịch", "name_en": "", "prefix": "A"}, NOW)
    counters.add_counter(made, "tan-an", "ta-1", "Quầy 1", ["dat-dai"], ["ho-tich"], NOW)
    counters.add_counter(made, "tan-an", "ta-2", "Quầy 2", ["ho-tich"], [], NOW)
    yield made
    made.close()


def expected_of(problem: BadPlace) -> set[tuple[str, Expected]]:
    return {(one.field, one.expected) for one in problem.problems}


def due(store: Store) -> list[str]:
    with store.writing() as connection:
        found = devices.due(connection, 99)
        for device, changes in found:
            devices.config_was_told(connection, device, changes)
    return [device for device, _ in found]


def test_all_that_is_wrong_with_a_new_place_is_said_at_once(store: Store) -> None:
    with pytest.raises(BadPlace) as found:
        add_office(store, "tan-an", " ", "1" * 33, NOW)
    assert expected_of(found.value) == {
        ("id", Expected.ONCE), ("name", Expected.NEEDED), ("hotline", Expected.LINE)
    }  # fmt: skip
    with pytest.raises(BadPlace) as found:
        services.add_service(store, "tan-an", "Đất", {**LAND, "prefix": "b", "target_wait_s": 59}, NOW)
    assert expected_of(found.value) == {
        ("id", Expected.IDENTIFIER), ("prefix", Expected.PREFIX), ("target_wait_s", Expected.NUMBER)
    }  # fmt: skip
    with pytest.raises(BadPlace) as found:
        counters.add_counter(store, "tan-an", "ta-1", "Quầy\x07", ["dat-dai"], ["dat-dai"], NOW)
    assert expected_of(found.value) == {
        ("id", Expected.ONCE), ("name", Expected.LINE), ("helps", Expected.NOT_BOTH)
    }  # fmt: skip
    with pytest.raises(EquipError, match="tan-an, found 'nowhere'"):
        counters.add_counter(store, "nowhere", "n-1", "Quầy", ["dat-dai"], [], NOW)


def test_letters_belong_to_one_service_and_a_printer_has_so_many_buttons(store: Store) -> None:
    with pytest.raises(BadPlace, match="which Đất đai has"):
        services.change_service(store, "tan-an", "ho-tich", {**LAND, "name_en": ""}, NOW, None)
    for n in range(SERVICES_AT_MOST - 2):
        services.add_service(store, "tan-an", f"lv-{n}", {**LAND, "prefix": f"C{chr(65 + n)}"}, NOW)
    with pytest.raises(BadPlace) as found:
        services.add_service(store, "tan-an", "one-more", {**LAND, "prefix": "Z"}, NOW)
    assert expected_of(found.value) == {("id", Expected.FEWER)}


def test_a_service_is_renamed_lettered_and_moved_and_its_printer_is_told(store: Store) -> None:
    enrol(store, "may-in-1", ("printer",), "tan-an", None, NOW)
    due(store)
    seen = mark_of(services.services_set(store, "tan-an")[0].seen())
    changed = {
        "name": "Đất đai, môi trường",
        "name_en": "Land use",
        "prefix": "D",
        "target_wait_s": 600,
        "icon": "seal",
    }
    services.change_service(store, "tan-an", "dat-dai", changed, NOW, seen)
    assert due(store) == ["may-in-1"]
    with pytest.raises(ChangedMeanwhile):
        services.change_service(store, "tan-an", "dat-dai", LAND, NOW, seen)
    services.move_service(store, "tan-an", "dat-dai", 1, NOW)
    services.move_service(store, "tan-an", "dat-dai", 1, NOW)
    found = services.services_set(store, "tan-an")
    assert [one.id for one in found] == ["ho-tich", "dat-dai"] and due(store) == ["may-in-1"]
    assert {**found[1].seen()} == {"id": "dat-dai", **changed}
    services.change_service(store, "tan-an", "dat-dai", {**changed, "name_en": ""}, NOW, None)
    with store.reading() as connection:
        office = places.office(connection, "tan-an")
        assert office is not None and office.texts == "{}", "an English name that is taken back leaves nothing"


def test_a_counter_is_changed_and_what_held_before_is_remembered(store: Store) -> None:
    before = counters.counters_set(store, "tan-an", NOW)[0]
    assert (before.calls, before.helps) == (("dat-dai",), ("ho-tich",))
    counters.change_counter(store, "ta-1", "Quầy nhanh", ["ho-tich"], [], NOW + 1, mark_of(before.seen()))
    with pytest.raises(ChangedMeanwhile):
        counters.change_counter(store, "ta-1", "Quầy 1", ["ho-tich"], [], NOW + 2, mark_of(before.seen()))
    counters.move_counter(store, "ta-2", -1)
    assert [(one.id, one.name) for one in counters.counters_set(store, "tan-an", NOW)] == [
        ("ta-2", "Quầy 2"), ("ta-1", "Quầy nhanh")
    ]  # fmt: skip
    with store.reading() as connection:
        held, now = past_rules.between(connection, "tan-an", NOW, NOW + 9)[-2:]
    assert held.skills["ta-1"] == {"dat-dai": False, "ho-tich": True} and now.skills["ta-1"] == {"ho-tich": False}


def test_a_closed_counter_is_offered_nowhere_and_may_be_opened_again(store: Store) -> None:
    enrol(store, "nut-1", ("rating",), "tan-an", "ta-1", NOW)
    with pytest.raises(BadPlace, match="nut-1; move them first"):
        counters.close_counter(store, "ta-1", NOW + 1)
    counters.close_counter(store, "ta-2", NOW + 1)
    assert [(one.id, one.is_closed) for one in counters.counters_set(store, "tan-an", NOW)] == [
        ("ta-1", False), ("ta-2", True)
    ]  # fmt: skip
    assert desk_view.office_of(store, "ta-2") is None
    assert [one.id for one in desk_view.tiles(store, ["tan-an"], NOW)[0].counters] == ["ta-1"]
    with pytest.raises(EnrolError, match="expected one of ta-1, found 'ta-2'"):
        enrol(store, "nut-2", ("rating",), "tan-an", "ta-2", NOW)
    counters.open_counter(store, "ta-2")
    assert desk_view.office_of(store, "ta-2") is not None
    assert counters.counters_set(store, "tan-an", NOW)[1].calls == (), "for what it calls is to be said anew"


def test_a_name_that_is_set_stands_in_the_tree_too_and_an_inherited_hotline_stays_inherited(store: Store) -> None:
    began = date(2025, 7, 1)
    with store.writing() as connection:
        units.save(
            connection,
            [
                Node("tinh", Kind.PROVINCE, "Thành phố Cần Thơ", hotline="1022"),
                Node("tan-an", Kind.OFFICE, "Tân An cũ", "tinh", valid_to=began),
                Node("tan-an", Kind.OFFICE, "Phường Tân An", "tinh", began),
                Node("ta-1", Kind.COUNTER, "Quầy 1", "tan-an", began),
            ],
        )
    set_place(store, "tan-an", {"name": "Tân An mới"}, NOW)
    counters.change_counter(store, "ta-1", "Quầy một", ["dat-dai"], [], NOW, None)
    tree = tree_of(store)
    assert [(node.name, node.hotline) for node in tree.units["tan-an"]] == [("Tân An cũ", ""), ("Tân An mới", "")]
    assert tree.units["ta-1"][0].name == "Quầy một"
    set_place(store, "tan-an", {"hotline": "0292 1022"}, NOW)
    assert tree_of(store).hotline("tan-an", began) == "0292 1022"


def test_an_office_is_not_written_over_by_who_saw_an_earlier_one(store: Store) -> None:
    with store.reading() as connection:
        office = places.office(connection, "tan-an")
    assert office is not None
    seen = mark_of(set_here(office))
    assert set_place(store, "tan-an", {"is_public": True}, NOW, seen).is_public
    with pytest.raises(ChangedMeanwhile):
        set_place(store, "tan-an", {"is_public": True}, NOW, seen)
    with pytest.raises(BadPlace) as found:
        set_place(store, "tan-an", {"name": "", "hotline": ""}, NOW)
    assert expected_of(found.value) == {("name", Expected.NEEDED), ("hotline", Expected.NEEDED)}


def test_an_office_that_is_written_takes_no_counter_of_another(store: Store) -> None:
    taken = CounterPlan("ta-1", "Quầy của nơi khác", ("dat-dai",))
    plan = OfficePlan(places.OfficeRow("ben-luc", "Bến Lức", hotline="1022"), [("dat-dai", "B", "Đất")], [taken], [])
    with pytest.raises(BadPlace, match="found 'ta-1', which is a counter of another office"):
        set_up_office(store, plan, NOW)
    with store.reading() as connection:
        assert [one.name for one in places.counters(connection, "tan-an")] == ["Quầy 1", "Quầy 2"]
        assert places.office(connection, "ben-luc") is None

"""Templates reach the configuration of just the devices that become otherwise by them; what is a device's own stays."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from fleet.domain.config_fields import BadField
from fleet.domain.seen import ChangedMeanwhile, mark_of
from fleet.domain.templates import BadTemplate, Origin, Setting, template_of
from fleet.flows import equip, instruct, rating_scale, registry, templates
from fleet.flows.effective import effective_now
from fleet.flows.follow_tree import follow_tree
from fleet.flows.place import add_office
from fleet.flows.rating_buttons import Wanted, buttons_at, set_buttons
from fleet.flows.templates import Preview, Published
from fleet.flows.units import import_units
from fleet.store import devices, units
from fleet.store.database import Store, alembic_config
from fleet.store.rows import sql
from protocols.configuring import checked
from protocols.state import Config
from tests.fleet.office import NINE, OFFICE, hang_screens

DAY_MS = 86_400_000
BEFORE = "0050"
KEPT = "SELECT scale, sleep_after_s FROM devices WHERE id = 'nut-1'"
PROVINCE, CENTRE, HERE = "unit:tinh:all", "unit:tt:rating", f"office:{OFFICE}:all"
TREE = f"""Mã đơn vị,Loại đơn vị,Tên đơn vị,Đơn vị cấp trên,Hiệu lực từ,Hết hiệu lực từ,Đường dây nóng
tinh,tỉnh,Tỉnh,,,,1022
tt,trung tâm,Trung tâm,tinh,,,
tt-2,trung tâm,Trung tâm khác,tinh,,,
{OFFICE},điểm tiếp nhận,Bộ phận Một cửa,tt,,{{move}},
{OFFICE},điểm tiếp nhận,Bộ phận Một cửa,tt-2,{{move}},,
"""


@pytest.fixture
def in_tree(store: Store, tmp_path: Path) -> Store:
    """The office below a centre and a province; from tomorrow on below another centre."""
    tomorrow = day(NINE + DAY_MS)
    (tmp_path / "cay.csv").write_text(TREE.format(move=tomorrow))
    import_units(store, tmp_path / "cay.csv", "lan", NINE)
    due(store)
    return store


def day(now_ms: int) -> str:
    return instruct.day_of(now_ms, "Asia/Ho_Chi_Minh")


def config(store: Store, device: str, now_ms: int = NINE) -> Config:
    wanted = instruct.config_for(store, device, now_ms)
    assert wanted is not None and checked(wanted.to_bytes()) == wanted
    return wanted


def due(store: Store, now_ms: int = NINE) -> set[str]:
    told: dict[str, Config] = {}
    instruct.tell_changes(store, 100, now_ms, told.__setitem__)
    return set(told)


def publish(store: Store, template: str, fields: Mapping[str, Any], seen: str | None = None) -> Published:
    with store.writing() as connection:
        return templates.publish(connection, template_of(template), fields, "lan", NINE, "thử", seen)


def preview(store: Store, template: str, fields: Mapping[str, Any]) -> Preview:
    with store.reading() as connection:
        return templates.preview(connection, template_of(template), fields, NINE)


def settings(store: Store, device: str, now_ms: int = NINE) -> dict[str, Setting]:
    with store.reading() as connection:
        row = devices.device(connection, device)
        assert row is not None
        return effective_now(connection, row, now_ms)


def test_what_a_template_says_reaches_just_those_whom_it_changes(in_tree: Store) -> None:
    store = in_tree
    rating_scale.set_scale(store, "nut-1", 4, NINE)
    before = {one: config(store, one).version for one in ("nut-1", "nut-2", "q-1", "tp-1")}
    due(store)
    fields = {"scale": 3, "rating.wait_s": 12}
    seen = preview(store, PROVINCE, fields)
    assert {one.device: set(one.fields) for one in seen.changes} == {
        "nut-1": {"rating.wait_s"},
        "nut-2": {"scale", "rating.wait_s"},
    }
    assert seen.offices == [OFFICE] and seen.devices > 2 and not due(store), "a look changes nothing"
    assert publish(store, PROVINCE, fields).devices == ("nut-1", "nut-2") and due(store) == {"nut-1", "nut-2"}
    one, two = config(store, "nut-1"), config(store, "nut-2")
    assert (one.scale, one.scale_version, one.rating) == (4, 2, {"wait_s": 12})
    assert (two.scale, two.scale_version, two.rating) == (3, 2, {"wait_s": 12}), "another scale, another version of it"
    assert {one: config(store, one).version - n for one, n in before.items()} == {
        "nut-1": 1, "nut-2": 1, "q-1": 0, "tp-1": 0,
    }  # fmt: skip
    assert settings(store, "nut-1")["scale"].origin is Origin.DEVICE
    assert (its := settings(store, "nut-2")["scale"].layer) and (its.template.id, its.version) == (PROVINCE, 1)


def test_the_nearest_has_the_last_word_and_a_version_never_changes(in_tree: Store) -> None:
    store = in_tree
    publish(store, PROVINCE, {"rating.wait_s": 12, "confirm_within_s": 600})
    publish(store, CENTRE, {"rating.wait_s": 20})
    publish(store, HERE, {"rating.wait_s": 25})
    assert [config(store, one).rating for one in ("nut-1", "nut-2")] == [{"wait_s": 25}] * 2
    assert config(store, "tp-1").confirm_within_s == 600
    due(store)
    assert not publish(store, HERE, {"rating.wait_s": 25}).is_new, "the same is no version"
    assert publish(store, CENTRE, {"rating.wait_s": 21}).devices == () and not due(store), "the office says otherwise"
    taken_back = publish(store, HERE, {})
    assert (
        taken_back.version == 2 and due(store) == {"nut-1", "nut-2"} and config(store, "nut-1").rating["wait_s"] == 21
    )
    with store.writing() as connection:
        assert templates.go_back(connection, template_of(HERE), 1, "minh", NINE).version == 3
        past = templates.history(connection, template_of(HERE))
        assert [(one.version, one.fields, one.made_by) for one in past] == [
            (3, {"rating.wait_s": 25}, "minh"), (2, {}, "lan"), (1, {"rating.wait_s": 25}, "lan"),
        ]  # fmt: skip
        with pytest.raises(BadTemplate, match=r"version: expected one of office:.*, 1 to 3, found 4"):
            templates.go_back(connection, template_of(HERE), 4, "minh", NINE)
    assert config(store, "nut-1").rating == {"wait_s": 25}


def test_a_unit_that_stands_elsewhere_from_tomorrow_on_has_other_templates_then(in_tree: Store) -> None:
    store = in_tree
    publish(store, CENTRE, {"rating.wait_s": 20})
    publish(store, "unit:tt-2:rating", {"rating.wait_s": 9})
    due(store)
    follow_tree(store, NINE)
    assert not due(store)
    follow_tree(store, NINE + DAY_MS)
    assert {"nut-1", "nut-2"} <= due(store, NINE + DAY_MS)
    assert config(store, "nut-1", NINE + DAY_MS).rating == {"wait_s": 9}


def test_a_device_that_moves_has_the_templates_of_where_it_is(in_tree: Store) -> None:
    store = in_tree
    publish(store, HERE, {"display.volume": 25, "reader.repeat_s": 9})
    equip.set_reader(store, "q-1", {"mode": "sensing"}, NINE)
    assert config(store, "q-1").reader == {"mode": "sensing", "repeat_s": 9}
    add_office(store, "noi-khac", "Nơi khác", "1022", NINE)
    publish(store, "office:noi-khac:reader", {"senior_years": 60})
    due(store)
    with store.writing() as connection:
        registry.settle(connection, registry.working(connection, "q-1"), "noi-khac", None, "lan", NINE + 1)
    assert due(store, NINE + 2) == {"q-1"}
    there = config(store, "q-1", NINE + 2)
    assert (there.reader, there.senior_years) == ({"mode": "sensing"}, 60)


def test_what_is_the_devices_own_can_be_inherited_again(store: Store) -> None:
    hang_screens(store)
    equip.set_display(store, "bang-1", {"volume": 20}, NINE)
    publish(store, HERE, {"display.volume": 12, "display.light": 9})
    assert config(store, "bang-1").display == {"light": 9}, "it said the default itself, and keeps it"
    equip.inherit(store, "bang-1", ["display.volume"])
    assert config(store, "bang-1").display == {"volume": 12, "light": 9}
    assert equip.display_of(store, "bang-1", NINE).volume == 12
    with pytest.raises(equip.EquipError, match="field: expected one that is the device's own"):
        equip.inherit(store, "bang-1", ["display.volume"])


def test_a_form_makes_only_what_differs_a_boards_own(store: Store) -> None:
    publish(store, HERE, {"scale": 4, "rating.reasons": ["long_wait", "attitude"]})
    due(store)
    board = next(one for one in buttons_at(store, OFFICE, NINE) if one.device == "nut-1")
    assert (board.levels, board.reasons) == (4, ("long_wait", "attitude"))
    set_buttons(store, OFFICE, "nut-1", Wanted(4, ["long_wait", "attitude"], [], 10), NINE, False, mark_of(board))
    publish(store, HERE, {"scale": 3, "rating.reasons": ["unclear"], "rating.wait_s": 20})
    assert config(store, "nut-1").rating == {"reasons": ["unclear"], "wait_s": 10} and config(store, "nut-1").scale == 3


def test_more_reasons_than_a_board_has_buttons_are_cut(store: Store) -> None:
    """The scale is the board's own: it has three buttons, whatever the office asks for."""
    rating_scale.set_scale(store, "nut-1", 3, NINE)
    asked = ["long_wait", "attitude", "unclear", "other"]
    publish(store, HERE, {"rating.reasons": asked, "rating.scores": [1, 4]})
    assert config(store, "nut-1").rating == {"reasons": asked[:3], "scores": [1]}
    assert config(store, "nut-2").rating == {"reasons": asked, "scores": [1, 4]}
    assert settings(store, "nut-1")["rating.reasons"].asked == asked


@pytest.mark.parametrize(
    "template, fields, sentence",
    [
        ("office:nha-toi:all", {"scale": 3}, "template: expected an office that there is today, found 'nha-toi'"),
        (
            f"unit:{OFFICE}:all",
            {"scale": 3},
            f"template: expected a unit above offices that there is today, found '{OFFICE}'",
        ),
        (f"office:{OFFICE}:display", {"scale": 3}, "field: expected one of display.show, "),
        (HERE, {"display.volume": 31}, "display.volume: expected a whole number from 0 to 30, found 31"),
        (HERE, {"scale": 3, "rating.reasons": ["a", "b", "c", "d"]}, "rating.reasons: expected at most 3, one a but"),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(
    store: Store, template: str, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises((BadField, BadTemplate)) as refused:
        publish(store, template, fields)
    assert str(refused.value).startswith(sentence), refused.value
    with store.reading() as connection:
        assert not templates.history(connection, template_of(template)) and not due(store)


def test_what_somebody_changed_meanwhile_is_not_written_over(store: Store) -> None:
    publish(store, HERE, {"scale": 4}, mark_of(0))
    with pytest.raises(ChangedMeanwhile):
        publish(store, HERE, {"scale": 3}, mark_of(0))
    publish(store, HERE, {"scale": 3}, mark_of(1))
    assert config(store, "nut-1").scale == 3


def test_what_a_device_had_otherwise_before_there_were_templates_is_its_own(store: Store) -> None:
    rating_scale.set_scale(store, "nut-1", 3, NINE)
    equip.set_sleep(store, "nut-1", 30)
    before = config(store, "nut-1")
    with store.writing() as connection:
        old = alembic_config()
        old.attributes["connection"] = connection
        command.downgrade(old, BEFORE)
        assert [tuple(one) for one in connection.execute(sql(KEPT))] == [(3, 30)]
    store.migrate()
    assert {name for name, one in settings(store, "nut-1").items() if one.origin is Origin.DEVICE} == {
        "scale", "sleep_after_s",
    }  # fmt: skip
    assert config(store, "nut-1") == before, "nobody is told anything new"


def test_a_unit_without_a_tree_is_no_place(store: Store) -> None:
    with store.reading() as connection:
        assert not units.written(connection)
    with pytest.raises(BadTemplate):
        publish(store, PROVINCE, {"scale": 3})

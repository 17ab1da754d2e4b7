"""Who decides about a field of a device: the nearest, and at one place a template of the device's role."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.config_fields import FIELDS, BadField, check_field, check_together, read_field, show_field
from fleet.domain.templates import (
    BadTemplate,
    Layer,
    Origin,
    Scope,
    Template,
    config_of,
    differing,
    resolve,
    scopes_of,
    template_of,
)
from protocols.configuring import ROLES, checked
from protocols.message import to_json

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "scale": st.sampled_from((3, 4, 5)),
    "rating.reasons": st.lists(st.sampled_from(("long_wait", "attitude", "unclear", "other")), unique=True),
    "rating.scores": st.lists(st.integers(1, 5), unique=True),
    "rating.wait_s": st.integers(3, 30),
    "display.volume": st.integers(0, 30),
    "display.languages": st.lists(st.integers(1, 9), unique=True, min_size=1, max_size=4),
    "printer.cutter": st.booleans(),
    "sleep_after_s": st.none() | st.integers(3, 3600),
    "confirm_within_s": st.integers(0, 3600),
    "senior_years": st.integers(50, 120),
}
UNITS = ("nuoc", "tinh", "phuong")
PATHS = [("o-1", "phuong", "tinh"), ("o-2", "phuong", "tinh"), ("o-3", "tinh"), ("o-4",)]
SCOPES = [Scope(Origin.UNIT, unit) for unit in UNITS] + [Scope(Origin.OFFICE, path[0]) for path in PATHS]
paths = st.sampled_from(PATHS)
roles = st.lists(st.sampled_from(ROLES), unique=True, min_size=1)
fields = st.fixed_dictionaries({}, optional=VALUES)


@st.composite
def layers(draw: st.DrawFn) -> list[Layer]:
    named = draw(st.lists(st.tuples(st.sampled_from(SCOPES), st.sampled_from((None, *ROLES))), unique=True))
    return [Layer(Template(*one), draw(st.integers(1, 9)), draw(fields)) for one in named]


def values(said: list[Layer], path: tuple[str, ...], has: list[str], own: Mapping[str, Any]) -> dict[str, Any]:
    found = resolve(said, scopes_of(path, path[0]), has, own)
    return {name: one.asked if one.asked is not None else one.value for name, one in found.items()}


@given(layers(), paths, roles, fields, st.randoms())
def test_a_field_is_as_the_nearest_says_whatever_the_order(said, path, has, own, chance) -> None:
    """Told once more in the plainest way: from the device outwards, the first who names the field."""
    found = values(said, path, has, own)
    nearest_first = [Scope(Origin.OFFICE, path[0]), *(Scope(Origin.UNIT, unit) for unit in path[1:])]
    for name, value in found.items():
        names_it = [one for one in said if name in one.fields and (one.template.role in (None, *has))]
        by_scope = [[one for one in names_it if one.template.scope == scope] for scope in nearest_first]
        nearest = next((some for some in by_scope if some), [])
        of_roles = [one for role in reversed(ROLES) for one in nearest if one.template.role == role]
        heard = (of_roles or nearest)[:1]
        assert value == (own[name] if name in own else heard[0].fields[name] if heard else FIELDS[name].default)
    chance.shuffle(said)
    assert values(said, path, has, own) == found
    assert set(found) == {name for name, field in FIELDS.items() if field.is_of(has)}


@given(layers(), paths, paths, roles, fields)
def test_a_move_changes_what_the_places_say_otherwise_and_nothing_of_its_own(said, here, there, has, own) -> None:
    before, after = (resolve(said, scopes_of(path, path[0]), has, own) for path in (here, there))
    shared = {Scope(Origin.UNIT, unit) for unit in {*here} & {*there} - {here[0], there[0]}}
    for name in differing(before, after):
        if name in ("rating.reasons", "rating.scores"):
            continue  # they are cut to the buttons that there are, wherever these come from
        assert name not in own
        named_by = {one.template.scope for one in said if name in one.fields} & {
            *scopes_of(here, here[0]),
            *scopes_of(there, there[0]),
        }
        assert here != there and named_by - shared


@given(layers(), paths, roles, fields, st.sampled_from(sorted(VALUES)))
def test_what_is_unset_is_inherited_and_the_rest_stays(said, path, has, own, name) -> None:
    """Taking a field away changes just that field, to what the next one says."""
    whole, without = values(said, path, has, {**own, name: own.get(name, FIELDS[name].default)}), {**own}
    without.pop(name, None)
    left = values(said, path, has, without)
    assert {one: value for one, value in whole.items() if one != name} == {
        one: value for one, value in left.items() if one != name
    }
    if name in left:
        assert left[name] == values(said, path, has, {})[name]


@given(layers(), paths, roles, fields)
def test_every_device_takes_the_configuration_that_comes_out(said, path, has, own) -> None:
    """More reasons than buttons are possible: the scale may be the device's own, the reasons the province's."""
    found = resolve(said, scopes_of(path, path[0]), has, own)
    checked(to_json({"version": 1, "roles": has, **config_of(found)}))
    cut = [one for one in found.values() if one.asked is not None]
    assert all(one.value != one.asked for one in cut)


@given(st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name])))
def test_what_is_shown_can_be_typed_again(field: tuple[str, Any]) -> None:
    name, value = field
    assert read_field(name, show_field(check_field(name, value))) == value


@pytest.mark.parametrize(
    "name, text, sentence",
    [
        ("display.volume", "31", "display.volume: expected a whole number from 0 to 30, found 31"),
        ("display.volume", "loud", 'display.volume: expected a whole number from 0 to 30, found "loud"'),
        ("printer.width", "390", "printer.width: expected a multiple of 8 dots, found 390"),
        ("scale", "2", "scale: expected 3, 4 or 5 levels, found 2"),
        ("display.languages", "1 1", "display.languages: expected 1 to 6 folders, each once, found [1, 1]"),
        ("rating.reasons", "Chờ lâu", "rating.reasons: expected codes of a-z, 0-9 and _ that begin with a letter"),
        ("sleep_after_s", "2", "sleep_after_s: expected"),
        ("hotline", "1900", "field: expected one of printer.width, "),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(name: str, text: str, sentence: str) -> None:
    with pytest.raises(BadField) as refused:
        read_field(name, text)
    assert str(refused.value).startswith(sentence), refused.value


def test_a_template_of_a_role_has_only_fields_that_such_devices_have() -> None:
    assert check_field("confirm_within_s", 60, "display") == 60
    with pytest.raises(BadField, match=r"field: expected one of display.show, .*confirm_within_s, found 'scale'"):
        check_field("scale", 3, "display")
    with pytest.raises(BadField, match=r"rating\.reasons: expected at most 3, one a button, found 4"):
        check_together({"scale": 3, "rating.reasons": ["a", "b", "c", "d"]})


@pytest.mark.parametrize("id", ["office:tan-an:all", "unit:tp-hcm:display"])
def test_a_template_is_called_by_its_place_and_role(id: str) -> None:
    assert template_of(id).id == id
    for wrong in (id.rpartition(":")[0], f"{id}s", f"x{id}", "office::all"):
        with pytest.raises(BadTemplate, match="expected unit or office, its id, and all or a role"):
            template_of(wrong)

"""Which configurations a device takes, and what it says of those it does not take."""

import json

from protocols.config_refused import ConfigRefused
from protocols.configuring import Refused, checked
from protocols.message import decode

GOOD = {
    "version": 7,
    "roles": ["printer", "reader"],
    "office": "Một cửa",
    "hotline": "1022",
    "services": [
        {"button": 1, "service": "a", "prefix": "A", "name": "Chứng thực"},
        {"button": 2, "service": "b", "prefix": "B", "name": "Hộ tịch"},
    ],
    "printer": {"width": 384, "text": "raster"},
    "texts": {"thanks.en": "Thank you"},
}


def why(data, clash=None):
    try:
        checked(data if type(data) is bytes else json.dumps(data).encode(), clash)
    except Refused as err:
        return err.why()
    raise AssertionError("it was taken")


def told(data, clash=None):
    one = why(data, clash)
    assert decode(ConfigRefused, one.to_bytes()) == one
    return one.key, one.problem, one.expected, one.found


def with_service(**fields):
    return dict(GOOD, services=[GOOD["services"][0], dict(GOOD["services"][1], **fields)])


def test_a_good_one_is_taken_as_it_stands():
    config = checked(json.dumps(GOOD).encode(), lambda roles: None)
    assert (config.version, config.roles, config.services[1].name) == (7, ["printer", "reader"], "Hộ tịch")
    assert config.printer == {"width": 384, "text": "raster"}


def test_one_that_says_the_least_is_taken():
    assert checked(b'{"version":1,"roles":[]}').roles == []


def test_an_unknown_key_is_refused_wherever_it_stands():
    key, problem, expected, found = told(dict(GOOD, scales=4))
    assert (key, problem, found) == ("scales", "unknown_key", '"scales"') and "scale" in expected.split(", ")
    assert told(with_service(colour="red"))[:2] == ("services[1].colour", "unknown_key")
    assert told(dict(GOOD, printer={"widht": 384}))[:2] == ("printer.widht", "unknown_key")


def test_a_value_out_of_its_range_is_refused():
    assert told(dict(GOOD, scale=9)) == ("scale", "out_of_range", "a whole number from 2 to 5", "9")
    assert told(with_service(button=13)) == ("services[1].button", "out_of_range", "a whole number from 1 to 12", "13")
    assert told(dict(GOOD, printer={"text": "pictures"}))[:2] == ("printer.text", "out_of_range")
    assert told(dict(GOOD, roles=["printer", "toaster"]))[:2] == ("roles[1]", "out_of_range")
    assert told(dict(GOOD, office="a\0b"))[:2] == ("office", "out_of_range")


def test_a_text_that_is_too_long_is_refused():
    key, problem, expected, found = told(with_service(name="x" * 61))
    assert (key, problem, expected) == ("services[1].name", "too_long", "a text of at most 60 characters")
    assert len(found) < 50
    assert told(dict(GOOD, counter="x" * 61))[:2] == ("counter", "too_long")
    assert told(dict(GOOD, texts={"thanks": "x" * 201}))[:2] == ("texts.thanks", "too_long")
    assert told(dict(GOOD, texts={"x" * 45: "y"}))[:2] == ("texts", "too_long")


def test_a_value_of_another_type_is_refused():
    for key, value in (
        ("scale", "5"),
        ("scale", True),
        ("scale", 4.5),
        ("scale", None),
        ("roles", "printer"),
        ("services", {"button": 1}),
        ("texts", []),
        ("printer", None),
        ("office", 12),
        ("counter", 3),
    ):
        assert told(dict(GOOD, **{key: value}))[:2] == (key, "wrong_type"), key
    assert told(dict(GOOD, texts={"thanks": 4}))[:2] == ("texts.thanks", "wrong_type")
    assert told(dict(GOOD, services=[1]))[:2] == ("services[0]", "wrong_type")


def test_what_is_missing_is_named():
    data = dict(GOOD)
    del data["roles"]
    assert told(data) == ("roles", "missing", "a list of a text of at most 32 characters", "nothing")
    assert told(dict(GOOD, services=[{"button": 1, "service": "a", "prefix": "A"}]))[:2] == (
        "services[0].name",
        "missing",
    )


def test_the_same_button_or_role_twice_is_a_clash():
    assert told(with_service(button=1)) == ("services[1].button", "clash", "a button of its own", "1 again")
    assert told(dict(GOOD, roles=["reader", "reader"]))[:2] == ("roles[1]", "clash")


def test_roles_that_the_board_has_no_pins_for_are_a_clash():
    asked = []

    def clash(roles):
        asked.append(roles)
        return "printer and display both want uart 0"

    assert told(GOOD, clash)[1:] == (
        "clash",
        "roles that go together on this board",
        "printer and display both want uart 0",
    )
    assert asked == [["printer", "reader"]]


def test_bytes_that_are_no_object_are_refused():
    for raw in (b"[1]", b"{", b"\xff", b"12"):
        one = why(raw)
        assert (one.problem, one.version) == ("unreadable", None)


def test_the_version_is_told_where_there_is_one():
    assert why(dict(GOOD, scale=9)).version == 7
    assert why(dict(GOOD, version="x")).version is None and why(dict(GOOD, version=-4)).version is None


def test_a_refusal_is_a_sentence():
    assert why(dict(GOOD, scale=9)).sentence() == (
        "configuration 7, scale, out of range: expected a whole number from 2 to 5, found 9"
    )


def test_strangers_keys_and_values_are_cut_and_plain():
    one = why({"version": 1, "roles": [], "\x1b[2J" + "x" * 300: 1})
    assert one.key.startswith("?[2Jxxx") and len(one.key) <= 64 and decode(ConfigRefused, one.to_bytes()) == one


def asking(**fields):
    return dict(GOOD, roles=["rating"], rating=dict({"reasons": ["long_wait", "attitude"]}, **fields))


def test_reasons_are_taken_where_each_has_a_button_and_each_score_a_place():
    config = checked(json.dumps(asking(scores=[1, 3], wait_s=30)).encode())
    assert config.rating == {"reasons": ["long_wait", "attitude"], "scores": [1, 3], "wait_s": 30}
    six = ["a", "b", "c", "d", "e", "f"]
    most = "at most 5, as many as the scale has levels"
    assert told(asking(reasons=six)) == ("rating.reasons", "clash", most, "6")
    assert told(dict(asking(reasons=six[:4]), scale=3))[:2] == ("rating.reasons", "clash")
    assert told(asking(reasons=["a", "b", "a"])) == ("rating.reasons[2]", "clash", "each reason once", '"a"')
    assert told(asking(reasons=["a", ""]))[:2] == ("rating.reasons[1]", "out_of_range")
    assert told(asking(reasons=["a" * 33]))[:2] == ("rating.reasons[0]", "too_long")
    assert told(asking(reasons=[1]))[:2] == ("rating.reasons[0]", "wrong_type")
    assert told(dict(asking(scores=[4]), scale=3))[:2] == ("rating.scores[0]", "clash")
    assert told(asking(wait_s=31))[:2] == ("rating.wait_s", "out_of_range")
    assert told(asking(waits=5))[:2] == ("rating.waits", "unknown_key")

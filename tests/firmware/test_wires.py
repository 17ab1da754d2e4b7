"""The places of lines on the boards, and what `/pins.json` changes."""

import json
import os

from firmware.hardware import pins_esp32, pins_esp32_c3, pins_esp32_s3, pins_pico
from firmware.hardware.wires import WireError, Wires, clash

TABLES = [pins_pico.PINS, pins_esp32.PINS, pins_esp32_s3.PINS, pins_esp32_c3.PINS]
ROOT = "wires-of-a-test"


def wires(table=pins_pico.PINS, own=None):
    """The wires of a board with this `/pins.json`."""
    if own is None:
        return Wires(table, "nowhere")
    try:
        os.mkdir(ROOT)
    except OSError:
        pass
    with open(ROOT + "/pins.json", "w") as f:
        f.write(own if type(own) is str else json.dumps(own))
    try:
        return Wires(table, ROOT)
    finally:
        os.remove(ROOT + "/pins.json")
        os.rmdir(ROOT)


def refused(what):
    try:
        what()
    except WireError as err:
        return str(err)
    raise AssertionError("taken")


def claimed(one, table, *roles):
    """{line: place} when these roles start in this order, with what gave way later."""
    places = {}
    for role in roles:
        for line in table[role]:
            places[line] = one.claim(line)
            for other in one.released:
                places[other] = None
    return places


def test_each_role_fits_on_each_board_alone():
    for table in TABLES:
        for role in table:
            places = claimed(Wires(table, "nowhere"), table, role)
            assert places == table[role]


def test_no_pin_carries_two_lines():
    for table in TABLES:
        for roles in (
            ("keypad", "reader"),
            ("keypad", "reader", "rating"),
            ("printer", "rating"),
            ("printer", "reader"),
        ):
            if table is pins_esp32_c3.PINS:
                continue
            for order in (roles, tuple(reversed(roles))):
                pins = []
                for place in claimed(Wires(table, "nowhere"), table, *order).values():
                    pins += (
                        []
                        if place is None
                        else [place]
                        if type(place) is int
                        else place[1:3]
                        if len(place) == 4
                        else place
                    )
                assert len(pins) == len(set(pins)), (order, sorted(pins))


def test_service_keys_give_way_whoever_comes_first():
    for order in (("printer", "rating"), ("rating", "printer")):
        places = claimed(wires(), pins_pico.PINS, *order)
        left = [line for line in places if line.startswith("service_") and places[line] is not None]
        assert sorted(left) == ["service_%d" % number for number in range(1, 10)]
        assert places["lamp_4"] == 26 and places["priority"] == 6 and places["reprint"] == 11


def test_the_key_to_print_again_has_its_pin_beside_any_other_role():
    for table in (pins_pico.PINS, pins_esp32.PINS, pins_esp32_s3.PINS):
        places = claimed(Wires(table, "nowhere"), table, "reader", "rating", "printer")
        assert places["reprint"] is not None and places["service_1"] is not None


def test_two_lines_that_want_the_same_uart_are_a_sentence():
    one = wires()
    one.claim("printer")
    assert "printer and display both want uart 0; /pins.json can move one" in refused(lambda: one.claim("display"))


def test_two_lines_that_want_the_same_pin_are_a_sentence():
    one = wires(own={"lamp_ok": 17})
    one.claim("lamp_1")
    assert "lamp_1 and lamp_ok both want pin 17" in refused(lambda: one.claim("lamp_ok"))


def test_a_role_is_checked_before_it_claims_anything():
    one = wires()
    claimed(one, pins_pico.PINS, "keypad")
    assert "display and printer both want uart 0" in refused(lambda: one.check("printer"))
    assert one.claim("lamp_fault") == 3 and one.claim("priority") == 6  # still there for others
    one.check("reader")
    one.check("a role that the board does not know")


def test_a_role_whose_lines_were_moved_apart_fits():
    one = wires(own={"display": [1, 12, 13, 9600], "lamp_serving": 15})
    claimed(one, pins_pico.PINS, "printer")
    one.check("keypad")


def test_roles_that_do_not_go_together_are_told_before_they_are_tried():
    assert clash(pins_pico.PINS, "nowhere", ["printer", "keypad"]) == (
        "printer and display both want uart 0; /pins.json can move one"
    )
    assert clash(pins_pico.PINS, "nowhere", ["printer", "rating"]) is None
    assert clash(pins_pico.PINS, "nowhere", ["of tomorrow"]) is None


def test_the_devices_own_file_moves_takes_away_and_adds_lines():
    one = wires(own={"service_1": 28, "lamp_armed": None, "display": [1, 8, 9, 19200], "lamp_new": 20})
    assert one.claim("service_1") == 28 and one.claim("lamp_armed") is None
    assert one.claim("display") == [1, 8, 9, 19200] and one.claim("lamp_new") == 20
    assert one.claim("service_2") is None and one.claim("service_3") is None  # the display lies there now
    assert one.claim("service_4") == 10


def test_a_file_that_is_no_table_changes_nothing():
    for own in ("", "[1, 2]", "{", '"service_1"'):
        assert wires(own=own).claim("service_1") == 7


def test_a_place_that_is_none_is_a_sentence():
    for place in ("GP7", 1.5, [1, 2], {"pin": 3}, [0, "a", 1, 2], True):
        assert "expected for service_1 a pin" in refused(
            lambda place=place: wires(own={"service_1": place}).claim("service_1")
        )


def test_a_line_that_the_board_does_not_know_is_a_sentence():
    assert "no place for the line smoke; /pins.json can give it one" in refused(lambda: wires().claim("smoke"))


def test_to_claim_again_is_the_same_place():
    one = wires()
    assert one.claim("printer") == one.claim("printer") == [0, 0, 1, 9600]


def test_the_uarts_of_a_pico_lie_on_pins_that_it_knows_for_them():
    for lines in pins_pico.PINS.values():
        for place in lines.values():
            if type(place) is list and len(place) == 4:
                number, tx, rx, _ = place
                # As ports/rp2/machine_uart.c tells them.
                assert tx & 3 == 0 and rx & 3 == 1 and ((tx + 4) & 8) >> 3 == ((rx + 4) & 8) >> 3 == number


def test_the_leds_of_a_display_lie_on_three_pins_that_nobody_else_has():
    one = wires()
    assert one.claim("matrix") == [19, 18, 17]
    assert "matrix and lamp_1 both want pin 17" in refused(lambda: one.claim("lamp_1"))
    assert wires(own={"matrix": [20, 21, 22]}).claim("matrix") == [20, 21, 22]

"""Four keys, one resident at a time, with the fleet and without it."""

from firmware.roles import setting_aside
from firmware.roles.counter_keypad import ANSWER_MS, CUT_OFF, IDLE, NOBODY, PAUSED, CounterKeypad, Serving
from protocols.state import Reserve, Show, TicketNumber

NOW = 1_795_323_600_000


def asked(want=7):
    keypad = CounterKeypad()
    keypad.ask(want, 1_000)
    return keypad


def show(want=7, number=12, label="A012"):
    return Show(service="a" if number else None, number=number, label=label, want=want, expires=NOW + 60_000)


def with_reserve(*numbers):
    keypad = CounterKeypad()
    reserve = [TicketNumber(service="a", number=number, label="B%03d" % number) for number in numbers]
    keypad.keep_reserve(Reserve(id=4, numbers=reserve, expires=NOW + 1000))
    return keypad


def test_the_fleets_answer_is_called_and_shown():
    keypad = asked()
    call = keypad.answer(show(), 1_200, NOW)
    assert (call.service, call.number, call.up, call.at) == ("a", 12, 1_200, NOW)
    assert keypad.text == "A012" and not keypad.may_ask() and keypad.due_ms(1_300) is None


def test_nobody_waits():
    keypad = asked()
    assert keypad.answer(show(number=None, label=""), 1_200, NOW) is None
    assert keypad.text == NOBODY and keypad.may_ask()


def test_an_answer_to_another_wish_is_none_of_ours():
    keypad = asked()
    assert keypad.answer(show(want=8), 1_200, NOW) is None
    assert keypad.answer(show(want=None), 1_200, NOW) is None
    assert CounterKeypad().answer(show(), 1_200, NOW) is None
    assert keypad.text == IDLE and keypad.due_ms(1_200) == ANSWER_MS - 200


def test_an_answer_that_has_expired_calls_nobody():
    assert asked().answer(show(), 1_200, NOW + 60_000) is None


def test_the_same_answer_again_calls_nobody():
    keypad = asked()
    keypad.answer(show(), 1_200, NOW)
    keypad.finish(2_000, NOW)
    assert keypad.answer(show(), 2_100, NOW) is None


def test_the_wish_says_what_was_called_last_since_the_boot():
    keypad = asked()
    assert keypad.called() is None
    keypad.answer(show(), 1_200, NOW)
    assert keypad.called() == ("a", 12)
    keypad.finish(2_000, NOW)
    assert keypad.called() == ("a", 12)
    keypad.keep_reserve(Reserve(numbers=[TicketNumber(service="b", number=30)], expires=NOW + 1000))
    keypad.from_reserve(3_000, NOW)
    assert keypad.called() == ("b", 30)
    assert CounterKeypad(Serving("a", 12, "A012")).called() is None


def test_a_number_that_was_called_last_and_is_finished_is_not_called_again():
    keypad = asked()
    keypad.answer(show(), 1_200, NOW)
    keypad.finish(2_000, NOW)
    keypad.ask(8, 3_000)
    assert keypad.answer(show(want=8), 3_200, NOW) is None
    assert keypad.serving is None and keypad.text == IDLE
    assert keypad.due_ms(3_200) == ANSWER_MS - 200  # no answer yet: the reserve is called when the time is up
    assert keypad.answer(show(want=8, number=13, label="A013"), 3_300, NOW).number == 13


def test_while_an_answer_is_awaited_next_means_nothing():
    assert not asked().may_ask()


def test_without_an_answer_the_reserve_is_called_in_order():
    keypad = with_reserve(30, 31)
    keypad.ask(7, 1_000)
    assert keypad.due_ms(1_000 + ANSWER_MS) == 0
    call = keypad.from_reserve(6_000, NOW)
    assert (call.number, call.reserve, keypad.text) == (30, True, "B030")
    keypad.finish(7_000, NOW)
    assert keypad.from_reserve(8_000, NOW).number == 31
    assert keypad.text == "B031"
    keypad.finish(9_000, NOW)
    assert keypad.from_reserve(10_000, NOW) is None and keypad.text == CUT_OFF


def test_an_empty_or_old_reserve_shows_that_the_counter_is_cut_off():
    assert with_reserve().from_reserve(1, NOW) is None
    for at in (NOW + 1000, None):
        keypad = with_reserve(30)
        assert keypad.from_reserve(1, at) is None and keypad.text == CUT_OFF


def test_a_number_of_the_reserve_is_called_once_even_if_granted_again():
    keypad = with_reserve(30)
    keypad.from_reserve(1, NOW)
    keypad.finish(2, NOW)
    numbers = [TicketNumber(service="a", number=30), TicketNumber(service="a", number=31)]
    keypad.keep_reserve(Reserve(id=5, numbers=numbers, expires=NOW + 1000))
    assert keypad.from_reserve(3, NOW).number == 31


def test_a_keypad_says_which_reserve_it_holds_and_is_silent_again_once_it_called_from_it():
    keypad = with_reserve(30, 31)
    assert (keypad.held, keypad.unsaid) == (None, 4)
    keypad.said()
    assert (keypad.held, keypad.unsaid) == (4, None)
    keypad.ask(7, 1_000)
    keypad.answer(show(), 1_200, NOW)
    assert keypad.held == 4, "what the fleet gave it knows"
    keypad.finish(2_000, NOW)
    keypad.from_reserve(3_000, NOW)
    assert (keypad.held, keypad.unsaid) == (None, 4)
    keypad.finish(4_000, NOW)
    keypad.keep_reserve(Reserve(id=5, numbers=[], expires=NOW + 1000))
    assert (keypad.held, keypad.unsaid) == (None, 5)
    assert keypad.from_reserve(5_000, NOW) is None and keypad.text == CUT_OFF


def test_an_answer_that_comes_after_a_call_from_the_reserve_calls_nobody_later():
    keypad = with_reserve(30)
    keypad.ask(7, 1_000)
    keypad.from_reserve(6_000, NOW)
    keypad.finish(6_100, NOW)
    assert keypad.answer(show(), 6_200, NOW) is None and keypad.serving is None


def test_a_late_answer_counts_while_nobody_is_served():
    keypad = asked()
    keypad.from_reserve(6_000, NOW)
    assert keypad.text == CUT_OFF
    assert keypad.answer(show(), 6_500, NOW).number == 12
    served = with_reserve(30)
    served.ask(7, 1_000)
    served.from_reserve(6_000, NOW)
    assert served.answer(show(), 6_500, NOW) is None and served.serving.number == 30


def test_recall_no_show_and_finish_carry_who_is_served():
    for name in ("recall", "no_show", "finish"):
        keypad = CounterKeypad(Serving("a", 12, "A012"))
        event = getattr(keypad, name)(5, NOW)
        assert (event.KIND, event.service, event.number) == (name, "a", 12)
        assert keypad.text == ("A012" if name == "recall" else IDLE)
        assert keypad.may_ask() == (name != "recall")


def test_with_nobody_at_the_counter_the_keys_do_nothing():
    keypad = CounterKeypad()
    assert (keypad.recall(1, NOW), keypad.no_show(1, NOW), keypad.finish(1, NOW)) == (None, None, None)


def test_after_a_boot_the_clerk_goes_on_with_whom_she_served():
    keypad = CounterKeypad(Serving("a", 12, "A012"))
    assert keypad.text == "A012" and keypad.finish(1, None).number == 12


def test_a_call_that_found_no_room_did_not_happen():
    keypad = asked()
    keypad.answer(show(), 1_200, NOW)
    keypad.uncall()
    assert keypad.serving is None and keypad.text == IDLE and keypad.called() is None and keypad.may_ask()


def test_a_finish_that_found_no_room_may_be_pressed_again():
    keypad = CounterKeypad(Serving("a", 12, "A012"))
    before = keypad.as_it_is()
    keypad.finish(2_000, NOW)
    keypad.put_back(before)
    assert keypad.text == "A012" and keypad.finish(3_000, NOW).number == 12


def served(number=12):
    return Serving("a", number, "A%03d" % number)


def test_who_is_parked_comes_back_in_order_and_the_display_says_how_many():
    keypad = CounterKeypad(served(12))
    event = setting_aside.park(keypad, 5, NOW)
    assert (event.KIND, event.service, event.number, keypad.text) == ("park", "a", 12, "P  1")
    assert keypad.may_ask()
    keypad.serve(served(13))
    assert keypad.text == "A013" and setting_aside.bring_back(keypad, 6, NOW) is None
    setting_aside.park(keypad, 7, NOW)
    assert keypad.text == "P  2"
    back = setting_aside.bring_back(keypad, 8, NOW)
    assert (back.KIND, back.number, keypad.text) == ("resume", 12, "A012")
    keypad.finish(9, NOW)
    assert keypad.text == "P  1" and setting_aside.bring_back(keypad, 10, NOW).number == 13
    keypad.finish(11, NOW)
    assert keypad.text == IDLE and setting_aside.bring_back(keypad, 12, NOW) is None


def test_no_more_are_parked_than_the_display_can_say():
    keypad = CounterKeypad(None, False, [served(n) for n in range(1, setting_aside.MOST_PARKED + 1)])
    keypad.serve(served(20))
    assert setting_aside.park(keypad, 5, NOW) is None and keypad.serving.number == 20


def test_a_resident_is_sent_on_with_the_number():
    keypad = CounterKeypad(served(12))
    event = setting_aside.transfer(keypad, 5, NOW)
    assert (event.KIND, event.service, event.number) == ("transfer", "a", 12)
    assert (event.to_service, event.to_counter, keypad.text) == (None, None, IDLE)
    assert setting_aside.transfer(keypad, 6, NOW) is None


def test_a_paused_counter_calls_nobody_until_it_works_again():
    keypad = CounterKeypad()
    assert setting_aside.pause(keypad, 5, NOW).KIND == "pause"
    assert keypad.text == PAUSED and not keypad.may_ask() and setting_aside.pause(keypad, 6, NOW) is None
    event = setting_aside.work(keypad, 7, NOW)
    assert (event.KIND, event.number, keypad.text) == ("resume", None, IDLE) and keypad.may_ask()


def test_nobody_pauses_while_somebody_is_served_or_a_number_is_on_its_way():
    assert setting_aside.pause(CounterKeypad(served()), 5, NOW) is None
    keypad = asked()
    assert setting_aside.pause(keypad, 1_100, NOW) is None
    assert keypad.answer(show(), 1_200, NOW).number == 12


def test_what_found_no_room_was_not_set_aside():
    keypad = CounterKeypad(served(12), False, [served(3)])
    before = keypad.as_it_is()
    setting_aside.park(keypad, 5, NOW)
    keypad.put_back(before)
    assert keypad.text == "A012" and [one.number for one in keypad.parked] == [3]


def test_who_is_signed_in_stands_on_the_display_while_nobody_is_served():
    keypad = asked()
    keypad.staffed("CB-07")
    assert keypad.text == "CB-07" and keypad.due_ms(1_000) == ANSWER_MS
    keypad.answer(show(), 1_200, NOW)
    keypad.staffed("CB-08")
    assert keypad.text == "A012"
    keypad.finish(2_000, NOW)
    assert keypad.text == "CB-08"
    keypad.staffed("")
    assert keypad.text == IDLE


def test_a_counter_that_pauses_or_has_parked_residents_says_that_first():
    keypad = asked()
    keypad.answer(show(), 1_200, NOW)
    setting_aside.park(keypad, 2_000, NOW)
    keypad.staffed("CB-07")
    assert keypad.text == "P  1"
    setting_aside.pause(keypad, 3_000, NOW)
    keypad.staffed("CB-08")
    assert keypad.text == PAUSED


def test_an_answer_that_calls_nobody_says_why_until_somebody_signs_in():
    keypad = asked()
    keypad.answer(show(number=None, label="THE"), 1_200, NOW)
    assert keypad.text == "THE" and keypad.may_ask()
    keypad.staffed("")
    assert keypad.text == "THE", "nothing changed"
    keypad.staffed("CB-07")
    assert keypad.text == "CB-07"


def follow(keypad, doing, number=None, expires=NOW + 10_000, at=NOW):
    label = "A%03d" % number if number else ""
    told = Show(service="a" if number else None, number=number, label=label, doing=doing, expires=expires)
    return setting_aside.follow(keypad, told, at)


def test_what_a_program_called_is_served_and_finished_here():
    keypad = asked()
    assert follow(keypad, "serving", 12)
    assert keypad.text == "A012" and keypad.due_ms(1_100) is None, "no answer is awaited any more"
    assert keypad.answer(show(number=13, label="A013"), 1_200, NOW) is None
    assert keypad.called() == ("a", 12)
    assert keypad.finish(2_000, NOW).number == 12
    assert keypad.may_ask()


def test_what_a_program_ended_is_over_here():
    keypad = CounterKeypad(Serving("a", 12, "A012"))
    assert not follow(keypad, "free", 11), "this counter has called another one since"
    assert keypad.text == "A012"
    assert follow(keypad, "free", 12) and keypad.serving is None and keypad.text == IDLE
    assert follow(keypad, "paused") and keypad.text == PAUSED and not keypad.may_ask()
    assert follow(keypad, "free") and keypad.text == IDLE and keypad.may_ask()


def test_whom_a_program_parked_the_key_brings_back_and_the_other_way_round():
    keypad = CounterKeypad(Serving("a", 12, "A012"))
    assert follow(keypad, "parked", 12) and follow(keypad, "parked", 12)
    assert keypad.text == "P  1"
    assert setting_aside.bring_back(keypad, 2_000, NOW).number == 12
    setting_aside.park(keypad, 3_000, NOW)
    assert follow(keypad, "serving", 12)
    assert keypad.text == "A012" and keypad.parked == []


def test_what_a_program_did_too_long_ago_is_not_followed():
    keypad = CounterKeypad(Serving("a", 12, "A012"))
    assert not follow(keypad, "free", 12, expires=NOW, at=NOW)
    assert follow(keypad, "free", 12, at=None), "a keypad without a clock cannot know"

"""Who is answered first, and what is void, where more waits than can be answered."""

import paho.mqtt.client as mqtt

from fleet.workers.unanswered import WISHES_EACH, Unanswered
from protocols.commands import Want
from protocols.message import Message
from protocols.presence import Alive
from protocols.topics import up
from tests.fleet.office import hello

FEW = 3


def said(device: str, name: str, what: Message | bytes, retain: bool = False) -> mqtt.MQTTMessage:
    message = mqtt.MQTTMessage(topic=up(device, name).encode())
    message.payload = what if isinstance(what, bytes) else what.to_bytes()
    message.retain = retain
    return message


def born(device: str, nonce: str, boot: int = 1, retain: bool = False) -> mqtt.MQTTMessage:
    return said(device, "hello", hello(boot=boot, epoch=1, nonce=nonce), retain)


def wish(device: str, number: int) -> mqtt.MQTTMessage:
    return said(device, "want", Want(id=number, want="next"))


def behind() -> Unanswered:
    """As many wait as are answered in the order of their coming."""
    unanswered = Unanswered(FEW)
    for number in range(FEW):
        assert unanswered.add(born(f"nut-{number}", "n")) is None
    return unanswered


def turns(unanswered: Unanswered) -> list[mqtt.MQTTMessage]:
    return [one.message for one in unanswered.next(100)]


def test_few_go_in_the_order_of_their_coming_and_none_is_void() -> None:
    unanswered, messages = Unanswered(FEW), [born("q-1", "a"), wish("q-1", 1), born("q-1", "b")]
    assert [unanswered.add(one) for one in messages] == [None, None, None]
    assert [id(one) for one in turns(unanswered)] == [id(one) for one in messages]


def test_a_newer_birth_has_the_turn_of_the_older_one() -> None:
    unanswered = behind()
    older, newer, last = born("q-1", "a"), born("q-1", "b"), born("q-2", "a")
    assert unanswered.add(older) is None
    assert unanswered.add(last) is None
    assert unanswered.add(newer) is older
    assert [id(one) for one in turns(unanswered)[FEW:]] == [id(newer), id(last)]


def test_what_tells_something_else_is_not_void() -> None:
    unanswered = behind()
    for one in (born("q-1", "a"), born("q-1", "b", boot=2), said("q-1", "hello", b"{"), said("q-1", "hello", b"{")):
        assert unanswered.add(one) is None
    there, gone = said("q-1", "alive", Alive()), said("q-1", "alive", Alive(gone=True))
    assert unanswered.add(there) is None
    assert unanswered.add(gone) is there


def test_what_the_broker_says_again_is_void_where_it_was_heard_when_it_was_said() -> None:
    unanswered = behind()
    assert unanswered.add(born("q-1", "a")) is None
    again, missed = born("q-1", "a", retain=True), born("q-1", "b", retain=True)
    assert unanswered.add(again) is again
    assert unanswered.add(missed) is not None
    assert id(turns(unanswered)[FEW]) == id(missed), "it was said while we were away"


def test_wishes_go_before_births_and_births_go_on() -> None:
    unanswered = behind()
    births, wishes = turns(unanswered), [wish("q-1", number) for number in range(2 * WISHES_EACH)]
    for one in wishes:
        assert unanswered.add(one) is None
    wanted = [births[0], *wishes[:WISHES_EACH], births[1], *wishes[WISHES_EACH:], births[2]]
    assert [id(one) for one in turns(unanswered)] == [id(one) for one in wanted]
    assert len(unanswered.next(2)) == 2


def test_what_is_done_waits_no_more_although_another_message_has_its_number() -> None:
    unanswered = Unanswered(FEW)
    first, second = wish("q-1", 1), wish("q-1", 2)
    assert first == second, "to paho they are the same: each connection begins to count anew"
    for one in (first, second):
        unanswered.add(one)
    unanswered.done(unanswered.next(2)[1])
    assert [id(one) for one in turns(unanswered)] == [id(first)]

"""What a device of the crowd sends, and sends again, as the firmware does."""

import random

import pytest

from firmware import delivery as of_firmware
from firmware import link as link_of_firmware
from fleet.crowd import delivery, device, line
from fleet.crowd.delivery import PATIENCE_S, WINDOW_AT_FIRST, Delivery
from protocols.batches import BATCH_BYTES, decode_batch
from protocols.receipt import Receipt

EPOCH = 3


def remembered(count: int) -> Delivery:
    its = Delivery()
    for _ in range(count):
        its.remember(b'{"kind":"rating","seq":%d,"filled":"%s"}' % (its.next_seq, b"x" * 300), 0.0)
    return its


def send(its: Delivery, now_s: float, unheard: set[int], packet: int) -> list[int] | None:
    batch = its.next(EPOCH, now_s, unheard)
    if batch is None:
        return None
    its.departed(batch[1], batch[2], packet, now_s)
    assert len(batch[0]) <= BATCH_BYTES
    return sorted(decode_batch(batch[0]).events)


def receipt(through: int) -> Receipt:
    return Receipt(epoch=EPOCH, boot=delivery.BOOT, through=through, now=0)


def test_its_numbers_are_those_of_the_firmware() -> None:
    assert (delivery.WINDOW_AT_FIRST, delivery.WINDOW) == (of_firmware._WINDOW_AT_FIRST, of_firmware._WINDOW)
    assert delivery.TRIES_TOGETHER == of_firmware._TRIES_TOGETHER
    in_ms = (delivery.SLOW_S, delivery.PATIENCE_S, delivery.PATIENCE_AT_MOST_S)
    assert [1000 * one for one in in_ms] == [
        of_firmware._SLOW_MS,
        of_firmware._PATIENCE_MS,
        of_firmware._PATIENCE_AT_MOST_MS,
    ]
    assert (line.KEEPALIVE_S, line.UNACKNOWLEDGED_AT_MOST) == (
        link_of_firmware._KEEPALIVE_S,
        link_of_firmware._UNACKNOWLEDGED_AT_MOST,
    )
    assert 1000 * device.WELCOME_S == link_of_firmware._WELCOME_MS


@pytest.mark.parametrize("failures", range(14))
def test_it_comes_back_when_the_firmware_does(failures: int) -> None:
    bounds: list[int] = []
    link_of_firmware.back_off_ms(failures, lambda bound: bounds.append(bound) or 0)
    assert 1000 * device.back_off_s(failures, 1.0) == bounds[0]


def test_a_few_batches_fly_and_a_receipt_makes_room() -> None:
    its = remembered(40)
    sent = [send(its, 0.0, set(), packet) for packet in range(1, 6)]
    assert sent[:2] == [[1, 2], [3, 4]] and sent[WINDOW_AT_FIRST:] == [None]
    assert [one.seq for one in its.receipt(receipt(4), 0.1)] == [1, 2, 3, 4]
    assert send(its, 0.1, set(), 6) == [9, 10]


def test_what_gets_no_receipt_goes_again_but_not_before_the_broker_has_it() -> None:
    its = remembered(2)
    assert send(its, 0.0, set(), 7) == [1, 2]
    assert send(its, 60.0, {7}, 8) is None
    assert send(its, 61.0, set(), 8) is None
    assert send(its, 61.0 + PATIENCE_S, set(), 8) == [1, 2]


def test_a_receipt_for_what_was_never_sent_makes_it_forget_nothing() -> None:
    its = remembered(6)
    assert send(its, 0.0, set(), 1) == [1, 2]
    assert [one.seq for one in its.receipt(receipt(99), 0.1)] == [1, 2]
    assert not its.receipt(receipt(99), 0.1) and len(its.held) == 4


def test_all_arrives_however_much_is_lost_on_the_way() -> None:
    dice, its, stored, now_s, packet = random.Random(5), Delivery(), set(), 0.0, 0
    while its.next_seq <= 60 or its.held:
        now_s, packet = now_s + 1.0, packet + 1
        if its.next_seq <= 60:
            its.remember(b'{"kind":"rating","seq":%d}' % its.next_seq, now_s)
        if dice.random() < 0.1:
            its.start()
        seqs = send(its, now_s, set(), packet)
        if seqs and dice.random() < 0.6:
            stored |= set(seqs)
        through = next(one for one in range(1, 62) if one not in stored) - 1
        if dice.random() < 0.5:
            its.receipt(receipt(through), now_s)
    assert stored == set(range(1, 61))

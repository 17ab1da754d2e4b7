"""What is sent when, with receipts that come, come late, or never."""

import json

from firmware.delivery import Delivery
from firmware.outbox import Outbox
from protocols.batches import Receipt
from tests.firmware.fresh_flash import fresh_flash

EPOCH, BOOT = 3, 7
WINDOW_AT_FIRST, WINDOW = 4, 8
SLOW_MS, PATIENCE_MS = 3_000, 5_000


def delivery_of(count):
    box = Outbox(fresh_flash(), EPOCH, BOOT)
    for _ in range(count):
        box.append({"kind": "rating", "score": 4, "scale": 5, "up": 1})
    return Delivery(box)


def sent(delivery, now, packet=0):
    """The (first, last) of everything that goes out now."""
    out = []
    sending = delivery.next(now)
    while sending is not None:
        out.append((sending.first, sending.last))
        delivery.departed(sending, packet, now)
        sending = delivery.next(now)
    return out


def receipt(through, refused=(), boot=BOOT, epoch=EPOCH):
    return Receipt(epoch=epoch, boot=boot, through=through, now=1, refused=list(refused))


def test_nothing_held_nothing_sent():
    delivery = delivery_of(0)
    assert sent(delivery, 0) == [] and delivery.due_ms(0) is None


def test_a_window_of_batches_flies_and_each_receipt_that_comes_soon_widens_it():
    delivery = delivery_of(400)
    flying, widths = sent(delivery, 0), []
    while flying and delivery.outbox.waiting() > 150:
        widths.append(len(flying))
        delivery.receipt(receipt(flying.pop(0)[1]), SLOW_MS)
        flying += sent(delivery, SLOW_MS)
    assert widths == [WINDOW_AT_FIRST, 5, 6, 7, WINDOW] + [WINDOW] * (len(widths) - 5) and len(widths) > 6


def test_one_batch_flies_when_receipts_take_long_and_more_when_they_come_soon_again():
    delivery = delivery_of(400)
    flying, now = sent(delivery, 0), SLOW_MS + 1
    for _ in range(WINDOW_AT_FIRST - 1):
        delivery.receipt(receipt(flying.pop(0)[1]), now)
        assert sent(delivery, now) == []
    delivery.receipt(receipt(flying.pop(0)[1]), now)
    (only,) = sent(delivery, now)
    delivery.receipt(receipt(only[1]), now + 1)
    assert len(sent(delivery, now + 1)) == 2


def test_what_the_broker_has_not_acknowledged_is_on_its_way_however_long_it_takes():
    delivery, out = delivery_of(3), {9}
    delivery.start(out)
    assert sent(delivery, 0, 9) == [(1, 3)]
    assert delivery.due_ms(0) is None and sent(delivery, 100 * PATIENCE_MS) == []
    out.clear()
    now = 101 * PATIENCE_MS
    assert sent(delivery, now) == [] and delivery.due_ms(now) == PATIENCE_MS
    assert sent(delivery, now + PATIENCE_MS) == [(1, 3)]


def test_a_receipt_frees_the_place_of_an_acknowledgement_that_got_lost():
    delivery, out = delivery_of(3), {9}
    delivery.start(out)
    sent(delivery, 0, 9)
    delivery.receipt(receipt(3), 1)
    assert out == set() and delivery.outbox.waiting() == 0


def test_patience_follows_the_path():
    delivery = delivery_of(60)
    first = sent(delivery, 0)[0]
    delivery.receipt(receipt(first[1]), 2 * PATIENCE_MS)
    assert sent(delivery, 2 * PATIENCE_MS) == []
    delivery.receipt(receipt(10_000), 2 * PATIENCE_MS)
    now = 2 * PATIENCE_MS
    delivery.outbox.append({"kind": "rating", "score": 4, "scale": 5, "up": 1})
    assert len(sent(delivery, now)) == 1 and delivery.due_ms(now) == 4 * PATIENCE_MS


def test_events_of_a_batch_that_never_got_through_go_one_by_one():
    delivery, out = delivery_of(3), {9}
    delivery.start(out)
    sent(delivery, 0, 9)
    delivery.start(set())
    assert sent(delivery, 1) == [(1, 1), (2, 2), (3, 3)]


def test_a_batch_that_the_broker_finds_too_long_goes_one_by_one():
    delivery = delivery_of(3)
    assert delivery.too_long(delivery.next(0))
    alone = delivery.next(0)
    assert not delivery.too_long(alone)
    assert sent(delivery, 0) == [(1, 1), (2, 2), (3, 3)]


def test_a_drain_sends_each_event_once():
    delivery, seen, now = delivery_of(200), [], 0
    batches = sent(delivery, now)
    while batches:
        seen += batches
        delivery.receipt(receipt(batches[-1][1]), 0)
        batches = sent(delivery, now)
    assert [last + 1 for _, last in seen[:-1]] == [first for first, _ in seen[1:]]
    assert (seen[0][0], seen[-1][1]) == (1, 200) and delivery.outbox.waiting() == 0


def test_without_a_receipt_everything_goes_again_after_five_seconds():
    delivery = delivery_of(3)
    assert sent(delivery, 0) == [(1, 3)]
    assert delivery.due_ms(1_000) == PATIENCE_MS - 1_000
    assert sent(delivery, PATIENCE_MS - 1) == []
    assert sent(delivery, PATIENCE_MS) == [(1, 3)]


def test_after_three_times_events_go_one_by_one():
    delivery = delivery_of(3)
    for time in (0, 1, 2):
        assert sent(delivery, time * PATIENCE_MS) == [(1, 3)], time
    assert sent(delivery, 3 * PATIENCE_MS) == [(1, 1), (2, 2), (3, 3)]


def test_one_refused_event_does_not_stop_the_others():
    delivery = delivery_of(3)
    for time in (0, 1, 2, 3):
        sent(delivery, time * PATIENCE_MS)
    delivery.receipt(receipt(1, [2]), 0)
    delivery.receipt(receipt(3), 0)
    assert delivery.outbox.waiting() == 0 and delivery.due_ms(0) is None


def test_a_silent_fleet_is_asked_ever_more_rarely_with_one_message():
    delivery, now, gaps = delivery_of(300), 0, []
    for _ in range(12):
        last = sent(delivery, now)
        gaps.append(delivery.due_ms(now))
        now += gaps[-1]
    assert gaps[0] == PATIENCE_MS and gaps[-1] == 60_000 and len(last) == 1
    delivery.receipt(receipt(1), 0)
    assert delivery.due_ms(now) is None
    assert len(sent(delivery, now)) == WINDOW


def test_a_receipt_for_what_was_never_sent_forgets_nothing_unsent():
    delivery = delivery_of(200)
    last = sent(delivery, 0)[-1][1]
    delivery.receipt(receipt(10_000, refused=[10_001]), 0)
    assert delivery.outbox.oldest(EPOCH, BOOT) == last + 1
    delivery.receipt(receipt(10_000, boot=BOOT + 1), 0)
    delivery.receipt(receipt(10_000, epoch=EPOCH + 1), 0)
    assert delivery.outbox.oldest(EPOCH, BOOT) == last + 1


def test_a_new_connection_sends_again_what_flew():
    delivery = delivery_of(3)
    assert sent(delivery, 0) == [(1, 3)]
    delivery.start(set())
    assert sent(delivery, 1) == [(1, 3)]


def test_a_receipt_of_the_connection_before_still_counts():
    delivery = delivery_of(3)
    sent(delivery, 0)
    delivery.start(set())
    delivery.receipt(receipt(3), 0)
    assert delivery.outbox.waiting() == 0 and sent(delivery, 1) == []


def test_what_comes_while_others_fly_leaves_at_once():
    delivery = delivery_of(1)
    assert sent(delivery, 0) == [(1, 1)]
    delivery.outbox.append({"kind": "rating", "score": 1, "scale": 5, "up": 2})
    sending = delivery.next(1)
    assert (sending.first, sending.last, json.loads(bytes(sending.payload))["oldest"]) == (2, 2, 1)

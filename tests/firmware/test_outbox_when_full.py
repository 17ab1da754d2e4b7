"""What goes when there is no room: faults first, ratings never, nothing unheard; what is refused is set aside."""

import json
import os

from firmware.outbox import OutboxFull
from tests.firmware.outboxes import BOOT, EPOCH, Flash, drained, filled, on_every_store


@on_every_store
def test_full_faults_go_first_and_ratings_never(flash):
    flash = flash(4)
    box = flash.opened()
    filled(box, 12, kind="fault")
    rated = 0
    try:
        while True:
            filled(box, 1)
            rated += 1
    except OutboxFull as err:
        full = err
    assert full.waiting == rated and "events wait for the fleet" in str(full)
    assert box.dropped == 12
    for one in (box, flash.opened(boot=BOOT + 1)):
        assert [seq for _, seq in drained(one)[0]] == list(range(13, 13 + rated))


@on_every_store
def test_faults_and_ratings_leave_in_the_order_in_which_they_came(flash):
    flash = flash()
    box = flash.opened()
    kinds = ["rating", "fault", "paper", "rating", "selftest", "rating"] * 20
    for kind in kinds:
        filled(box, 1, kind)
    for one in (box, flash.opened(boot=BOOT + 1)):
        seen, batches = drained(one)
        assert [seq for _, seq in seen] == list(range(1, 121))
        assert [event["kind"] for batch in batches for event in batch["events"]] == kinds
    box.forget(EPOCH, BOOT, 118)
    assert drained(box)[0] == [(BOOT, 119), (BOOT, 120)] and box.waiting() == 2


@on_every_store
def test_there_is_room_again_after_a_receipt(flash):
    box = flash(2).opened()
    try:
        while True:
            last = filled(box, 1)[0]
    except OutboxFull:
        pass
    box.forget(EPOCH, BOOT, last)
    assert filled(box, 1)[0] > last
    assert box.waiting() == 1


@on_every_store
def test_refused_events_go_to_a_bounded_quarantine(flash):
    flash = flash()
    box = flash.opened()
    filled(box, 200)
    box.forget(EPOCH, BOOT, 4, [5, 7])
    assert [seq for _, seq in drained(box)[0]][:3] == [6, 8, 9]
    assert box.oldest(EPOCH, BOOT) == 6 and box.waiting() == 194
    again = flash.opened(boot=BOOT + 1)
    assert [seq for _, seq in drained(again)[0]][:3] == [6, 8, 9] and again.waiting() == 194
    with open(flash.root + "/quarantine", "rb") as f:
        kept = f.read().split(b"\n")
    assert kept[0].startswith(b"3 7 ") and b'"seq":5' in kept[0] and len(kept) == 3
    box.forget(EPOCH, BOOT, 4, list(range(8, 201)))
    box.forget(EPOCH, BOOT, 4, filled(box, 60))
    sizes = [os.stat(flash.root + name)[6] for name in ("/quarantine", "/quarantine.old")]
    assert 0 < min(sizes) and max(sizes) <= 8 * 1024
    assert [seq for _, seq in drained(box)[0]] == [6]


def test_what_finds_no_room_in_the_quarantine_stays_and_stops_no_receipt():
    flash = Flash(32)
    for name in ("/quarantine", "/quarantine.old", "/quarantine.old/x"):
        os.mkdir(flash.root + name)  # nothing can be written there
    box = flash.opened()
    filled(box, 10)
    box.forget(EPOCH, BOOT, 4, [6])
    assert [seq for _, seq in drained(box)[0]] == [5, 6, 7, 8, 9, 10]


@on_every_store
def test_a_device_that_filled_its_flash_before_it_got_an_epoch_is_heard(flash):
    flash = flash(4)
    box = flash.opened(epoch=None)
    try:
        while True:
            last = filled(box, 1)[0]
    except OutboxFull:
        pass
    box.adopt(5)
    for one in (box, flash.opened(epoch=5, boot=BOOT + 1)):
        seen, batches = drained(one)
        assert [seq for _, seq in seen] == list(range(1, last + 1))
        assert [batch["epoch"] for batch in batches] == [5] * len(batches)


@on_every_store
def test_what_was_just_sent_may_go_when_flash_is_full(flash):
    box = flash(4).opened()
    filled(box, 40, kind="fault")
    place = box.batch(-1, 0)
    rated = 0
    try:
        while True:
            filled(box, 1)
            rated += 1
    except OutboxFull:
        pass
    assert box.dropped == 40
    sending = box.batch(place.boot, place.last)
    assert (sending.first, box.waiting()) == (41, rated)


@on_every_store
def test_many_events_without_an_epoch_are_sent_as_fast_as_others(flash):
    flash = flash()
    box = flash.opened(epoch=None)
    kinds = ["rating", "fault", "rating"] * 200
    for kind in kinds:
        filled(box, 1, kind)
    box.adopt(5)
    looks = [0]
    record = box.streams[0].reader.record

    def counted(*where):
        looks[0] += 1
        return record(*where)

    box.streams[0].reader.record = counted
    seen, batches = drained(box)
    assert [seq for _, seq in seen] == list(range(1, 601))
    assert [batch["epoch"] for batch in batches] == [5] * len(batches)
    assert looks[0] < 6 * 600, looks


@on_every_store
def test_a_full_heap_while_a_batch_is_made_passes_over_nothing(flash):
    box = flash().opened()
    filled(box, 30)
    real = box.event
    for fails_at in range(1, 30, 4):
        left = [fails_at]

        def event(place, left=left):
            left[0] -= 1
            if left[0] == 0:
                raise MemoryError
            return real(place)

        box.event = event
        place, seen = (-1, 0), []
        while place[1] < 30:
            try:
                sending = box.batch(place[0], place[1])
            except MemoryError:
                continue
            place = (sending.boot, sending.last)
            seen += [one["seq"] for one in json.loads(bytes(sending.payload))["events"]]
        assert seen == list(range(1, 31)), fails_at

"""What is appended stays, in order, until a receipt covers it; torn and spoilt lines cost only themselves."""

import json
import os

from firmware import outbox as outbox_module
from firmware.outbox import Outbox, OutboxFull
from tests.firmware.fresh_flash import fresh_flash

outbox_module.FLASH_LEFT_BYTES = 0
RATING = {"kind": "rating", "score": 4, "scale": 5, "held_ms": 80, "up": 1000, "at": None}
EPOCH, BOOT = 3, 7


def opened(root, epoch=EPOCH, boot=BOOT, limit=256 * 1024):
    return Outbox(root, epoch, boot, limit)


def filled(box, count, kind="rating"):
    return [box.append(dict(RATING, kind=kind)) for _ in range(count)]


def drained(box):
    """(boot, seq) of everything that the outbox would send, in order, and the batches."""
    place, seen, batches = (-1, 0), [], []
    while True:
        sending = box.batch(place[0], place[1])
        if sending is None:
            return seen, batches
        batch = json.loads(bytes(sending.payload))
        assert (batch["epoch"], batch["boot"]) == (sending.epoch, sending.boot)
        assert [batch["events"][0]["seq"], batch["events"][-1]["seq"]] == [sending.first, sending.last]
        seen += [(sending.boot, event["seq"]) for event in batch["events"]]
        batches.append(batch)
        place = (sending.boot, sending.last)


def segments(root):
    return sorted(os.listdir(root + "/outbox"))


def test_events_are_numbered_from_one_and_leave_in_order():
    box = opened(fresh_flash())
    assert filled(box, 5) == [1, 2, 3, 4, 5]
    assert drained(box)[0] == [(BOOT, seq) for seq in (1, 2, 3, 4, 5)]
    assert box.waiting() == 5 and box.oldest(EPOCH, BOOT) == 1


def test_a_batch_is_at_most_one_kibibyte_and_says_the_oldest():
    box = opened(fresh_flash())
    filled(box, 60)
    seen, batches = drained(box)
    assert [seq for _, seq in seen] == list(range(1, 61))
    assert len(batches) > 4
    assert all([batch["oldest"] == 1 for batch in batches])
    assert len(box.batch(-1, 0).payload) <= 1024


def test_an_event_can_be_sent_alone():
    box = opened(fresh_flash())
    filled(box, 3)
    sending = box.batch(BOOT, 1, alone=True)
    assert (sending.first, sending.last) == (2, 2)


def test_everything_is_there_after_a_boot():
    root = fresh_flash()
    filled(opened(root), 150)
    box = opened(root, boot=BOOT + 1)
    filled(box, 2)
    assert drained(box)[0] == [(BOOT, seq) for seq in range(1, 151)] + [(BOOT + 1, 1), (BOOT + 1, 2)]


def test_a_receipt_lets_go_what_it_covers():
    root = fresh_flash()
    box = opened(root)
    filled(box, 150)
    many = len(segments(root))
    box.forget(EPOCH, BOOT, 100)
    assert len(segments(root)) < many
    assert drained(box)[0] == [(BOOT, seq) for seq in range(101, 151)]
    assert box.waiting() == 50 and box.oldest(EPOCH, BOOT) == 101
    box.forget(EPOCH, BOOT, 150)
    assert box.waiting() == 0 and segments(root) == [] and box.oldest(EPOCH, BOOT) is None
    assert filled(box, 1) == [151]
    assert drained(box)[1][0]["oldest"] == 151


def test_a_receipt_of_another_epoch_or_boot_lets_go_nothing():
    box = opened(fresh_flash())
    filled(box, 3)
    box.forget(EPOCH + 1, BOOT, 3)
    box.forget(EPOCH, BOOT - 1, 3)
    assert box.waiting() == 3


def test_an_older_receipt_changes_nothing():
    box = opened(fresh_flash())
    filled(box, 5)
    box.forget(EPOCH, BOOT, 4)
    box.forget(EPOCH, BOOT, 2)
    assert drained(box)[0] == [(BOOT, 5)]


def test_what_a_mark_covered_is_sent_again_after_a_boot():
    root = fresh_flash()
    box = opened(root)
    filled(box, 5)
    box.forget(EPOCH, BOOT, 3)
    assert drained(opened(root, boot=BOOT + 1))[0] == [(BOOT, seq) for seq in (1, 2, 3, 4, 5)]


def test_a_torn_line_costs_only_itself():
    root = fresh_flash()
    filled(opened(root), 4)
    path = root + "/outbox/" + segments(root)[0]
    with open(path, "rb") as f:
        whole = f.read()
    for cut in range(1, len(whole) // 4, 7):
        with open(path, "wb") as f:
            f.write(whole[:-cut])
        box = opened(root, boot=BOOT + 1)
        assert drained(box)[0] == [(BOOT, 1), (BOOT, 2), (BOOT, 3)], cut
        assert box.spoilt == 1


def test_a_spoilt_line_in_the_middle_is_passed_over():
    root = fresh_flash()
    filled(opened(root), 4)
    path = root + "/outbox/" + segments(root)[0]
    with open(path, "rb") as f:
        whole = bytearray(f.read())
    whole[len(whole) // 2 - 20] ^= 1
    with open(path, "wb") as f:
        f.write(whole)
    box = opened(root, boot=BOOT + 1)
    assert drained(box)[0] == [(BOOT, 1), (BOOT, 3), (BOOT, 4)]
    assert box.spoilt == 1


def test_the_oldest_is_exact_where_a_line_is_missing():
    root = fresh_flash()
    filled(opened(root), 4)
    path = root + "/outbox/" + segments(root)[0]
    with open(path, "rb") as f:
        whole = bytearray(f.read())
    whole[len(whole) // 2 - 20] ^= 1
    with open(path, "wb") as f:
        f.write(whole)
    box = opened(root, boot=BOOT + 1)
    box.forget(EPOCH, BOOT, 1)
    assert box.oldest(EPOCH, BOOT) == 3
    assert drained(box)[1][0]["oldest"] == 3


def test_foreign_files_and_halves_of_a_rewriting_are_cleared():
    root = fresh_flash()
    filled(opened(root), 1)
    name = segments(root)[0]
    for stray in (name + ".new", "readme", "1-2"):
        with open(root + "/outbox/" + stray, "wb") as f:
            f.write(b"?")
    opened(root, boot=BOOT + 1)
    assert segments(root) == [name]


def test_without_an_epoch_events_are_kept_and_not_sent():
    root = fresh_flash()
    box = opened(root, epoch=None)
    filled(box, 3)
    assert drained(box)[0] == [] and box.waiting() == 3
    box.adopt(5)
    filled(box, 1)
    seen, batches = drained(box)
    assert [seq for _, seq in seen] == [1, 2, 3, 4]
    assert [batch["epoch"] for batch in batches] == [5] * len(batches)


def test_a_cut_between_epoch_and_renaming_is_made_good():
    root = fresh_flash()
    filled(opened(root, epoch=None), 3)
    assert drained(opened(root, epoch=5, boot=BOOT + 1))[1][0]["epoch"] == 5


def test_events_keep_the_epoch_they_were_recorded_under():
    box = opened(fresh_flash(), epoch=5)
    filled(box, 2)
    box.adopt(6)
    filled(box, 1)
    batches = drained(box)[1]
    assert [(batch["epoch"], len(batch["events"])) for batch in batches] == [(5, 2), (6, 1)]
    assert batches[1]["oldest"] == 3


def test_full_faults_go_first_and_ratings_never():
    box = opened(fresh_flash(), limit=16 * 1024)
    filled(box, 60, kind="fault")
    rated = 0
    try:
        while True:
            filled(box, 1)
            rated += 1
    except OutboxFull as err:
        full = err
    assert full.waiting == rated and "events wait for the fleet" in str(full)
    assert box.dropped == 60
    assert [seq for _, seq in drained(box)[0]] == list(range(61, 61 + rated))


def test_there_is_room_again_after_a_receipt():
    box = opened(fresh_flash(), limit=8 * 1024)
    try:
        while True:
            last = filled(box, 1)[0]
    except OutboxFull:
        pass
    box.forget(EPOCH, BOOT, last)
    assert filled(box, 1)[0] > last
    assert box.waiting() == 1


def test_refused_events_go_to_a_bounded_quarantine():
    root = fresh_flash()
    box = opened(root)
    filled(box, 200)
    box.forget(EPOCH, BOOT, 4, [5, 7])
    assert [seq for _, seq in drained(box)[0]][:3] == [6, 8, 9]
    assert box.oldest(EPOCH, BOOT) == 6
    assert [seq for _, seq in drained(opened(root, boot=BOOT + 1))[0]][:6] == [1, 2, 3, 4, 6, 8]
    with open(root + "/quarantine", "rb") as f:
        kept = f.read().split(b"\n")
    assert kept[0].startswith(b"3 7 ") and b'"seq":5' in kept[0] and len(kept) == 3
    box.forget(EPOCH, BOOT, 4, list(range(8, 201)))
    assert os.stat(root + "/quarantine")[6] <= 16 * 1024
    assert [seq for _, seq in drained(box)[0]] == [6]

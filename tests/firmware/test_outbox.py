"""What is appended stays, in order, until a receipt covers it; torn and spoilt records cost only themselves."""

import json
import os

from firmware import journal
from firmware.outbox import Outbox, OutboxFull
from tests.firmware.fresh_flash import Nor, fresh_flash

journal.FLASH_LEFT_BYTES = 0
RATING = {"kind": "rating", "score": 4, "scale": 5, "held_ms": 80, "up": 1000, "at": None}
EPOCH, BOOT = 3, 7


class Flash:
    """Where an outbox lies: files under a root, or a region beside it."""

    def __init__(self, unit, blocks=64):
        self.root = fresh_flash()
        self.region = Nor(blocks, unit) if unit else None
        self.limit = blocks * 4096

    def opened(self, epoch=EPOCH, boot=BOOT, owner=""):
        return Outbox(self.root, epoch, boot, self.limit, self.region, owner)

    def spoil(self, at):
        """Change the byte that lies so many bytes before the end of what was written last."""
        if self.region is not None:
            spoil(self.region.data, at)
            return
        path = self.root + "/outbox/" + sorted(os.listdir(self.root + "/outbox"))[-1]
        with open(path, "rb") as f:
            whole = bytearray(f.read())
        spoil(whole, at)
        with open(path, "wb") as f:
            f.write(whole)


def spoil(data, at):
    end = len(data)
    while data[end - 1] == 0xFF:
        end -= 1
    data[end - at] ^= 0x55


def segments(box):
    return sum([len(stream.slots) for stream in box.streams])


def on_every_store(test):
    """The same law for the journal of files and for rings that program 32 or 256 bytes at once."""

    def on_every():
        for unit in (None, 32, 256):
            test(lambda blocks=64, unit=unit: Flash(unit, blocks))

    return on_every


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


@on_every_store
def test_events_are_numbered_from_one_and_leave_in_order(flash):
    box = flash().opened()
    assert filled(box, 5) == [1, 2, 3, 4, 5]
    assert drained(box)[0] == [(BOOT, seq) for seq in (1, 2, 3, 4, 5)]
    assert box.waiting() == 5 and box.oldest(EPOCH, BOOT) == 1


@on_every_store
def test_a_batch_is_at_most_one_kibibyte_and_says_the_oldest(flash):
    box = flash().opened()
    filled(box, 60)
    seen, batches = drained(box)
    assert [seq for _, seq in seen] == list(range(1, 61))
    assert len(batches) > 4
    assert all([batch["oldest"] == 1 for batch in batches])
    assert len(box.batch(-1, 0).payload) <= 1024


@on_every_store
def test_an_event_can_be_sent_alone(flash):
    box = flash().opened()
    filled(box, 3)
    sending = box.batch(BOOT, 1, alone=True)
    assert (sending.first, sending.last) == (2, 2)


@on_every_store
def test_everything_is_there_after_a_boot(flash):
    flash = flash()
    filled(flash.opened(), 150)
    box = flash.opened(boot=BOOT + 1)
    filled(box, 2)
    assert drained(box)[0] == [(BOOT, seq) for seq in range(1, 151)] + [(BOOT + 1, 1), (BOOT + 1, 2)]
    assert box.newest == (BOOT + 1, 2)


@on_every_store
def test_a_receipt_lets_go_what_it_covers(flash):
    flash = flash()
    box = flash.opened()
    filled(box, 450)
    many = segments(box)
    box.forget(EPOCH, BOOT, 400)
    box.tend()
    assert segments(box) < many
    assert drained(box)[0] == [(BOOT, seq) for seq in range(401, 451)]
    assert box.waiting() == 50 and box.oldest(EPOCH, BOOT) == 401
    box.forget(EPOCH, BOOT, 450)
    assert box.waiting() == 0 and box.oldest(EPOCH, BOOT) is None
    assert segments(box) == 1
    assert filled(box, 1) == [451]
    assert drained(box)[1][0]["oldest"] == 451


@on_every_store
def test_a_receipt_of_another_epoch_or_boot_lets_go_nothing(flash):
    box = flash().opened()
    filled(box, 3)
    box.forget(EPOCH + 1, BOOT, 3)
    box.forget(EPOCH, BOOT - 1, 3)
    assert box.waiting() == 3


@on_every_store
def test_an_older_receipt_changes_nothing(flash):
    box = flash().opened()
    filled(box, 5)
    box.forget(EPOCH, BOOT, 4)
    box.forget(EPOCH, BOOT, 2)
    assert drained(box)[0] == [(BOOT, 5)]


@on_every_store
def test_receipts_of_boots_in_any_order(flash):
    flash = flash()
    filled(flash.opened(), 3)
    box = flash.opened(boot=BOOT + 1)
    filled(box, 3)
    box.forget(EPOCH, BOOT + 1, 2)
    assert drained(box)[0] == [(BOOT, 1), (BOOT, 2), (BOOT, 3), (BOOT + 1, 3)]
    box.forget(EPOCH, BOOT, 3)
    assert drained(box)[0] == [(BOOT + 1, 3)] and box.waiting() == 1


@on_every_store
def test_a_few_forgotten_events_are_sent_again_after_a_boot_many_are_not(flash):
    flash = flash()
    box = flash.opened()
    filled(box, 90)
    box.forget(EPOCH, BOOT, 3)
    box.tend()
    again = flash.opened(boot=BOOT + 1)
    assert drained(again)[0] == [(BOOT, seq) for seq in range(1, 91)] and again.waiting() == 90
    box.forget(EPOCH, BOOT, 88)
    box.tend()
    again = flash.opened(boot=BOOT + 1)
    assert drained(again)[0] == [(BOOT, 89), (BOOT, 90)] and again.waiting() == 2


@on_every_store
def test_boots_that_are_done_with_are_not_sent_again_however_short_this_one_is(flash):
    flash = flash()
    for boot in range(BOOT, BOOT + 4):
        filled(flash.opened(boot=boot), 2, kind="fault" if boot % 2 else "rating")
    for boot in range(BOOT, BOOT + 4):
        box = flash.opened(boot=boot + 10)
        assert box.batch(-1, 0).boot == boot
        box.forget(EPOCH, boot, 2)
    assert drained(flash.opened(boot=BOOT + 20))[0] == []


@on_every_store
def test_what_was_forgotten_before_a_reset_stays_so(flash):
    flash = flash()
    box = flash.opened()
    filled(box, 5)
    box.forget(EPOCH, BOOT, 3)
    box.close()
    assert drained(flash.opened(boot=BOOT + 1))[0] == [(BOOT, 4), (BOOT, 5)]


@on_every_store
def test_a_torn_record_costs_only_itself(flash):
    for at in range(1, 20, 3):
        one = flash()
        filled(one.opened(), 4)
        one.spoil(at)
        box = one.opened(boot=BOOT + 1)
        assert box.spoilt == 1, at
        filled(box, 2)
        expected = [(BOOT, 1), (BOOT, 2), (BOOT, 3), (BOOT + 1, 1), (BOOT + 1, 2)]
        assert drained(box)[0] == drained(one.opened(boot=BOOT + 2))[0] == expected, at


@on_every_store
def test_a_spoilt_record_in_the_middle_is_passed_over(flash):
    flash = flash()
    filled(flash.opened(), 2)
    flash.spoil(3)
    box = flash.opened(boot=BOOT + 1)
    filled(box, 2)
    assert drained(box)[0] == [(BOOT, 1), (BOOT + 1, 1), (BOOT + 1, 2)]
    box.forget(EPOCH, BOOT, 1)
    assert box.oldest(EPOCH, BOOT) is None and box.oldest(EPOCH, BOOT + 1) == 1
    assert drained(box)[1][0]["oldest"] == 1


@on_every_store
def test_without_an_epoch_events_are_kept_and_not_sent(flash):
    flash = flash()
    box = flash.opened(epoch=None)
    filled(box, 3)
    assert drained(box)[0] == [] and box.waiting() == 3
    box.adopt(5)
    filled(box, 1)
    for one in (box, flash.opened(epoch=5, boot=BOOT + 1), flash.opened(epoch=6, boot=BOOT + 1)):
        seen, batches = drained(one)
        assert [seq for _, seq in seen] == [1, 2, 3, 4]
        assert [batch["epoch"] for batch in batches] == [5] * len(batches)


@on_every_store
def test_a_cut_before_the_epoch_is_written_down_is_made_good(flash):
    flash = flash()
    filled(flash.opened(epoch=None), 3)
    assert drained(flash.opened(epoch=5, boot=BOOT + 1))[1][0]["epoch"] == 5
    assert drained(flash.opened(epoch=6, boot=BOOT + 2))[1][0]["epoch"] == 5


@on_every_store
def test_events_keep_the_epoch_they_were_recorded_under(flash):
    box = flash().opened(epoch=5)
    filled(box, 2)
    box.adopt(6)
    filled(box, 1)
    batches = drained(box)[1]
    assert [(batch["epoch"], len(batch["events"])) for batch in batches] == [(5, 2), (6, 1)]
    assert batches[1]["oldest"] == 3


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
def test_what_another_device_left_is_never_sent(flash):
    flash = flash()
    filled(flash.opened(owner="tp-1"), 3)
    box = flash.opened(owner="tp-2")
    assert (box.foreign, box.waiting()) == (1, 0)
    filled(box, 1)
    again = flash.opened(owner="tp-2", boot=BOOT + 1)
    assert drained(again)[0] == [(BOOT, 1)] and again.foreign == 0


@on_every_store
def test_every_event_comes_back_as_it_was(flash):
    box = flash().opened()
    at = 1_795_323_600_000
    events = [
        {"kind": "ticket", "service": "ho-tich", "number": 7, "lease": "may-in-1/3/7", "up": 5, "at": at},
        {"kind": "ticket", "service": "ho-tich", "number": 9999, "lease": "may-in-1/3/8", "up": 6, "at": at - 1},
        {"kind": "scan", "what": "dossier", "code": "H15.50.05.13-261008-0975", "senior": True, "up": 1 << 40, "at": 3},
        {"kind": "rating", "score": 5, "armed": "kp-1/3/7/0118", "held_ms": 0, "up": 0, "at": None},
        {"kind": "fault", "part": "máy in", "reason": "“giấy” " * 30, "up": -1, "at": -5},
        {"kind": "something new", "priority": "priority", "list": [1, {"a": None}], "real": 1.5, "low": -200},
        {"kind": "call", "number": None, "senior": False, "service": "1/2", "up": (1 << 53) - 1, "at": (1 << 53) - 1},
    ]
    for _ in range(60):
        for event in events:
            box.append(dict(event))
    batches = drained(box)[1]
    came = [event for batch in batches for event in batch["events"]]
    for seq in range(1, len(came) + 1):
        assert came[seq - 1] == dict(events[(seq - 1) % len(events)], seq=seq), came[seq - 1]


def test_a_ring_only_programs_while_somebody_waits():
    region = Nor()
    box = Outbox(fresh_flash(), EPOCH, BOOT, region=region)
    box.tend()
    for _ in range(20):
        erased, programmed = region.erased, region.programmed
        filled(box, 50)
        assert (region.erased - erased, region.programmed - programmed) == (0, 50)
        box.forget(EPOCH, BOOT, box.next_seq - 1)
        box.tend()


def test_a_ring_keeps_five_thousand_events_and_finds_them_by_their_heads():
    region = Nor()
    box = Outbox(fresh_flash(), EPOCH, BOOT, region=region)
    for number in range(5000):
        up = 1000 * number
        box.append(
            {"kind": "printed", "service": "ho-tich", "number": number % 400 + 1, "up": up, "at": up + 1795323600000}
        )
    region.read = 0
    again = Outbox(fresh_flash(), EPOCH, BOOT + 1, region=region)
    assert again.waiting() == 5000 and again.oldest(EPOCH, BOOT) == 1
    assert region.read < 200


def test_all_blocks_of_a_ring_wear_alike():
    class Worn(Nor):
        wear = [0] * 8

        def ioctl(self, op, block):
            if op == 6:
                self.wear[block] += 1
            return Nor.ioctl(self, op, block)

    region = Worn(8)
    box = Outbox(fresh_flash(), EPOCH, BOOT, region=region)
    for _ in range(4000):
        box.forget(EPOCH, BOOT, filled(box, 1)[0])
        box.tend()
    assert min(region.wear) > 2 and max(region.wear) - min(region.wear) <= 1, region.wear


def test_what_flash_did_not_keep_is_written_again_elsewhere():
    class Weak(Nor):
        weak = True

        def writeblocks(self, block, buffer, offset=0):
            Nor.writeblocks(self, block, buffer, offset)
            if self.weak and offset > 300:
                self.data[block * 4096 + offset + 5] = 0
                self.weak = False

    region = Weak(8)
    box = Outbox(fresh_flash(), EPOCH, BOOT, region=region)
    filled(box, 2, kind="fault")
    filled(box, 40)
    for one in (box, Outbox(fresh_flash(), EPOCH, BOOT + 1, region=region)):
        assert [seq for _, seq in drained(one)[0]][-40:] == list(range(3, 43))


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


def test_files_that_find_no_room_in_a_region_come_when_it_is_empty():
    flash = Flash(32, blocks=4)
    last = filled(Outbox(flash.root, EPOCH, BOOT), 900)[-1]
    box, boot, through = flash.opened(boot=BOOT + 1), BOOT + 1, 0
    while os.listdir(flash.root + "/outbox"):
        seen = [key for key in drained(box)[0] if key[0] == BOOT]
        assert seen[0][1] <= through + 1 and seen[-1][1] > through
        through = seen[-1][1]
        box.forget(EPOCH, BOOT, through - 10)
        filled(box, 1)
        box = flash.opened(boot=boot + 1)
        assert [key for key in drained(box)[0] if key[0] == BOOT][-1] == (BOOT, through)  # the others wait
        box.forget(EPOCH, BOOT, through)
        box.forget(EPOCH, boot, 1)
        box.close()
        boot += 2
        box = flash.opened(boot=boot)
    assert drained(box)[0][-1] == (BOOT, last)


def test_a_block_that_can_not_be_erased_is_passed_over():
    class Stuck(Nor):
        def ioctl(self, op, block):
            if op == 6 and block == 2:
                raise OSError(5)
            return Nor.ioctl(self, op, block)

    region = Stuck(8)
    box = Outbox(fresh_flash(), EPOCH, BOOT, region=region)
    events = filled(box, 600)
    box.tend()
    for one in (box, Outbox(fresh_flash(), EPOCH, BOOT + 1, region=region)):
        assert [seq for _, seq in drained(one)[0]] == events


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


def test_what_a_mark_says_of_a_slot_that_went_is_not_taken_for_a_later_one():
    region = Nor(4)
    box = Outbox(fresh_flash(), EPOCH, BOOT, region=region)
    while len(box.streams[0].slots) < 3:
        filled(box, 1)
    ratings = box.next_seq - 1
    faults = filled(box, 20, kind="fault")
    box.forget(EPOCH, BOOT, ratings)
    box.forget(EPOCH, BOOT, faults[-5])
    box.close()
    region.ioctl(
        6, list(box.flash._blocks).index(box.streams[1].slots[0])
    )  # full flash needed its room, and then the power went
    for boot in (BOOT + 1, BOOT + 2):
        box = Outbox(fresh_flash(), EPOCH, boot, region=region)
        filled(box, 12, kind="fault")
    assert drained(Outbox(fresh_flash(), EPOCH, BOOT + 3, region=region))[0] == [
        (boot, seq) for boot in (BOOT + 1, BOOT + 2) for seq in range(1, 13)
    ]


OLD_LINES = [
    b'%08x 1 {"kind":"boot","reason":"power","up":3,"at":null,"seq":1}\n',
    b'%08x 2 {"kind":"rating","score":4,"scale":5,"up":1000,"at":1795323600000,"seq":2}\n',
]


def old_files(root):
    """What the firmware before kept: files of lines with their sums, one torn."""
    import binascii

    os.mkdir(root + "/outbox")
    lines = [line % binascii.crc32((line[5:-1])) for line in OLD_LINES]
    for name, content in (("3-5-1", lines[0] + lines[1]), ("x-6-1", lines[0] + lines[1][:-9]), ("3-5-1.new", b"?")):
        with open(root + "/outbox/" + name, "wb") as f:
            f.write(content)


@on_every_store
def test_events_of_the_firmware_before_are_taken_in(flash):
    flash = flash()
    old_files(flash.root)
    for _ in range(2):
        box = flash.opened()
        assert drained(box)[0] == [(5, 1), (5, 2), (6, 1)]
    events = [event for batch in drained(box)[1] for event in batch["events"]]
    assert events[1] == {"kind": "rating", "score": 4, "scale": 5, "up": 1000, "at": 1795323600000, "seq": 2}
    assert [one for one in os.listdir(flash.root + "/outbox") if "-" in one] == []


def test_a_board_that_got_a_region_takes_its_files_along():
    flash = Flash(32)
    filled(Outbox(flash.root, EPOCH, BOOT), 3)
    filled(Outbox(flash.root, EPOCH, BOOT + 1), 2, kind="fault")
    for boot in (BOOT + 2, BOOT + 3):
        box = flash.opened(boot=boot)
        assert drained(box)[0] == [(BOOT, 1), (BOOT, 2), (BOOT, 3), (BOOT + 1, 1), (BOOT + 1, 2)]
    assert os.listdir(flash.root + "/outbox") == []

"""Torn and spoilt records cost only themselves; rings wear alike, pass over bad blocks, take in what lay in files."""

import os

from firmware.outbox import Outbox
from tests.firmware.fresh_flash import Nor, fresh_flash
from tests.firmware.outboxes import BOOT, EPOCH, Flash, drained, filled, on_every_store


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

"""A device's memory spoilt on purpose, each way as somebody might have written it: cutting the power must show it.

The firmware's own functions are wrapped in the VM; its sources stay as they are.
"""

import binascii
import struct

from firmware import finding, journal, kept_files, kept_region, ring, stream, taking_in
from firmware.flash_files import remove
from firmware.outbox import Outbox
from tests.bench.virtual.breakages import print_a_number_again  # noqa: F401

HEAD, EVENT, CLEAN = 1, 3, 1


def return_before_flash():
    """An outbox that answers at once: what it is to keep goes to flash with the next event, or when it is read."""
    for store in (ring.Ring, journal.Journal):
        hold_back(store, store.write, store.read)


def hold_back(store, write, read):
    def write_what_waits(one):
        waiting, one.late = getattr(one, "late", None), None
        if waiting is not None:
            write(one, *waiting)

    def late_write(one, slot, offset, data):
        write_what_waits(one)
        one.late = (slot, offset, data)

    def read_all(one, slot, offset, data):
        write_what_waits(one)
        return read(one, slot, offset, data)

    store.write, store.read = late_write, read_all


def forget_on_sending():
    """An outbox that has forgotten what it hands out."""
    batch = Outbox.batch

    def batch_and_forget(outbox, *arguments):
        sending = batch(outbox, *arguments)
        if sending is not None:
            outbox.forget(sending.epoch, sending.boot, sending.last)
        return sending

    Outbox.batch = batch_and_forget


def mark_all_as_forgotten():
    """An outbox that writes down as forgotten what it has written, not what the fleet has."""
    mark = Outbox._mark

    def at_the_end(place):
        end = place.copy()
        if end.stream.slots:
            end.slot, end.offset, end.before = end.stream.slots[-1], end.stream.offset, end.stream.before
        return end

    def mark_ahead(outbox):
        tails, outbox.tails = outbox.tails, tuple([at_the_end(tail) for tail in outbox.tails])
        try:
            return mark(outbox)
        finally:
            outbox.tails = tails

    Outbox._mark = mark_ahead


def look_at_no_sum():
    """An outbox that takes for an event what begins like one."""

    class NoSums:
        """Says the same of all events."""

        def crc32(self, data, seed=0):
            return 0xFFFFFFFF if data[1] >> 5 == EVENT else binascii.crc32(data, seed)

    stream.binascii = NoSums()


def trust_half_erased_blocks():
    """A ring that takes a block for erased because nothing can be found in it."""
    pieces = finding.pieces

    def trusting(region):
        slots = pieces(region)
        for block in range(len(slots)):
            slots[block] = slots[block] or CLEAN
        return slots

    finding.pieces = trusting


def begin_a_side_with_its_head():
    """What a board keeps in its region: a side that is in force before anything is in it."""
    put = kept_region.KeptRegion._put

    def head_first(kept, side, at, data):
        if at == 0:
            return 0  # it stands there already
        if side != kept._slot and at == kept._device.unit:
            head = kept_region.record(HEAD, struct.pack("<I", kept._state_version + 1), 0)
            put(kept, side, 0, bytearray(head + b"\xff" * (-len(head) % kept._device.unit)))
        return put(kept, side, at, data)

    kept_region.KeptRegion._put = head_first


def spare_the_boot_counter():
    """A boot counter that is written every other time, to spare flash."""
    for kept in (kept_region.KeptRegion, kept_files.KeptFiles):
        write_less(kept, kept.put)


def write_less(kept, put):
    def put_less(one, name, value):
        if name != "boot" or value % 2:
            put(one, name, value)

    kept.put = put_less


def remove_before_keeping():
    """The technician's files go as soon as they are read."""
    read = taking_in.read_json

    def read_and_remove(path):
        data = read(path)
        remove(path)
        return data

    taking_in.read_json = read_and_remove

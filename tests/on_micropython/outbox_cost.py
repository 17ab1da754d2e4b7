"""Runs on the MicroPython VM: `outbox_cost.py <flash image> <store> <roles> <appends>`; a JSON line of what it costs.

The events are those of a morning, of a board with these roles. First a receipt comes for every eight of them and nobody
is about in between, as with a fleet that is well; then none comes, until flash is full.
"""

import json
import sys
import time

import vfs

from firmware.hardware.simulated_regions import ImageFlash
from firmware.outbox import Outbox, OutboxFull
from protocols.counter_events import NumberCalled, VisitFinished
from protocols.event import encode_event
from protocols.rating_events import RatingGiven
from protocols.scan_events import CodeScanned
from protocols.ticket_events import PaperSeen, TicketPrinted, TicketTaken

FILES_BLOCKS, EVENTS_BLOCKS = 256, 64
RECEIPT_EVERY = 8
AT = 1_795_323_600_000
VISIT_EVERY_MS = 45_317
SERVICES = ("chung-thuc", "ho-tich", "dat-dai", "bao-tro")
TENDS_AT_MOST = 4


class CountingFlash(ImageFlash):
    """Counts what is done to it."""

    erased = programmed = read = 0

    def readblocks(self, block, buffer, offset=0):
        self.read += 1
        ImageFlash.readblocks(self, block, buffer, offset)

    def writeblocks(self, block, buffer, offset=0):
        self.programmed += 1
        ImageFlash.writeblocks(self, block, buffer, offset)

    def ioctl(self, op, block):
        if op == 6:
            self.erased += 1
        return ImageFlash.ioctl(self, op, block)


def morning(roles):
    """The events of one resident after the other; a scan for two of five, a rating of two of three."""
    visit = 0
    while True:
        visit += 1
        service, number, up = SERVICES[visit % 4], visit % 400 + 1, VISIT_EVERY_MS * visit
        for role, event in (
            ("printer", TicketTaken(service=service, number=number, lease="srv-1/3/1/%d" % (visit // 400), up=up)),
            ("printer", TicketPrinted(service=service, number=number, up=up + 1_874)),
            ("keypad", NumberCalled(service=service, number=number, up=up + 9_113)),
            ("reader", CodeScanned(what="dossier", code="H15.50.05.13-261008-%04d" % (visit % 9999), up=up + 21_480)),
            ("keypad", VisitFinished(service=service, number=number, up=up + 31_007)),
            ("rating", RatingGiven(score=5 - visit % 3, scale=5, armed="kp-1/3/7/%d" % visit, held_ms=173, up=up)),
            ("printer", PaperSeen(state="low", metres_left=12, up=up)),
        ):
            left_out = (
                (event.KIND == "scan" and visit % 5 > 1)
                or (event.KIND == "rating" and visit % 3 == 2)
                or (event.KIND == "paper" and visit % 200)
            )
            if role in roles and not left_out:
                values = encode_event(event)
                values["at"] = AT + values["up"] + visit // 10
                yield values


def main(image, store, roles, appends):
    file = open(image, "r+b")
    files, events = CountingFlash(file, 0, FILES_BLOCKS), CountingFlash(file, FILES_BLOCKS, EVENTS_BLOCKS)
    vfs.mount(files, "/flash")
    flash, region = (events, events) if store == "ring" else (files, None)

    def opened(boot):
        return Outbox("/flash", 1, boot, EVENTS_BLOCKS * 4096, region)

    told = day(opened(1), flash, morning(roles.split()), appends)
    full(told, opened, flash, morning(roles.split()))
    vfs.umount("/flash")
    file.close()
    print(json.dumps(told))


def day(outbox, flash, events, appends):
    """Each event with its cost."""
    took_us, erased, programmed = [], 0, 0
    for _ in range(TENDS_AT_MOST):
        outbox.tend()
    flash.erased = flash.programmed = 0
    for _ in range(appends):
        event, before = next(events), (flash.erased, flash.programmed)
        began = time.ticks_us()
        seq = outbox.append(event)
        took_us.append(time.ticks_diff(time.ticks_us(), began))
        erased += flash.erased - before[0]
        programmed += flash.programmed - before[1]
        if seq % RECEIPT_EVERY == 0:
            outbox.forget(1, 1, seq)
            outbox.tend()
    took_us.sort()
    outbox.close()
    return {
        "median_us": took_us[appends // 2],
        "erased": flash.erased,
        "erased_while_waiting": erased,
        "programmed": flash.programmed,
        "programmed_while_waiting": programmed,
    }


def full(told, opened, flash, events):
    """How many find room, and how long it takes to find out that they are there."""
    outbox = opened(2)
    try:
        while True:
            outbox.append(next(events))
    except OutboxFull:
        pass
    told["fit"] = outbox.waiting()
    flash.read = 0
    began = time.ticks_us()
    again = opened(3)
    told["scan_ms"] = time.ticks_diff(time.ticks_us(), began) / 1000
    told["scan_reads"] = flash.read
    assert again.waiting() == told["fit"], (again.waiting(), told["fit"])


main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))

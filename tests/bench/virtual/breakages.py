"""Firmware that is spoilt on purpose, each as somebody might have written it: the bench must catch every one.

The firmware's own functions are wrapped in the VM; its sources stay as they are.
"""

from firmware.delivery import Delivery
from firmware.leases import Leases
from firmware.outbox import Outbox, OutboxFull


def acknowledge_before_flush():
    """An outbox that answers at once, and writes when it comes to it: with the next event, or when it is to send."""
    append, batch, waiting = Outbox.append, Outbox.batch, Outbox.waiting

    def write(outbox):
        event, outbox.late = getattr(outbox, "late", None), None
        if event is not None:
            try:
                append(outbox, event)
            except OutboxFull:
                pass  # too late to say so

    def early(outbox, event):
        write(outbox)
        outbox.late = event
        return outbox.next_seq

    def batch_of_all(outbox, *arguments, **named):
        write(outbox)
        return batch(outbox, *arguments, **named)

    def all_waiting(outbox):
        write(outbox)
        return waiting(outbox)

    Outbox.append, Outbox.batch, Outbox.waiting = early, batch_of_all, all_waiting


def forget_on_puback():
    """A delivery that believes the broker: what it acknowledged is forgotten."""
    following = Delivery.next

    def forgetful(delivery, now):
        for one in list(delivery._flying):
            if one.packet is not None and one.packet not in delivery._unacknowledged:
                delivery.outbox.forget(one.epoch, one.boot, one.last)
                delivery._flying.remove(one)
        return following(delivery, now)

    Delivery.next = forgetful


def reuse_a_seq():
    """A boot counter that stands still, so that a boot numbers its events like the one before."""
    append = Outbox.append

    def append_in_first_boot(outbox, event):
        outbox.boot = 1
        return append(outbox, event)

    Outbox.append = append_in_first_boot


def print_a_number_again():
    """Leases that note a number once the next one is taken: after a cut the last one is given again."""
    take, use = Leases.take, Leases._use

    def late_use(leases, lease):
        ahead = getattr(leases, "ahead", {}).get(lease.id, 0)
        number, used = use(leases, lease)
        return number + ahead, used

    def late_take(leases, lease):
        if not hasattr(leases, "ahead"):
            leases.ahead = {}
        number, _ = late_use(leases, lease)
        if leases.ahead.get(lease.id):
            leases.ahead[lease.id] = 0
            take(leases, lease)
        leases.ahead[lease.id] = 1
        return number

    Leases.take, Leases._use = late_take, late_use

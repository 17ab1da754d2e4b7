"""What a device does while its power is cut, for MicroPython: {name: (what went before, what is cut)}."""

from firmware.flash_files import write_json
from firmware.kept import found
from tests.on_micropython.cut_device import DAY, MORNING, ROOT, Life, lease

LONG = "x" * 1200
# An event of which three fill a slot, so that full flash holds few enough to be looked at thousands of times.

FEW_BYTES = 1024
SMALL_BYTES = 64
LOSE_FILES = ("files_lost",)


def by_cable(password, port):
    """What a technician writes."""
    write_json(ROOT + "/identity.json", {"device": "tp-1", "password": password, "epoch": None})
    write_json(ROOT + "/network.json", {"host": "h", "port": port})


def first_day(board, truth):
    """A device gets its epoch, its configuration and its leases, and works."""
    life = Life(board, truth)
    life.append("boot")
    life.adopt(3)
    life.leases.replace([lease("l/1"), lease("l/2", 1)])
    for _ in range(3):
        life.append()
        life.take()
    life.configure(1)
    return life


def enrolled(then):
    """After a first day."""

    def before(board, truth):
        by_cable("pw", 1)
        then(first_day(board, truth))

    return before


def nothing(life):
    pass


def room(life):
    """What is left of the slot in use."""
    return life.outbox.flash.size - life.outbox.streams[0].offset


def nearly_full_slot(life):
    """Few events more, and another slot begins."""
    few = 2 * max(SMALL_BYTES, life.outbox.flash.unit)
    while room(life) > few + len(LONG) + 2 * life.outbox.flash.unit:
        life.append(word=LONG)
    while room(life) > few:
        life.append()


def two_slots(life):
    nearly_full_slot(life)
    life.append(word=LONG)
    nearly_full_slot(life)


def nearly_full(life):
    """Few events more, and there is no room until what may go has gone."""
    life.append("fault")
    while life.outbox.flash.free():
        life.append(word=LONG)
    nearly_full_slot(life)


def nearly_full_side(life):
    """Few values more, and what a board keeps in its region begins another side."""
    version = 1
    while life.board.regions:
        kept = found(life.board)
        if kept._length - kept._offset < FEW_BYTES:
            break
        version += 1
        life.configure(version)
    life.configure(100)


def files_before_regions(board, truth):
    """A board on a stock image, with events in files, that gets an image with regions."""
    by_cable("pw", 1)
    board.own = {}
    life = first_day(board, truth)
    life.append("fault")
    life.append()
    board.own = board.regions


def again(run):
    """In the boot that follows."""

    def cut(board, truth):
        run(Life(board, truth))

    return cut


def append(life):
    for number in range(3):
        life.append()
        life.append("fault", "w%d" % number)


def forget(life):
    life.forget(life.outbox.next_seq - 3)
    life.outbox.tend()
    life.forget(life.outbox.next_seq - 3, [life.outbox.next_seq - 1])
    life.outbox.close()
    life.append()
    life.outbox.tend()


def forget_earlier(life):
    """The boot before is done with, and this one goes on in its slot."""
    boot = life.identity.boot - 1
    for key in [one for one in life.truth.held if one[1] == boot]:
        life.truth.held.pop(key)
    life.append()
    life.outbox.forget(life.identity.epoch, boot, 10_000)
    life.outbox.tend()
    life.append()


def compact(life):
    life.append()
    while life.append(word=LONG):
        pass


def boot(board, truth):
    for _ in range(2):
        Life(board, truth).append("boot")


def config(life):
    for version in range(101, 108):
        life.configure(version)


def epoch(life):
    life.adopt(life.identity.epoch + 1)
    life.append()


def numbers(life):
    for _ in range(3):
        life.take()
    life.leases.replace([lease("l/1"), lease("l/3", 1)], MORNING + 5)
    life.take()
    life.leases.replace([lease("l/3", 1)], MORNING + DAY + 5)
    life.leases.replace([lease("l/1")], MORNING + 6)
    life.take()


def cable(board, truth):
    """Another password and another port of the broker, and the device takes them in."""
    truth.passwords.append("new")
    truth.ports.append(2)
    by_cable("new", 2)
    truth.passwords.remove("pw")
    truth.ports.remove(1)
    boot(board, truth)


def files_lost(board, truth):
    """Another filesystem."""
    board.format()
    board.mount()
    Life(board, truth).append("boot")


OPERATIONS = {
    "first_day": (lambda _board, _truth: by_cable("pw", 1), first_day),
    "append": (enrolled(nothing), again(append)),
    "append_slot": (enrolled(nearly_full_slot), again(append)),
    "forget": (enrolled(two_slots), again(forget)),
    "forget_earlier": (enrolled(two_slots), again(forget_earlier)),
    "compact": (enrolled(nearly_full), again(compact)),
    "boot": (enrolled(nothing), boot),
    "epoch": (enrolled(nothing), again(epoch)),
    "config": (enrolled(nearly_full_side), again(config)),
    "numbers": (enrolled(nothing), again(numbers)),
    "cable": (enrolled(nothing), cable),
    "files_lost": (enrolled(nothing), files_lost),
    "moved": (files_before_regions, boot),
}

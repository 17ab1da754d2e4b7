"""Enters the best image that can be run: every byte of it is what came to be tried, or what was confirmed.

Nothing here may stop a board: what can not be read, kept, mounted or imported is passed over, and in the end the
factory's application runs. What is borrowed of that for reading is forgotten before another is entered.
"""

import binascii
import gc
import hashlib
import sys

import vfs

PLACE = "/slot"
MOUNTED = "/rom"
# Where MicroPython itself mounts what lies at the beginning of the slots, whatever it is.
GUARD_MS = 8_000
# An image on trial that stands still while it is imported is reset; the application sets its own watchdog.
READ_BYTES = 4096
REASON_LETTERS = 60


def entered(board_flash, deciding, entry) -> "str | None":  # type: ignore[no-untyped-def]
    """Import `entry` from the best image; the slot in which it lies, None for the factory's."""
    memory = board_flash.slots()
    for image in [] if memory is None else images(board_flash, deciding):
        trial = deciding.on_trial(image)
        if trial:
            board_flash.guard(GUARD_MS)
        why = problem(image, memory, entry)
        if why is None:
            return image["slot"]  # type: ignore[no-any-return]
        print("slot %s: %s" % (image["slot"], why))
        leave(board_flash)
        if trial:
            keep(board_flash, lambda record, why=why: deciding.given_back(record, why))
    return None


def images(board_flash, deciding):  # type: ignore[no-untyped-def]
    """What to try in this boot. A boot that can not be counted is none of a trial."""
    found = []

    def look(record):  # type: ignore[no-untyped-def]
        tried, changed = deciding.decided(record, board_flash.failures())
        found.extend(tried)
        return changed

    counted = keep(board_flash, look)
    return [one for one in found if counted or not deciding.on_trial(one)]


def keep(board_flash, changed) -> bool:  # type: ignore[no-untyped-def]
    """Put what this makes of the record, if anything; whether that went well."""
    try:
        from firmware.kept_region import KeptRegion

        kept = KeptRegion(board_flash.kept())
        record = changed(kept.get("slots"))
        if record is not None:
            kept.put("slots", record)
        return True
    except Exception as err:
        sys.print_exception(err)  # type: ignore[attr-defined]
        return False
    finally:
        leave(board_flash)


def problem(image, memory, entry) -> "str | None":  # type: ignore[no-untyped-def]
    """Mount this image and import `entry` from it; why that can not be."""
    try:
        part = bytes_of(image, memory)
        if digest(part) != image["sha256"]:
            return "its bytes are not those that came"
        vfs.mount(vfs.VfsRom(part), PLACE)
        sys.path.insert(0, PLACE)
        for name in entry:
            __import__(name)
            if not sys.modules[name].__file__.startswith(PLACE):
                return "it has no " + name
        return None
    except (Exception, SystemExit) as err:
        return "%s: %s" % (type(err).__name__, str(err)[:REASON_LETTERS])


def bytes_of(image, memory):  # type: ignore[no-untyped-def]
    """Where it lies in memory."""
    half = len(memory) // 2
    if not 0 < image["length"] <= half:
        raise ValueError("%d bytes in a slot of %d" % (image["length"], half))
    start = {"a": 0, "b": half}[image["slot"]]
    return memory[start : start + image["length"]]


def digest(part) -> str:  # type: ignore[no-untyped-def]
    """SHA-256 in hex, of what lies in flash that is mapped."""
    made = hashlib.sha256()
    for at in range(0, len(part), READ_BYTES):
        made.update(part[at : at + READ_BYTES])
    return str(binascii.hexlify(made.digest()), "ascii")


def leave(board_flash) -> None:  # type: ignore[no-untyped-def]
    """No slot is mounted, and nothing of any application is loaded."""
    for place in (PLACE, MOUNTED):
        if place == board_flash.FACTORY:
            continue
        sys.path[:] = [one for one in sys.path if one not in (place, place + "/lib")]
        try:
            vfs.umount(place)
        except OSError:
            pass  # nothing is mounted there
    for name in list(sys.modules):
        if name.split(".")[0] in ("firmware", "protocols"):
            del sys.modules[name]
    gc.collect()

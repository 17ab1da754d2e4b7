"""The verdict over a story: what people saw against what the fleet has.

Lost: somebody saw it happen, and the fleet does not have it. Doubled: it happened once and the fleet has it twice, one
number of an event stands for two events, or a ticket's number came out twice. Reordered: two things of one boot have
numbers in the other order than people saw them. Invented: the fleet has what nobody did. Mistimed: it says a time at
which that did not happen.
"""

ONCE = ("rating", "scan", "ticket", "call", "printed")
# Each of these happens once; a number may be recalled more often, and finished again after a power cut took the first.

TOO_LATE_MS = 100
TOO_EARLY_MS = 120_000
# A receipt may come twice, the second a minute late, and it may be the first that a boot hears.


def judge(world):
    """What went wrong: {"lost": [sentence, …], …}."""
    fleet, people = world.fleet, world.people
    bad = {name: [] for name in ("lost", "doubled", "reordered", "invented", "mistimed", "strange")}
    found = {}
    for events in (fleet.stored, fleet.refused, fleet.lost_by_restore):
        for key, event in events.items():
            what = content(event)
            if what is not None:
                found.setdefault(what, set()).add(key)
    count_shown(people.shown, found, world.forgiven, bad)
    for what, keys in found.items():
        if what[0] in ONCE and len(keys) > 1:
            bad["doubled"].append("%s is %s" % (named(what), " and ".join([str(key) for key in sorted(keys)])))
        if what[0] in ("rating", "scan") and what not in people.done:
            bad["invented"].append("%s is %s, and nobody did it" % (named(what), sorted(keys)))
    for key, presses in people.keys_pressed.items():
        stored = sum([len(keys) for what, keys in found.items() if what[0] == key])
        if stored > presses:
            bad["doubled"].append("%s is stored %d times, pressed %d times" % (key, stored, presses))
    for label in set(people.labels):
        if people.labels.count(label) > 1:
            bad["doubled"].append("ticket %s was printed %d times" % (label, people.labels.count(label)))
    for key, first, second in fleet.collisions:
        bad["doubled"].append("%s is %s and also %s" % (key, first, second))
    check_order(people.shown, found, bad)
    if not fleet.clock_stepped:
        check_times(people.shown, found, fleet, bad)
    bad["strange"] = fleet.strange + world.broker.strange + world.strange
    return {name: told for name, told in bad.items() if told}


def missing(world):
    """Whether something that was shown is not stored yet."""
    stored = set()
    for events in (world.fleet.stored, world.fleet.refused, world.fleet.lost_by_restore):
        for event in events.values():
            stored.add(content(event))
    for one in world.people.shown:
        if one.what not in stored and one.what not in world.forgiven:
            return True
    return False


def content(event):
    """By what an event can be told from all others, in the words of `people`; None for those that nobody sees."""
    kind = event["kind"]
    if kind == "rating":
        return ("rating", event["score"], event["held_ms"])
    if kind == "scan":
        return ("scan", event.get("code") or "?" * event.get("length", 0))
    if kind in ("ticket", "printed"):
        return (kind, "%s%03d" % (event["service"].upper(), event["number"]))
    if kind in ("call", "recall", "no_show", "finish"):
        return (kind, "A%03d" % event["number"])
    return None


def count_shown(shown, found, forgiven, bad):
    """Everything that was shown is there, as often as it was shown."""
    times = {}
    for one in shown:
        times[one.what] = times.get(one.what, 0) + 1
    for what, count in times.items():
        stored = len(found.get(what, ()))
        if what[0] in ONCE:
            count = 1
        if stored < count - forgiven.get(what, 0):
            bad["lost"].append("%s was seen %d times and is stored %d times" % (named(what), count, stored))


def check_order(shown, found, bad):
    """What people saw in one boot, one after another, has numbers in that order."""
    last = {}
    for one in sorted(shown, key=lambda one: one.since):
        keys = found.get(one.what, ())
        if one.what[0] not in ONCE or len(keys) != 1:
            continue
        _, boot, seq = list(keys)[0]
        before = last.get(one.boot)
        if before is not None and before[:2] >= (boot, seq):
            bad["reordered"].append(
                "%s is %s, and %s before it %s" % (named(one.what), (boot, seq), named(before[2]), before[:2])
            )
        last[one.boot] = (boot, seq, one.what)


def check_times(shown, found, fleet, bad):
    """What a device says of the time it had from the fleet: late by the way it came, and never early."""
    for one in shown:
        for key in found.get(one.what, ()):
            at = fleet.stored.get(key, {}).get("at")
            if at is not None and one.what[0] in ONCE:
                early_ms = one.since + fleet.clock_ms - at
                if not -TOO_LATE_MS <= early_ms <= TOO_EARLY_MS:
                    bad["mistimed"].append("%s says a time that is %d ms early" % (named(one.what), early_ms))


def named(what):
    """In words."""
    return " ".join([spoken(part) for part in what])


def spoken(part):
    """A part of it; a code that is nobody's is but its length."""
    text = str(part)
    return text if text.strip("?") else "of %d strange letters" % len(text)

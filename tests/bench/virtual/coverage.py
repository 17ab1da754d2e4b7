"""The fleet's rule for how far a receipt goes (docs/decisions/0008), on MicroPython; a test keeps it the fleet's."""


def cover(stretches, new, oldest):
    """The stretches with a new one, in order and joined, without what lies wholly below `oldest`."""
    joined = []
    for first, last in sorted(stretches + [new]):
        if last < oldest:
            continue
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def through(stretches, oldest):
    """The highest number such that every held event from `oldest` to it is stored."""
    for first, last in stretches:
        if first <= oldest <= last:
            return last
    return oldest - 1

"""Power cuts of a whole update as a device lives it, for MicroPython: from the hello to the hello that ends it.

A story is cut at one operation of its flash, counted over all its boots, or at two. Whatever is cut, every boot must
run an image that is whole and was assigned, and in the end the device says that it runs what it shall, or why it could
not live with it; and then it takes the next release.
"""

from tests.bench.updates.fleet import DEVICE
from tests.bench.updates.scene import HOUR_MS, confirmed

WITHIN_MS = 3 * HOUR_MS


class Course:
    """What happens without a cut: from release `before` to `sequence`, or back from it."""

    def __init__(self, before, sequence, image, roles=("rating",), root=1, goes_back=False):
        self.before, self.sequence, self.image = before, sequence, image
        self.roles, self.root, self.goes_back = roles, root, goes_back


COURSES = {
    "update": Course(1, 2, "two"),
    "first": Course(0, 1, "one"),
    "root": Course(1, 3, "after", root=2),
    "falls": Course(1, 3, "falls", goes_back=True),
    "dark": Course(1, 3, "dark", goes_back=True),
    "mute": Course(1, 3, "mute", roles=("printer",), goes_back=True),
    "jams": Course(1, 3, "jams", roles=("printer",), goes_back=True),
    "ages": Course(1, 3, "ages", goes_back=True),
}
FALL = ("falls", "dark", "mute", "jams", "ages")


def tell(scene, story):
    """One story: {"wrong": what was, "dead", "mixed": whether that, "operations": how many it took, "cut": whether}."""
    course = COURSES[story["course"]]
    lives = {name: name for name in FALL}
    world = scene.world(course.before, roles=course.roles, unit=story["unit"], lives=lives)
    begin(world, scene.shelf, course)
    world.cuts = [tuple(cut) for cut in story["cuts"]]
    asked = len(world.cuts)
    over = world.live(WITHIN_MS, lambda: is_over(world, course))
    operations, done = world.operations, asked - len(world.cuts)
    wrong = judged(world, course, over)
    if over and story["then"]:
        go_on(world, scene.shelf, course)
        if not world.live(WITHIN_MS, lambda: says(world, course.sequence + 1)):
            wrong.append("it takes no other release: %s" % world.fleet.updates[-3:])
    tickets = [one for one in world.fleet.stored_in_order() if one["kind"] in ("ticket", "printed", "print_failed")]
    if world.printed or tickets:
        wrong.append("a rehearsal was seen: %d pieces on paper, %s" % (world.printed, tickets[:2]))
    dead = not over or bool(world.strange)
    return {"wrong": wrong, "dead": dead, "mixed": bool(world.mixed), "operations": operations, "cuts": done}


def begin(world, shelf, course):
    """The fleet assigns it."""
    fleet = world.fleet
    fleet.wanted, fleet.root = course.sequence, course.root
    if course.root == 2:
        fleet.owner = "fleet-2"
    gives(fleet, shelf, course.sequence, course.image)


def go_on(world, shelf, course):
    """The fleet assigns the next one."""
    world.cuts = []
    world.fleet.wanted = course.sequence + 1
    gives(world.fleet, shelf, course.sequence + 1, "next %d" % course.root)


def gives(fleet, shelf, sequence, image):
    """Under this number it gives the release of this image."""
    document = shelf.documents.get("%s/%d" % (image, sequence), shelf.documents.get("release/%d" % sequence))
    file = type(fleet).file
    fleet.file = lambda name: document if name == "release/%d" % sequence else file(fleet, name)
    fleet.assignment = lambda hello: shelf.assignment(
        DEVICE, hello["nonce"], sequence, document, fleet.root, fleet.owner
    )


def says(world, sequence):
    """Whether the device says that it runs this one for good."""
    said = world.fleet.application()
    return confirmed(world, sequence) or (said.get("sequence", 0) == sequence and not said.get("trial"))


def is_over(world, course):
    """Whether the device has said how it ended.

    What ages falls from the boot on that comes after its confirmation; nobody assigns it once more.
    """
    if course.image == "ages" and not world.aged and says(world, course.sequence):
        world.aged, world.fleet.wanted = True, None
        world.cut_power()
    if course.goes_back:
        return world.fleet.application().get("back", {}).get("sequence") == course.sequence
    return says(world, course.sequence)


def judged(world, course, over):
    """What is wrong."""
    wrong = []
    before = {0: "factory", 1: "one"}[course.before]
    strangers = [name for name in world.ran if name not in (before, course.image)]
    if strangers or world.mixed:
        wrong.append("it ran %s, and what is no image: %s" % (strangers, world.mixed))
    if not over:
        wrong.append("it never ended: %s, %s" % (world.ran[-5:], world.fleet.updates[-3:]))
    elif world.ran[-1] != (before if course.goes_back else course.image):
        wrong.append("in the end it runs %s" % world.ran[-1])
    if world.strange or world.falls():
        wrong.append("strange: %s, %s" % (world.strange, world.falls()))
    return wrong

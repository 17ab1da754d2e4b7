"""What an update may meet at a device, for MicroPython: its sleep, a configuration, a dumb part, another house.

Each story returns what went wrong: sentences, none where all is well.
"""

from tests.bench.updates.cutting import FALL, gives
from tests.bench.updates.fleet import DEVICE
from tests.bench.updates.scene import HOUR_MS, confirmed, refused

MINUTE_MS = 60_000
SLEEP_AFTER_S = 5
SLOW = 700
# Bytes a second: then a download lasts much longer than the device would stay awake.
COUNTED_BYTES = 16_384
# Of a download that is cut so much is there at least once it was more.
ARRIVED_MS = 15_000
# By then what was on its way has come.
TRIED_WITHIN_S = 30
FALLS = 6
# In a row, until another application stands in.


def wrong_of(world, *expected):
    """What is wrong in any story, and each of these sentences whose condition does not hold."""
    wrong = [sentence for holds, sentence in expected if not holds]
    if world.strange or world.mixed or world.falls():
        wrong.append("%s; %s; %s" % (world.strange, world.mixed, world.falls()))
    return wrong


def sleepy(scene):
    """A device on a battery that runs release 1 and sleeps, on a thin wire; somebody presses a key now and then.

    While it sleeps for the first time the fleet decides that it shall have release 2.
    """
    world = scene.world(1)
    fleet = world.fleet
    fleet.config = dict(fleet.config, version=2, sleep_after_s=SLEEP_AFTER_S)
    fleet.configure()
    world.network.bytes_per_s, world.press_after_ms = SLOW, 10 * MINUTE_MS
    welcome = fleet._welcome

    def woken(hello):
        if world.slept:
            fleet.wanted = 2
        welcome(hello)

    fleet._welcome = woken
    return world


def assigned_while_asleep(scene):
    """It fetches and tries the release before it sleeps again, says how far it is, and then it sleeps."""
    world, slept = sleepy(scene), []

    def over():
        if confirmed(world, 2) and not slept:
            slept.append(len(world.slept))
        return bool(slept) and len(world.slept) > slept[0]

    ended = world.live(3 * HOUR_MS, over)
    told = [one for one in world.fleet.loading if one and one.get("size") and 0 < one["done"] <= one["size"]]
    return wrong_of(
        world,
        ([one for one in told if one["sequence"] == 2], "it never told how far it was: %s" % world.fleet.loading),
        (ended, "it never ran release 2, or sleeps no more: %s" % world.fleet.updates),
        (slept == [1], "it slept over the update: %s" % world.slept),
    )


def cut_off_while_it_fetches(scene):
    """Without a network it sleeps, as ever; when there is one again it goes on where it was."""
    world = sleepy(scene)
    fleet, network, give, offsets, since = world.fleet, world.network, world.fleet.give, [], []

    def cut():
        since.extend([world.agenda.now, len(offsets)])
        network.up = False
        network.cut()
        world.agenda.after(HOUR_MS, setattr, network, "up", True)
        fleet.give = noted

    def noted(wish):
        if wish["name"].startswith("image/"):
            offsets.append(wish["offset"])
        give(wish)

    def until_most_is_there(wish):
        if wish["name"].startswith("image/") and wish["offset"] >= COUNTED_BYTES:
            fleet.give = offsets.append  # that is not given any more
            world.agenda.after(ARRIVED_MS, cut)
        else:
            noted(wish)

    fleet.give = until_most_is_there
    over = world.live(5 * HOUR_MS, lambda: confirmed(world, 2))
    asleep_ms = sum([till - begun for begun, till in world.slept if since and begun >= since[0]])
    again = offsets[since[1] :] if since else []
    return wrong_of(
        world,
        (over, "it never ran release 2: %s" % fleet.updates),
        (asleep_ms >= HOUR_MS * 3 // 4, "in an hour without a network it slept for %d s" % (asleep_ms // 1000)),
        (again and min(again) >= COUNTED_BYTES, "what was there came once more: %s" % again[:1]),
    )


def another_configuration(world, version):
    """The fleet wants it to be otherwise from now on; for another scale a device begins anew."""
    world.fleet.config = dict(world.fleet.config, version=version, scale=4, confirm_within_s=TRIED_WITHIN_S)
    world.fleet.configure()


def configured_while_on_trial(scene):
    """A configuration that comes with the first boot of a release waits until that is kept."""
    world = scene.world(1)
    both = told_in_trial(world, 2)
    world.fleet.wanted = 2
    over = world.live(HOUR_MS, lambda: confirmed(world, 2) and world.fleet.hellos[-1].get("config") == 2)
    return wrong_of(world, (over, "it never took both: %s" % world.fleet.hellos[-1:]), (not both, "on trial at once"))


def configured_before_it_returns(scene):
    """The release is not to be lived with: it goes, and of the configuration nothing is said to be wrong."""
    world = scene.world(1, roles=("printer",), lives={"mute": "mute"})
    both = told_in_trial(world, 2)
    gives(world.fleet, scene.shelf, 3, "mute")
    world.fleet.wanted = 3
    fleet = world.fleet
    over = world.live(HOUR_MS, lambda: returned(world, 3) and fleet.hellos[-1].get("config") == 2)
    return wrong_of(
        world,
        (over, "it never went back, and was configured: %s" % fleet.hellos[-1:]),
        (not both, "on trial at once"),
        (not [one for one in fleet.hellos if "reverted" in one], "the configuration is blamed"),
    )


def told_in_trial(world, version):
    """A configuration comes when the first boot of a release begins; the hellos that say both are on trial."""
    fleet, heard, both = world.fleet, world.fleet.hear, []

    def before_boot():
        kept = [one for one in world.told if one[1].startswith("the device resets itself: update")]
        if kept and fleet.config["version"] != version:
            another_configuration(world, version)

    def hear(name, payload):
        heard(name, payload)
        if name == "hello" and fleet.application().get("trial") and fleet.hellos[-1].get("config") == version:
            both.append(fleet.hellos[-1])

    world.before_boot, fleet.hear = before_boot, hear
    return both


def assigned_while_a_configuration_is_on_trial(scene):
    """The release waits; the configuration with which nobody welcomes the device goes, and then the release comes."""
    world = scene.world(1)
    fleet, welcome = world.fleet, world.fleet._welcome
    fleet._welcome = lambda hello: None if hello.get("config") == 2 else welcome(hello)
    another_configuration(world, 2)
    world.live(HOUR_MS, lambda: fleet.hellos[-1].get("config") == 2)
    fleet.wanted = 2
    fleet.assign(fleet.hellos[-1])
    over = world.live(HOUR_MS, lambda: confirmed(world, 2))
    reverted = fleet.hellos[-1].get("reverted", {}).get("version")
    return wrong_of(
        world,
        (refused(world, "on_trial"), "it was not said to wait: %s" % fleet.updates),
        (over, "the release never came: %s" % fleet.updates),
        (reverted == 2 and fleet.hellos[-1].get("config") == 1, "the configuration stayed: %s" % fleet.hellos[-1:]),
    )


def dumb(scene, role, part):
    """A part of this role answered before the release, and does not with it: back, for that reason."""
    world = scene.world(1, roles=(role,), lives={"mute": "mute"})
    gives(world.fleet, scene.shelf, 3, "mute")
    world.fleet.wanted = 3
    over = world.live(HOUR_MS, lambda: returned(world, 3))
    told = [one["reason"] for one in world.fleet.updates if one["result"] == "returned"]
    return wrong_of(
        world,
        (over and world.ran[-1] == "one", "it never went back: %s" % world.fleet.updates),
        (told == ["not as before: " + part], "it told %s" % told),
        (world.fleet.application().get("back", {}).get("reason") == "not as before: " + part, "its hello does not say"),
    )


def returned(world, sequence):
    """Whether it has told that it went back from this release, and says so."""
    told = [one for one in world.fleet.updates if one["release"] == str(sequence) and one["result"] == "returned"]
    return bool(told) and world.fleet.application().get("back", {}).get("sequence") == sequence


def enrolled_by_another_house(scene):
    """What the house before signs is refused from then on; what the new one signs runs, by numbers of its own."""
    world, shelf = scene.world(2), scene.shelf
    fleet, wrong = world.fleet, []
    world.bring({"device": DEVICE, "password": "another", "epoch": None}, shelf.documents["house/root"])
    gives(fleet, shelf, 3, "three")
    fleet.wanted = 3
    world.live(HOUR_MS, lambda: refused(world, "signature") or confirmed(world, 3))
    wrong += wrong_of(
        world,
        (refused(world, "signature"), "the house before is still believed: %s" % fleet.updates),
        (fleet.application().get("sequence") == 0, "it runs %s" % fleet.application()),
    )
    house(fleet, shelf)
    over = world.live(HOUR_MS, lambda: confirmed(world, 1))
    return wrong + wrong_of(world, (over and world.ran[-1] == "three", "it takes none of its own: %s" % fleet.updates))


def house(fleet, shelf):
    """The other house has this fleet now, and its first release."""
    fleet.owner, fleet.wanted, document = "fleet-2", 1, shelf.documents["house/1"]
    file = type(fleet).file
    fleet.file = lambda name: document if name == "release/1" else file(fleet, name)
    fleet.assignment = lambda hello: shelf.assignment(DEVICE, hello["nonce"], 1, document, 1, "fleet-2")


def enrolled_once_more_by_its_own(scene):
    """Another key by the same house changes nothing of what it takes; without a word of the cable it takes nothing."""
    wrong = []
    for password, trust, reason in (("third", "root/1", "older"), ("fourth", None, "root")):
        world = scene.world(2)
        root = None if trust is None else scene.shelf.documents[trust]
        world.bring({"device": DEVICE, "password": password, "epoch": None}, root)
        gives(world.fleet, scene.shelf, 1, "one")
        world.fleet.wanted = 1
        world.live(HOUR_MS, lambda fleet=world.fleet: refusals(fleet))
        wrong += wrong_of(world, (refused(world, reason), "expected %s: %s" % (reason, world.fleet.updates)))
    return wrong


def refusals(fleet):
    """What it refused, for whatever reason."""
    return [one for one in fleet.updates if one["result"] == "refused"]


def assigned_what_it_stands_in_for(scene):
    """What fell again and again is not fetched by the application that stands in for it, though the fleet wants it."""
    world = scene.world(1, lives={name: name for name in FALL})
    fleet = world.fleet
    gives(fleet, scene.shelf, 3, "ages")
    fleet.wanted = 3
    world.live(HOUR_MS, lambda: confirmed(world, 3))
    world.aged, before = True, len(world.ran)
    over = world.live(12 * HOUR_MS, lambda: returned(world, 3))
    ran = world.ran[before:]
    return wrong_of(
        world,
        (over and ran[-1] == "one", "it never gave it up: %s" % ran[-3:]),
        (refused(world, "returned"), "it was not asked: %s" % fleet.updates),
        (ran.count("ages") <= FALLS, "it tried it once more: %s" % ran),
    )


ENCOUNTERS = {
    "assigned while asleep": assigned_while_asleep,
    "cut off while it fetches": cut_off_while_it_fetches,
    "configured while on trial": configured_while_on_trial,
    "configured before it returns": configured_before_it_returns,
    "assigned while a configuration is on trial": assigned_while_a_configuration_is_on_trial,
    "a dumb printer": lambda scene: dumb(scene, "printer", "printer"),
    "a dumb reader": lambda scene: dumb(scene, "reader", "reader"),
    "a dumb voice": lambda scene: dumb(scene, "display", "voice"),
    "enrolled by another house": enrolled_by_another_house,
    "enrolled once more by its own": enrolled_once_more_by_its_own,
    "assigned what it stands in for": assigned_what_it_stands_in_for,
}

"""The attacks, for MicroPython: an attacker who owns the fleet's server and the broker says what he likes to a device.

He has the fleet's key where a story says so, every document that was ever signed, and other devices' assignments. Each
story returns what went wrong: sentences, none where the defence held. `evil` must never run, whatever else happens.
"""

from tests.bench.updates.fleet import DEVICE, piece
from tests.bench.updates.scene import HOUR_MS, confirmed, refused
from tests.bench.updates.scene import running as what_runs

FLEETS_OWN = ("file", "pieces", "assignment", "give", "root", "owner")
# What an attacker may replace.
BOOTS = 2
# Are over before anything came of them.
SHORT_MS, LONG_MS = 60_000, HOUR_MS
PIECE_BYTES = 1024
ASKED_AT_MOST = 12
DOCUMENT_BYTES = 8192
ENDLESS = b" " * 60_000
PAUSE_MS, SILENT_AT_MOST_MS = 50_000, 600_000
KEY, PRESSED_MS, PRESS_EVERY_MS = "score_3", 80, 30_000
LATE_MS = 25_000
# By then it was asked for once more, and in smaller pieces.

RECALLED_MS = 20_000
# After the last piece: the minute in which nobody needs the board is not over.


class Attack:
    """One story, with what every one of them ends with: nobody's image ran, and honest owners can still update it."""

    def __init__(self, scene, running=0, **how):
        self.scene, self.shelf = scene, scene.shelf
        self.world = world = scene.world(running, **how)
        self.fleet = world.fleet
        self.before = running
        self.honest = {name: getattr(world.fleet, name) for name in FLEETS_OWN}
        self.wrong = []

    def gives(self, sequence, document, **images):
        """The fleet assigns this document under that number; `images`: what it gives in place of one."""
        fleet, shelf = self.fleet, self.shelf
        fleet.wanted = sequence
        named = {"release/%d" % sequence: shelf.documents[document]}
        for image, other in images.items():
            named[shelf.image_name(image)] = other

        def file(name):
            return named[name] if name in named else self.honest["file"](name)

        def assignment(hello):
            raw = shelf.documents[document]
            return shelf.assignment(DEVICE, hello["nonce"], sequence, raw, fleet.root, fleet.owner)

        fleet.file, fleet.assignment = file, assignment

    def is_refused(self, *reasons, ms=LONG_MS):
        """It must say so, for one of these reasons, and still run what it ran."""
        self.world.live(ms, lambda: refused(self.world, *reasons) or self.fell())
        if not refused(self.world, *reasons):
            self.wrong.append("expected a refusal (%s), found %s" % (" or ".join(reasons), told(self.fleet)))
        return self.stays()

    def stays(self):
        """What ran before runs."""
        expected = {0: "factory", 1: "one", 2: "two"}[self.before]
        if [name for name in self.world.ran if name != expected]:
            self.wrong.insert(0, "%s ran in place of %s" % (what_runs(self.world), expected))
        return self

    def fell(self):
        """Whether something runs that nobody assigned."""
        return "evil" in self.world.ran or bool(self.world.mixed)

    def ends(self, sequence=2, image="two"):
        """Honest owners are there again, and the device is updated; what went wrong in all of it."""
        for name, honest in self.honest.items():
            setattr(self.fleet, name, honest)
        self.fleet.wanted = sequence
        self.world.live(LONG_MS, lambda: confirmed(self.world, sequence))
        if what_runs(self.world) != image:
            self.wrong.append("honest owners can not update it: it runs %s" % what_runs(self.world))
        if self.world.mixed or self.world.strange or self.world.falls():
            self.wrong.append("%s; %s; %s" % (self.world.mixed, self.world.strange, self.world.falls()))
        return self.wrong


def told(fleet):
    """The last that it heard of an update."""
    return " ".join([fleet.updates[-1].get(name, "") for name in ("release", "result", "reason")])


def attack_01_arbitrary_software(scene):
    """Releases that the fleet's own key signed, and a stranger's, and other bytes under the name of a good one's."""
    wrong = []
    for document in ("evil/3 by fleet", "evil/3 forged"):
        attack = Attack(scene, 1)
        attack.gives(3, document)
        wrong += attack.is_refused("signature").ends()
    attack = Attack(scene, 1)
    length = len(scene.shelf.images["three"])
    attack.gives(3, "release/3", three=(scene.shelf.images["evil"] + b"\0" * length)[:length])
    return wrong + attack.is_refused("sha256").ends()


def attack_02_rollback(scene):
    """The release before, with every signature that it ever had, and a fresh assignment by the fleet's key."""
    attack = Attack(scene, 2)
    attack.gives(1, "release/1")
    return attack.is_refused("older").ends(3, "three")


def attack_03_offline_device(scene):
    """A device that was away is told what it would have been told then: an assignment of that time.

    And one that people did not leave alone for long does not follow an old word afterwards.
    """
    attack = Attack(scene, 1)
    document = scene.shelf.documents["release/2"]
    attack.fleet.wanted = 2
    attack.fleet.assignment = lambda hello: dict(
        scene.shelf.assignment(DEVICE, "0" * 16, 2, document), nonce=hello["nonce"]
    )
    wrong = attack.is_refused("nonce").ends(3, "three")
    attack = Attack(scene, 1)
    attack.gives(2, "release/2")
    pressing = [True]
    presses(attack.world, pressing)
    attack.is_refused("busy")
    pressing.clear()
    return wrong + attack.ends()


def presses(world, going_on):
    """People press a key twice a minute, so that what was assigned long ago waits for a quiet minute."""
    if going_on:
        for level in (0, 1):
            world.agenda.after(PRESSED_MS * level, moved, world, level)
        world.agenda.after(PRESS_EVERY_MS, presses, world, going_on)


def moved(world, level):
    """A key goes down, or comes up."""
    if world.board is not None:
        world.board.edge(KEY, level, world.agenda.now)


def attack_04_freeze(scene):
    """Every assignment is the one of the first boot: after the next it is refused, and hellos say what runs."""
    attack = Attack(scene, 1)
    fleet, first = attack.fleet, []

    def assignment(hello):
        first.append(attack.honest["assignment"](hello))
        return dict(first[0], nonce=hello["nonce"])

    fleet.wanted, fleet.assignment = 2, assignment
    fleet.give = lambda wish: len(fleet.asked) > BOOTS or attack.world.cut_power()
    attack.world.live(SHORT_MS, lambda: refused(attack.world, "nonce"))
    if not refused(attack.world, "nonce") or fleet.application().get("sequence") != 1:
        attack.wrong.append("an old assignment is as good as a new one: %s" % told(fleet))
    return attack.ends()


def attack_05_fast_forward(scene):
    """The release key was stolen, and numbers are pushed as far as they go; the next root brings them back."""
    attack = Attack(scene, 1)
    attack.gives(2_000, "evil/2000")
    attack.is_refused("too_far")
    attack.gives(1_000, "far/1000")
    attack.world.live(LONG_MS, lambda: confirmed(attack.world, 1_000))
    attack.honest["file"] = renamed(attack, {"release/3": "after/3"})
    attack.honest["assignment"] = lambda hello: scene.shelf.assignment(
        DEVICE, hello["nonce"], 3, scene.shelf.documents["after/3"], 2, "fleet-2"
    )
    return attack.ends(3, "after")


def renamed(attack, names):
    """A fleet's files, some under the name of another."""
    file = attack.honest["file"]
    return lambda name: file(names.get(name, name))


def attack_06_mix_and_match(scene):
    """The first half of one release's image, and the second half of another's, both signed."""
    attack = Attack(scene, 1)
    two, three = scene.shelf.images["two"], scene.shelf.images["three"]
    attack.gives(3, "release/3", three=two[: len(two) // 2] + three[len(two) // 2 :])
    return attack.is_refused("sha256").ends()


def attack_07_partial_bundle(scene):
    """The image ends before its length, and after that there is nothing any more."""
    attack = Attack(scene, 1)
    attack.gives(3, "release/3", three=scene.shelf.images["three"][:-1500])
    return attack.is_refused("length").ends()


def attack_08_endless_data(scene):
    """An image larger than a slot, documents without end, and pieces that are longer than what was asked for."""
    attack = Attack(scene, 1)
    attack.gives(3, "large/3")
    wrong = attack.is_refused("too_large").ends()
    attack = Attack(scene, 1)
    attack.gives(3, "release/3")
    endless = scene.shelf.documents["release/3"] + b" " * 9_000
    attack.fleet.assignment = lambda hello: scene.shelf.assignment(DEVICE, hello["nonce"], 3, endless)
    wrong += attack.is_refused("length").ends()
    attack = Attack(scene, 1)
    attack.gives(3, "release/3")
    attack.fleet.root, attack.fleet.file = 2, lambda name: ENDLESS
    wrong += attack.is_refused("length", "root").ends()
    roots = [wish for wish in attack.fleet.asked if wish["name"].startswith("root/")]
    beyond = [wish["offset"] for wish in roots if wish["offset"] > DOCUMENT_BYTES]
    if beyond:
        wrong.append("it asked for bytes of a document at %s" % beyond)
    attack = Attack(scene, 1)
    attack.gives(3, "release/3")
    attack.fleet.pieces = lambda wish: [longer(one, wish) for one in attack.honest["pieces"](wish)]
    attack.is_refused("too_slow", "length")
    if b"\0" * PIECE_BYTES in attack.world.chips.data["slots"]:
        wrong.append("it kept what it never asked for")
    return wrong + attack.ends()


def longer(one, wish):
    """A piece of an image, with more behind it than was asked for."""
    return one if not wish["name"].startswith("image/") else piece(wish["name"], wish["offset"], b"\0" * 5_000)


def attack_09_slow_retrieval(scene):
    """A fleet that gives a piece every fifty seconds, and one that gives none at all."""
    attack = Attack(scene, 1)
    attack.gives(2, "release/2")
    attack.fleet.give = slowly(attack, PAUSE_MS)
    wrong = attack.is_refused("too_slow").ends()
    attack = Attack(scene, 1)
    attack.gives(2, "release/2")
    attack.fleet.give = lambda wish: None
    return wrong + attack.is_refused("too_slow", ms=SILENT_AT_MOST_MS).ends()


def slowly(attack, pause_ms):
    """A fleet that takes its time for the pieces of images."""

    def give(wish):
        wait = pause_ms if wish["name"].startswith("image/") else 0
        attack.world.agenda.after(wait, attack.honest["give"], wish)

    return give


def attack_10_extraneous_dependencies(scene):
    """Files that no release names are offered in between; only what signed documents name is ever asked for."""
    attack = Attack(scene, 1)
    evil = scene.shelf.images["evil"]

    def pieces(wish):
        others = [piece("image/" + "0" * 64, wish["offset"], evil[:PIECE_BYTES]), piece("lib/mip", 0, b"import os")]
        return others + attack.honest["pieces"](wish)

    attack.fleet.pieces = pieces
    attack.fleet.wanted = 2
    attack.world.live(LONG_MS, lambda: confirmed(attack.world, 2))
    allowed = ("release/2", scene.shelf.image_name("two"))
    strangers = [wish["name"] for wish in attack.fleet.asked if wish["name"] not in allowed]
    if strangers or what_runs(attack.world) != "two":
        attack.wrong.append("it asked for %s, and runs %s" % (strangers, what_runs(attack.world)))
    return attack.ends(3, "three")


def attack_11_mismatched_device(scene):
    """Releases of their owners for another board, another bytecode, and devices that are further on."""
    wrong = []
    for document, reason in (
        ("board/3", "board"),
        ("board inside/3", "board"),
        ("mpy/3", "mpy"),
        ("minimum/3", "too_old"),
    ):
        attack = Attack(scene, 1)
        attack.gives(3, document)
        wrong += attack.is_refused(reason).ends()
    return wrong


def attack_12_key_compromise(scene):
    """Keys were stolen: roots that too few signed are none, and after a good one the stolen key is worth nothing."""
    wrong = []
    for root in ("by one", "by one twice", "by its own", "by one of each", "by the old alone", "skipped"):
        attack = Attack(scene, 1)
        attack.gives(3, "evil/3")
        attack.fleet.root = 2
        attack.fleet.file = with_root(attack.fleet.file, scene.shelf.documents["evil/root " + root])
        wrong += [root + ": " + one for one in attack.is_refused("root", "signature").ends()]
    attack = Attack(scene, 1)
    attack.gives(3, "evil/3 forged")
    attack.fleet.root = 2
    attack.fleet.file = with_root(attack.fleet.file, scene.shelf.documents["evil/root that lies"])
    wrong += attack.is_refused("root").ends()
    attack = Attack(scene, 1)
    attack.fleet.root, attack.fleet.owner = 2, "fleet-2"
    attack.gives(3, "evil/3 by the old key")
    attack.is_refused("signature")
    attack.honest["file"] = renamed(attack, {"release/3": "after/3"})
    attack.honest["assignment"] = lambda hello: scene.shelf.assignment(
        DEVICE, hello["nonce"], 3, scene.shelf.documents["after/3"], 2, "fleet-2"
    )
    return wrong + attack.ends(3, "after")


def with_root(file, root):
    """A fleet's files, with this one as the next root."""
    return lambda name: root if name.startswith("root/") else file(name)


def attack_13_on_path(scene):
    """Pieces are lost, come twice, late and in another order, and nonsense between them: it goes on all the same."""
    attack = Attack(scene, 1)
    count = [0]

    def give(wish):
        count[0] += 1
        found = attack.honest["pieces"](wish)[0]
        if count[0] % 5 == 2:
            attack.world.agenda.after(LATE_MS, attack.fleet.say_piece, found)
        elif count[0] % 5:
            for one in ({"name": 7}, dict(found, data=7), found, found):
                attack.fleet.say_piece(one)

    attack.fleet.give, attack.fleet.wanted = give, 2
    attack.world.live(LONG_MS, lambda: confirmed(attack.world, 2))
    if what_runs(attack.world) != "two":
        attack.wrong.append("it did not get through a bad line, and runs %s" % what_runs(attack.world))
    return attack.ends(3, "three")


def attack_14_denial_of_service(scene):
    """However little it is given, a device asks for a few pieces at a time, and not again and again without a pause."""
    attack = Attack(scene, 1)
    attack.gives(2, "release/2")
    attack.fleet.give = lambda wish: None if wish["name"].startswith("image/") else attack.honest["give"](wish)
    attack.world.live(HOUR_MS, lambda: False)
    asked = [wish for wish in attack.fleet.asked if wish["name"].startswith("image/")]
    if not 0 < len(asked) <= ASKED_AT_MOST:
        attack.wrong.append("it asked %d times in an hour, of a fleet that is mute" % len(asked))
    wrong = attack.ends()
    attack = Attack(scene, 1)
    attack.fleet.give, attack.fleet.wanted = interrupted(attack), 2
    attack.world.live(LONG_MS, lambda: confirmed(attack.world, 2))
    if what_runs(attack.world) != "two":
        attack.wrong.append("words that nobody signed ended a download: %s" % told(attack.fleet))
    return wrong + attack.ends(3, "three")


def interrupted(attack):
    """A fleet that gives pieces, while somebody else says again and again that another release is assigned, or none."""
    shelf, fleet, honest = attack.shelf, attack.fleet, attack.honest["give"]

    def give(wish):
        nonce = fleet.hellos[-1]["nonce"]
        good = shelf.assignment("b-2", nonce, 0, None)
        for sequence, document in ((0, None), (3, shelf.documents["release/3"])):
            message = shelf.assignment(DEVICE, nonce, sequence, document, 1, "stranger")
            fleet.say_release(message)
            fleet.say_release(dict(message, signatures=good["signatures"]))
        honest(wish)

    return give


def attack_16_unapproved_firmware(scene):
    """A release of its owners that the fleet assigned to nobody: another key says it did.

    And one that was assigned, and is not any more, at a device that waits for people to leave it alone.
    """
    attack = Attack(scene, 1)
    attack.gives(3, "release/3")
    attack.fleet.owner = "stranger"
    attack.is_refused("signature")
    attack.fleet.owner = "fleet"
    wrong = attack.ends()
    attack = Attack(scene, 1)
    attack.gives(3, "release/3")
    attack.fleet.pieces = until_the_last(attack)
    attack.world.live(LONG_MS, lambda: attack.fell() or what_runs(attack.world) == "three")
    return wrong + attack.stays().ends()


def until_the_last(attack):
    """Pieces of an image; with the last of them the fleet thinks better of it."""
    fleet, shelf = attack.fleet, attack.shelf
    length, name = len(shelf.images["three"]), shelf.image_name("three")

    def pieces(wish):
        if wish["name"] == name and wish["offset"] + wish["length"] == length:
            none = shelf.assignment(DEVICE, fleet.hellos[-1]["nonce"], 0, None)
            attack.world.agenda.after(RECALLED_MS, fleet.say_release, none)
        return attack.honest["pieces"](wish)

    return pieces


def attack_17_overridden_elements(scene):
    """What was signed is not for this connection; beside it stands, unsigned, what would be good."""
    attack = Attack(scene, 1)
    document = scene.shelf.documents["release/3"]

    def assignment(hello):
        old = scene.shelf.assignment(DEVICE, "f" * 16, 3, document)
        return dict(old, nonce=hello["nonce"], device=DEVICE, sequence=3, root=1, rate=10_000)

    attack.fleet.wanted, attack.fleet.assignment = 3, assignment
    return attack.is_refused("nonce").ends()


def attack_19_change_between_check_and_use(scene):
    """Flash loses bits after they were written and compared, and once more after the flip."""
    attack = Attack(scene, 1)
    attack.gives(3, "release/3")
    name = scene.shelf.image_name("three")

    def pieces(wish):
        if wish["name"] == name and wish["offset"] >= 2 * PIECE_BYTES:
            spoil(attack.world)
        return attack.honest["pieces"](wish)

    attack.fleet.pieces = pieces
    wrong = attack.is_refused("sha256").ends()
    attack = Attack(scene, 1)
    attack.fleet.wanted = 2
    attack.world.before_boot = lambda: spoil(attack.world)
    attack.world.live(LONG_MS, lambda: attack.fleet.application().get("back", {}).get("sequence") == 2)
    if attack.world.mixed or "two" in attack.world.ran:
        wrong.append("what was spoilt after the flip ran: %s" % attack.world.ran)
    attack.world.before_boot = None
    return wrong + attack.ends(3, "three")


def spoil(world):
    """A bit of the slot that does not run is gone, where the first piece of an image ends."""
    chip, at = world.chips.data["slots"], world.idle() + PIECE_BYTES - 8
    if chip[at] != 0xFF:
        chip[at] &= chip[at] - 1 & 0xFF


def attack_20_replay(scene):
    """Another device's assignment, fresh and signed, and one of this device's that was good once."""
    attack = Attack(scene, 1)
    document = scene.shelf.documents["release/2"]
    attack.fleet.wanted = 2
    attack.fleet.assignment = lambda hello: scene.shelf.assignment("b-2", hello["nonce"], 2, document)
    return attack.is_refused("device").ends()


ATTACKS = {name: value for name, value in list(globals().items()) if name.startswith("attack_")}

"""The fleet of these stories: it assigns a release to the device and gives it the pieces that it asks for.

It is the fleet of the virtual layer otherwise. Whoever owns it replaces `assignment`, `pieces` or what lies on its
shelf: so an attacker says anything he likes, and a story counts what came of it.
"""

import binascii

from protocols.message import from_json
from tests.bench.virtual import fleet as virtual_fleet

DEVICE = "b-1"


class Fleet(virtual_fleet.Fleet):
    """`wanted`: the sequence that the device shall have; None: nothing is assigned. `again`: even if it came back."""

    def __init__(self, agenda, broker, tell, random, roles, shelf):
        super().__init__(agenda, broker, tell, random, roles)
        self.config = {"version": 1, "roles": roles, "office": "Một cửa"}
        if "rating" in roles:
            self.config["scale"] = 5
        if "printer" in roles:
            self.config["services"] = virtual_fleet.keys()
        if "reader" in roles:
            self.config["reader"] = {"scanner": "gm65"}
        if "display" in roles:
            self.config["display"] = {"show": "text", "voice": "dfplayer"}
        self.shelf = shelf
        self.wanted = None
        self.again = False
        self.root = 1
        self.owner = "fleet"
        self.hellos = []
        self.asked = []
        self.updates = []
        self.loading = []

    def hear(self, name, payload):
        """The device published this on `up/<name>`."""
        if name == "file":
            wish = from_json(payload)
            self.asked.append(wish)
            self.give(wish)
            return
        super().hear(name, payload)
        if name == "health":
            self.loading.append(from_json(payload).get("update"))
        if name == "hello":
            self.hellos.append(from_json(payload))
            if self.hellos[-1].get("config") != self.config["version"]:
                self.agenda.after(10, self.configure)
            self.agenda.after(20, self.assign, self.hellos[-1])

    def application(self):
        """What the last hello says of it."""
        return self.hellos[-1].get("application", {}) if self.hellos else {}

    def came_back(self):
        """Whether the device could not live with what it shall have; perhaps the power went three times."""
        return self.application().get("back", {}).get("sequence") == self.wanted

    # What it says of releases

    def retry(self):
        """A person wants what came back once more."""
        if self.came_back():
            self.again = True
            self.assign(self.hellos[-1])

    def assign(self, hello):
        """Answer a hello, as flows/assign_release.py does."""
        said = hello.get("application", {})
        gone_wrong = self.came_back() and not self.again
        if self.wanted is not None and said.get("sequence") != self.wanted and not said.get("trial") and not gone_wrong:
            self.say_release(self.assignment(hello))

    def assignment(self, hello):
        """The values of `down/release`."""
        document = self.shelf.documents["release/%d" % self.wanted]
        return self.shelf.assignment(DEVICE, hello["nonce"], self.wanted, document, self.root, self.owner)

    def say_release(self, message):
        """Say it, whatever it is."""
        self.broker.to_device("release", message, 1)

    def give(self, wish):
        """Answer what was asked for."""
        for piece in self.pieces(wish):
            self.say_piece(piece)

    def say_piece(self, piece):
        """Say a piece, whatever it is."""
        self.broker.to_device("file", piece, 0)

    def pieces(self, wish):
        """What answers a wish: one piece, of nothing where there is no such file or no more of it."""
        data = self.file(wish["name"])[wish["offset"] :][: wish["length"]]
        return [piece(wish["name"], wish["offset"], data)]

    def file(self, name):
        """What lies under this name."""
        for image in self.shelf.images:
            if self.shelf.image_name(image) == name:
                return self.shelf.images[image]
        return self.shelf.documents.get(name, b"")

    # What it hears

    def _commit(self, payload):
        super()._commit(payload)
        self.updates = [event for event in self.stored_in_order() if event["kind"] == "update"]

    def stored_in_order(self):
        """All events that it has."""
        return [self.stored[key] for key in sorted(self.stored)]


def piece(name, offset, data):
    """The values of `down/file`."""
    return {"name": name, "offset": offset, "data": str(binascii.b2a_base64(data), "ascii").strip()}

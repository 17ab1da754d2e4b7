"""A house of keys and its releases, published to a simulated fleet: what the tests of updates on a board share."""

import hashlib

from fleet.laptop import flash_image
from tests.firmware.simulated_fleet import Fleet
from tests.release_keys import Releases
from tests.signing import assigned, image, release_message

SOON = {"quiet_s": 0}
# Nobody has to leave a board of the tests alone for a minute.


class Publisher:
    """Publishes releases to a fleet, and assigns them to boards that say hello."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.house = Releases()
        self.documents = {}

    def publish(self, sequence, data, signers=None, **kind):
        """A release of one image; `kind`: as `signing.image` takes it. Its document."""
        document = self.house.release(sequence, [image(data, **kind)], signers)
        self.documents[sequence] = document
        self.fleet.files[f"release/{sequence}"] = document
        self.fleet.files["image/" + hashlib.sha256(data).hexdigest()] = data
        return document

    def message(self, sequence, nonce, device="b-1", names=("fleet",), **said):
        """`down/release` for this hello."""
        document = said.pop("document", None) or self.documents[sequence]
        root = said.pop("root", len(self.house.roots))
        text = assigned(said.pop("meant_for", device), nonce, sequence, document, root, **{**SOON, **said})
        return release_message(nonce, text, names)

    def assign(self, sequence, **said):
        """From now on each hello of a board that runs another one is answered with this one; and now."""

        def answer(device, hello):
            runs = hello.get("application", {})
            if runs.get("sequence") == sequence or (runs.get("back") or {}).get("sequence") == sequence:
                return None
            return self.message(sequence, hello["nonce"], device, **said)

        self.fleet.assign = answer
        self.now(sequence, **said)

    def now(self, sequence, device="b-1", nonce=None, **said):
        """Assign this one to the board as it is there now."""
        nonce = nonce or self.fleet.said("hello")[-1]["nonce"]
        self.fleet.say(device, "release", self.message(sequence, nonce, device, **said))


def bring_trust(board, root):
    """What the bench writes beside the identity, while the board has no power."""
    flash_image.write_files(board.image, {"/trust": root})


def updates(fleet):
    """What was told of updates: (release, result, reason)."""
    return [(one["release"], one["result"], one.get("reason", "")) for one in fleet.events("update")]


def runs(fleet):
    """What the last hello says that the board runs."""
    return fleet.said("hello")[-1]["application"]

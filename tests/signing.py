"""What a fleet tells a device about firmware, true and forged, for tests of devices. `tests.release_keys` has the keys.

`python -m tests.signing` writes `tests/firmware/signed_samples.json`, for tests that can not sign by themselves.
"""

import base64
import hashlib
import json
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key

from fleet.domain.assignments import assignment_text, signature_lines
from fleet.domain.images import image_of
from fleet.domain.signed_documents import canonical
from fleet.release_keys import signed
from tests.release_keys import Releases, key

SAMPLES = Path(__file__).parent / "firmware" / "signed_samples.json"
MPY = "6.3"


def image(data, board="simulated", mpy=MPY, minimum=0, firmware="0.9.0"):
    """What a release says of these bytes."""
    return image_of(board, mpy, firmware, data, minimum)


def release_message(nonce, text, names=("fleet",)):
    """`down/release` with this text, signed by the keys of these names."""
    lines = signature_lines(signed(text.encode(), [key(name) for name in names]))
    return {"nonce": nonce, "signed": text, "signatures": lines}


def assigned(device, nonce, sequence, document, root=1, **said):
    """The text of an assignment; `said`: fields beside, or other than, those that it has."""
    text = json.loads(assignment_text(device, nonce, root, sequence, document))
    return canonical({**text, **said}).decode()


def samples():
    """A house of keys as it changes: three roots, a release under the first and one under the last, an assignment."""
    house = Releases()
    first = house.release(7, [image(b"first", board="pico_w"), image(b"one")])
    fleet_only = house.rotate(fleet=("fleet_2",))
    both = house.rotate(release=("release_2",), root=("an", "binh", "dung"))
    text = assigned("b-1", "5f1d7a90c3", 7, first)
    return {
        "roots": [text_of(one) for one in (house.root, fleet_only, both)],
        "release": text_of(first),
        "next_release": text_of(house.release(8, [image(b"two")])),
        "assignment": release_message("5f1d7a90c3", text),
        "image": hashlib.sha256(b"one").hexdigest(),
        "keys": {name: base64.b64encode(modulus(name)).decode() for name in ("an", "release", "fleet")},
    }


def modulus(name):
    """What the public key of this name is made of."""
    public = load_pem_public_key(key(name).public_key.keyval["public"].encode())
    return public.public_numbers().n.to_bytes(384, "big")


def text_of(wire):
    """A document as text, for a file of JSON."""
    return wire.decode("ascii")


if __name__ == "__main__":
    SAMPLES.write_text(json.dumps(samples(), indent=1) + "\n")

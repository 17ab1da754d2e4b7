"""What a fleet does with its key, for MicroPython: it signs assignments. What was signed once is not signed again."""

import binascii
import hashlib

DIGEST_INFO = binascii.unhexlify("3031300d060960864801650304020105000420")
KEY_BYTES = 384


class Shelf:
    """What was made for the story beforehand: documents and images by the names that devices ask for, and keys."""

    def __init__(self, said):
        self.documents = {name: binascii.a2b_base64(text) for name, text in said["documents"].items()}
        self.images = {name: binascii.a2b_base64(text) for name, text in said["images"].items()}
        self._keys = said["keys"]
        self._signed = {}

    def image_name(self, image):
        """By which name a device asks for this image."""
        return "image/" + hexed(hashlib.sha256(self.images[image]).digest())

    def signature(self, owner, text):
        """`<keyid> <base64>` of this owner over this text."""
        if (owner, text) not in self._signed:
            key = self._keys[owner]
            value = power(padded(text.encode()), key).to_bytes(KEY_BYTES, "big")
            self._signed[owner, text] = key["keyid"] + " " + str(binascii.b2a_base64(value), "ascii").strip()
        return self._signed[owner, text]

    def assignment(self, device, nonce, sequence, document, root=1, owner="fleet", rate=None):
        """A signed assignment of this release, as values of `down/release`; without a document of none any more."""
        fields = '{"_type":"assignment","device":"%s","nonce":"%s",' % (device, nonce)
        if rate is not None:
            fields += '"rate":%d,' % rate
        if document is None:
            fields += '"release":null,'
        else:
            digest = hexed(hashlib.sha256(document).digest())
            fields += '"release":{"length":%d,"sha256":"%s"},' % (len(document), digest)
        text = fields + '"root":%d,"sequence":%d}' % (root, sequence)
        return {"nonce": nonce, "signed": text, "signatures": [self.signature(owner, text)]}


def padded(message):
    """EMSA-PKCS1-v1_5 of this message, as a number."""
    tail = b"\0" + DIGEST_INFO + hashlib.sha256(message).digest()
    return int.from_bytes(b"\0\1" + b"\xff" * (KEY_BYTES - 2 - len(tail)) + tail, "big")


def power(value, key):
    """`value` to the private exponent, by the Chinese remainders: a quarter of the time."""
    p, q = int(key["p"], 16), int(key["q"], 16)
    one, other = pow(value % p, int(key["dp"], 16), p), pow(value % q, int(key["dq"], 16), q)
    return other + (one - other) * int(key["inverse"], 16) % p * q


def hexed(data):
    """In hex."""
    return str(binascii.hexlify(data), "ascii")

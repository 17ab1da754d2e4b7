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
        self._keys = {owner: Signer(key) for owner, key in said["keys"].items()}
        self._signed = {}

    def image_name(self, image):
        """By which name a device asks for this image."""
        return "image/" + hexed(hashlib.sha256(self.images[image]).digest())

    def signature(self, owner, text):
        """`<keyid> <base64>` of this owner over this text."""
        if (owner, text) not in self._signed:
            self._signed[owner, text] = self._keys[owner].line(text.encode())
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


class Signer:
    """An owner who signs; his numbers are read once."""

    def __init__(self, said):
        self._id = said["keyid"]
        self._parts = [[int(number, 16) for number in part] for part in said["parts"]]

    def line(self, text):
        """`<keyid> <base64>` of his over this text."""
        value = power(padded(text), self._parts).to_bytes(KEY_BYTES, "big")
        return self._id + " " + str(binascii.b2a_base64(value), "ascii").strip()


def padded(message):
    """EMSA-PKCS1-v1_5 of this message, as a number."""
    tail = b"\0" + DIGEST_INFO + hashlib.sha256(message).digest()
    return int.from_bytes(b"\0\1" + b"\xff" * (KEY_BYTES - 2 - len(tail)) + tail, "big")


def power(value, parts):
    """`value` to the private exponent, by the Chinese remainders: the more primes, the smaller most numbers are."""
    total, modulus = 0, 1
    for prime, exponent, counts in parts:
        total += pow(value % prime, exponent, prime) * counts
        modulus *= prime
    return total % modulus


def hexed(data):
    """In hex."""
    return str(binascii.hexlify(data), "ascii")

"""Whom a device believes: keys, followed root by root, and what their owners signed. On both Pythons."""

import binascii
import json
import os

from firmware import assignment, disowning, documents, kept, trust, verifying
from tests.firmware.fresh_flash import fresh_flash

NONCE = "5f1d7a90c3"


def samples():
    with open(__file__.rsplit("/", 1)[0] + "/signed_samples.json", "rb") as f:
        return json.loads(f.read())


SAMPLES = samples()
ROOTS = [one.encode() for one in SAMPLES["roots"]]


class Board:
    """A board that keeps what it keeps in files."""

    def __init__(self):
        self.root = fresh_flash()

    def region(self, name):
        return None


def refused(check):
    """Why it is; checks that stop after each signature are seen through."""
    try:
        list(check() or [])
    except ValueError as err:
        return str(err)
    return ""


def trusting(roots=1, board=None):
    """A device that has followed so many roots."""
    known = trust.Trust(board or Board())
    list(known.first(ROOTS[0]))
    for raw in ROOTS[1:roots]:
        list(known.next(raw))
    return known


def test_a_signature_of_another_key_or_of_something_else_is_none():
    document = documents.document_of(SAMPLES["release"].encode())
    signature, digest = list(document.signatures())[0][1], document.digest()
    key = binascii.a2b_base64(SAMPLES["keys"]["release"])
    assert verifying.signed(key, signature, digest)
    assert not verifying.signed(binascii.a2b_base64(SAMPLES["keys"]["an"]), signature, digest)
    for place in range(0, 384, 13):
        spoilt = bytearray(signature)
        spoilt[place] ^= 1 << place % 8
        assert not verifying.signed(key, bytes(spoilt), digest)
    for spoilt in (signature[1:], signature + b"\0", b"\0" + signature, b"", b"\0" * 384, b"\xff" * 384, key):
        assert not verifying.signed(key, spoilt, digest)
    assert not verifying.signed(key, signature, bytes(32)) and not verifying.signed(b"", signature, digest)


def test_whoever_enrolls_a_board_says_anew_whom_it_believes():
    board = trusting(3).board
    disowning.leave(kept.found(board))
    known = trust.Trust(board)
    assert known.root is None
    release = documents.document_of(SAMPLES["next_release"].encode())
    assert refused(lambda: known.signed("targets", release)).startswith("root: ")
    list(known.first(ROOTS[0]))
    again = trust.Trust(board)
    assert (again.root, again.floor(50)) == (1, 0)
    assert refused(lambda: again.signed("targets", release)).startswith("signature: ")


def test_the_same_house_once_more_goes_on_with_its_numbers():
    board = trusting().board
    disowning.leave(kept.found(board))
    list(trust.Trust(board).first(ROOTS[0]))
    assert (trust.Trust(board).root, trust.Trust(board).floor(50)) == (1, 50)


def test_who_has_heard_of_no_root_believes_nobody():
    known = trust.Trust(Board())
    document = documents.document_of(SAMPLES["release"].encode())
    assert refused(lambda: known.signed("targets", document)).startswith("root: ")


def test_roots_are_followed_one_by_one_and_kept():
    board = Board()
    assert trusting(3, board).root == 3
    known = trust.Trust(board)
    assert known.root == 3 and "gone" not in known.known
    assert not refused(lambda: known.signed("targets", documents.document_of(SAMPLES["next_release"].encode())))
    old = documents.document_of(SAMPLES["release"].encode())
    assert refused(lambda: known.signed("targets", old)).startswith("signature: expected 1 of the role targets")


def test_a_root_that_was_jumped_over_or_comes_again_or_is_not_signed_by_both_is_refused():
    known = trusting(2)
    assert refused(lambda: known.next(ROOTS[0])).startswith("root: expected version 3")
    assert refused(lambda: known.next(ROOTS[1])).startswith("root: expected version 3")
    assert refused(lambda: trusting(1).next(ROOTS[2])).startswith("root: expected version 2")
    for left_out in range(4):
        lines = ROOTS[2].split(b"\n")
        ends = lines.index(b"")
        if left_out < ends:
            del lines[left_out]
            why = refused(lambda raw=b"\n".join(lines): trusting(2).next(raw))
            assert ends > 3 or why.startswith("signature: "), why
    assert trusting(2).first(ROOTS[2]) is not None
    assert refused(lambda: known.first(ROOTS[2])) == "" and known.root == 2, "never in place of another"


def test_a_root_that_is_refused_leaves_nothing_behind():
    """Not for a power cut either: its keys are kept when all that it has to show was seen, and its own name last."""
    board = Board()
    before = kept_in(board)
    lines = ROOTS[0].split(b"\n")
    for raw in (b"\n".join(lines[1:]), lies(ROOTS[0])):
        assert refused(lambda raw=raw: trust.Trust(board).first(raw))
    assert kept_in(board) == before
    order = []
    known = trust.Trust(board)
    known.kept = lambda: Recorder(board, order)
    list(known.first(ROOTS[0]))
    assert len(order) > 3 and order[-1] == "trust" and "trust" not in order[:-1]


def lies(raw):
    """The same root, in which one key stands under the id of another."""
    names = sorted(json.loads(raw.split(b"\n\n", 1)[1].replace(b"\n", b"\\n"))["keys"])
    return raw.replace(b'"%s":{' % names[0].encode(), b'"%s":{' % (names[1][:-1] + "0").encode())


def kept_in(board):
    """The names of what a board keeps."""
    return sorted(os.listdir(board.root))


class Recorder:
    """Keeps, and remembers in which order."""

    def __init__(self, board, order):
        self._kept, self._order = kept.found(board), order

    def put(self, name, value):
        self._order.append(name)
        self._kept.put(name, value)

    def get(self, name):
        return self._kept.get(name)


def test_one_that_signs_twice_counts_once():
    head, _, rest = ROOTS[0].partition(b"\n\n")
    first = head.split(b"\n")[0]
    raw = first + b"\n" + first + b"\n\n" + rest
    why = refused(lambda: trust.Trust(Board()).first(raw))
    assert why == "signature: expected 2 of the role root, found 1"


def test_a_change_of_the_release_keys_lets_numbers_begin_again():
    known = trusting(2)
    assert known.floor(5_000) == 5_000
    list(known.next(ROOTS[2]))
    assert known.floor(5_000) == 0
    known.confirmed(12)
    assert known.floor(5_000) == 12
    known.confirmed(11)
    assert known.floor(5_000) == 12


def test_spoilt_documents_are_refused_with_a_word():
    for raw in (b"", b"\n", b"\n\n", b"{}", b"ab\n\n{}", b"x" * 9_000, ROOTS[0][:-1], ROOTS[0].replace(b"1", b"2")):
        why = refused(lambda raw=raw: trust.Trust(Board()).first(raw))
        assert why.split(":")[0] in ("signature", "length", "root"), (raw[:20], why)


def assigned(**changes):
    data = json.loads(SAMPLES["assignment"]["signed"])
    data.update(changes)
    return documents.Signed(b"", 0, json.dumps(data).encode())


def test_an_assignment_is_one_devices_and_answers_one_hello():
    document = assignment.signed_of(SAMPLES["assignment"]["signed"], SAMPLES["assignment"]["signatures"])
    assert not refused(lambda: trusting().signed("timestamp", document))
    assert refused(lambda: trusting().signed("targets", document)).startswith("signature: ")
    said = assignment.read(document, "b-1", NONCE)
    assert (said["sequence"], said["length"], said["rate"]) == (7, len(SAMPLES["release"]), 0)
    assert refused(lambda: assignment.read(document, "b-2", NONCE) and []).startswith("device: ")
    assert refused(lambda: assignment.read(document, "b-1", "another") and []).startswith("nonce: ")
    for changes in ({"_type": "targets"}, {"sequence": "7"}, {"sequence": -1}, {"release": 7}, {"rate": 1.5}):
        assert refused(lambda changes=changes: assignment.read(assigned(**changes), "b-1", NONCE) and [])
    long = {"length": 9_000, "sha256": "0" * 64}
    assert refused(lambda: assignment.read(assigned(release=long), "b-1", NONCE) and []).startswith("length: ")


def test_nothing_may_be_assigned_in_so_many_words():
    assert assignment.read(assigned(release=None, sequence=0), "b-1", NONCE)["length"] == 0
    assert refused(lambda: assignment.read(assigned(release=None, sequence=0), "b-2", NONCE)).startswith("device: ")
    for changes in ({"release": None}, {"release": 0, "sequence": 0}, {"release": {}, "sequence": 0}):
        why = refused(lambda changes=changes: assignment.read(assigned(**changes), "b-1", NONCE))
        assert why.startswith("length: "), changes


def test_numbers_only_grow_and_not_too_far():
    assert refused(lambda: assignment.check_sequence(8, 7, 7, "")) == ""
    assert refused(lambda: assignment.check_sequence(7, 7, 3, "")) == "", "again, where another one runs"
    for sequence in (0, 6, 7):
        assert refused(lambda sequence=sequence: assignment.check_sequence(sequence, 7, 7, "")).startswith("older: ")
    assert refused(lambda: assignment.check_sequence(1_007, 7, 7, "")) == ""
    assert refused(lambda: assignment.check_sequence(1_008, 7, 7, "")).startswith("too_far: ")
    assert refused(lambda: assignment.check_sequence(8, 7, 7, "the printer")).startswith("returned: the printer")


def image(board="simulated", running=0, room=100_000, sequence=7, **changes):
    """What the release says for this board; `changes` in its `custom`."""
    raw = SAMPLES["release"].encode()
    document = documents.document_of(raw)
    if changes:
        data = json.loads(bytes(document.signed))
        for one in data["targets"].values():
            one["custom"].update(changes)
        document = documents.Signed(b"", 0, json.dumps(data).encode())
    try:
        return assignment.image_of(document, sequence, board, running, room)
    except ValueError as err:
        return str(err).split(":")[0]


def test_the_image_is_the_one_for_this_board_and_its_bytecode():
    assert image() == (SAMPLES["image"], 3)
    assert image("pico_w")[1] == 5
    assert (image("pico"), image("esp32"), image("")) == ("board", "board", "board")
    assert (image(sequence=8), image(room=2), image(board="simulated", mpy="6.2")) == ("older", "too_large", "mpy")
    assert (image(minimum=5, running=4), image(minimum=5, running=5)[1]) == ("too_old", 3)
    assert image(board="simulated", minimum="x") == "board"

"""Roots, releases and assignments: what is signed is taken, and every other thing is refused with its reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tuf.api.metadata import Metadata

from fleet.domain.assignments import read_assignment
from fleet.domain.images import Image, image_for, image_of
from fleet.domain.release_drafts import Holders, holders_of, release_draft, root_draft
from fleet.domain.release_images import check, images_of
from fleet.domain.release_roles import RoleRefused, chain_of, first_root, next_root, release_of, same_signers
from fleet.domain.signed_documents import BadDocument, SignedDocument, canonical, of_metadata, read, read_tuf
from tests.release_keys import ROOTS, Releases, document, key

IMAGE = image_of("simulated", "6.3", "0.9.0", b"rom" * 100)


def test_what_travels_is_what_was_signed_and_what_lies_as_a_file_of_tuf() -> None:
    wire = Releases().root
    found = read(wire)
    assert found.wire() == wire
    assert read_tuf(found.tuf_file()) == found
    assert Metadata[Any].from_bytes(found.tuf_file()).signed_bytes == found.signed
    assert wire.split(b"\n\n", 1)[1] == found.signed


def test_a_draft_without_signatures_travels_too() -> None:
    draft = of_metadata(release_draft(7, [IMAGE]))
    assert read(draft.wire()) == draft
    assert read_tuf(draft.tuf_file()) == draft


LINE = b"a" * 64 + b" QUJD\n"


@pytest.mark.parametrize(
    ("wire", "said"),
    [
        (b"", "an empty line"),
        (b"{}", "an empty line"),
        (LINE, "an empty line"),
        (b"a" * 63 + b" QUJD\n\n{}", "the id of a key"),
        (b"a" * 64 + b" ?\n\n{}", "the id of a key"),
        (LINE + LINE + b"\n{}", "one signature of a key"),
        (b"".join(b"%064x QUJD\n" % n for n in range(9)) + b"\n{}", "8 signatures at most, found 9"),
        (b"\n" + b" " * 8192, "8192 bytes at most, found 8193"),
    ],
)
def test_what_is_no_document_is_refused(wire: bytes, said: str) -> None:
    with pytest.raises(BadDocument, match=said):
        read(wire)


@pytest.mark.parametrize(
    "signed", [b"[]", b"{", b'{"_type":"mirrors"}', b"\xff", b'{"_type":"root","version":1}', b"[" * 5000]
)
def test_what_is_no_metadata_is_refused(signed: bytes) -> None:
    with pytest.raises(BadDocument):
        SignedDocument(signed).metadata()


def test_a_text_that_two_readers_could_understand_in_two_ways_is_refused() -> None:
    signed = of_metadata(release_draft(7, [IMAGE])).signed
    twice = signed.replace(b'"version":7', b'"version":9,"version":7')
    for text in (twice, signed + b" ", json.dumps(json.loads(signed)).encode()):
        with pytest.raises(BadDocument, match="canonical"):
            SignedDocument(text).metadata()


def test_each_root_is_trusted_by_the_one_before() -> None:
    people = Releases()
    people.rotate(release=["release 2"])
    people.rotate(root=["an", "binh", "dung"], fleet=["fleet 2"])
    chain = chain_of(people.roots)
    assert [one.root.version for one in chain] == [1, 2, 3]
    assert not same_signers(chain[0].root, chain[1].root, "targets")
    assert same_signers(chain[1].root, chain[2].root, "targets")
    assert [one.wire for one in chain] == people.roots


def test_a_root_wants_two_of_its_own_and_two_of_the_one_before() -> None:
    people = Releases()
    before = first_root(people.root)
    strangers = ["xuan", "yen", "zung"]
    held = Holders(*([key(name).public_key for name in names] for names in (strangers, ["release"], ["fleet"])))
    draft = root_draft(held, 2)
    for signers in (["xuan", "yen"], ["an", "binh"], ["an", "xuan", "yen"], ["an", "binh", "xuan"], []):
        with pytest.raises(RoleRefused, match="expected 2 valid signatures"):
            next_root(before, document(draft, signers))
    assert next_root(before, document(draft, ["an", "binh", "xuan", "yen"])).root.version == 2
    for version in (1, 3):
        with pytest.raises(RoleRefused, match=f"expected version 2, found {version}"):
            next_root(before, document(root_draft(held, version), ["an", "binh", "xuan", "yen"]))


def test_a_first_root_wants_two_signatures() -> None:
    draft = root_draft(Releases().holders())
    for signers in ([], ["an"], ["an", "release"]):
        with pytest.raises(RoleRefused, match="expected 2 valid signatures"):
            first_root(document(draft, signers))
    found = read(document(draft, ["an", "binh"]))
    forged = SignedDocument(found.signed, dict(zip(found.signatures, reversed(found.signatures.values()), strict=True)))
    with pytest.raises(RoleRefused, match="found 0"):
        first_root(forged.wire())


def test_no_key_has_two_roles_and_no_role_too_few() -> None:
    held = Releases().holders()
    for wrong, said in (
        (replace(held, fleet=held.release), "one role, found targets and timestamp"),
        (replace(held, release=held.root[:1]), "one role, found root and targets"),
        (replace(held, root_signers=1), "2 signers at least"),
        (replace(held, root=held.root[:1]), "2 known keys at least"),
        (replace(held, release_signers=2), "2 known keys at least"),
    ):
        with pytest.raises(RoleRefused, match=said):
            root_draft(wrong)
    assert holders_of(root_draft(held).signed).root_signers == 2


def test_one_key_under_two_names_is_refused() -> None:
    root = json.loads(of_metadata(root_draft(Releases().holders())).signed, strict=False)
    keyid = root["roles"]["root"]["keyids"][0]
    root["keys"]["0" * 64] = root["keys"][keyid]
    root["roles"]["root"]["keyids"].append("0" * 64)
    with pytest.raises(RoleRefused, match="the hash of the key as its id"):
        first_root(SignedDocument(canonical(root)).wire())


def test_a_release_is_signed_by_who_may() -> None:
    people = Releases()
    root = first_root(people.root).root
    assert images_of(release_of(root, people.release(12, [IMAGE]))) == [IMAGE]
    for signers in (["fleet"], ["an", "binh", "chi"], []):
        with pytest.raises(RoleRefused, match="release 12: expected 1 valid signatures, found 0"):
            release_of(root, people.release(12, [IMAGE], signers))
    with pytest.raises(RoleRefused, match="role targets, found root"):
        release_of(root, people.root)
    with pytest.raises(RoleRefused, match="role root, found targets"):
        first_root(people.release(12, [IMAGE]))


def without(release: Any, *names: str) -> None:
    next(iter(release.targets.values())).unrecognized_fields["custom"].pop(names[0])


def renamed(release: Any) -> None:
    release.targets["other.rom"] = release.targets.pop(IMAGE.path)


def minimum(release: Any) -> None:
    release.targets[IMAGE.path].unrecognized_fields["custom"]["minimum"] = True


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: without(one, "board"), "found None"),
        (lambda one: without(one, "minimum"), "the least sequence"),
        (minimum, "the least sequence"),
        (renamed, "expected the name"),
        (lambda one: one.targets.clear(), "expected an image"),
    ],
)
def test_a_release_says_of_its_images_what_a_device_must_know(change: Callable[[Any], None], said: str) -> None:
    draft = release_draft(1, [IMAGE])
    change(draft.signed)
    with pytest.raises(RoleRefused, match=said):
        images_of(draft.signed)


def test_a_device_finds_its_image_by_board_and_bytecode() -> None:
    other = image_of("pico_w", "6.3", "0.9.0", b"other")
    assert image_for([IMAGE, other], "pico_w", "6.3") == other
    assert image_for([IMAGE, other], "pico_w", "7.0") is None
    with pytest.raises(RoleRefused, match="found several"):
        release_draft(1, [IMAGE, replace(IMAGE, sha256="0" * 64)])
    check(IMAGE, b"rom" * 100)
    for data in (b"rom" * 99, b"mor" * 100):
        with pytest.raises(RoleRefused, match="expected 300 bytes"):
            check(IMAGE, data)


def test_an_assignment_is_for_one_device_and_one_nonce_by_the_fleet() -> None:
    people = Releases()
    root = first_root(people.root).root
    release = people.release(12, [IMAGE])
    signed, signatures = people.assignment("b-1", "00ff", 12, release)
    assert signed.startswith('{"_type":"assignment","device":"b-1","nonce":"00ff","release":{"length":')
    assert signed.endswith('"root":1,"sequence":12}')
    assert read_assignment(root, signed, signatures)["sequence"] == 12
    assert read_assignment(root, *people.assignment("b-1", "00ff", 12, release, rate=2048))["rate"] == 2048
    for other in (signed.replace("b-1", "b-2"), signed.replace("00ff", "00fe"), signed.replace("12", "13")):
        with pytest.raises(RoleRefused, match="assignment: expected 1 valid"):
            read_assignment(root, other, signatures)
    with pytest.raises(RoleRefused):
        read_assignment(root, *people.assignment("b-1", "00ff", 12, release, signers=["release"]))


def test_all_of_it_fits_into_what_a_device_takes() -> None:
    people = Releases()
    people.rotate(root=["dung", "em", "giang"], release=["release 2"], fleet=["fleet 2"])
    everybody = document(root_draft(people.holders(), 2), [*ROOTS, "dung", "em", "giang"])
    assert len(everybody) < 8192
    images = [image_of(f"board_{n}", "6.3", "0.9.0", b"%d" % n) for n in range(16)]
    assert len(people.release(2_000_000, images)) < 8192


def test_names_of_images_stay() -> None:
    assert Image("simulated", "6.3", "0.9.0", 300, IMAGE.sha256) == IMAGE
    assert IMAGE.path == f"simulated-{IMAGE.sha256[:16]}.rom"

"""Releases come to the fleet: what is whole and signed is kept as it came, everything else is refused in a sentence."""

from collections.abc import Callable

import pytest

from fleet.domain.images import Image, image_of
from fleet.domain.release_drafts import holders_of, release_draft, root_draft
from fleet.domain.release_roles import first_root
from fleet.flows.publish_release import Published, ReleaseRefused, publish
from fleet.flows.released import all_released, for_everybody, released
from fleet.store import releases
from fleet.store.database import Store
from tests.fleet.office import NINE
from tests.release_keys import Releases, document

PICO, ESP = b"rom of a pico" * 90, b"rom of an esp" * 80


def image(data: bytes = PICO, board: str = "pico_w", minimum: int = 0, firmware: str = "1.0.0") -> Image:
    return image_of(board, "6.3", firmware, data, minimum)


def bring(
    store: Store, people: Releases, sequence: int | None, *data: bytes, images: tuple[Image, ...] = (), note: str = ""
) -> Published:
    """Publish all roots, and a release of these images."""
    documents = {f"root/{n}": wire for n, wire in enumerate(people.roots, 1)}
    if sequence is not None:
        documents[f"release/{sequence}"] = people.release(sequence, images or [image()])
    with store.writing() as connection:
        return publish(connection, documents, data, "Lan", NINE, note)


def test_what_is_published_is_kept_as_it_came(empty_store: Store) -> None:
    people = Releases()
    both = image(), image(ESP, "esp32")
    assert bring(empty_store, people, 7, PICO, ESP, images=both, note="Máy in mới") == Published(
        1, 7, "1.0.0", tuple(sorted(both, key=lambda one: one.path))
    )
    people.rotate(release=["another"])
    assert bring(empty_store, people, None) == Published(2), "a root may come alone"
    assert bring(empty_store, people, 8, images=both).sequence == 8, "images that are here need not come again"
    with empty_store.reading() as connection:
        found = released(connection, 8)
        assert found is not None and found.row.document == people.release(8, both)
        assert [(one.sequence, one.row.note, one.row.by) for one in all_released(connection)] == [
            (8, "", "Lan"), (7, "Máy in mới", "Lan"),
        ]  # fmt: skip
        assert for_everybody(connection) == [] and releases.roots(connection) == people.roots
        assert releases.image(connection, both[0].sha256) == PICO
        assert {(one.board, one.length) for one in releases.images(connection)} == {
            ("pico_w", len(PICO)), ("esp32", len(ESP)),
        }  # fmt: skip
    alike = image(), image(board="pico_2_w")
    assert len(bring(empty_store, people, 9, PICO, images=alike).images) == 2, "two boards may have the same bytes"
    with empty_store.writing() as connection:
        releases.holds(connection, 7, NINE)
        assert [one.sequence for one in for_everybody(connection)] == [7]


def strange_root(people: Releases) -> None:
    """The next root is signed by its own keys and not by those before."""
    root = first_root(people.root).root
    people.roots.append(document(root_draft(holders_of(root), 2), ["release", "fleet"]))


WRONG: dict[str, tuple[Callable[[Store, Releases], object], str]] = {
    "a sequence that was": (lambda store, people: bring(store, people, 7, PICO), "a sequence after 7"),
    "an older one": (lambda store, people: bring(store, people, 3, PICO), "a sequence after 7.*found 3"),
    "no image": (lambda store, people: bring(store, people, 8, images=(image(ESP, "esp32"),)), "found no such image"),
    "another image": (lambda store, people: bring(store, people, 8, PICO, ESP), "that the release names, found one"),
    "no such board": (
        lambda store, people: bring(store, people, 8, ESP, images=(image(ESP, "toaster"),)),
        "a board of simulated, .*found 'toaster'",
    ),
    "a minimum ahead": (
        lambda store, people: bring(store, people, 8, images=(image(minimum=8),)), "a minimum below 8, found 8",
    ),
    "two versions": (
        lambda store, people: bring(store, people, 8, ESP, images=(image(), image(ESP, "esp32", firmware="2.0"))),
        "one version of the firmware, found 1.0.0, 2.0",
    ),
    "a note of lines": (lambda store, people: bring(store, people, 8, PICO, note="a\nb"), "expected one line"),
    "a strange root": (
        lambda store, people: (strange_root(people), bring(store, people, 8, PICO)), "expected 2 valid signatures",
    ),
    "another root 1": (lambda store, _: bring(store, Releases(fleet=["fleet 2"]), 8, PICO), "that is known, found"),
}  # fmt: skip


def kept(store: Store) -> tuple[object, ...]:
    with store.reading() as connection:
        return releases.releases(connection), releases.roots(connection), releases.images(connection)


def test_what_is_wrong_is_refused_and_nothing_of_it_is_kept(empty_store: Store) -> None:
    bring(empty_store, Releases(), 7, PICO)
    before = kept(empty_store)
    for name, (act, said) in WRONG.items():
        with pytest.raises(ReleaseRefused, match=said):
            act(empty_store, Releases())
        assert kept(empty_store) == before, name


def test_documents_have_their_names_and_their_signers(empty_store: Store) -> None:
    people, one = Releases(), image()
    good = people.release(1, [one])
    other = document(release_draft(1, [one]), ["fleet"])
    many = {f"root/{n}": people.root for n in (1, 2)}
    for documents, said in (
        ({"release/1": good}, "expected root/1"),
        ({"root/1": people.root, "release/2": good}, "expected sequence 2, found 1"),
        ({"root/1": people.root, "release/01": good}, "expected release/<number>"),
        ({"root/1": people.root, "release/1": good, "release/2": good}, "one release/"),
        ({"root/1": people.root, "snapshot/1": good}, r"found \['snapshot/1'\]"),
        ({"root/2": people.root}, "expected version 1, found 2"),
        (many, "expected version 2, found 1"),
        ({"root/1": people.root, "release/1": other}, "release 1: expected 1 valid signatures, found 0"),
        ({"root/1": people.root, "release/1": good + b" " * 8192}, "8192 bytes at most"),
        ({"root/1": b"nothing"}, "document: expected"),
    ):
        with pytest.raises(ReleaseRefused, match=said), empty_store.writing() as connection:
            publish(connection, documents, [PICO], "Lan", NINE)

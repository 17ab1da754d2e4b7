"""A device is assigned a release and loads it, over a real broker; others hear nothing of it, and nobody starves."""

import base64
import hashlib
import json
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from fleet.domain.assignments import read_assignment
from fleet.domain.images import image_of
from fleet.domain.release_roles import first_root
from fleet.domain.rollout_plan import Plan, When, read_waves
from fleet.flows import rollouts
from fleet.flows.publish_release import publish
from fleet.flows.roll_out import RollOut
from fleet.flows.rollouts import Actor
from fleet.flows.supply import LOOK_S, Shelf, Unsure
from fleet.release_keys import write_key
from fleet.store import releases
from fleet.store.database import Store
from fleet.workers import release_telling
from protocols.message import to_json
from protocols.presence import Alive, Welcome
from protocols.releases import FilePiece, FileWanted, Release
from tests.fleet.office import NewDatabase, hello
from tests.fleet.workers.house import House, counted, now_ms
from tests.fleet.workers.played_device import SOON_S, PlayedDevice
from tests.release_keys import Releases, key
from tests.sqlite_files import SqliteFiles

ROM = bytes(range(256)) * 20
IMAGE = image_of("simulated", "6.3", "1.0", ROM)
RUNS = {"sequence": 0, "mpy": "6.3", "room": 8192, "root": 1}


@pytest.fixture
def new_database(sqlite_files: SqliteFiles, tmp_path: Path) -> NewDatabase:
    """What is tested here is the way over the broker: one kind of database will do."""
    return partial(sqlite_files.copy, to=tmp_path)


def published(store: Store, sequence: int = 1) -> Releases:
    """A release of one image."""
    people = Releases()
    documents = {"root/1": people.root, f"release/{sequence}": people.release(sequence, [IMAGE])}
    with store.writing() as connection:
        publish(connection, documents, [ROM], "Lan", now_ms())
    return people


def come(house: House, device: str, nonce: str = "n1", **runs: object) -> PlayedDevice:
    """A device comes, and says what it runs."""
    played = house.device(device).come()
    played.say("alive", Alive(), retain=True)
    said = {**hello(nonce=nonce).to_dict(), "board": "simulated", "application": {**RUNS, **runs}}
    played.say("hello", to_json(said), retain=True)
    played.told(Welcome)
    return played


def assigned(device: PlayedDevice) -> Release:
    """The next assignment that a device is told."""
    return Release.from_dict(json.loads(device.told_raw("release").payload))


def pieces(device: PlayedDevice, name: str, *offsets: int) -> dict[int, bytes]:
    """These pieces of a file, as they come; what it asked for before is passed over."""
    for offset in offsets:
        device.say("file", FileWanted(name=name, offset=offset, length=1024))
    found: dict[int, bytes] = {}
    while len(found) < len(offsets):
        told = FilePiece.from_dict(json.loads(device.told_raw("file").payload))
        if told.name == name:
            found[told.offset] = base64.b64decode(told.data)
    return found


def test_a_rollout_reaches_a_device_that_is_there_which_loads_all_of_it(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(release_telling, "AGAIN_S", 0.0)
    write_key(key("fleet"), tmp_path / "fleet.pem", None)
    people = published(house.store)
    house.sender(release_key=tmp_path / "fleet.pem")
    house.supplier()
    keypad = come(house, "q-1")
    assert keypad.nothing("release"), "nobody has decided anything"
    plan = Plan(read_waves("100%"), When.ANY)
    with house.store.writing() as connection:
        rollouts.start(connection, "release", "firmware", 1, plan, Actor("Lan", "person:1"), now_ms())
    RollOut(house.store).go_on(now_ms())
    told = assigned(keypad)
    root = first_root(people.root).root
    said = read_assignment(root, told.signed, told.signatures)
    assert (said["device"], said["nonce"], told.nonce, said["sequence"]) == ("q-1", "n1", "n1", 1)
    document = b"".join(pieces(keypad, "release/1", 0, 1024, 2048).values())
    assert (len(document), hashlib.sha256(document).hexdigest()) == (
        said["release"]["length"], said["release"]["sha256"],
    )  # fmt: skip
    found = pieces(keypad, f"image/{IMAGE.sha256}", *range(0, len(ROM), 1024))
    assert b"".join(found[offset] for offset in sorted(found)) == ROM
    assert b"".join(pieces(keypad, "root/1", *range(0, len(people.root), 1024)).values()) == people.root
    keypad.leave()
    again = come(house, "q-1", nonce="n2")
    while assigned(again).nonce != "n2":  # after each hello, until it has answered; the last word to n1 may come late
        pass
    again.leave()
    has_it = come(house, "q-1", nonce="n3", sequence=1)
    has_it.told_state()
    assert has_it.nothing("release")


def test_what_nobody_knows_is_answered_with_nothing_and_no_other_device_hears_a_piece(house: House) -> None:
    published(house.store)
    house.supplier()
    keypad, other = house.device("q-1").come(), house.device("q-2").come()
    other.subscribe("mc/1/q-1/down/#")
    before = counted("motcua_supply_refused_total", reason="unreadable")
    keypad.say("file", b"{}")
    assert pieces(keypad, "root/1", 0)[0]
    for name in ("root/2", "root/x", "image/" + "0" * 64, "../etc"):
        keypad.say("file", FileWanted(name=name, offset=0, length=1024))
    assert pieces(keypad, f"image/{IMAGE.sha256}", len(ROM) + 1) == {len(ROM) + 1: b""}
    assert pieces(other, "root/1", 0)[0]
    assert other.overheard.empty() and counted("motcua_supply_refused_total", reason="unreadable") == before + 1


def test_one_that_asks_for_everything_at_once_takes_nothing_from_the_others(house: House) -> None:
    published(house.store)
    house.supplier(supply_rate=50_000)
    greedy, modest = house.device("q-1").come(), house.device("q-2").come()
    name = f"image/{IMAGE.sha256}"
    for offset in range(2000):
        wanted = FileWanted(name=name, offset=offset, length=1024)
        greedy.client.publish("mc/1/q-1/up/file", wanted.to_bytes(), qos=0)
    assert pieces(modest, name, 0)[0] == ROM[:1024]
    deadline = time.monotonic() + SOON_S
    while counted("motcua_supply_refused_total", reason="too_many") <= 1000:  # the modest one need not wait for that
        assert time.monotonic() < deadline, "all is given to the greedy one"
        threading.Event().wait(0.02)
    assert greedy.queue_of("file").qsize() < 1000
    assert greedy.told_raw("file", SOON_S).payload


def test_a_shelf_reads_each_file_once_and_looks_for_new_names_now_and_then(empty_store: Store) -> None:
    people, now_s, name = published(empty_store), [0.0], f"image/{IMAGE.sha256}"
    shelf = Shelf(empty_store, clock=lambda: now_s[0])
    assert shelf.piece(name, 5000, 1024) == ROM[5000:] and shelf.piece(name, 9000, 10) == b""
    with empty_store.writing() as connection:
        releases.forget_images(connection, [IMAGE.sha256])
    assert shelf.piece(name, 0, 3) == ROM[:3], "out of memory"
    with pytest.raises(Unsure):
        shelf.piece("release/2", 0, 10)
    with empty_store.writing() as connection:
        publish(connection, {"release/2": people.release(2, [IMAGE])}, [ROM], "Lan", now_ms())
    now_s[0] += LOOK_S
    assert shelf.piece("release/2", 0, 70) == people.release(2, [IMAGE])[:70]
    now_s[0] += LOOK_S
    assert shelf.piece("release/3", 0, 10) == b""
    again = Shelf(empty_store, clock=lambda: now_s[0])
    again.look()
    with empty_store.writing() as connection:
        releases.forget_images(connection, [IMAGE.sha256])
    assert again.piece(name, 0, 3) == b"", "it has gone since"
    with empty_store.writing() as connection:
        releases.add_image(connection, IMAGE.sha256, "simulated", ROM)
    now_s[0] += LOOK_S
    assert again.piece(name, 0, 3) == ROM[:3], "and came back"
    small = Shelf(empty_store, most_bytes=len(ROM))
    assert small.piece(name, 0, 1) and small.piece("root/1", 0, 1)
    assert list(small.files) == ["root/1"]

"""A board on its way from the factory's application through releases, a bad one among them, and back."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from fleet.domain.assignments import recall_text
from tests.firmware.one_board import office, settled
from tests.firmware.releasing import Publisher, bring_trust, runs, updates
from tests.firmware.slotted import image
from tests.signing import image as signed_image
from tests.signing import release_message

FALLS_LATER = """
import asyncio


async def fall(board):
    await asyncio.sleep_ms(300)
    raise ValueError("no good")


app.run = fall
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Images by their version, each made once."""
    made = {}

    def by_version(board, version, sabotage=""):
        if version not in made:
            made[version] = image(board._bench.tree, tmp_path_factory.mktemp("image"), version, sabotage)
        return made[version]

    return by_version


@asynccontextmanager
async def trusting(tmp_path, roles=("rating",), **options):
    """A board that was told whom to believe, and who may publish releases."""
    async with office(tmp_path, roles, **options) as (fleet, board, broker):
        await settled(fleet, board)
        publisher = Publisher(fleet)
        await board.unplug()
        bring_trust(board, publisher.house.root)
        hellos = len(fleet.said("hello"))
        await board.plug_in_again()
        await fleet.until(lambda: len(fleet.said("hello")) > hellos, "hello of a board that trusts")
        await board.ready()
        yield fleet, board, broker, publisher


async def confirmed(fleet, sequence):
    """The board has told that it lives with this one, and says so."""
    want = (str(sequence), "confirmed", "")
    await fleet.until(lambda: want in updates(fleet) and "trial" not in runs(fleet), f"{sequence} confirmed", 180)
    assert runs(fleet)["sequence"] == sequence


def asked(fleet, name):
    """From where the board asked for pieces of this file."""
    return [one["offset"] for one in fleet.said("file") if one["name"].startswith(name)]


async def goes_on(fleet, before):
    """It asks for the image again, and not from its beginning."""
    await fleet.until(lambda: len(asked(fleet, "image/")) > before, "another piece")
    assert asked(fleet, "image/")[before] > 0


def test_a_board_lives_through_releases_and_comes_back_from_a_bad_one(tmp_path, images):
    async def story():
        # Another root right behind an update takes more than a board of an office has in its first boot of it.
        async with trusting(tmp_path, heap="144k") as (fleet, board, broker, publisher):
            assert runs(fleet) == {"sequence": 0, "root": 1, "mpy": "6.3", "room": 327_680}
            publisher.publish(1, images(board, "1.1"))
            publisher.assign(1, rate=60_000)
            await cut(fleet, board, broker)
            await recalled(fleet, board, publisher)
            await board.press("score_4")
            await fleet.until(lambda: fleet.events("rating"), "a rating in between")
            await confirmed(fleet, 1)
            assert (runs(fleet)["slot"], fleet.said("hello")[-1]["firmware"]) == ("a", "1.1")

            publisher.house.rotate(fleet=("fleet_2",), root=("an", "dung", "chi"))
            fleet.files["root/2"] = publisher.house.roots[-1]
            publisher.publish(3, images(board, "1.3"))
            publisher.assign(3, names=("fleet_2",))
            await confirmed(fleet, 3)
            assert (runs(fleet)["slot"], runs(fleet)["root"]) == ("b", 2)

            publisher.publish(4, images(board, "1.4", FALLS_LATER))
            publisher.assign(4, names=("fleet_2",))
            back = ("4", "returned", "not confirmed in 3 boots")
            await fleet.until(lambda: back in updates(fleet), "back by itself", 180)
            assert runs(fleet)["sequence"] == 3 and runs(fleet)["back"]["sequence"] == 4
            await board.press("score_5")
            await fleet.until(lambda: len(fleet.events("rating")) == 2, "a rating after the return")
            assert updates(fleet)[1:] == [("1", "confirmed", ""), ("3", "confirmed", ""), back]
            assert "rescue" not in fleet.said("hello")[-1]

    asyncio.run(story())


async def cut(fleet, board, broker):
    """While it downloads the broker dies, and later the power goes."""
    await fleet.until(lambda: len(asked(fleet, "image/")) > 30, "a download")
    broker.kill()
    broker.start()
    at = len(asked(fleet, "image/"))
    await goes_on(fleet, at)
    await fleet.until(lambda: len(asked(fleet, "image/")) > at + 60, "more of it")
    await board.unplug()
    at = len(asked(fleet, "image/"))
    await board.plug_in_again()
    await goes_on(fleet, at)


async def recalled(fleet, board, publisher):
    """The fleet's word ends a download, quietly, and what came so far is there still; what nobody signed ends none."""
    document, at = publisher.documents[1], len(asked(fleet, "image/"))
    nonce = fleet.said("hello")[-1]["nonce"]
    text = recall_text("b-1", nonce, len(publisher.house.roots))
    fleet.say("b-1", "release", release_message(nonce, text, ("fleet",)))
    await until_logged(board, "release 1: it makes way for 0")
    publisher.now(1, rate=60_000)
    await goes_on(fleet, at)
    publisher.now(2, document=document, names=("stranger",))
    await fleet.until(lambda: words(fleet) == [("2", "signature")], "a refusal of what nobody signed")


async def until_logged(board, text):
    """The board has said so."""
    for _ in range(600):
        if text in board.log.read_text(errors="replace"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"the board never said: {text}")


def test_every_refusal_is_told_with_its_word_and_changes_nothing(tmp_path):
    async def story():
        async with trusting(tmp_path) as (fleet, _, _, publisher):
            house, data = publisher.house, bytes(3_000)
            told = []

            async def refused(word, sequence, **said):
                publisher.now(sequence, **said)
                told.append((str(sequence), word))
                await fleet.until(lambda: words(fleet) == told, f"{told[-1]} behind {words(fleet)}")

            for sequence in range(1, 12):
                publisher.publish(sequence, data)
            await refused("nonce", 1, nonce="0123456789abcdef")
            hello = fleet.said("hello")[-1]["nonce"]
            message = publisher.message(2, "another")
            fleet.say("b-1", "release", dict(message, nonce=hello))
            told.append(("2", "nonce"))
            await refused("device", 3, meant_for="b-2")
            await refused("signature", 4, names=("release",))
            await refused("signature", 5, names=("stranger",))
            publisher.publish(6, data, signers=("fleet",))
            await refused("signature", 6)
            await refused("too_far", 1_001, document=publisher.documents[1])
            await refused("older", 0, document=publisher.documents[1])
            fleet.files["release/7"] = publisher.documents[8]
            await refused("older", 7, document=publisher.documents[8])
            fleet.files["release/8"] = publisher.documents[9]
            await refused("length", 8, document=publisher.documents[8] + b"!")
            fleet.files["release/9"] = house.release(9, [signed_image(data, firmware="0.9.1")])
            await refused("sha256", 9)
            await refused("root", 10, root=3)
            for sequence, word, kind in (
                (21, "board", {"board": "pico_w"}),
                (22, "mpy", {"mpy": "6.2"}),
                (23, "too_old", {"minimum": 20}),
            ):
                publisher.publish(sequence, data, **kind)
                await refused(word, sequence)
            publisher.publish(24, bytes(327_681))
            await refused("too_large", 24)
            publisher.publish(25, data)
            name = [one for one in fleet.files if one.startswith("image/") and fleet.files[one] == data][0]
            fleet.files[name] = data[:-1] + b"!"
            await refused("sha256", 25)
            fleet.files[name] = b""
            await refused("length", 11)
            fleet.supply = lambda device, wanted: None
            publisher.publish(26, data)
            await refused("too_slow", 26, within_s=1)
            fleet.welcomes = False
            fleet.say("b-1", "config", dict(fleet.config, version=2, hotline="1900", confirm_within_s=60))
            await fleet.until(lambda: fleet.said("hello")[-1].get("config") == 2, "a configuration on trial")
            await refused("on_trial", 27, document=publisher.documents[26])
            assert (runs(fleet)["sequence"], runs(fleet).get("slot"), len(fleet.events("boot"))) == (0, None, 3)
            assert not fleet.events("fault")

    asyncio.run(story())


def words(fleet):
    """What was refused, with the first word of each reason."""
    return [(release, reason.split(":")[0]) for release, result, reason in updates(fleet) if result == "refused"]


def test_who_trusts_nobody_or_has_no_slots_refuses_everything(tmp_path, monkeypatch):
    async def story(word):
        async with office(tmp_path / word, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            publisher = Publisher(fleet)
            publisher.publish(1, bytes(100))
            publisher.now(1)
            await fleet.until(lambda: words(fleet) == [("1", word)], f"refused: {word}")
            assert ("room" in runs(fleet)) == (word == "root")

    (tmp_path / "root").mkdir()
    asyncio.run(story("root"))
    monkeypatch.setenv("MOTCUA_REGIONS", "0")
    (tmp_path / "no_slots").mkdir()
    asyncio.run(story("no_slots"))

"""What networks and brokers do to the shipping firmware's link: nothing is lost, nothing doubled, nothing hangs.

A real Mosquitto, behind a wire that can be spoiled. Times of the firmware are its own; no test asks how fast it is.
"""

import asyncio
import json
import signal
import time

import pytest

from tests.firmware.bad_wire import PUBACK, PUBLISH, Wire
from tests.firmware.one_board import office, settled
from tests.firmware.simulated_fleet import Broker
from tests.firmware.test_tls import KEY, with_keys

DEAD = "not a byte from the broker"
SESSIONS = "persistence true\npersistence_location {directory}/\nautosave_interval 1\n"


async def rate(board, scores):
    """Press the buttons of these scores."""
    for score in scores:
        await board.press(f"score_{score}", held_ms=45)
        await asyncio.sleep(0.05)


async def rated(fleet, scores, within_s=60.0):
    """The fleet has these ratings and no others, in this order."""
    await fleet.until(lambda: len(fleet.events("rating")) >= len(scores), f"{len(scores)} ratings", within_s)
    assert [event["score"] for event in fleet.events("rating")] == list(scores)


def online(fleet):
    """What is kept on `up/alive` last."""
    return fleet.said("alive")[-1]


def link_errors(board):
    return [line for line in board.log.read_text(errors="replace").splitlines() if line.startswith("link:")]


def story(tmp_path, tell, **options):
    """A board with rating buttons behind a wire, settled; then what `tell(fleet, board, broker, wire)` does."""

    async def whole():
        wire = Wire()
        async with office(tmp_path, ("rating",), wire=wire, **options) as (fleet, board, broker):
            await settled(fleet, board)
            await tell(fleet, board, broker, wire)
            assert "Traceback" not in board.log.read_text(errors="replace") and not fleet.events("fault")

    asyncio.run(whole())


@pytest.mark.parametrize("protocol", [4, 5])
def test_a_frozen_path_is_left_within_fifteen_seconds_while_something_is_sent(tmp_path, protocol):
    async def tell(fleet, board, _broker, wire):
        await rate(board, [1])
        await rated(fleet, [1])
        wire.freeze()
        began = time.monotonic()
        await rate(board, [2, 3])
        await rated(fleet, [1, 2, 3])
        assert DEAD in link_errors(board)[0]
        assert time.monotonic() - began > 10  # it gave the path its time
        assert online(fleet).get("state", "online") == "online" and not online(fleet).get("gone")

    story(tmp_path, tell, protocol=protocol)


def test_a_frozen_path_is_left_while_nothing_happens(tmp_path):
    async def tell(fleet, board, _broker, wire):
        hellos, connections = len(fleet.said("hello")), wire.connections
        wire.freeze()
        await fleet.until(lambda: len(fleet.said("hello")) > hellos, "a new hello")
        assert wire.connections == connections + 1 and DEAD in link_errors(board)[0]

    story(tmp_path, tell)


def test_a_broker_that_stands_still_is_left_and_found_again(tmp_path):
    async def tell(fleet, board, broker, _wire):
        broker.process.send_signal(signal.SIGSTOP)
        try:
            await rate(board, [2, 4])
            async with asyncio.timeout(60):
                while DEAD not in board.log.read_text(errors="replace"):
                    await asyncio.sleep(0.1)
        finally:
            broker.process.send_signal(signal.SIGCONT)
        await rated(fleet, [2, 4])

    story(tmp_path, tell)


def test_acknowledgements_that_never_come_hold_nothing_up(tmp_path):
    async def tell(fleet, board, _broker, wire):
        wire.packets_down = lambda packet: [] if packet[0] & 0xF0 == PUBACK else [packet]
        connections = wire.connections
        scores = [1, 2, 3, 4, 5] * 5
        await rate(board, scores)
        await rated(fleet, scores)
        assert wire.connections == connections

    story(tmp_path, tell)


def test_what_the_broker_says_twice_is_heard_once(tmp_path):
    async def tell(fleet, board, _broker, wire):
        wire.packets_down = lambda packet: [packet, packet] if packet[0] & 0xF0 in (PUBLISH, PUBACK) else [packet]
        connections = wire.connections
        scores = [5, 4, 3, 2, 1] * 3
        await rate(board, scores)
        await rated(fleet, scores)
        assert wire.connections == connections
        # Copies are not counted: to a slow machine a receipt may come too late, and then it is right to send again.

    story(tmp_path, tell)


def test_answers_that_vanish_and_then_a_cut(tmp_path):
    async def tell(fleet, board, _broker, wire):
        wire.deaf = True
        await rate(board, [1, 2, 3])
        await fleet.until(lambda: len(fleet.events("rating")) == 3, "the ratings, though the board hears nothing")
        wire.deaf = False
        wire.cut()
        await rate(board, [4])
        await rated(fleet, [1, 2, 3, 4])

    story(tmp_path, tell)


@pytest.mark.parametrize("protocol", [4, 5])
@pytest.mark.parametrize("sessions", ["without its sessions", "with its sessions"])
def test_a_broker_that_is_started_anew(tmp_path, sessions, protocol):
    settings = SESSIONS.format(directory=tmp_path) if sessions == "with its sessions" else ""

    async def tell(fleet, board, broker, _wire):
        await rate(board, [1])
        await rated(fleet, [1])
        broker.process.terminate()
        broker.process.wait()
        await rate(board, [2, 3])
        broker.start()
        await rated(fleet, [1, 2, 3])

    story(tmp_path, tell, protocol=protocol, broker=Broker(tmp_path, settings))


@pytest.mark.parametrize("protocol", [4, 5])
def test_a_broker_that_says_it_kept_a_session_is_believed_and_no_harm_is_done(tmp_path, protocol):
    """Ours are clean, so none should; one that does sends old messages again, with the mark of a repetition."""

    async def tell(fleet, board, _broker, wire):
        old = {"epoch": 3, "boot": 1, "through": 10_000, "now": 1}
        topic, payload = b"mc/1/b-1/down/receipt", json.dumps(old).encode()
        rest = len(topic).to_bytes(2, "big") + topic + b"\0\7" + b"\0" * (protocol == 5) + payload
        again = bytes([0x3A, len(rest)]) + rest
        assert len(rest) < 128

        def with_session(packet):
            return [packet[:2] + b"\1" + packet[3:], again, b"\x40\x02\x12\x34"] if packet[0] == 0x20 else [packet]

        wire.packets_down = with_session
        hellos = len(fleet.said("hello"))
        wire.cut()
        await fleet.until(lambda: len(fleet.said("hello")) > hellos, "a new hello")
        await rate(board, [1, 2])
        await rated(fleet, [1, 2])

    story(tmp_path, tell, protocol=protocol)


def test_two_hundred_bytes_a_second_with_tls_drain_steadily(tmp_path):
    async def tell(fleet, board, _broker, wire):
        broker_down = list(range(1, 6)) * 2
        wire.pause()
        wire.cut()
        await rate(board, broker_down)
        wire.rate = 200
        connections = wire.connections
        wire.resume()
        await rated(fleet, broker_down, within_s=120)
        connected = wire.connections - connections
        await rate(board, [5])
        await rated(fleet, [*broker_down, 5])
        assert connected == wire.connections - connections <= 2  # one may have begun while the wire was cut
        assert DEAD not in board.log.read_text(errors="replace")

    tls = {"tls": "psk", "psk": KEY}
    story(tmp_path, tell, broker=with_keys(tmp_path, b_1=KEY), tls=tls)


def test_a_network_that_comes_and_goes(tmp_path):
    async def tell(fleet, board, _broker, wire):
        scores = []
        for score in (1, 2, 3):
            wire.pause()
            scores += [score, score]
            await rate(board, [score])
            await asyncio.sleep(1)
            wire.resume()
            await rate(board, [score])
            await asyncio.sleep(1)
            wire.cut()
        await rated(fleet, scores)

    story(tmp_path, tell)


def test_a_name_that_no_server_knows_is_asked_again_and_buttons_go_on(tmp_path):
    async def whole():
        async with office(tmp_path, ("rating",)) as (fleet, board, broker):
            await settled(fleet, board)
            await board.unplug()
            bench = board._bench
            bench.broker = ("broker.invalid", broker.port, 5)
            board = await bench.plug_in("b-1", "pw", ["rating"])
            await board.ready()
            async with asyncio.timeout(60):
                while len(link_errors(board)) < 2:
                    await asyncio.sleep(0.1)
            await rate(board, [1, 2])
            await board.unplug()
            bench.broker = ("127.0.0.1", broker.port, 5)
            await bench.plug_in("b-1", "pw", ["rating"])
            await rated(fleet, [1, 2])

    asyncio.run(whole())


def test_a_planned_end_is_told_and_taken_for_no_loss(tmp_path):
    async def tell(fleet, board, _broker, wire):
        told = len(fleet.said("alive"))
        fleet.say("b-1", "config", dict(fleet.config, version=2, roles=["rating", "reader"]), retain=True)
        await fleet.until(lambda: len(fleet.said("alive")) >= told + 2, "the end and the new beginning")
        leaving, back = fleet.said("alive")[told : told + 2]
        assert leaving["state"] == "leaving" and not leaving.get("gone")
        assert not back.get("gone") and back.get("state", "online") == "online"
        assert not [one for one in fleet.said("alive") if one.get("gone")]

    story(tmp_path, tell)


def test_a_loss_of_power_is_told_by_the_broker(tmp_path):
    async def tell(fleet, board, _broker, _wire):
        await board.unplug()
        await fleet.until(lambda: online(fleet).get("gone"), "the last will")

    story(tmp_path, tell)

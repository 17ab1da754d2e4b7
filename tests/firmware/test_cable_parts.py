"""Parts of the self-test that need something at the other end: a broker's TLS, a clock, a display, another's paper."""

import asyncio
import json

import pytest

from fleet.clock import now_ms
from fleet.laptop.call_display import Leds, VoiceModule
from fleet.laptop.scanner import SimulatedScanner
from protocols import improv
from protocols.sealing import psk_of
from tests.firmware.cable_host import KEY, WITHIN_S, CableHost, at_the_cable, claim, in_a_thread
from tests.firmware.certificates import P256, make_certificates
from tests.firmware.simulated_fleet import Broker

NAME = "broker.motcua.test"
CODE = "MCT-77F0-0A0A"
NOW_MS = 1_795_280_400_000


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return tmp_path_factory.mktemp("parts")


@pytest.fixture
def doors(tmp_path):
    """A broker's doors with TLS: by a certificate, and by the key of a claim; and what a device knows of each."""
    made, other = make_certificates(tmp_path / "ca", NAME, P256), make_certificates(tmp_path / "other", NAME, P256)
    listed = tmp_path / "keys"
    listed.write_text(f"nut-1:{psk_of(bytes.fromhex(KEY))}\n")
    listed.chmod(0o600)
    files = f"certfile {made.certificate}\nkeyfile {made.key}\nallow_anonymous true\n"
    keys = f"psk_hint motcua\npsk_file {listed}\nuse_identity_as_username true\nuse_username_as_clientid true\n"
    brokers = [Broker(folder(tmp_path / name), door=door) for name, door in (("cert", files), ("psk", keys))]
    for one in brokers:
        one.start()
    cert, psk = (one.devices_port for one in brokers)
    yield {
        "cert": ({"tls": "cert", "ca": made.ca_base64, "name": NAME}, cert, "pass"),
        "another authority": ({"tls": "cert", "ca": other.ca_base64, "name": NAME}, cert, "not correctly signed"),
        "another name": ({"tls": "cert", "ca": made.ca_base64, "name": "x.test"}, cert, "does not match"),
        "psk": ({"tls": "psk", "psk": True}, psk, "pass"),
    }
    for one in brokers:
        one.kill()


def folder(path):
    path.mkdir()
    return path


def parts_of(host, **how):
    """{part: (result, found)} of a self-test."""
    told = host.ask("selftest", **how)
    return {one["part"]: (one["result"], one["found"]) for one in json.loads(told["record"])["parts"]}


def test_the_broker_is_asked_over_tls_by_certificate_and_by_the_key_of_the_claim(bench, doors):
    def story(host):
        host.until(improv.STATE)
        for name, (how, port, wanted) in doors.items():
            network = {"host": "127.0.0.1", "port": port, "protocol": 5, **how}
            assert host.ask("offer", claim=claim(network=network))["ok"], name
            result, found = parts_of(host, parts=["broker"])["broker"]
            if wanted == "pass":
                assert (result, found) == ("pass", f"127.0.0.1:{port} ({how['tls']}) takes the claim"), name
            else:
                assert result == "fail" and wanted in found, (name, found)

    at_the_cable(bench, "tls", in_a_thread(story), "rating")


class Answers(CableHost):
    """Somebody at the cable who answers what a part asks: from `words`, one after the other."""

    def __init__(self, host, **words):
        self.__dict__ = host.__dict__
        self.words = words

    def heard(self, line):
        word = self.words.get(line.get("part")) if "answers" in line else None
        if word:
            self.say("seen", part=line["part"], **word.pop(0))
            self.number -= 1  # its own number; the test is asked by the one before


class OnTime(Answers):
    """A host that tells the time."""

    def heard(self, line):
        self.words = {"clock": [{"now": now_ms()}]}
        super().heard(line)


def test_the_clock_is_judged_by_what_a_host_says_that_may_be_late(bench):
    def story(host):
        host.until(improv.STATE)
        assert host.ask("offer", claim=claim())["ok"]
        wrong = [{"now": NOW_MS}, {"now": NOW_MS + 36_000_000}]
        result, found = parts_of(Answers(host, clock=wrong), parts=["clock"], now=NOW_MS)["clock"]
        assert (result, found[:4]) == ("fail", "-999"), found
        result, found = parts_of(OnTime(host), parts=["clock"], now=now_ms())["clock"]
        assert result in ("pass", "skipped") and " ppm over " in found  # skipped where this computer is too busy
        assert parts_of(host, parts=["clock"])["clock"] == ("skipped", "expected the host's time twice, 2 s apart")

    at_the_cable(bench, "clock", in_a_thread(story), "rating")


def test_a_display_shows_and_speaks_and_a_reader_reads_the_paper_of_another_board(bench):
    async def story(host, board):
        voice, leds, scanner = VoiceModule(board, clip_s=0.02), Leds(board), SimulatedScanner(board)
        tasks = [asyncio.create_task(one.run()) for one in (voice, leds, scanner)]
        await asyncio.to_thread(the_parts, host, board, voice, leds, asyncio.get_running_loop())
        for task in tasks:
            task.cancel()

    at_the_cable(bench, "shown", story, "display", "reader")


def the_parts(host, board, voice, leds, loop):
    class Reading(Answers):
        def heard(self, line):
            super().heard(line)
            if line.get("code"):
                assert line["code"] == CODE
                asyncio.run_coroutine_threadsafe(board.feed("scanner", CODE.encode() + b"\r"), loop).result(WITHIN_S)

    host.until(improv.STATE)
    assert host.ask("offer", claim=claim(roles=("display", "reader")))["ok"]
    parts = ["reader", "screen", "voice"]
    seen, heard = [{"result": "again"}, {"result": "fail"}], [{"result": "again"}, {"result": "pass"}]
    found = parts_of(Reading(host, screen=seen, voice=heard), parts=parts, hands=True, code=CODE)
    assert found == {
        "reader": ("pass", "takes commands, read " + CODE),
        "screen": ("fail", "8888, seen by a person"),
        "voice": ("pass", "it says that it spoke, seen by a person"),
    }
    assert voice.spoken == [(1, 1)] * 2
    assert leds.dots()[0].startswith(".###..")
    assert parts_of(host, parts=["screen", "voice"]) == {
        "screen": ("ask", "8888"),
        "voice": ("pass", "it says that it spoke"),
    }
    voice.missing.add((1, 1))
    assert parts_of(host, parts=["voice"])["voice"] == ("fail", "its card has no clip 1 in folder 01")

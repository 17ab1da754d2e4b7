"""A board that nobody has enrolled speaks at its cable, and becomes what it was offered, whole or not at all."""

import asyncio
import json

import pytest

from firmware import VERSION
from fleet.laptop import flash_image
from fleet.laptop.printer import SimulatedPrinter
from fleet.laptop.scanner import SimulatedScanner
from protocols import improv
from protocols.sealing import password_of, record_proof
from tests.firmware.cable_host import HW, KEY, WITHIN_S, CableHost, at_the_cable, claim, in_a_thread

PASSWORD = password_of(bytes.fromhex(KEY)).encode()


ROLES = ("printer", "rating", "reader")


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """One folder for all: the firmware is compiled once."""
    return tmp_path_factory.mktemp("cable")


def test_from_firmware_to_a_device_that_looks_for_its_fleet(bench):
    def story(host):
        assert host.until(improv.STATE) == bytes([improv.AUTHORIZED])
        told = host.ask("about")
        assert (told["ok"], told["hw"], told["board"], told["device"], told["claim"]) == (
            True,
            HW,
            "simulated",
            None,
            None,
        )
        assert told["flash"] == 1 << 20
        assert 0 < told["flash_free"] < told["flash"]
        assert host.standard(improv.request(improv.ASK_DEVICE))[0::2] == ["motcua", "simulated"]
        assert host.standard(improv.request(improv.SCAN)) == []
        wrong_offers(host)
        assert host.ask("keep")["error"] == "no_offer"  # what was refused is forgotten
        assert host.ask("offer", claim=claim(hw=HW))["ok"]
        assert host.ask("about")["claim"] == "7ZK4QW2MX"
        assert host.standard(improv.wifi("Một cửa", "mat khau 12")) == []
        assert host.ask("blink")["ok"]
        assert host.ask("dance")["found"].startswith("expected about, offer")
        assert host.ask("keep")["ok"]
        del host.states[:]
        while improv.NO_CONNECTION not in host.errors:  # there is no broker
            host.next()
        assert host.states[0] == improv.PROVISIONING
        assert host.named == ["motcua", VERSION, "simulated", "nut-1"]

    board = at_the_cable(bench, "bare-1", in_a_thread(story), *ROLES)
    identity = json.loads(flash_image.read_file(board.image, "/identity.json"))
    assert identity == {"device": "nut-1", "epoch": None, "keys": {"a": KEY}, "use": "a", "claim": "7ZK4QW2MX"}
    network = json.loads(flash_image.read_file(board.image, "/network.json"))
    assert network == {
        "host": "127.0.0.1",
        "port": 1,
        "protocol": 5,
        "ssid": "Một cửa",
        "wifi_password": "mat khau 12",
    }


def wrong_offers(host):
    for wrong, sentence in [
        ({"v": 2}, "expected a claim of version 1"),
        ({"device": "Nút 1"}, "device: expected a device id of 1 to 32"),
        ({"key": "5a"}, "key: expected 32 bytes in hexadecimal"),
        ({"roles": ["keypad"]}, "roles: the firmware on this board was built without the role keypad"),
        ({"roles": ["oven"]}, 'roles: expected some of printer, rating, reader, keypad, display, found "oven"'),
        ({"hw": "00ff"}, f'hw: the claim is for the board "00ff", this is {HW}'),
        ({"network": {"host": "x", "port": 0}}, "port: expected a number from 1 to 65535, found 0"),
        ({"network": {"host": "x", "port": 1, "tls": "cert"}}, "network: expected ca, a certificate in base64"),
        ({"network": {"host": "x", "port": 1, "ssid": ""}}, "network: expected an ssid of 1 to 32 bytes"),
        ({"network": None}, "network: expected an object with a host and a port"),
    ]:
        told = host.ask("offer", claim=claim(**wrong))
        assert (told["ok"], told["error"]) == (False, "bad_offer")
        assert sentence in told["found"]
        assert KEY not in told["found"]


def test_noise_and_broken_frames_cost_nothing_and_ctrl_c_between_frames_leads_to_the_prompt(bench):
    def story(host):
        assert host.until(improv.STATE) == bytes([improv.AUTHORIZED])
        host.serial.write(b"\x00\xffIMPROV\x01\x03\xff\r\n\x03ls\r\nIMPROV\x02")
        assert host.ask("about", note="\u0003" * 5 + "x" * 300)["ok"]
        host.serial.write(improv.frame(improv.REQUEST, b"\x02\x05"))
        host.serial.write(improv.request(improv.OBJECT, b"\0{"))
        host.serial.write(improv.request(0x42))
        while host.errors != [improv.INVALID, improv.INVALID, improv.UNKNOWN_REQUEST]:
            host.next()
        host.serial.write(improv.request(3)[:-1] + b"\x03\x03")  # the frame's own 0x03 are none
        while b"KeyboardInterrupt" not in host.frames.chatter or not host.frames.chatter.endswith(b">>> "):
            host.waiting += host.frames.feed(host.serial.read(100))
        assert improv.ASK_DEVICE in [data[0] for kind, data in host.waiting if kind == improv.RESULT]
        host.serial.write(b"import machine; machine.reset()\r")
        assert host.until(improv.STATE) == bytes([improv.AUTHORIZED])

    board = at_the_cable(bench, "bare-2", in_a_thread(story), *ROLES)
    with pytest.raises(FileNotFoundError):
        flash_image.read_file(board.image, "/identity.json")


class Hands(CableHost):
    """Somebody at the cable: he presses, holds paper before the reader, and says what he sees."""

    def __init__(self, host, board, printer, loop):
        self.__dict__ = host.__dict__
        self.board, self.printer, self.loop = board, printer, loop
        self.missing = 0
        self.told = 0
        self.looked = 0

    def heard(self, line):
        if line.get("result") != "ask":
            return
        if line["part"] == "reader":
            slip = self.do(self.printer.next_slip(0)).slip
            assert line["code"].encode() in slip.codes and line["code"] in slip.text
            self.do(self.board.feed("scanner", slip.codes[0] + b"\r"))
        elif line["part"] == "buttons" and line["found"].startswith("press each"):
            for name in line["found"].split(": ")[1].split(", "):
                for _ in range(3 - self.missing):
                    self.do(self.board.press(name, 40))
                    self.do(asyncio.sleep(0.03))
                self.missing = 0
        elif line["part"] == "lamps" and "answers" in line:
            self.looked += 1
            self.say("seen", part="lamps", result="again" if self.looked == 1 else "pass")
            self.number -= 1  # its own number; the test is asked by the one before
        elif line["part"] == "clock":
            self.say("seen", part="clock", now=1_795_280_400_000 + 36_000_000 * self.told)
            self.told += 1
            self.number -= 1

    def do(self, deed):
        return asyncio.run_coroutine_threadsafe(deed, self.loop).result(WITHIN_S)


def test_a_board_tests_itself_with_hands_and_prints_its_label(bench):
    connects = []

    async def broker(reader, writer):
        connects.append(await reader.readuntil(b"nut-1" + len(PASSWORD).to_bytes(2, "big") + PASSWORD))
        known = len(connects) > 1  # the claim was made a moment ago: it is let in only now
        writer.write(b"\x20\x02\x00\x00" if known else b"\x20\x02\x00\x05")
        assert await reader.read(10) == (b"\xe0\x00" if known else b"")
        writer.close()

    async def story(host, board):
        server = await asyncio.start_server(broker, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        printer = SimulatedPrinter(board)
        printing = asyncio.create_task(printer.run())
        scanner = SimulatedScanner(board)
        scanning = asyncio.create_task(scanner.run())
        await asyncio.to_thread(the_whole_test, Hands(host, board, printer, asyncio.get_running_loop()), port)
        printing.cancel()
        scanning.cancel()
        server.close()

    at_the_cable(bench, "bare-3", story, *ROLES)
    assert len(connects) == 2


def the_whole_test(hands, port):
    hands.until(improv.STATE)
    assert hands.ask("selftest")["error"] == "no_offer"
    assert hands.ask("label")["error"] == "no_offer"
    assert hands.ask("offer", claim=claim(port, ROLES[::2]))["ok"]
    printer = {"width": 384, "text": "ascii"}
    told = hands.ask("selftest", hands=True, now=1_795_280_400_000, printer=printer)
    record = json.loads(told["record"])
    results = {one["part"]: (one["result"], one["found"]) for one in record["parts"]}
    clock = results.pop("clock")  # the host said that ten hours had gone by
    assert clock[0] == "fail" and clock[1].startswith("-999") and clock[1].endswith(" ppm over 36000 s"), clock
    assert {name: result for name, (result, _) in results.items()} == {
        **dict.fromkeys(["flash", "memory", "chip", "broker", "printer", "reader", "buttons", "lamps"], "pass"),
        "wifi": "skipped",
    }, results
    assert results["reader"][1].startswith("takes commands, read MCT-9D2F-")
    assert results["buttons"][1] == "bounces 6 0 0 0 0 0"
    assert results["broker"][1] == f"127.0.0.1:{port} (no TLS) takes the claim"
    assert (record["claim"], record["device"], record["hw"], record["passed"]) == ("7ZK4QW2MX", "nut-1", HW, False)
    assert told["proof"] == record_proof(bytes.fromhex(KEY), told["record"].encode())
    broken_parts(hands, printer)
    assert hands.ask("label", address="https://fleet.example.gov.vn/c/7ZK4QW2MX", printer=printer)["ok"]
    slip = hands.do(hands.printer.next_slip(1)).slip
    assert slip.codes == (b"https://fleet.example.gov.vn/c/7ZK4QW2MX",) and not slip.complaints
    assert "Mot cua Phuong Ben Thanh" in slip.text and "Quay 3" in slip.text and "7ZK4QW2MX" in slip.text
    assert KEY not in slip.text and PASSWORD.decode() not in slip.text
    hands.do(hands.printer.set_paper("out"))
    assert hands.ask("label")["found"] == "no paper"
    told = hands.ask("selftest", parts=["printer", "lamps", "buttons"])
    parts = [(one["part"], one["result"]) for one in json.loads(told["record"])["parts"]]
    assert parts == [("printer", "fail"), ("buttons", "ask"), ("lamps", "ask")]


def broken_parts(hands, printer):
    """A key that was pressed twice only; a broker that is not there."""
    hands.missing = 1
    told = hands.ask("selftest", hands=True, wait_s=1, parts=["buttons"])
    found = json.loads(told["record"])["parts"][0]
    assert (found["result"], found["found"][:49]) == ("fail", "expected 3 presses each, found service_1 2; bounc")
    assert hands.ask("offer", claim=claim(9, ROLES[::2]))["ok"]
    (found,) = json.loads(hands.ask("selftest", parts=["broker"])["record"])["parts"]
    assert found["result"] == "fail" and "127.0.0.1:9: " in found["found"]

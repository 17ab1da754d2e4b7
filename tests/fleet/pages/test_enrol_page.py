"""The page that enrols boards in the browser: what it says to a board, what it asks the fleet, and when it says no.

From a bare board to a device: hil_tests/test_browser.py.
"""

import ast
import base64
import hashlib
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from fleet.clock import now_ms
from fleet.domain.signed_documents import read
from fleet.flows.claim import use_within
from fleet.pages.enrol_calls import NoPackage, as_told
from fleet.pages.house import House
from fleet.wiring import at_a_cable
from protocols import improv
from protocols.message import ProtocolError, to_json
from tests.fleet.pages.test_accessible import seen_by_axe
from tests.fleet.pages.town import Town
from tests.release_keys import Releases

HW = "e6614c311b7e6f35"
WANTED = {"place": "tan-an/ta-1", "role": "rating", "hw": HW}
FRAMES = """async ([folder, streams]) => {
    const { Frames } = await import(folder + "/improv.js");
    return streams.map((parts) => {
        const frames = new Frames();
        const found = parts.flatMap((part) => frames.feed(part)).concat(frames.idle());
        return [found.map(({ type, data }) => [type, data]), frames.chatter];
    });
}"""
OBJECTS = """async ([folder, streams]) => {
    const { Objects } = await import(folder + "/improv.js");
    return streams.map((pieces) => {
        const objects = new Objects();
        return pieces.map((piece) => objects.take(piece));
    });
}"""
PIECES = """async ([folder, objects]) => {
    const { WIFI, pieces, request, strings } = await import(folder + "/improv.js");
    const said = objects.map((bytes) => pieces(bytes).map((piece) => [...piece]));
    return [said, [...request(WIFI, strings("Mạng của tôi", "mật khẩu"))]];
}"""
TALK = """async ([folder, act, bytes]) => {
    const { Conversation } = await import(folder + "/conversation.js");
    const waits = [bytes];
    const cable = { write: async () => {}, read: async () => waits.shift() ?? [] };
    return new Conversation(cable)[act]("Tân An", "12345678").catch(({ word, found }) => [word, found]);
}"""
BRING = """async ([folder, files]) => {
    const { bring } = await import(folder + "/installing.js");
    const ran = [];
    await bring({ run: async (script) => ran.push(script) }, { on_board: "first" }, Object.entries(files));
    return ran;
}"""
PORT = """(answer) => {
    class Port {
        getInfo() { return { usbVendorId: 0x10c4, usbProductId: 0xea60 }; }
        async setSignals() {}
        async open() {
            if (!answer) throw new DOMException("open elsewhere", "InvalidStateError");
            this.readable = new ReadableStream({ start: (to) => (this.to = to) });
            this.writable = new WritableStream({ write: () => this.to.enqueue(Uint8Array.from(answer)) });
        }
        async close() {}
    }
    const port = new Port();
    const serial = Object.assign(new EventTarget(), { getPorts: async () => [port], requestPort: async () => port });
    Object.defineProperty(navigator, "serial", { value: serial, configurable: true });
}"""


@pytest.fixture
def page(town: Town, address: str, chromium: Browser) -> Iterator[Page]:
    """A technician's window."""
    context = chromium.new_context(locale="vi-VN")
    context.set_default_timeout(40_000)
    token, _ = town.session("technician")
    context.add_cookies([{"name": "motcua", "value": token, "url": address}])
    yield context.new_page()
    context.close()


def set_broker(town: Town) -> None:
    house: House = town.app.state.house
    settings = house.settings.model_copy(update={"devices_host": "broker.example.vn"})
    town.app.state.house = house.__class__(**{**vars(house), "settings": settings})


def folder_of(town: Town) -> str:
    return f"{town.app.state.house.static}/enrol"


def found_here(parts: list[list[int]]) -> list[Any]:
    frames = improv.Frames()
    found = [one for part in parts for one in frames.feed(bytes(part))] + frames.idle()
    return [[[kind, list(data)] for kind, data in found], list(frames.chatter)]


def taken_here(pieces: list[list[int]]) -> list[Any]:
    objects, found = improv.Objects(), []
    for piece in pieces:
        try:
            whole = objects.take(bytes(piece))
        except ProtocolError:
            whole = None
        found.append(None if whole is None else list(whole))
    return found


def streams(chance: random.Random, count: int) -> list[list[list[int]]]:
    """Frames between noise, some of them broken, cut anywhere."""
    made = []
    for _ in range(count):
        data = b""
        for _ in range(chance.randrange(6)):
            data += chance.choice(
                [b"", b"\n", b"IMPROV\x01", b"IMPROV\x01\x03\xff", chance.randbytes(9), b"link: x\r\n"]
            )
            one = bytearray(improv.frame(chance.randrange(5), chance.randbytes(chance.choice([0, 1, 20, 123, 255]))))
            if not chance.randrange(4):
                one[chance.randrange(len(one))] ^= 1 << chance.randrange(8)
            data += one
        cuts = sorted({0, len(data), *(chance.randrange(len(data) + 1) for _ in range(4))})
        made.append([list(data[start:end]) for start, end in pairwise(cuts)])
    return made


def test_the_browser_speaks_improv_byte_for_byte_as_the_board_does(town: Town, address: str, page: Page) -> None:
    page.goto(address + "/devices/enrol")
    chance, folder = random.Random(7), folder_of(town)
    given = streams(chance, 40)
    assert page.evaluate(FRAMES, [folder, given]) == [found_here(one) for one in given]
    objects = [list(chance.randbytes(length)) for length in (0, 1, 119, 120, 121, 240, 2300)]
    said, wifi = page.evaluate(PIECES, [folder, objects])
    assert said == [[list(piece) for piece in improv.pieces(improv.REQUEST, bytes(one))] for one in objects]
    assert bytes(wifi) == improv.wifi("Mạng của tôi", "mật khẩu")
    parts = [[list(frame[11:-2]) for frame in improv.pieces(improv.RESULT, bytes(one))] for one in objects]
    broken = [[piece for piece in one * 2 if chance.randrange(9)] for one in parts]
    long = [list(piece) for piece in [[5], *[[(n & 15) << 4 | 1, *[7] * 120] for n in range(1, 80)]]]
    given = [*parts, *broken, long]
    assert page.evaluate(OBJECTS, [folder, given]) == [taken_here(one) for one in given]


def test_the_board_looks_for_wifi_and_joins_one(town: Town, address: str, page: Page) -> None:
    page.goto(address + "/devices/enrol")
    folder = folder_of(town)

    def talk(act: str, *frames: bytes) -> Any:
        return page.evaluate(TALK, [folder, act, list(b"".join(frames))])

    heard = [("Tân An", "-70", "YES"), ("<b>Mở\x07</b>", "-40", "NO"), ("Tân An", "-50", "YES")]
    found = talk("scan", *[improv.result(improv.SCAN, *one) for one in heard], improv.result(improv.SCAN))
    assert found == [
        {"name": "<b>Mở?</b>", "level": -40, "closed": False},
        {"name": "Tân An", "level": -50, "closed": True},
    ]
    on_its_way = improv.frame(improv.STATE, bytes([improv.PROVISIONING]))
    assert talk("join", on_its_way, improv.frame(improv.ERROR, b"\0"), improv.result(improv.WIFI)) is None
    assert talk("join", on_its_way, improv.frame(improv.ERROR, b"\3")) == ["wifi", "Tân An"]
    page.evaluate(
        """async ([folder, heard]) => {
            const { View } = await import(folder + "/view.js");
            window.chosen = new View().askWifi(heard, "", false);
        }""",
        [folder, found],
    )
    asked = page.locator("#wifi-form")
    expect(asked.get_by_label("Tên Wi-Fi")).to_be_focused()
    assert asked.get_by_label("Tên Wi-Fi").locator("option").first.inner_text() == "<b>Mở?</b> (-40 dBm)"
    asked.get_by_label("Tên Wi-Fi").select_option("Mạng khác (gõ tên)")
    asked.get_by_label("Tên mạng khác").fill("Ẩn")
    assert seen_by_axe(page, "wifi") == []
    asked.get_by_label("Mật khẩu").fill("12345678")
    asked.get_by_role("button").click()
    assert page.evaluate("chosen") == {"name": "Ẩn", "password": "12345678"}


def test_a_browser_that_cannot_says_so_and_names_another_way(address: str, page: Page) -> None:
    page.add_init_script("delete Navigator.prototype.serial")
    page.goto(address + "/devices/enrol")
    expect(page.get_by_role("alert")).to_contain_text("Trang này cần Web Serial")
    expect(page.locator("#choices")).to_be_hidden()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(address + "/devices/enrol")
    expect(page.get_by_role("alert")).to_contain_text("địa chỉ https")
    expect(page.get_by_role("alert")).to_contain_text("motcua bench")


def test_what_stands_in_the_way_is_a_sentence_and_nothing_is_lost(town: Town, address: str, page: Page) -> None:
    page.add_init_script(f"({PORT})(null)")
    page.goto(address + "/devices/enrol")
    page.get_by_role("button", name="Kết nối bo mạch").click()
    expect(page.get_by_text("Hãy chọn ít nhất một vai trò.")).to_be_visible()
    page.get_by_label("nút đánh giá").check()
    page.get_by_role("textbox", name="Tên Wi-Fi").fill("Tân An")
    page.get_by_role("button", name="Kết nối bo mạch").click()
    trouble = page.locator("#trouble")
    expect(trouble).to_contain_text("Cổng đang mở ở nơi khác")
    expect(trouble).to_be_focused()
    expect(page.get_by_role("textbox", name="Tên Wi-Fi")).to_have_value("Tân An")
    about = to_json({"id": 1, "ok": True, "hw": HW, "board": "<i>pico_w</i>", "device": None})
    page.add_init_script(f"({PORT})({list(b''.join(improv.pieces(improv.RESULT, about)))})")
    page.goto(address + "/devices/enrol")
    page.get_by_label("nút đánh giá").check()
    page.get_by_role("button", name="Kết nối bo mạch").click()
    expect(trouble).to_contain_text("Chưa khai báo máy chủ MQTT cho thiết bị")
    expect(trouble).to_contain_text("MOTCUA_DEVICES_HOST")
    assert seen_by_axe(page, "trouble") == []


def test_the_fleet_gives_a_board_one_claim_and_keeps_it_nowhere_else(town: Town) -> None:
    set_broker(town)
    with town.browser("technician") as browser:
        first = browser.post("/devices/enrol/claim", **WANTED)
        assert (first.status_code, first.headers["cache-control"]) == (201, "no-store")
        claim = first.json()
        assert (claim["hw"], claim["network"]["host"]) == (HW, "broker.example.vn")
        assert browser.post("/devices/enrol/claim", **WANTED).json() == claim
        assert claim["key"] not in browser.get("/devices/enrol").text + browser.get("/devices/claims").text
        other = browser.post("/devices/enrol/claim", **WANTED | {"role": "keypad"})
        assert (other.status_code, other.json()["error"]) == (409, "other_claim")
        assert claim["device"] in other.json()["said"][0]
        assert browser.post("/devices/enrol/claim", **WANTED | {"role": "keypad", "other": "take"}).json() == claim
        assert browser.post("/devices/enrol/claim", **WANTED | {"hw": "<b>"}).status_code == 400
        elsewhere = browser.post("/devices/enrol/claim", **WANTED | {"place": "cai-khe", "hw": "00ff"})
        assert (elsewhere.status_code, elsewhere.json()["error"]) == (409, "claim")
        assert browser.get(f"/devices/enrol/boards/{HW}").json()["device"] == claim["device"]
        assert browser.get(f"/devices/enrol/boards/{HW}?device=other").status_code == 404
        with town.store.writing() as connection:
            use_within(connection, claim["claim"], HW, now_ms())
        assert browser.post("/devices/enrol/claim", **WANTED).json()["error"] == "stranger"
        record = browser.post("/devices/enrol/selftest", record="{}", proof="00" * 16)
        assert (record.status_code, record.json()["error"]) == (409, "broken")


def test_a_board_is_brought_the_root_of_releases_as_the_bench_brings_it(
    town: Town, address: str, page: Page, tmp_path: Path
) -> None:
    root = tmp_path / "1.root.json"
    root.write_bytes(read(Releases().root).tuf_file())
    brought = at_a_cable(root).brought()
    assert brought == {"trust": Releases().root} and at_a_cable().brought() == {}
    page.goto(address + "/devices/enrol")
    ran = page.evaluate(BRING, [folder_of(town), as_told(brought)])
    content = brought["trust"]
    written = [ast.literal_eval(script.removeprefix("_take")) for script in ran[1:]]
    assert ran[0] == "first" and b"".join(base64.b64decode(data) for *_, data in written) == content
    assert [(path, first) for path, first, *_ in written] == [("trust", not n) for n in range(len(written))]
    assert [last for *_, last, _ in written] == ["" for _ in written[1:]] + [hashlib.sha256(content).hexdigest()]
    root.write_text("{}")
    with pytest.raises(NoPackage, match="expected a file of TUF"):
        at_a_cable(root).brought()


def test_what_a_board_needs_is_there_for_boards_that_are_known(town: Town) -> None:
    with town.browser("technician") as browser:
        means = browser.get("/devices/enrol/means").json()
        assert [0x2E8A, 0x0005, True, True] in means["ports"]
        assert "machine.unique_id" in means["scripts"]["probe"] and means["brought"] == {}
        unknown = browser.get("/devices/enrol/package?machine=toaster&role=rating")
        assert (unknown.status_code, unknown.json()["error"]) == (409, "unknown_board")
        code = browser.get("/devices/enrol/code/MCT-1A2B-3C4D.svg")
        assert code.headers["content-type"] == "image/svg+xml" and code.text.startswith("<svg")
        assert browser.get("/devices/enrol/code/%3Cb%3E.svg").status_code == 404
        assert 'href="/devices/enrol"' in browser.get("/devices").text
        assert 'href="/devices/enrol"' in browser.get("/devices/claims").text

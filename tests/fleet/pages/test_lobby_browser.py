"""The lobby's screen in a real Chromium: it shows, speaks, loses its connection, and does not grow."""

import json
import os
import wave
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from firmware.roles.call_display import clips
from fleet.clock import now_ms
from fleet.domain.lobby_now import CallShown, LobbyNow
from fleet.pages import feeds
from protocols.calls import Call
from tests.fleet.pages.sample_lobby import busy_lobby, quiet_lobby
from tests.fleet.pages.town import Town, serving

PATIENCE_MS = 40_000
SIZES = [(1920, 1080), (3840, 2160), (1080, 1920), (360, 740)]
CALLS = int(os.environ.get("LOBBY_CALLS", "150"))
FEW = max(30, min(500, CALLS // 4))
# A browser grows until it has seen everything some hundred times; from there on nothing is added.
GROWTH_BYTES = 256 * 1024
SOUNDING = 8
# Of one chime, which may sound at one of both times. Listeners of what sounds are 25 to 28, in silence 26.
KEPT = ("Nodes", "JSEventListeners", "AudioHandlers", "Documents", "JSHeapUsedSize")

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def screen(chromium: Browser, town: Town) -> Iterator[Page]:
    """A television that was signed in as the display of its office."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
    context.set_default_timeout(PATIENCE_MS)
    token, _ = town.session("display")
    context.add_cookies([{"name": "motcua", "value": token, "domain": "127.0.0.1", "path": "/"}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "CSP" in said.text else None)
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => console.error('CSP: ' + event.blockedURI))"
    )
    yield page
    assert complaints == []
    context.close()


def called(lobby: LobbyNow, label: str, counter: str, recalls: int = 0) -> LobbyNow:
    """The same lobby after this call."""
    call = CallShown(label, f"Quầy {counter}", counter, lobby.now_ms, recalls)
    return replace(lobby, calls=(call, *(one for one in lobby.calls if one.counter != call.counter)))


def record(folder: Path, numbers: Iterable[int]) -> None:
    """Clips of a hundredth of a second, in which nothing is heard."""
    folder.mkdir(parents=True)
    for number in numbers:
        with wave.open(str(folder / f"{number:03}.wav"), "wb") as sound:
            sound.setparams((1, 1, 8000, 80, "NONE", ""))
            sound.writeframes(bytes([128]) * 80)


def test_a_call_stands_large_and_the_ones_before_beside_it(town: Town, address: str, screen: Page) -> None:
    began_ms = now_ms()
    town.lobby = quiet_lobby
    screen.goto(f"{address}/")
    expect(screen.locator(".lobby-none")).to_have_text("Chưa gọi số nào. Xin mời ngồi chờ.")
    expect(screen.locator("#connection")).to_have_text("Đang cập nhật trực tiếp")
    town.lobby = lambda office, at_ms: busy_lobby(office, began_ms)
    town.changes.tell("tan-an")
    expect(screen.locator(".lobby-last")).to_contain_text("B019")
    expect(screen.locator(".lobby-list li").first).to_contain_text("A044")
    expect(screen.locator("#spoken")).to_have_text("Mời số B019, đến quầy số 3")
    expect(screen.locator(".lobby-soon").first).to_have_text("Sắp tới lượt: A045 · A046")
    expect(screen.locator(".is-new")).to_have_count(1)  # the others had been called long before


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_screen_fits_whatever_hangs_there(town: Town, address: str, screen: Page, width: int, height: int) -> None:
    screen.set_viewport_size({"width": width, "height": height})
    screen.goto(f"{address}/lobby/tan-an")
    expect(screen.locator(".lobby-last")).to_be_visible()
    assert screen.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    letters_px = screen.evaluate("parseFloat(getComputedStyle(document.querySelector('.lobby-number')).fontSize)")
    assert letters_px >= min(width, height) * 0.14, "seen from ten metres"
    if width > 1000:
        assert screen.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0, "nobody scrolls a wall"


def test_it_speaks_from_clips_as_the_call_display_does(town: Town, address: str, screen: Page, tmp_path: Path) -> None:
    began_ms = now_ms()
    wanted = clips(Call(id="kp-1/1/1/1", label="Đ120", counter="15", expires=0))
    record(tmp_path / "voices" / "01", wanted)
    town.lobby = quiet_lobby
    asked: list[str] = []
    screen.on("request", lambda request: "/voices/" in request.url and asked.append(request.url.rsplit("/", 1)[1]))
    screen.goto(f"{address}/lobby/tan-an")
    screen.get_by_role("button", name="Bật tiếng").click()
    expect(screen.get_by_role("button", name="Bật tiếng")).to_be_hidden()
    town.lobby = lambda office, at_ms: called(quiet_lobby(office, began_ms), "Đ120", "15")
    with screen.expect_response(lambda answer: answer.url.endswith(f"/voices/01/{wanted[-1]:03}")):
        town.changes.tell("tan-an")
    heard = list(dict.fromkeys(asked))
    assert heard == [f"{number:03}" for number in wanted]
    asked.clear()
    town.lobby = lambda office, at_ms: called(quiet_lobby(office, began_ms), "Đ120", "15", recalls=1)
    town.changes.tell("tan-an")
    expect(screen.locator(".is-new")).to_have_count(1)  # called again, said again


def test_its_clips_are_those_of_the_firmware(address: str, screen: Page) -> None:
    screen.goto(f"{address}/lobby/tan-an")
    script = screen.locator("script[type=module]").get_attribute("src")
    for label, counter in [("A012", "3"), ("Đ1200", "99"), ("?9", "0"), ("ư7", "Tiếp nhận"), ("T001", "100")]:
        said = screen.evaluate(
            "async ([script, label, counter]) => (await import(script)).clips(label, counter)",
            [script, label, counter],
        )
        assert said == clips(Call(id="kp-1/1/1/1", label=label, counter=counter, expires=0))


def test_a_lost_connection_keeps_the_last_call_and_says_so(town: Town, screen: Page) -> None:
    with serving(town) as port:
        screen.goto(f"http://127.0.0.1:{port}/lobby/tan-an")
        expect(screen.locator("#connection")).to_have_text("Đang cập nhật trực tiếp")
    expect(screen.locator("#lost")).to_contain_text("Các số dưới đây là lần gọi trước đó")
    expect(screen.locator(".lobby-last")).to_contain_text("B019")
    town.lobby = lambda office, at_ms: called(busy_lobby(office, at_ms), "D001", "4")
    with serving(town, port):
        expect(screen.locator(".lobby-last")).to_contain_text("D001")
        expect(screen.locator("#lost")).to_be_hidden()


def test_it_does_not_grow_with_what_it_was_told(
    town: Town, address: str, screen: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day's calls in a few seconds, said aloud: what stays in the browser is no more after many than after a few.

    LOBBY_CALLS says how many; 20,000 are the weeks that a screen runs (`make campaign`).
    """
    monkeypatch.setattr(feeds, "AT_MOST_EVERY_S", 0.0)
    record(tmp_path / "voices" / "01", range(2, 200))  # no chime: the screen makes one itself
    screen.goto(f"{address}/lobby/tan-an")
    screen.get_by_role("button", name="Bật tiếng").click()
    session = screen.context.new_cdp_session(screen)
    session.send("Performance.enable")

    def used() -> dict[str, float]:
        for _ in range(2):  # what was held by what the first took away
            session.send("HeapProfiler.collectGarbage")
        return {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}

    began_ms = now_ms()
    before: dict[str, float] = {}
    for number in range(1, CALLS + 1):
        label = f"A{number:05}"
        town.lobby = lambda office, at_ms, label=label: called(busy_lobby(office, began_ms), label, "1")
        town.changes.tell("tan-an")
        expect(screen.locator(".lobby-number")).to_have_text(label)
        if number == FEW:
            before = used()
    after, until_s = used(), monotonic() + PATIENCE_MS / 1000
    while (more := grown(before, after)) and monotonic() < until_s:  # what sounds yet is held until it was heard
        screen.wait_for_timeout(100)
        after = used()
    print(json.dumps({name: [before[name], after[name]] for name in KEPT}))  # `pytest -s` shows it
    assert more == {}, "kept more and more, even in silence: [after a few calls, after many]"


def grown(before: dict[str, float], after: dict[str, float]) -> dict[str, list[float]]:
    """What is more than it was, and than what one call that is said meanwhile holds."""
    most = {
        "Nodes": before["Nodes"] * 1.2 + 50,
        "JSEventListeners": before["JSEventListeners"] + 2,
        "AudioHandlers": before["AudioHandlers"] + SOUNDING,
        "Documents": before["Documents"] + 2,
        "JSHeapUsedSize": before["JSHeapUsedSize"] + GROWTH_BYTES,
    }
    return {name: [before[name], after[name]] for name, allowed in most.items() if after[name] > allowed}

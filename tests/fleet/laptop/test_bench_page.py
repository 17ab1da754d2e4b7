import asyncio
import re
import socket
import tomllib
from contextlib import asynccontextmanager, suppress

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from playwright.async_api import async_playwright

from fleet.laptop.bench import Bench
from fleet.laptop.bench_page import FOLDER, router
from fleet.laptop.bench_texts import texts
from fleet.laptop.call_display import PLAY, VOLUME, frame
from fleet.laptop.office import OFFICE
from fleet.laptop.simulated_office import SimulatedOffice
from tests.fleet.laptop.boards_in_memory import all_listen, office_in_memory

TOKEN = "token-of-the-page"
CHROMIUM = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"


def only_with_token(request: Request):
    if request.method == "POST" and request.headers.get("X-CSRF-Token") != TOKEN:
        raise HTTPException(403, "not your page")


@asynccontextmanager
async def bench_app():
    boards, queue = office_in_memory(OFFICE)
    bench = Bench(SimulatedOffice(OFFICE, boards, people=False))
    app = FastAPI()
    language = lambda request: request.query_params.get("language", "vi")  # noqa: E731
    app.include_router(router(bench, only_with_token, language, lambda request: TOKEN))

    @app.middleware("http")
    async def strict(request, call_next):
        answer = await call_next(request)
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    life = [asyncio.create_task(bench.office.run()), asyncio.create_task(bench.run())]
    try:
        while not all_listen(boards):
            await asyncio.sleep(0)
        yield app, bench, queue
    finally:
        for one in life:
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one


@asynccontextmanager
async def client_of(app, token=TOKEN):
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://bench", headers={"X-CSRF-Token": token}
    ) as client:
        yield client


@asynccontextmanager
async def served(app):
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listening.close()


def story(play):
    async def told():
        async with bench_app() as (app, bench, queue), client_of(app) as client:
            await play(client, bench, queue)

    asyncio.run(told())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_shows_every_device_and_runs_under_a_strict_policy(language):
    async def play(client, bench, queue):
        answer = await client.get("/bench", params={"language": language})
        page = answer.text
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in page
        assert texts(language)["simulated"] in page
        for device in OFFICE.devices:
            assert f'data-device="{device.id}"' in page
        assert f'<meta name="csrf" content="{TOKEN}">' in page
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
        assert "https://" not in page

    story(play)


def test_a_language_without_a_file_is_answered_in_vietnamese():
    async def play(client, bench, queue):
        assert '<html lang="vi">' in (await client.get("/bench", params={"language": "../en"})).text

    story(play)


def test_languages_have_the_same_texts():
    def keys(table, before=""):
        return {
            name for key, value in table.items()
            for name in (keys(value, f"{before}{key}.") if isinstance(value, dict) else {before + key})
        }  # fmt: skip

    files = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in (FOLDER / "languages").glob("*.toml")}
    assert {"vi", "en"} <= set(files)
    assert all(keys(one) == keys(files["vi"]) for one in files.values())


def test_a_hand_presses_scans_unplugs_and_takes_paper():
    async def play(client, bench, queue):
        board = bench.office.boards
        for path, body in (
            ("press", {"board": "may-in-1", "pin": "service_1"}),
            ("scan", {"board": "quay-1", "code": "H29.27.05-261002-0001"}),
            ("paper", {"board": "may-in-1", "state": "out"}),
            ("power", {"board": "nut-1", "on": False}),
            ("duty", {"counter": "quay-2", "on": False}),
        ):
            assert (await client.post(f"/bench/{path}", json=body)).status_code == 204, path
        assert board["may-in-1"].presses == ["service_1"]
        assert queue.scanned == [b"H29.27.05-261002-0001\r"]
        assert bench.office.printer.paper == "out"
        assert board["nut-1"].power is False
        assert not bench.office.clerks["quay-2"].on_duty.is_set()

    story(play)


def test_without_the_token_nothing_is_pressed():
    async def told():
        async with bench_app() as (app, bench, _), client_of(app, token="wrong") as stranger:
            for path, body in (
                ("press", {"board": "nut-1", "pin": "score_1"}),
                ("scan", {"board": "quay-1", "code": "x"}),
                ("power", {"board": "nut-1", "on": False}),
                ("paper", {"board": "may-in-1", "state": "out"}),
                ("duty", {"counter": "quay-1", "on": False}),
            ):
                assert (await stranger.post(f"/bench/{path}", json=body)).status_code == 403, path
            assert bench.office.boards["nut-1"].presses == []

    asyncio.run(told())


def test_what_is_not_there_is_refused_with_a_sentence():
    async def play(client, bench, queue):
        answer = await client.post("/bench/press", json={"board": "nut-1", "pin": "key_next"})
        assert (answer.status_code, answer.json()["detail"]) == (409, "nut-1 has no key 'key_next'")
        assert (await client.post("/bench/duty", json={"counter": "quay-7", "on": True})).status_code == 409
        assert (await client.post("/bench/press", json={"board": "nut-1"})).status_code == 422
        assert (await client.post("/bench/scan", json={"board": "quay-1", "code": "x" * 601})).status_code == 422
        assert (await client.get("/bench/static/../bench.py")).status_code == 404
        assert (await client.get("/bench/static/bench.toml")).status_code == 404

    story(play)


def test_a_ticket_can_be_seen_as_a_picture():
    async def play(client, bench, queue):
        assert (await client.get("/bench/slip/1.png")).status_code == 404
        await client.post("/bench/press", json={"board": "may-in-1", "pin": "service_3"})
        await asyncio.wait_for(bench.office.printer.next_slip(0), 60)
        answer = await client.get("/bench/slip/1.png")
        assert answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG")

    story(play)


def test_in_a_browser_the_call_display_is_seen_and_read_and_a_board_changes_its_faces():
    async def told():
        async with bench_app() as (app, bench, _), served(app) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM.split())
            page = await browser.new_page(viewport={"width": 360, "height": 844})
            wrong = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on(
                "console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None
            )
            await page.goto(f"{address}/bench")
            await page.locator("[data-line]:not(.down)").wait_for()
            await page.get_by_text("Chưa hiện gì").wait_for()
            screen, buttons = bench.office.boards["bang-1"], bench.office.boards["nut-2"]
            for row in range(1, 9):
                screen.write("matrix", bytes([row, 0xF0, row, 0x0F, row, 0, row, 1]))
            await page.locator("[data-dots]").wait_for()
            assert await page.locator("[data-dots] circle").count() == 256
            await page.locator("[data-dots] circle.on").nth(8 * 9 - 1).wait_for(state="attached")
            assert await page.locator("[data-dots] circle.on").count() == 8 * 9
            screen.write("voice", frame(VOLUME, 7))
            for clip in (1, 2, 21, 10, 12, 3, 102):
                screen.write("voice", frame(PLAY, 1 << 8 | clip))
            await page.get_by_text("Mời số A không hai, đến quầy số hai").wait_for()
            await page.get_by_text("âm lượng 7/30").wait_for()

            buttons.read_keys("score_1", "score_2", "score_3")
            faces = page.locator('[data-faces][data-board="nut-2"] button')
            await page.locator('[data-faces][data-board="nut-2"][data-levels="3"]').wait_for()
            assert await faces.all_inner_texts() == ["Không hài lòng", "Hài lòng", "Rất hài lòng"]
            await faces.last.click()
            await page.locator('[data-board="nut-2"][data-press="score_3"].lit').wait_for()
            assert buttons.presses == ["score_3"]

            await page.goto(f"{address}/bench?language=en")
            said = page.locator("[data-said] li").first
            assert await said.locator("q[lang=vi]").inner_text() == "Mời số A không hai, đến quầy số hai"
            assert await said.locator("small").inner_text() == "Number A zero two, counter two"
            assert await faces.count() == 3, "whoever comes later sees the same"
            for language in ("vi", "en"):
                await page.goto(f"{address}/bench?language={language}")
                await page.evaluate("document.documentElement.style.fontSize = '200%'")
                wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
                assert not wide, f"the page in {language} scrolls sideways"
            await browser.close()
            assert wrong == []

    asyncio.run(told())


def test_in_a_browser_a_press_lights_the_lamp_and_a_ticket_falls_out():
    async def told():
        async with bench_app() as (app, _, _), served(app) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM.split())
            page = await browser.new_page(viewport={"width": 390, "height": 844})
            wrong = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on(
                "console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None
            )
            await page.goto(f"{address}/bench")
            await page.locator("[data-line]:not(.down)").wait_for()

            await page.get_by_role("button", name="Rất hài lòng", exact=True).nth(1).click()
            await page.locator('[data-board="nut-2"][data-press="score_5"].lit').wait_for()

            await page.get_by_role("button", name="Hộ tịch").focus()
            await page.keyboard.press("Enter")
            picture = page.locator("[data-slips] img")
            await picture.wait_for()
            assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300

            await page.locator('[data-board="quay-1"][data-press="key_next"]').click()
            await page.get_by_role("img", name="Màn hình số: A001").wait_for()
            await page.locator('[data-duty="quay-1"][aria-pressed="false"]').wait_for()

            await page.locator('[data-power][data-board="nut-2"]').click()
            await page.locator('[data-device="nut-2"][data-dark]').wait_for()
            await page.locator('[data-board="nut-2"][data-press="score_1"]').click()
            await page.get_by_role("alert").filter(has_text="nut-2").wait_for()

            wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            await browser.close()
            assert not wide
            assert wrong == []

    asyncio.run(told())

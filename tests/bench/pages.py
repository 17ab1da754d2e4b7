"""Pages: what a telephone loads for a ticket, how long the server takes, how fast open pages hear of what happens."""

import tempfile
from pathlib import Path

from playwright.sync_api import Response, sync_playwright

from fleet.domain.procedures import Procedure
from fleet.store import procedures
from tests.bench import pages_live, pages_lobby, pages_views
from tests.bench.figures import figure, progress
from tests.chromium import LAUNCH
from tests.fleet.pages.desks import Desks, open_desks
from tests.fleet.pages.test_ticket_page import Ticket, estimated
from tests.fleet.pages.town import serving
from tests.sqlite_files import SqliteFiles

STAGES = ("waiting", "papers", "rating", "question")


def run() -> None:
    """All figures of pages."""
    weigh_ticket()
    pages_views.run()
    pages_live.run()
    pages_lobby.run()


def weigh_ticket() -> None:
    """Weigh the page as Chromium loads it, without a cache: waiting, with four procedures on it, after the visit."""
    with tempfile.TemporaryDirectory() as folder:
        files = SqliteFiles(Path(folder))
        with open_desks(files, Path(folder)) as desks, serving(desks.town) as port:
            weigh(desks, f"http://127.0.0.1:{port}")


def weigh(desks: Desks, address: str) -> None:
    """Each stage in a browser of its own; the heaviest is the figure."""
    ticket = Ticket(desks, 1).taken()
    estimated(desks, 1, 20, 31, 52)
    kilobytes = {}
    for stage in STAGES:
        progress(f"pages: the page of a ticket, {stage}")
        if stage == "papers":
            papers = ("Tờ khai theo mẫu", "Bản chính giấy tờ cần chứng thực", "Căn cước của người yêu cầu")
            some = [
                Procedure(f"1.00{n:04d}", f"Chứng thực bản sao từ bản chính, trường hợp {n}", days=1, papers=papers,
                          fee="2.000 đồng một trang", service="ho-tich")
                for n in range(1, 5)
            ]  # fmt: skip
            with desks.town.store.writing() as connection:
                procedures.save(connection, some)
        elif stage == "rating":
            ticket.served()
        elif stage == "question":
            with desks.town.browser() as browser:
                browser.client.post(ticket.path, data={"score": "5"})
        kilobytes[stage] = loaded(address + ticket.path) / 1024
    heaviest = max(kilobytes.values())
    figure("resident_page_kb", heaviest, "KB", len(STAGES), **{name: round(kb, 1) for name, kb in kilobytes.items()})


def loaded(address: str) -> int:
    """The bytes of all that a browser loads to show this page, heads left out and nothing compressed."""
    answers: list[Response] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.on("response", lambda answer: answers.append(answer))
        page.goto(address, wait_until="networkidle")
        size = sum(len(answer.body()) for answer in answers)
        browser.close()
    return size

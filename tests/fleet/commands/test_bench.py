"""`motcua bench` in a terminal: what it is given, and what it says no to. What it does to boards: hil_tests."""

import json
import os
import termios
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from fleet.__main__ import app
from fleet.commands.bench_keys import Keys
from fleet.commands.bench_screen import Screen, drawn_code, summary
from fleet.commands.bench_texts import PARTS
from fleet.provisioning.advice import ADVICE, STEPS
from fleet.provisioning.batch import Line
from fleet.provisioning.book import Book
from fleet.provisioning.hands import Hands, Question
from fleet.provisioning.results import PartSaid, Result
from tests.fleet.provisioning.test_book import body


def said(*words: str, **environment: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["bench", *words], env=environment)
    return result.exit_code, " ".join((result.output + result.stderr).split())


class PlayedFleet(BaseHTTPRequestHandler):
    """An API that takes what it is told to."""

    asked: list[tuple[str, Any]] = []
    status = 201

    def do_POST(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked.append((self.path, wanted))
        answer: dict[str, Any] = {"title": "no", "detail": "not proved\x1b"}
        if type(self).status == 201:
            answer = {"items": [body(number, 4_000_000_000_000) for number in range(3)]}
        self.send_response(type(self).status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def fleet(tmp_path: Path) -> Any:
    PlayedFleet.asked, PlayedFleet.status = [], 201
    server = HTTPServer(("127.0.0.1", 0), PlayedFleet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "token").write_text("secret\n")
    yield ["--fleet", f"http://127.0.0.1:{server.server_port}", "--token-file", str(tmp_path / "token")]
    server.shutdown()
    server.server_close()


def test_what_it_cannot_use_is_named_before_any_board_is_touched(tmp_path: Path) -> None:
    own = ("--book", str(tmp_path / "book"))
    assert said(*own, "--claims", str(tmp_path / "none"))[1].endswith("no such file or directory")
    assert "image: expected a file" in said(*own, "--image", str(tmp_path / "none"))[1]
    assert "language: expected vi or en" in said(*own, "--language", "fr")[1]
    assert "MOTCUA_WIFI_PASSWORD or --wifi-file" in said(*own, "--wifi", "x")[1]
    (tmp_path / "empty").write_text("")
    assert "the Wi-Fi's name on the first line" in said(*own, "--wifi-file", str(tmp_path / "empty"))[1]
    assert "found both" in said(*own, "--hands", "--yes")[1]
    assert "hands: expected a terminal" in said(*own, "--hands")[1]
    assert "token-file: expected" in said(*own, "--fleet", "http://x")[1]
    assert "expected an address" in said("sync", *own, "--fleet", "x", "--token-file", str(tmp_path / "empty"))[1]
    assert "fleet: expected --fleet" in said("sync", *own)[1]


def test_claims_are_fetched_into_the_book_and_records_sent_from_it(tmp_path: Path, fleet: list[str]) -> None:
    folder = tmp_path / "book"
    own = ("--book", str(folder), *fleet)
    code, text = said("fetch", *own, "--office", "tan-an", "--role", "rating", "--count", "3")
    assert (code, text) == (0, "3 claims are in the book")
    wanted = {"office": "tan-an", "counter": None, "roles": ["rating"]}
    assert PlayedFleet.asked == [("/api/v1/claims", {"claims": [wanted] * 3})]
    book = Book(folder)
    for name in ("r1", "r2"):
        book.keep_record(name, {"record": name, "proof": "00"})
    book.close()
    PlayedFleet.status = 503
    assert "2 records wait in the book" in said("sync", *own)[1]
    PlayedFleet.status, PlayedFleet.asked = 201, []
    assert said("sync", *own) == (0, "2 records sent, 0 refused")
    assert PlayedFleet.asked[0] == ("/api/v1/selftests", {"record": "r1", "proof": "00", "tool": "motcua bench"})
    assert said("sync", *own) == (0, "0 records sent, 0 refused")
    book = Book(folder)
    book.keep_record("r3", {"record": "r3", "proof": "00"})
    book.close()
    PlayedFleet.status = 422
    assert said("sync", *own)[0] == 1
    assert said("sync", *own) == (0, "0 records sent, 0 refused")  # it would be refused for ever


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_screen_shows_each_board_and_what_to_do(language: str) -> None:
    console = Console(width=200, record=True, force_terminal=False)
    screen = Screen(console, language)
    with screen:
        for step in STEPS:
            screen.show(Line("/dev/ttyUSB0", "nut-1", "Quầy 1", step, "note"))
        for word in ADVICE:
            result = Result(word, "failed", why="[bold]why", advice=word)
            screen.show(Line(word, step="failed", note="[bold]why", result=result))
        console.print(screen.drawn())
    results = [Result("/dev/ttyUSB0", "enrolled", device="nut-1", parts=(("lamps", "ask", ""),)), result]
    console.print(summary(results, language))
    shown = console.export_text()
    at = ("vi", "en").index(language)
    assert all(words[at] in shown for words in STEPS.values())
    assert all(words[at] in shown for words in ADVICE.values() if len(words[at]) < 60)
    assert "[bold]why" in shown


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_screen_asks_one_question_at_a_time_and_shows_the_code_that_a_reader_waits_for(language: str) -> None:
    questions = [Question("/dev/ttyUSB0", f"nut-{number}", "lamps", "lamp_1") for number in range(3)]
    console = Console(width=160, record=True, force_terminal=False)
    screen = Screen(console, language, lambda: questions)
    for part in PARTS:
        for result in ("ask", "pass", "fail", "skipped"):
            said = PartSaid(part, result, "found [bold]it", "MCT-0A0A-77F0" if part == "reader" else "")
            screen.show(Line(f"/dev/{part}", "nut-1", "Quầy 1", "testing", said))
            console.print(screen.drawn())
    screen.show(Line("/dev/ttyUSB9", "nut-9", "", "connecting", "", tried=("heard nothing",)))
    console.print(screen.drawn())
    shown = console.export_text()
    at = ("vi", "en").index(language)
    for words in (
        ("nut-0 · đèn và còi: từng đèn có sáng lần lượt", "nut-0 · lamps: was each lit"),
        ("[K] không", "[N] no"),
        ("còn 2 câu hỏi", "2 questions of other boards"),
        ("đưa đầu đọc vào mã MCT-0A0A-77F0", "let the reader read MCT-0A0A-77F0"),
        ("đã làm lại 1 lần: heard nothing", "begun again, 1 in all: heard nothing"),
        ("nút bấm: bấm mỗi nút ba lần", "buttons: press each key three times"),
    ):
        assert words[at] in shown
    assert drawn_code("MCT-0A0A-77F0").splitlines()[2] in shown and "[bold]it" in shown


def test_a_key_answers_the_question_that_was_read_and_none_that_has_just_come() -> None:
    far, near = os.openpty()
    hands = Hands()
    asked = [Question("x", name, "lamps", "") for name in ("nut-1", "nut-2")]
    answers: dict[str, str] = {}

    def ask(question: Question) -> None:
        answers[question.device] = hands.ask(question, 60.0, lambda: None)

    threads = [threading.Thread(target=ask, args=(question,), daemon=True) for question in asked]
    before = termios.tcgetattr(near)
    with Keys(hands, near):
        for count, thread in enumerate(threads, start=1):
            thread.start()
            while len(hands.waiting()) < count:
                threading.Event().wait(0.01)
        while "nut-1" not in answers:  # until it has been there for a moment, a key is for nobody
            os.write(far, b"xC")
            threading.Event().wait(0.05)
        assert "nut-2" not in answers
        while "nut-2" not in answers:
            os.write(far, b"n")
            threading.Event().wait(0.05)
    assert answers == {"nut-1": "pass", "nut-2": "fail"}
    assert termios.tcgetattr(near) == before
    for one in (far, near):
        os.close(one)

"""Webhooks, told to a real server that fails, hangs and redirects."""

import re
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fleet.domain.dossier import Dossier
from fleet.flows import webhooks
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from fleet.store.dossiers import save_dossiers
from fleet.workers.deliverer import Deliverer
from fleet.workers.post import post
from protocols import events
from tests.fleet.office import NINE, OFFICE, Speaker

MIN = 60_000
GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")


class Listener:
    """A program that is told. `answers` are the next statuses, `hang` that it says nothing, then 204 for ever."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int | str] = []
        self.let_go = threading.Event()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                listener.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                answer = listener.answers.pop(0) if listener.answers else 204
                if answer == "hang":
                    listener.let_go.wait(30)
                    return
                if answer == "drip":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    while not listener.let_go.wait(0.05):
                        self.wfile.write(b"X: y\r\n")
                    return
                self.send_response(int(answer))
                if answer == 302:
                    self.send_header("Location", listener.url + "elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()

    def types(self) -> list[str]:
        return [re.findall(r'"type":"([\w.]+)"', body.decode())[0] for _, body in self.heard]


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


class Round:
    """A deliverer whose rounds a test turns, under a clock of its own."""

    def __init__(self, store: Store, limit_s: float = 60.0) -> None:
        self.now_ms = NINE + 30 * MIN
        self.worker = Deliverer(store, lambda: self.now_ms, limit_s, look_s=0)

    def turn(self) -> None:
        """Everything that is due now is tried."""
        self.worker.round()
        for future in list(self.worker.busy.values()):
            future.result(60)
        self.worker.busy.clear()


@pytest.fixture
def rounds(store: Store) -> Iterator[Round]:
    made = Round(store)
    yield made
    made.worker.pool.shutdown()


def serve_one(store: Store, number: int, rated: bool = True) -> None:
    """A resident is called, served, and presses the worst button."""
    at = NINE + number * MIN
    keypad, buttons = Speaker("q-1", boot=number), Speaker("nut-1", boot=number)
    keypad.does(events.NumberCalled(service="ho-tich", number=number, up=0, at=at))
    keypad.does(events.CodeScanned(what="dossier", code="H15.50-261008-0001", up=1, at=at + 1))
    seq = keypad.does(events.VisitFinished(service="ho-tich", number=number, up=9, at=at + 9))
    if rated:
        finish = f"q-1/1/{number}/{seq}"
        buttons.does(events.RatingGiven(score=1, scale=5, armed=finish, held_ms=9, up=20, at=at + 20))
    for speaker in (keypad, buttons) if rated else (keypad,):
        receive(store, [Arrival(speaker.topic, speaker.batch())], at + 20)
    link_marked(store, at + 20)


def add(store: Store, url: str, *kinds: str, office: str | None = None, at_ms: int = NINE) -> tuple[int, str]:
    return webhooks.add(store, url, frozenset(kinds or ("visit.closed",)), office, at_ms)


def test_a_visit_is_told_when_it_is_over_and_that_it_was_rated(store: Store, listener: Listener, rounds: Round) -> None:
    _, secret = add(store, listener.url, "visit.closed", "visit.rated")
    serve_one(store, 1)
    rounds.turn()
    assert listener.types() == ["visit.closed", "visit.rated"]
    told = "".join(body.decode() for _, body in listener.heard)
    assert '"dossiers":["H15.50-261008-0001"]' in told and '"outcome":"done"' in told
    assert "score" not in told and "timestamp" not in listener.heard[1][1].decode()
    assert [headers["webhook-id"] for headers, _ in listener.heard] == ["msg_1_1", "msg_1_2"]
    link_marked(store, NINE + MIN)
    rounds.turn()
    assert len(listener.heard) == 2, "once"
    assert secret not in told


def test_the_guides_own_example_verifies_what_is_sent(store: Store, listener: Listener, rounds: Round) -> None:
    _, secret = add(store, listener.url)
    serve_one(store, 1)
    rounds.turn()
    ((headers, body),) = listener.heard
    found: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[0], found)  # noqa: S102 (the guide's own words)
    now = rounds.now_ms // 1000
    assert found["verify"](secret, headers, body, now)
    assert not found["verify"](secret, headers, body + b" ", now)
    assert not found["verify"](secret, {**headers, "webhook-id": "msg_2"}, body, now)
    assert not found["verify"](secret, headers, body, now + 301)
    other = add(store, listener.url)[1]
    assert not found["verify"](other, headers, body, now)


def test_what_fails_is_tried_again_later_and_in_order(store: Store, listener: Listener, rounds: Round) -> None:
    add(store, listener.url)
    listener.answers = [500, 302, 404]
    for number in (1, 2):
        serve_one(store, number, rated=False)
    tries = []
    for wait_s in (0, 4, 1, 29, 1, 120):
        rounds.now_ms += wait_s * 1000
        rounds.turn()
        tries.append(len(listener.heard))
    assert tries == [1, 1, 2, 2, 3, 5]
    ids = [headers["webhook-id"] for headers, _ in listener.heard]
    assert ids == ["msg_1_1"] * 4 + ["msg_1_2"], "the first one first, under the same id"
    said = [(one.state, one.attempts, one.said) for one in webhooks.last(store, 1, 9)]
    assert said == [("done", 1, "answered 204"), ("done", 4, "answered 204")]


def test_a_redirect_is_not_followed(store: Store, listener: Listener, rounds: Round) -> None:
    add(store, listener.url)
    listener.answers = [302]
    serve_one(store, 1)
    rounds.turn()
    assert len(listener.heard) == 1
    assert webhooks.last(store, 1, 1)[0].said == "answered 302, a redirect, which is not followed"


def test_what_never_succeeds_is_given_up_and_the_next_is_told(store: Store, listener: Listener, rounds: Round) -> None:
    add(store, listener.url)
    listener.answers = [503] * 10
    for number in (1, 2):
        serve_one(store, number, rated=False)
    for _ in range(11):
        rounds.turn()
        rounds.now_ms += 43_200_000
    second, first = webhooks.last(store, 1, 9)
    assert (first.state, first.attempts, first.said) == ("dead", 10, "given up after 10 tries; the last: answered 503")
    assert second.state == "done"
    rounds.now_ms += 8 * 86_400_000
    webhooks.forget_old(store, rounds.now_ms)
    assert webhooks.last(store, 1, 9) == []


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_who_says_nothing_or_too_slowly_is_cut_off(listener: Listener, how: str) -> None:
    listener.answers = [how]
    outcome = post(listener.url, b"{}", {}, 0.3)
    assert (outcome.taken, outcome.said) == (False, "no answer within 0.3 s")


def test_nobody_there_is_a_sentence(listener: Listener) -> None:
    assert post("http://127.0.0.1:1/x?secret=y", b"{}", {}, 5).said == "no connection: Connection refused"


def test_an_address_that_hangs_keeps_no_other_waiting(store: Store, listener: Listener) -> None:
    slow = Listener()
    slow.answers = ["hang"]
    rounds = Round(store, limit_s=30)
    try:
        add(store, slow.url)
        add(store, listener.url)
        serve_one(store, 1)
        rounds.worker.round()
        rounds.worker.busy[2].result(60)
        assert listener.types() == ["visit.closed"]
    finally:
        slow.close()
        rounds.worker.pool.shutdown()


def test_only_what_an_address_asked_for_is_told_since_it_asked(store: Store, listener: Listener, rounds: Round) -> None:
    serve_one(store, 1)
    add(store, listener.url, "visit.rated", at_ms=NINE + 2 * MIN)
    add(store, listener.url, "visit.closed", office=OFFICE, at_ms=NINE + 2 * MIN)
    serve_one(store, 3)
    rounds.turn()
    assert sorted(listener.types()) == ["visit.closed", "visit.rated"]
    assert all('"number":3' in body.decode() for _, body in listener.heard)
    webhooks.remove(store, 1)
    serve_one(store, 4)
    rounds.turn()
    assert sorted(listener.types()) == ["visit.closed", "visit.closed", "visit.rated"]


def test_a_dossier_is_told_of_once_when_it_is_due_soon(store: Store, listener: Listener, rounds: Round) -> None:
    add(store, listener.url, "dossier.due_soon")
    due = [date(2026, 11, day) for day in (8, 9, 10, 11)]
    found = [Dossier(f"H15.50-261008-000{n}", "H15.50", date(2026, 10, 8), day) for n, day in enumerate(due)]
    with store.writing() as connection:
        save_dossiers(
            connection,
            [*found, Dossier("H15.50-261008-0009", "H15.50", date(2026, 10, 8), due[1], state="Đã trả")],
            NINE,
        )
    for _ in range(2):
        webhooks.note_due(store, rounds.now_ms)
        rounds.turn()
    told = [re.findall(r"H15[\w.-]+\d{4}(?=\")", body.decode())[0] for _, body in listener.heard]
    assert told == ["H15.50-261008-0001", "H15.50-261008-0002"]


def test_an_address_is_told_by_one_worker_at_a_time(store: Store, listener: Listener, rounds: Round) -> None:
    number, _ = add(store, listener.url)
    serve_one(store, 1)
    assert webhooks.take(store, number, rounds.now_ms)
    rounds.turn()
    assert listener.heard == []
    rounds.now_ms += webhooks.TAKEN_FOR_MS + 1
    rounds.turn()
    assert len(listener.heard) == 1


@pytest.mark.parametrize(
    ("url", "kinds", "office", "sentence"),
    [
        ("ftp://x", ("visit.closed",), None, "url: expected an address"),
        ("http://", ("visit.closed",), None, "url: expected an address"),
        ("http://x:99999/", ("visit.closed",), None, "url: expected an address"),
        ("https://lan:bi-mat@example.vn", ("visit.closed",), None, "without name and password"),
        ("https://example.vn", ("visit.score",), None, "event: expected one of visit.closed"),
        ("https://example.vn", ("visit.closed",), "x", "office: expected one of tan-an"),
    ],
)
def test_what_cannot_be_told_is_refused_in_a_sentence(
    store: Store, url: str, kinds: tuple[str, ...], office: str | None, sentence: str
) -> None:
    with pytest.raises(webhooks.WebhookUnfit, match=sentence) as refused:
        webhooks.add(store, url, frozenset(kinds), office, NINE)
    assert "bi-mat" not in str(refused.value)

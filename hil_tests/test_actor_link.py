"""The host's end of the actor's cable, on one that tears and loses lines: nothing is done twice, nothing is missed."""

import queue
import time
from collections.abc import Iterator
from typing import Any

import pytest

from hil_tests.actor.lines import ANSWER, NOTICE, Lines, said
from hil_tests.drivers import actor_link
from hil_tests.drivers.actor_link import ActorLink, ActorRefused, ActorSilent, Noticed

SOON_S = 60.0


class BadCable:
    """A cable with an actor that does what it is asked once; `tears` are the verbs whose first answer tears."""

    path, clock = "cable", staticmethod(time.monotonic)

    def __init__(self) -> None:
        self.tears, self.forgets, self.version = {"press"}, {4}, "1"
        self.done: list[list[str]] = []
        self.came: queue.Queue[bytes] = queue.Queue()
        self._lines = Lines()
        self._answers: dict[int, bytes] = {}

    def open(self, within_s: float) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, within_s: float) -> bytes:
        try:
            return self.came.get(timeout=within_s)
        except queue.Empty:
            return b""

    def write(self, data: bytes) -> None:
        for _, number, words in self._lines.feed(data):
            if words[0] == "again":
                self.notice(int(words[1]))
            elif words[0] not in ("ping", "nap"):
                self._answer(number, words)

    def notice(self, number: int, *words: str) -> None:
        """Notice number n, if it still knows it."""
        if number not in self.forgets:
            self.came.put(said(NOTICE, number, [str(10 * number), *(words or ("eye", f"eye{number}"))]))

    def _answer(self, number: int, words: list[str]) -> None:
        if number not in self._answers:
            self.done.append(words)
            told = {"hello": ["ok", self.version, "x", "ab", "5000", "0"], "fly": ["err", "expected", "wings"]}
            self._answers[number] = said(ANSWER, number, told.get(words[0], ["ok", "5", "85"]))
        torn = words[0] in self.tears
        self.tears.discard(words[0])
        self.came.put(self._answers[number][: -3 if torn else None] + b"\n" * torn)


@pytest.fixture
def cable(monkeypatch: pytest.MonkeyPatch) -> BadCable:
    monkeypatch.setattr(actor_link, "AGAIN_S", 0.05)
    return BadCable()


@pytest.fixture
def heard() -> queue.Queue[Noticed]:
    return queue.Queue()


@pytest.fixture
def link(cable: Any, heard: queue.Queue[Noticed]) -> Iterator[ActorLink]:
    one = ActorLink(cable, heard.put)
    one.open()
    yield one
    one.close()


def test_a_question_whose_answer_tears_is_asked_again_and_done_once(link: ActorLink, cable: BadCable) -> None:
    assert link.about[1:3] == ("x", "ab")
    assert link.ask("press", "hand1", 80) == ["5", "85"]
    assert cable.done == [["hello"], ["press", "hand1", "80"]]
    with pytest.raises(ActorRefused, match="asked `fly high`: expected wings"):
        link.ask("fly", "high")
    with pytest.raises(ActorSilent, match=r"expected an answer to `nap` within 0\.2 s, found none"):
        link.ask("nap", within_s=0.2)


def test_what_was_noticed_comes_in_order_and_what_is_missing_is_asked_for(
    link: ActorLink, cable: BadCable, heard: queue.Queue[Noticed]
) -> None:
    for number in (1, 3, 1, 5, 6):  # 2 was lost on the way; 4 is lost, and nobody knows it any more
        cable.notice(number)
    told = [heard.get(timeout=SOON_S) for _ in range(5)]
    assert [one.words[1] for one in told] == ["eye1", "eye2", "eye3", "eye5", "eye6"] and told[1].at_ms == 20
    assert link.lost == 1
    cable.notice(1, "began")
    cable.notice(2)
    assert [heard.get(timeout=SOON_S).words for _ in range(2)] == [("began",), ("eye", "eye2")]


def test_an_actor_of_another_time_is_refused(cable: Any) -> None:
    cable.version = "7"
    link = ActorLink(cable, print)
    with pytest.raises(ActorRefused, match="expected protocol 1, found 7"):
        link.open()
    link.close()
